"""Layers that only drift, as a quantum walk."""
