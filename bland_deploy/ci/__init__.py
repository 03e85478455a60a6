"""Pull and merge requests: the comment that shows a plan there and is its approval, summaries, outputs and checks."""
