"""Who must not be called, and when nobody may be: what stands between a list and a plan."""
