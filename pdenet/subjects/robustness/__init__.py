"""Robustness: plain and residual networks whose images are changed a little so as to fool them."""
