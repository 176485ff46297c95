"""Blocks with two convolutions: nonlinear diffusion, how long its steps may be, and Burgers' equation."""
