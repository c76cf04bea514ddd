"""Reports of a diagnosis: as text for terminals and files, as JSON, as Markdown."""
