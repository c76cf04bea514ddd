"""News of a comparison for Discord: differences in, the bodies of webhook requests out."""
