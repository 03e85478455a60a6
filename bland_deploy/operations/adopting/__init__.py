"""Batches that the provider has and the log does not know."""
