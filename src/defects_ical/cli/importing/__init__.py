"""The command ``import``: where a show is listed in; a schedule, or an edit of one, out."""
