"""Solving an ordinary differential equation, and the gradient through it."""
