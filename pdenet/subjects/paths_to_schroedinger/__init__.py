"""From short-time kernels back to the equation, where the drift varies along a ring."""
