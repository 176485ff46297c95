"""Two channels that are updated in turn: waves that keep their norm, and networks of such layers."""
