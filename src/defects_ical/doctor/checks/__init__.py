"""Checks by subject: a parsed feed or the responses of its server in, occurrences of issues out."""
