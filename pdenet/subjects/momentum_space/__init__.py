"""Layers in momentum space: how far their symbols are from an exponential, and what that does to a stack."""
