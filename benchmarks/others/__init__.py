"""What others would take instead: feed libraries, and servers of other languages."""
