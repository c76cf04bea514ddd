"""Serve the site over HTTP: takes a schedule file, reloads it after every valid edit."""
