"""Pages that stand alone: one HTML file that works without a network, in light and dark, on paper and on a phone."""
