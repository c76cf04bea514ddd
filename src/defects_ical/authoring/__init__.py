"""Answers about a new show in; a checked schedule file out."""
