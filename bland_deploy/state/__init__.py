"""Who was called: an append-only log for each campaign, in a store that can create a thing only if it is absent."""
