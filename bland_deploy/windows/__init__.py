"""Calling windows: numbers and columns to places, places to hours in which calls are allowed, calls to times."""
