"""The arguments of ``serve`` in; a server that runs until it is stopped out."""
