"""Components of a calendar in; events with UTC times, instances of series, and their names out."""
