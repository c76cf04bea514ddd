"""The command ``change``: what happened to episodes in; the edited schedule out."""
