"""What became of a campaign's calls, added up: pure figures, however many calls there are."""
