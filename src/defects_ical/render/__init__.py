"""A SiteInput in; finished bytes out, a module for each format."""
