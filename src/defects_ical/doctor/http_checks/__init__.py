"""Checks of the responses of a server: occurrences of issues out."""
