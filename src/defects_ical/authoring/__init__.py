"""A maintainer's answers in; a schedule file out."""
