"""A site and its feeds in; their URLs, and the links by which calendar apps take them, out."""
