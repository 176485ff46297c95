"""Numerics on tensors: the residual stack."""

from pdenet.ops.stack import residual_stack

__all__ = ["residual_stack"]
