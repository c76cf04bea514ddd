"""A schedule of valid values in; the problems of values that are not valid together, out."""
