"""A folder in; the schedules in it, or what is wrong with any of them, out."""
