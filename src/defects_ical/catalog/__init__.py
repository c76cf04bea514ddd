"""Combine the sites of several shows: their summaries and feeds in, the files at the root out."""
