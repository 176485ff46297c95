"""Identical hidden units: an exact symmetry, the saddle it leads to, the way out, and what rounding does."""
