"""The fused CPU loops as operators of PyTorch, which compiler, tracers and fake tensors take as a whole."""

import threading
from typing import Any

import torch
from numba import config
from torch import Tensor

from pdenet.ops.fused import cpu
from pdenet.ops.fused.plain import is_traced

PLAIN = torch.contiguous_format

_kept = threading.local()

torch.library.define("pdenet::stack", "(Tensor u, Tensor kernels, Tensor? bias, bool corners) -> Tensor")
torch.library.define(
    "pdenet::stack_gradients",
    "(Tensor grad, Tensor u, Tensor kernels, Tensor? bias, bool corners) -> (Tensor, Tensor, Tensor)",
)
STACK, GRADIENTS = torch.ops.pdenet.stack.default, torch.ops.pdenet.stack_gradients.default


def _forward(u: Tensor, kernels: Tensor, bias: Tensor | None, corners: bool) -> Tensor:
    u = u.contiguous()
    out = torch.empty_like(u)
    cpu.forward(out.numpy(), *_arrays(u, kernels, bias), corners, _scratch(u, kernels))
    return out


def _backward(
    grad: Tensor, u: Tensor, kernels: Tensor, bias: Tensor | None, corners: bool
) -> tuple[Tensor, Tensor, Tensor]:
    u, grad = u.contiguous(), grad.contiguous()
    seeds, layers = kernels.shape[:2]
    grad_u = torch.empty_like(u)
    sums = torch.zeros(seeds, cpu.CHUNKS, layers, 10, dtype=torch.float64, device="cpu")
    arrays, scratch = _arrays(u, kernels, bias), _scratch(u, kernels)
    cpu.backward(grad_u.numpy(), sums.numpy(), grad.numpy(), *arrays, corners, scratch)
    sums = sums.sum(1).to(u.dtype)
    return grad_u, sums[..., :9].reshape(kernels.shape), sums[..., 9]


def _backward_apart(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
    """What `_backward` gives, in memory of its own each: an operator's results must not overlap."""
    grad_u, grad_kernels, grad_bias = _backward(*arguments)
    return grad_u, grad_kernels.clone(memory_format=PLAIN), grad_bias.clone()


@torch.library.register_fake("pdenet::stack")
def _describe_forward(u: Tensor, kernels: Tensor, bias: Tensor | None, corners: bool) -> Tensor:
    return torch.empty_like(u, memory_format=PLAIN)


@torch.library.register_fake("pdenet::stack_gradients")
def _describe_backward(
    grad: Tensor, u: Tensor, kernels: Tensor, bias: Tensor | None, corners: bool
) -> tuple[Tensor, Tensor, Tensor]:
    grad_u, grad_kernels = (torch.empty_like(tensor, memory_format=PLAIN) for tensor in (u, kernels))
    return grad_u, grad_kernels, kernels.new_empty(kernels.shape[:2])


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    u, kernels, bias, ctx.corners = inputs
    ctx.save_for_backward(u, kernels, bias)


def _differentiate(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    if torch.is_grad_enabled():  # only so under create_graph=True
        message = "the fused loops differentiate once; for higher derivatives use backend='torch'"
        raise RuntimeError(message)
    u, kernels, bias = ctx.saved_tensors
    run = GRADIENTS if is_traced(grad) else _backward
    grad_u, grad_kernels, grad_bias = run(grad, u, kernels, bias, ctx.corners)
    return grad_u, grad_kernels, None if bias is None else grad_bias, None


torch.library.impl(STACK.name(), "cpu", _forward)
torch.library.impl(GRADIENTS.name(), "cpu", _backward_apart)
torch.library.register_autograd(
    STACK, _differentiate, setup_context=_keep
)  # for graphs that hold the operator


class FusedStack(torch.autograd.Function):
    """The stack of `residual_stack` for float32 on the CPU, one layer or more, differentiable once.

    It keeps its inputs for the backward pass and no activations.
    """

    @staticmethod
    def forward(ctx: Any, u: Tensor, kernels: Tensor, bias: Tensor | None, corners: bool) -> Tensor:
        """The images behind the last layer."""
        u = u.contiguous()
        _keep(ctx, (u, kernels, bias, corners), u)
        run = STACK if is_traced(u) else _forward  # the way through PyTorch costs ten microseconds
        out: Tensor = run(u, kernels, bias, corners)
        return out

    @staticmethod
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of images, kernels and bias."""
        return _differentiate(ctx, grad_out)


def _arrays(u: Tensor, kernels: Tensor, bias: Tensor | None) -> tuple[Any, ...]:
    """What both loops take, as contiguous NumPy arrays."""
    seeds, layers = kernels.shape[:2]
    flat = kernels.detach().reshape(seeds, layers, 9).contiguous()
    b = flat.new_zeros(seeds, layers) if bias is None else bias.detach().contiguous()
    return u.detach().numpy(), flat.numpy(), b.numpy(), cpu.make_threshold(u.shape[-1])


def _scratch(u: Tensor, kernels: Tensor) -> Any:
    """Working memory for the fused loops, kept from call to call while the shapes stay the same.

    Each Python thread has its own, so that two can run stacks at once.
    """
    threads = config.NUMBA_NUM_THREADS
    shape = (threads, kernels.shape[1], u.shape[-2], u.shape[-1])
    if getattr(_kept, "shape", None) != shape:
        _kept.shape, _kept.memory = shape, cpu.make_scratch(*shape)
    return _kept.memory
