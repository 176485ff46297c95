"""Electrons after a kick: helium on a line, stepped in time, and which block such a step is."""
