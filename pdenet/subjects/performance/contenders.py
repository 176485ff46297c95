"""The ways to run a residual stack that are timed against each other."""

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.ops import residual_stack
from pdenet.subjects.performance.problem import STENCILS, Problem

Step = Callable[[], Sequence[Any]]  # runs forward and backward, returns the gradients of image and kernels


def fused(problem: Problem) -> Step:
    """`residual_stack` of this package, on the fused loops of the device."""
    u, kernels = problem.tensors()
    backend: Any = "numba" if problem.device == "cpu" else "cuda"
    support: Any = "cross" if problem.stencil == "five-point" else "full"
    return _step(lambda u, k: residual_stack(u, k, backend=backend, support=support), u, kernels)


def _convolutions(u: Tensor, kernels: Tensor) -> Tensor:
    """A horizontal and a vertical `conv2d` a layer, added to the skip; the seeds are channels."""
    v, seeds = u.transpose(0, 1), len(u)
    ends = kernels.new_tensor([1.0, 0.0, 1.0])  # the centre is in the horizontal one
    for k in kernels.unbind(1):
        across, down = k[:, 1].view(seeds, 1, 1, 3), (k[:, :, 1] * ends).view(seeds, 1, 3, 1)
        along_x = functional.conv2d(v, across, padding=(0, 1), groups=seeds)
        v = torch.relu(v + along_x + functional.conv2d(v, down, padding=(1, 0), groups=seeds))
    return v


def _full_convolution(u: Tensor, kernels: Tensor) -> Tensor:
    """One 3x3 `conv2d` a layer, added to the skip."""
    v, seeds = u.transpose(0, 1), len(u)
    for k in kernels.unbind(1):
        v = torch.relu(v + functional.conv2d(v, k.unsqueeze(1), padding=1, groups=seeds))
    return v


def _slices(taps: Sequence[tuple[int, int]]) -> Callable[[Tensor, Tensor], Tensor]:
    def stack(u: Tensor, kernels: Tensor) -> Tensor:
        v = u
        rows, columns = u.shape[-2:]
        for k in kernels.unbind(1):
            w = functional.pad(v, (1, 1, 1, 1))
            v = (1 + k[:, 1, 1].view(-1, 1, 1, 1)) * v
            for i, j in taps:
                if (i, j) != (1, 1):
                    v = v + k[:, i, j].view(-1, 1, 1, 1) * w[..., i : i + rows, j : j + columns]
            v = torch.relu(v)
        return v

    return stack


def _conv2d(problem: Problem) -> Callable[[Tensor, Tensor], Tensor]:
    return _convolutions if problem.stencil == "five-point" else _full_convolution


def eager_conv2d(problem: Problem) -> Step:
    """A `conv2d` for each axis of a five-point stencil, one for a nine-point stencil, eager."""
    return _step(_conv2d(problem), *problem.tensors())


def eager_slices(problem: Problem) -> Step:
    """A sum of shifted slices of the padded image, eager."""
    return _step(_slices(STENCILS[problem.stencil]), *problem.tensors())


def compiled_slices(problem: Problem) -> Step:
    """The shifted slices under `torch.compile`."""
    return _step(torch.compile(_slices(STENCILS[problem.stencil])), *problem.tensors())


def compiled_conv2d(problem: Problem) -> Step:
    """The convolutions under `torch.compile`."""
    return _step(torch.compile(_conv2d(problem)), *problem.tensors())


def jax_scan(problem: Problem) -> Step:
    """The shifted slices as a jitted `jax.lax.scan`, value and gradient in one call, on JAX's own device."""
    import jax
    import jax.numpy as jnp

    u, kernels = (jnp.asarray(tensor.detach().cpu().numpy()) for tensor in problem.tensors())
    taps = [place for place in STENCILS[problem.stencil] if place != (1, 1)]
    size = problem.size

    def layer(v: Any, k: Any) -> tuple[Any, None]:
        w = jnp.pad(v, ((0, 0), (0, 0), (1, 1), (1, 1)))
        k = k[..., None, None, None]  # (S, 3, 3, 1, 1, 1)
        v = (1 + k[:, 1, 1]) * v
        for i, j in taps:
            v = v + k[:, i, j] * w[..., i : i + size, j : j + size]
        return jnp.maximum(v, 0), None

    def total(u: Any, kernels: Any) -> Any:
        return jax.lax.scan(layer, u, kernels.swapaxes(0, 1))[0].sum()

    step = jax.jit(jax.value_and_grad(total, argnums=(0, 1)))
    return lambda: jax.block_until_ready(step(u, kernels)[1])


CONTENDERS: dict[str, tuple[str, Callable[[Problem], Step]]] = {
    "fused": ("residual_stack, fused loops", fused),
    "conv2d": ("conv2d, eager", eager_conv2d),
    "slices": ("shifted slices, eager", eager_slices),
    "compile": ("shifted slices, torch.compile", compiled_slices),
    "compile-conv2d": ("conv2d, torch.compile", compiled_conv2d),
    "jax": ("shifted slices, jitted JAX scan", jax_scan),
}


def available() -> list[str]:
    """Contenders that this machine can run: JAX only where it is installed."""
    return [name for name in CONTENDERS if name != "jax" or importlib.util.find_spec("jax")]


def _step(stack: Callable[[Tensor, Tensor], Tensor], u: Tensor, kernels: Tensor) -> Step:
    return lambda: torch.autograd.grad(stack(u, kernels).sum(), (u, kernels))
