"""How journeys go: numbers per step, and one person's way through them."""
