"""Small steps: a cooling cup, a planet, and what a residual block learns of a flow."""
