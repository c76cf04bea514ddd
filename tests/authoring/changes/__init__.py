"""Tests of `defects_ical.authoring.changes`."""
