"""Looking at everything a run depends on. Nothing is changed, and no secret is shown."""
