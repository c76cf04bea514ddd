"""A URL in; what calendar clients receive when they request it out."""
