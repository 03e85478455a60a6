"""What the simulator does unless it is told otherwise."""

USUAL_PORT = 8787
USUAL_SPEED = 60.0
"""Sandbox seconds a second."""
