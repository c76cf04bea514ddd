"""Published feeds and a new site in; what subscribers would see, and what is unannounced, out."""
