"""Watching and steering live journeys, and the health page."""
