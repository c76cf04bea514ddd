"""What all formats share: a schedule and its episodes in; descriptions, links and feeds out."""
