"""The arguments of ``export`` in; the files of a site in a folder, and what was printed, out."""
