"""A staple in a chain: what one link over a distance does to a polymer, and to a deep network."""
