"""A CSV file in; its rows, and the episodes, dates and times that they mean, out."""
