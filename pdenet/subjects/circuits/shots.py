"""Expectations as a laboratory has them: means over a number of measurements that say plus or minus one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import whole

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.circuits.shifts import Energy


def measured_mean(mean: Tensor, shots: int, runs: int, generator: torch.Generator) -> Tensor:
    """Means of measurements of an observable whose values are -1 and 1, (runs, *shape).

    Parameters
    ----------
    mean
        The true expectations, of any shape, between -1 and 1.
    shots
        Measurements of each.
    runs
        How often all is repeated.
    generator
        What the outcomes are drawn from.

    Raises
    ------
    TypeError, ValueError
        If a count is none, or an expectation is out of range.
    """
    shots, runs = whole("shots", shots, least=1), whole("runs", runs, least=1)
    if not bool((mean.abs() <= 1 + 1e-12).all()):
        message = f"an observable with values -1 and 1 has a mean between them; got {mean.tolist()}"
        raise ValueError(message)
    share = ((1 + mean) / 2).clamp(0, 1).expand(runs, *mean.shape)
    count = torch.binomial(torch.full_like(share, shots), share, generator=generator)
    found: Tensor = 2 * count / shots - 1
    return found


def measured(energy: Energy, shots: int, generator: torch.Generator) -> Energy:
    """An energy as it is measured: each value a mean over shots, drawn anew at every call.

    Parameters
    ----------
    energy
        Of an observable whose values are -1 and 1.
    shots
        Of each value.
    generator
        What the outcomes are drawn from.
    """
    return lambda angles: measured_mean(energy(angles), shots, 1, generator)[0]


def slope_deviation(up: float, down: float, shots: int, divisor: float) -> float:
    """Standard deviation of a measured (up - down) / divisor, of two expectations with so many shots each.

    Parameters
    ----------
    up, down
        The expectations, between -1 and 1.
    shots
        Of each.
    divisor
        What their difference is divided by.
    """
    variance = (1 - up**2 + 1 - down**2) / whole("shots", shots, least=1)
    return float(variance**0.5 / abs(divisor))
