"""Lists to people: sources and formats give rows, rows give recipients, each with a normalised number."""
