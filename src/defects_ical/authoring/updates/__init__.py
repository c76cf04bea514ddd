"""A schedule and a fresh listing of its source in; the edits that bring it up to date, out."""
