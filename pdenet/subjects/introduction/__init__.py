"""Kernels, skips, paths and slits: what is drawn in the first chapter."""
