"""Settling what the provider's documents leave open: creates that ring nobody, looked at, stopped, and judged."""
