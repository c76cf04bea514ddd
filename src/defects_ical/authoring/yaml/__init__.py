"""A YAML file and intended differences in; the same file with these alone out."""
