"""The command ``init``: answers about a show in; its first schedule out."""
