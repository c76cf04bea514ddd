"""A feed's URL in; what is wrong with the feed for each calendar client out."""
