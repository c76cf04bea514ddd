"""What others publish about a show (TVmaze, .ics, CSV) in; a `Listing`, or what is wrong, out."""
