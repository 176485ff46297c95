"""Vanishing gradients: plain and residual stacks before and after training, and the sum over skips."""
