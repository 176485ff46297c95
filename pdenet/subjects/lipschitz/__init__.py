"""The bound 1 + K of a residual block, what a cap on K buys, and what it costs."""
