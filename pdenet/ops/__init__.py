"""Numerics on tensors: the residual stack."""

from pdenet.ops.residual_stack import residual_stack

__all__ = ["residual_stack"]
