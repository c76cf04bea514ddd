"""A schedule file in; a checked Schedule and its episodes, or every problem in it, out."""
