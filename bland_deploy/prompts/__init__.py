"""Templates: what is ours is rendered when deploying, what is Bland's is left for the call."""
