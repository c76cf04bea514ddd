"""A schedule and its episodes in; the sentences, links and feeds that every format uses out."""
