"""A listing of a source in; a checked schedule file with the same episodes out."""
