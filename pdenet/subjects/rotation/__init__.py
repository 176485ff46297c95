"""Rotation: what a symmetry is worth that is built in, shown, or hoped for."""
