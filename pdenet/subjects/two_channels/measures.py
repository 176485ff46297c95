"""What is measured on two channels: norms over many steps, alternating layers, bounds for a trained stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from pdenet.checks.numbers import whole
from pdenet.ops.turns import symbols, wave_factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.models.two_channel_net import TwoChannelNet


class Course(NamedTuple):
    """A run of many steps: norm and conserved form after each, (step + 1,), and the state at the end."""

    norm: NDArray[np.float64]
    form: NDArray[np.float64]
    last: tuple[NDArray[np.float64], NDArray[np.float64]]


def course(
    kernel: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    steps: int,
    *,
    in_turn: bool = True,
) -> Course:
    """Many steps with one kernel.

    Parameters
    ----------
    kernel : (site, site)
        K as a matrix.
    first, second : (site,)
        R and I at the start.
    steps
        How many.
    in_turn
        Whether I is updated with the new R.
    """
    r, i = first, second
    norms, forms = [], []
    for _ in range(whole("steps", steps, least=0)):
        moved = kernel @ i
        norms.append(r @ r + i @ i)
        forms.append(norms[-1] + r @ moved)
        before = r
        r = r + moved
        i = i - kernel @ (r if in_turn else before)
    norms.append(r @ r + i @ i)
    forms.append(norms[-1] + r @ (kernel @ i))
    return Course(np.array(norms), np.array(forms), (r, i))


def undone(
    kernel: NDArray[np.float64], first: NDArray[np.float64], second: NDArray[np.float64], steps: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """R and I as they were so many steps in turn ago: each update is subtracted, the last one first.

    Parameters
    ----------
    kernel, first, second, steps
        As in `course`.
    """
    r, i = first, second
    for _ in range(whole("steps", steps, least=0)):
        i = i + kernel @ r
        r = r - kernel @ i
    return r, i


class Extremes(NamedTuple):
    """What a stack makes of a wave with R = 1, I = 0: R^2 + I^2, least and largest over waves, (seed,) each.

    `bound` is what is proved of the largest for steps in turn, infinite where a layer has a wave with abs(k)
    of 2 or more; `unstable` is the share of such layers.
    """

    least: NDArray[np.float64]
    largest: NDArray[np.float64]
    bound: NDArray[np.float64]
    unstable: NDArray[np.float64]


@torch.no_grad()
def extremes(network: TwoChannelNet) -> Extremes:
    """How much the trunk lets waves of an image grow, beside the bound for layers that differ.

    Parameters
    ----------
    network
        Its symbols are those of waves that vanish at the frame.
    """
    k = symbols(network.kernels()[0].double(), *network.image_shape)  # (S, L, H, W)
    r, i = wave_factors(k, in_turn=network.update == "in turn")
    size = (r.square() + i.square()).numpy()
    bound = wave_bounds(k.numpy())
    share = (k.abs() >= 2).any(-1).any(-1).double().mean(1).numpy()
    return Extremes(size.min((1, 2)), size.max((1, 2)), bound.max((1, 2)), share)


def wave_bounds(k: NDArray[np.float64]) -> NDArray[np.float64]:
    r"""What R^2 + I^2 of a wave with R = 1, I = 0 cannot exceed, (S, H, W), for its symbols (S, L, H, W).

    .. math:: \frac{1}{1 - |k_L|/2} \prod_l \Bigl(1 + \frac{|k_{l+1} - k_l|}{2 - |k_l|}\Bigr)
    """
    room = 2 - np.abs(k)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        steps = 1 + np.abs(np.diff(k, axis=1)) / room[:, :-1]
        bound = steps.prod(1) * 2 / room[:, -1]
    return np.where((room > 0).all(1), bound, np.inf)
