"""People into the log of those whom no campaign may call."""
