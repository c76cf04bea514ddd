"""Write a site to a folder: a site and a folder in, files for any static host out."""
