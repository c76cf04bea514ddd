"""A schedule, its episodes and the site's URL in; finished bytes out, a module for each format."""
