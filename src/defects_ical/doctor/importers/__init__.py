"""A feed's bytes in; what real importers make of them, each in a child process, out."""
