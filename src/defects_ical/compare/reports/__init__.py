"""Reports of a comparison: as Markdown for pull requests, as JSON for programs."""
