"""YAML of the supported subset in; plain values with their locations out, and back."""
