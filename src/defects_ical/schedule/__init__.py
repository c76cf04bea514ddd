"""A schedule file in; a checked `Schedule` and its episodes, or its problems, out."""
