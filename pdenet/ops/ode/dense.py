"""The states of a solution at many times at once: adaptive steps, and a polynomial inside each."""

import math

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real
from pdenet.ops.ode.field import check_field, evaluate
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Fixed


def states_at(rate: nn.Module, start: Tensor, times: Tensor, step: float) -> Tensor:
    """States of many solutions, each at times of its own, for the price of one solution on a common grid.

    All solutions go from 0 in equal steps (Runge-Kutta, order four). Between two steps, states and rates at
    both ends make a cubic, as in the dense output of an adaptive solver. What is found at one time does not
    depend on the other times.

    Parameters
    ----------
    rate
        A field that does not depend on time, on the last axis.
    start
        States at time 0, (S, B, d): S networks or seeds, B series.
    times
        Times (S, B, K), none negative, in any order.
    step
        Length of a step.

    Returns
    -------
    Tensor
        States (S, B, K, d).

    Raises
    ------
    TypeError
        If `rate` is not a module, or the step no number.
    ValueError
        If shapes do not fit, a time is negative or not finite, or the step is not positive.
    """
    check_field(rate)
    step = real("step", step, above=0)
    if start.dim() != 3 or times.dim() != 3 or start.shape[:2] != times.shape[:2]:
        message = (
            "start must be (S, B, d) and times (S, B, K) with the same S and B; "
            f"got {tuple(start.shape)} and {tuple(times.shape)}"
        )
        raise ValueError(message)
    if times.numel() == 0:  # nothing is asked, or of nobody
        return start[:, :, None] * times[..., None]
    if not bool(((times >= 0) & times.isfinite()).all()):
        message = f"times must be finite and not negative; got {float(times.min())} to {float(times.max())}"
        raise ValueError(message)
    steps = max(1, math.ceil(float(times.max()) / step))
    grid = step * torch.arange(steps + 1, dtype=torch.float64, device=times.device)
    states = solve(rate, start, grid, Fixed("rk4", 1)).states.transpose(0, 1)  # (S, T, B, d)
    rates = evaluate(rate, grid[0], states.flatten(1, 2)).view_as(states)
    left = (times / step).long().clamp(0, steps - 1)  # (S, B, K)
    rows = torch.arange(start.shape[0], device=times.device)[:, None, None]
    series = torch.arange(start.shape[1], device=times.device)[None, :, None]
    s = (times / step - left)[..., None]
    u0, u1 = states[rows, left, series], states[rows, left + 1, series]
    r0, r1 = step * rates[rows, left, series], step * rates[rows, left + 1, series]
    bend = (2 * s - 1) * (u1 - u0) + (1 - s) * r0 - s * r1
    result: Tensor = (1 - s) * u0 + s * u1 + s * (1 - s) * bend
    return result
