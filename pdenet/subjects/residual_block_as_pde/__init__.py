"""A residual block as one explicit step of a PDE: what is measured and drawn on that page."""
