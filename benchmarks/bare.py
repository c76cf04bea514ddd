"""The least that a Flask application can be: one view, which returns a constant."""

from __future__ import annotations

from typing import Final

from flask import Flask

app: Final = Flask(__name__)


@app.get("/the-defects.ics")
def feed() -> str:
    """A constant."""
    return "BEGIN:VCALENDAR"
