"""Linear layers of S networks side by side, on the matrix product that is fastest here.

PyTorch hands float32 matrix products on the CPU to MKL, one batched call for all seeds. On processors that
are not Intel's MKL leaves half of the machine idle, and its batched products with a transposed factor, which
the backward pass consists of, are slower still. oneDNN, which PyTorch carries as well, is at home on both.
"""

from typing import Any

import torch
from torch import Tensor

from pdenet.ops.fused.plain import is_autocast, is_transformed


def seed_linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """One linear layer for each of S networks: ``x[s] @ weight[s] + bias[s]``, differentiable to any order.

    Parameters
    ----------
    x : (S, B, I)
        Features: seeds, batch, inputs.
    weight : (S, I, O)
    bias : (S, 1, O)

    Returns
    -------
    (S, B, O)
    """
    if _is_own(x, weight, bias):
        result: Tensor = _SeedLinear.apply(x, weight, bias)
        return result
    return torch.baddbmm(bias, x, weight)


def _is_own(x: Tensor, weight: Tensor, bias: Tensor) -> bool:
    """Whether the products below serve; PyTorch's has rules for transforms, autocast and no images at all."""
    return (
        x.device.type == "cpu"
        and x.dtype == weight.dtype == torch.float32
        and not torch.compiler.is_exporting()  # a program that runs where there is no oneDNN
        and not is_transformed(x, weight, bias)
        and not is_autocast(x)
        and x.numel() > 0
    )


def _has_onednn() -> bool:
    """Whether PyTorch offers oneDNN's linear layer; it is there since 2.0, and not a public name."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def _product(a: Tensor, b: Tensor) -> Tensor:
    """The matrix product (M, K) by (K, N) of float32 tensors on the CPU; either may be a transposed view."""
    if ONEDNN:
        # oneDNN takes the weight as (N, K)
        result: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001 - it has no public name
            a, b.t(), None, "none", [], ""
        )
        return result
    return a @ b


ONEDNN = _has_onednn()


class _SeedLinear(torch.autograd.Function):
    """A product a seed instead of a batched one."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return torch.stack([_product(a, w) for a, w in zip(x, weight, strict=True)]).add_(bias)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        grad_bias = grad.sum(1, keepdim=True)
        if torch.is_grad_enabled():  # under create_graph=True the gradient must be differentiable in turn
            return grad @ weight.mT, x.mT @ grad, grad_bias
        grad_weight = torch.stack([_product(a.t(), g) for a, g in zip(x, grad, strict=True)])
        if not ctx.needs_input_grad[0]:
            return None, grad_weight, grad_bias
        return (
            torch.stack([_product(g, w.t()) for g, w in zip(grad, weight, strict=True)]),
            grad_weight,
            grad_bias,
        )
