"""Two other steps of the same equation: with opposite edges joined, and implicit, axis by axis."""

from typing import Any

import torch
from numba import config
from torch import Tensor
from torch.nn import functional

from pdenet.ops.fused import lanes
from pdenet.ops.fused.faint import is_faint
from pdenet.ops.fused.plain import is_autocast, is_traced, is_transformed, widen
from pdenet.ops.stack import CORNERS, without_corners


def periodic_stack(u: Tensor, kernels: Tensor) -> Tensor:
    r"""Apply L blocks ``u <- relu(u + K_l * u)`` on a torus: beyond an edge lies the opposite one.

    Parameters
    ----------
    u : (S, B, H, W)
        Images: seeds, batch, rows, columns.
    kernels : (S, L, 3, 3)
        Five-point kernels without the skip connection, as `residual_stack` takes them.

    Returns
    -------
    (S, B, H, W). On the CPU in float32 the loops are fused and differentiable once; elsewhere, and in
    programs that are compiled, exported or transformed by `torch.func`, they are PyTorch's.

    Raises
    ------
    ValueError
        If shapes, dtypes or devices do not fit together or a corner tap is not zero.

    Notes
    -----
    What `residual_stack` says of tiny numbers and autocast holds here too.
    """
    if is_autocast(u):
        with torch.autocast(u.device.type, enabled=False):
            return periodic_stack(*widen(u, kernels))
    _check(u, kernels)
    if kernels.shape[1] == 0 or len(u) == 0:  # the loops count on a first layer
        return u.clone(memory_format=torch.contiguous_format)
    if _is_fused(u, kernels):
        result: Tensor = _Lanes.apply(u, split_taps(kernels), True)
        return result
    kernels = without_corners(kernels)  # zeros already; as in the loops they get no gradient
    v = u.transpose(0, 1)  # (B, S, H, W): the seeds are the channels
    for layer in range(kernels.shape[1]):
        wide = functional.pad(v, (1, 1, 1, 1), mode="circular")
        v = torch.relu(v + functional.conv2d(wide, kernels[:, layer].unsqueeze(1), groups=len(kernels)))
    return v.transpose(0, 1)


def implicit_stack(u: Tensor, kernels: Tensor) -> Tensor:
    r"""Apply L blocks ``u <- relu((I - A_y)^-1 (I - A_x)^-1 u)``: Euler's backward step, axis by axis.

    `A_x` and `A_y` are the parts of the kernel along rows and columns as matrices, with zeros outside the
    image; the kernel's growth is shared equally between them. Together they are the explicit ``K *``.

    Parameters, returns and raises as `periodic_stack`.

    References
    ----------
    Peaceman and Rachford, J. SIAM 3 (1955), for steps that are implicit along one axis at a time.
    """
    if is_autocast(u):
        with torch.autocast(u.device.type, enabled=False):
            return implicit_stack(*widen(u, kernels))
    _check(u, kernels)
    if kernels.shape[1] == 0 or len(u) == 0:  # the loops count on a first layer
        return u.clone(memory_format=torch.contiguous_format)
    taps = split_taps(kernels)
    if _is_fused(u, kernels):
        result: Tensor = _Lanes.apply(u, taps, False)
        return result
    along_x, along_y = (
        step_inverse(t, n) for t, n in ((taps[..., :3], u.shape[-1]), (taps[..., 3:], u.shape[-2]))
    )
    for layer in range(kernels.shape[1]):
        x, y = along_x[:, layer].unsqueeze(1), along_y[:, layer].unsqueeze(1)
        u = torch.relu(y @ u @ x.mT)
    return u


def split_taps(kernels: Tensor) -> Tensor:
    """The taps (..., 6) of five-point kernels (..., 3, 3): left, own, right; upper, own, lower.

    An axis's own tap is minus the sum of its neighbours, plus half of the sum of all taps (the growth gamma).
    """
    left, right, up, down = kernels[..., 1, 0], kernels[..., 1, 2], kernels[..., 0, 1], kernels[..., 2, 1]
    half_growth = (kernels[..., 1, 1] + left + right + up + down) / 2
    return torch.stack([left, half_growth - left - right, right, up, half_growth - up - down, down], dim=-1)


def step_inverse(taps: Tensor, sites: int) -> Tensor:
    """The matrices (I - A)^-1, (..., sites, sites), of three taps (..., 3): lower, own, upper neighbour."""
    eye = torch.eye(sites, dtype=taps.dtype, device=taps.device)
    below, above = eye.roll(1, 0).tril(), eye.roll(-1, 0).triu()  # rows i with a one at i - 1, at i + 1
    if sites == 1:
        below = above = torch.zeros_like(eye)
    lower, own, upper = (taps[..., i, None, None] for i in range(3))
    result: Tensor = torch.linalg.inv(eye - lower * below - own * eye - upper * above)
    return result


def _check(u: Tensor, kernels: Tensor) -> None:
    if u.dim() != 4 or kernels.dim() != 4 or kernels.shape[-2:] != (3, 3) or len(u) != len(kernels):
        message = (
            "u must be (S, B, H, W) and kernels (S, L, 3, 3), with one number of seeds; "
            f"got {tuple(u.shape)} and {tuple(kernels.shape)}"
        )
        raise ValueError(message)
    if not u.dtype.is_floating_point:
        message = f"u must be floating point; got {u.dtype}; pixels of uint8 go in as u.float() / 255"
        raise ValueError(message)
    if kernels.dtype != u.dtype or kernels.device != u.device:
        message = (
            f"kernels must be {u.dtype} on {u.device} as u; got {kernels.dtype} on {kernels.device}; "
            f"images go in as u.to({str(kernels.device)!r}, {kernels.dtype})"
        )
        raise ValueError(message)
    if not _has_numbers(kernels):
        return
    if kernels.flatten(-2)[..., list(CORNERS)].any():
        message = "kernels must be five-point kernels; a corner tap is not zero"
        raise ValueError(message)


def _has_numbers(tensor: Tensor) -> bool:
    """Whether the numbers are there to be looked at: no tracer, no transform, no device for shapes only."""
    return not (tensor.is_meta or is_traced(tensor) or is_transformed(tensor))


def _is_fused(u: Tensor, kernels: Tensor) -> bool:
    return (
        u.device.type == "cpu"
        and u.dtype == torch.float32
        and not config.DISABLE_JIT
        and not is_traced(u)
        and not is_transformed(u, kernels)
        and not is_faint(u, None)
    )


class _Lanes(torch.autograd.Function):
    """The fused loops as a differentiable operator of images and taps (S, L, 6)."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, taps: Tensor, periodic: bool) -> Tensor:
        u, taps = u.contiguous(), taps.contiguous()
        ctx.save_for_backward(u, taps)
        ctx.periodic = periodic
        out = torch.empty_like(u)
        lanes.forward(out.numpy(), u.detach().numpy(), taps.detach().numpy(), periodic)
        return out

    @staticmethod
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        if torch.is_grad_enabled():  # only so under create_graph=True
            message = "the fused loops differentiate once; for higher derivatives use float64"
            raise RuntimeError(message)
        u, taps = ctx.saved_tensors
        groups = -(-u.shape[1] // lanes.LANES)
        grad_u = torch.empty_like(u)
        sums = torch.zeros(len(u), groups, taps.shape[1], 6, dtype=torch.float64, device="cpu")
        lanes.backward(
            grad_u.numpy(),
            sums.numpy(),
            grad_out.contiguous().numpy(),
            u.detach().numpy(),
            taps.detach().numpy(),
            ctx.periodic,
        )
        return grad_u, sums.sum(1).to(u.dtype), None
