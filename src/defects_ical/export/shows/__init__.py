"""A folder of schedules in; the folders of its shows, and the files above them, out."""
