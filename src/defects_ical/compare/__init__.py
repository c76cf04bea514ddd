"""Compare live feeds with a new site: bytes in; differences, issues and suggested entries out."""
