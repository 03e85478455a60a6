"""The command line: bind options, call one operation, pick one view, return one exit code. Nothing is decided here."""
