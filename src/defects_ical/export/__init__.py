"""A site and a folder in; the site as files out."""
