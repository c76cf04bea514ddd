"""The command ``check``: schedules in; what airs, what would change, and what is wrong out."""
