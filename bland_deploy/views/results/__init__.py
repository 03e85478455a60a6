"""Results of calls as files: one module a format, and what may be shown in them."""
