"""A schedule and a URL in; a site, which has a finished resource for every path, out."""
