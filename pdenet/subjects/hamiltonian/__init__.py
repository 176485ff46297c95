"""A conservation law by construction: networks that learn an energy, and networks that learn a field."""
