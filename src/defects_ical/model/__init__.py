"""YAML in; a typed `Schedule` whose values know their locations, or the problems of values, out."""
