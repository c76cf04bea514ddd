"""Feeds with one defect each, and what real importers do with them."""
