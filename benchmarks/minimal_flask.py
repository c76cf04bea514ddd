"""A minimal Flask application, to compare startup and memory with: one view, one constant."""

from __future__ import annotations

from typing import Final

from flask import Flask

app: Final = Flask(__name__)


@app.get("/the-defects.ics")
def get_feed() -> str:
    """Return a constant."""
    return "BEGIN:VCALENDAR"
