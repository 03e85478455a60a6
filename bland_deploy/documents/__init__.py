"""The user's files as trees of values with places: discover, read, merge, parse. Nothing here judges a campaign."""
