"""Command-line arguments in; the work of the other folders, and an exit status, out."""
