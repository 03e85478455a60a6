"""Values to text, one file a format: rendered whole, then printed by the command line."""
