"""The WSGI application under its earlier name, in a clone: ``gunicorn wsgi:app``."""

from __future__ import annotations

from defects_ical.wsgi import app

__all__ = ["app"]
