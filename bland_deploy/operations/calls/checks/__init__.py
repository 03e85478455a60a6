"""Checks of what the templates gave: shared fields, fields of single calls, and placeholders that Bland fills."""
