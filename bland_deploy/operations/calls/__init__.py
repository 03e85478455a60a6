"""A list to calls, and calls to requests: chunk by chunk, with all that speaks against them."""
