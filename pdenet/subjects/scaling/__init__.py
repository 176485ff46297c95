"""Compound scaling: deeper, wider, finer or all at once for the same operations, and cheaper blocks."""
