"""A schedule and the site's URL in; the site, a mapping of paths to finished resources, out."""
