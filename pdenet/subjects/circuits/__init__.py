"""Gradients of quantum circuits: shifts of an angle, what they cost, and where they fail."""
