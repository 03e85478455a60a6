"""What the provider says: its batches and calls, and what they prove."""
