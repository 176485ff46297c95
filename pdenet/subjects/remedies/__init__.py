"""Remedies against depth: scaled, positive, periodic and implicit layers."""
