"""Checks of a parsed feed, by subject: occurrences of issues out."""
