"""A stack of residual stencils, the one operator that every network of the book is made of."""

from typing import Literal

import torch
from numba import config
from torch import Tensor
from torch.nn import functional

from pdenet.checks.words import one_of
from pdenet.ops.fused import cuda
from pdenet.ops.fused.cuda_layout import choose_layout
from pdenet.ops.fused.faint import is_faint
from pdenet.ops.fused.operators import FusedStack
from pdenet.ops.fused.plain import is_autocast, is_traced, is_transformed, widen

Backend = Literal["auto", "torch", "numba", "cuda"]
Support = Literal["full", "cross"]

BACKENDS = ("auto", "torch", "numba", "cuda")
SUPPORTS = ("full", "cross")
CORNERS = (0, 2, 6, 8)
"""Places of the corner taps in a flat 3x3 kernel."""


def residual_stack(
    u: Tensor,
    kernels: Tensor,
    bias: Tensor | None = None,
    *,
    backend: Backend = "auto",
    support: Support = "full",
) -> Tensor:
    r"""Apply L residual blocks ``u <- relu(u + K_l * u + b_l)``, the L explicit Euler steps of a PDE.

    ``*`` is the cross-correlation that `torch.nn.functional.conv2d` computes, with zeros outside the image.
    The kernels do not contain the skip connection. Every seed s has its own kernels and its own images.

    Parameters
    ----------
    u : (S, B, H, W) or (B, H, W)
        Images: seeds, batch, rows (y, downwards), columns (x, to the right). Without a seed axis the same
        images go through every seed's kernels.
    kernels : (S, L, 3, 3) or (L, 3, 3)
        One kernel a layer; other odd sizes on the ``"torch"`` backend.
    bias : (S, L) or (L,), optional
        One number a layer.
    backend
        ``"torch"``: any device, any dtype, differentiable to any order. ``"numba"``: fused CPU loops for
        float32 and 3x3 kernels, differentiable once. ``"cuda"``: the same on a CUDA device, for images that
        fit on the chip (64x64 pixels do); it needs the package numba-cuda. ``"auto"``: the fastest that can
        do it, which is ``"torch"`` under the transforms of `torch.func` and in exported programs.
    support
        ``"cross"``: the corner taps of a 3x3 kernel are ignored and get no gradient (five-point stencils, as
        equation (39) of the thesis has; a third less work). ``"full"``: all taps count.

    Returns
    -------
    (S, B, H, W), or (B, H, W) where neither `u` nor `kernels` has a seed axis.

    Raises
    ------
    TypeError
        If `backend` or `support` is no text.
    ValueError
        If shapes, dtypes or devices do not fit together, or the backend cannot do what is asked.

    Notes
    -----
    The fused loops set activations below 1e-25 and gradients below 1e-30 to zero, before they decay into
    denormal numbers, which are slow. Where an image, and the biases with it, has nothing above 1e-17,
    PyTorch runs the call in place of the CPU's loops, so that no image is lost for being faint; compiled
    programs and CUDA cannot look at the numbers first. Under autocast all backends compute in float32.

    References
    ----------
    The thesis, equations (25), (26) and (39).

    Examples
    --------
    >>> image = torch.zeros(1, 3, 3)
    >>> image[0, 1, 1] = 1
    >>> kernel = torch.tensor([[[0, 0.1, 0], [0.2, -0.8, 0.4], [0, 0.1, 0]]])
    >>> residual_stack(image, kernel)
    tensor([[[0.0000, 0.1000, 0.0000],
             [0.4000, 0.2000, 0.2000],
             [0.0000, 0.1000, 0.0000]]])
    """
    one_of("backend", backend, BACKENDS)
    one_of("support", support, SUPPORTS)
    if is_autocast(u):
        with torch.autocast(u.device.type, enabled=False):
            return residual_stack(*widen(u, kernels, bias), backend=backend, support=support)
    squeeze = u.dim() == 3 and kernels.dim() == 3
    u, kernels, bias = _with_seed_axis(u, kernels, bias)
    _check(u, kernels, bias, backend, support)
    chosen = _choose(backend, u, kernels, bias, support)
    if kernels.shape[1] == 0 or len(u) == 0:
        result = u.clone(memory_format=torch.contiguous_format)  # a tensor of its own, as behind any layer
    elif chosen == "numba" and not is_faint(u, bias):
        result = FusedStack.apply(u, kernels, bias, support == "full")
    elif chosen == "cuda":
        result = cuda.apply(u, kernels, bias, support == "full")
    else:
        result = _reference(u, kernels, bias, support)
    return result.squeeze(0) if squeeze else result


def _with_seed_axis(u: Tensor, kernels: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
    if kernels.dim() not in (4, 3) or kernels.shape[-1] != kernels.shape[-2] or kernels.shape[-1] % 2 == 0:
        message = f"kernels must be (S, L, 3, 3) or (L, 3, 3), or of another odd size; got {_shape(kernels)}"
        raise ValueError(message)
    if u.dim() not in (4, 3):
        message = f"u must be (S, B, H, W) or (B, H, W); got {_shape(u)}"
        raise ValueError(message)
    if bias is not None and bias.shape != kernels.shape[:-2]:
        message = f"bias must be {tuple(kernels.shape[:-2])}, one number a kernel; got {_shape(bias)}"
        raise ValueError(message)
    if kernels.dim() == 3:
        kernels = kernels.unsqueeze(0)
        bias = None if bias is None else bias.unsqueeze(0)
    if u.dim() == 3:
        u = u.expand(kernels.shape[0], *u.shape)
    return u, kernels, bias


def _check(u: Tensor, kernels: Tensor, bias: Tensor | None, backend: str, support: str) -> None:
    if not u.dtype.is_floating_point:
        message = f"u must be floating point; got {u.dtype}; pixels of uint8 go in as u.float() / 255"
        raise ValueError(message)
    if support == "cross" and kernels.shape[-1] != 3:
        message = f"support='cross' is for 3x3 kernels; got {_shape(kernels)}; use support='full'"
        raise ValueError(message)
    if u.shape[0] != kernels.shape[0]:
        message = (
            f"u and kernels must have one seed axis in common; got {u.shape[0]} seeds of images "
            f"and {kernels.shape[0]} of kernels"
        )
        raise ValueError(message)
    if 0 in u.shape[-2:]:
        message = f"images must have at least one pixel; got u {_shape(u)}"
        raise ValueError(message)
    for name, other in (("kernels", kernels), ("bias", bias)):
        if other is not None and (other.dtype != u.dtype or other.device != u.device):
            message = (
                f"{name} must have the dtype and device of u, {u.dtype} on {u.device}; "
                f"got {other.dtype} on {other.device}; "
                f"images go in as u.to({str(other.device)!r}, {other.dtype})"
            )
            raise ValueError(message)
    if backend == "numba" and (obstacle := _fused_obstacle(u, kernels, bias)):
        message = (
            f"backend='numba' runs float32 and 3x3 kernels on the CPU; got {obstacle}; use backend='torch'"
        )
        raise ValueError(message)
    if backend == "cuda" and (obstacle := _cuda_obstacle(u, kernels, bias, support)):
        message = (
            f"backend='cuda' runs float32 and 3x3 kernels on a CUDA device; got {obstacle}; "
            "use backend='torch'"
        )
        raise ValueError(message)
    if backend == "cuda" and (missing := cuda.missing()):
        message = f"backend='cuda' cannot run on this machine: {missing}"
        raise ValueError(message)


def _fused_obstacle(u: Tensor, kernels: Tensor, bias: Tensor | None) -> str:
    """Why the fused loops cannot run this, or an empty string."""
    if u.device.type != "cpu":
        return f"the device {u.device}"
    if config.DISABLE_JIT:
        return "NUMBA_DISABLE_JIT, under which no loop is compiled"
    return _obstacle(u, kernels, bias)


def _cuda_obstacle(u: Tensor, kernels: Tensor, bias: Tensor | None, support: str) -> str:
    """Why the fused kernels cannot run this on any machine, or an empty string."""
    if u.device.type != "cuda":
        return f"the device {u.device}"
    if is_traced(u):
        return "a program that is being traced"
    if obstacle := _obstacle(u, kernels, bias):
        return obstacle
    if choose_layout(u.shape[-2], u.shape[-1], support == "full") is None:
        return f"images of {u.shape[-2]}x{u.shape[-1]} pixels, which do not fit on the chip"
    return ""


def _obstacle(u: Tensor, kernels: Tensor, bias: Tensor | None) -> str:
    """Why no fused loop can run this on any device, or an empty string."""
    if u.dtype != torch.float32:
        return f"the dtype {u.dtype}"
    if kernels.shape[-1] != 3:
        return f"kernels {_shape(kernels)}"
    if is_transformed(u, kernels, bias):
        return "tensors under a transform of torch.func or with tangents"
    return ""


def _choose(backend: str, u: Tensor, kernels: Tensor, bias: Tensor | None, support: str) -> str:
    if backend != "auto":
        return backend
    if torch.compiler.is_exporting():
        return "torch"  # a program that runs where this package is not
    if not _fused_obstacle(u, kernels, bias):
        return "numba"
    return "torch" if _cuda_obstacle(u, kernels, bias, support) or cuda.missing() else "cuda"


def _shape(tensor: Tensor) -> tuple[int, ...]:
    return tuple(tensor.shape)


def without_corners(kernels: Tensor) -> Tensor:
    """Kernels (..., 3, 3) with zeros for their corner taps, whatever these are; they get no gradient."""
    corners = torch.zeros(9, dtype=torch.bool, device=kernels.device)
    corners[list(CORNERS)] = True
    return kernels.masked_fill(corners.view(3, 3), 0)  # not times zero, which keeps NaN


def _reference(u: Tensor, kernels: Tensor, bias: Tensor | None, support: str) -> Tensor:
    """The stack as the definition reads: one grouped convolution a layer, a group a seed."""
    if support == "cross":
        kernels = without_corners(kernels)
    seeds, layers, size, _ = kernels.shape
    v = u.transpose(0, 1)  # (B, S, H, W): the seeds are the channels
    for layer in range(layers):
        kernel = kernels[:, layer].unsqueeze(1)  # (S, 1, 3, 3)
        b = None if bias is None else bias[:, layer]
        v = torch.relu(v + functional.conv2d(v, kernel, b, padding=size // 2, groups=seeds))
    return v.transpose(0, 1)
