"""UTC and local times: a datetime and a zone name in, local times and observances out."""
