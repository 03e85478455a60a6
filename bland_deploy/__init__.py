"""Phone campaigns as code, through the Bland API."""

__version__ = "0.1.0"
