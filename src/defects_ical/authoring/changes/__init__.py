"""What happened to episodes in; the file with an entry of `changes`, or what is wrong, out."""
