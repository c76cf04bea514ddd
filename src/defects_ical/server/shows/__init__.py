"""A folder of schedules in; its exported site over HTTP, following every edit, out."""
