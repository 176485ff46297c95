"""Trained stencil fields of records: what a step of the training makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import sympy as sp
import torch

from pdenet.models.stencil_field import StencilField
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Fixed
from pdenet.subjects.ode_mnist.measures import ACCURATE
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.runs.record import Record

WAVES = np.linspace(-np.pi, np.pi, 41)
"""Wave numbers on each axis, in radians a pixel."""


class Strength(NamedTuple):
    """How strong a trained field is, for the steps of its training.

    Parameters
    ----------
    per_step
        Largest |h Omega| over all waves.
    factor
        Largest |1 + h Omega|.
    distance
        From the end by coarse steps to that of the exact flow, relative to the latter.
    """

    per_step: float
    factor: float
    distance: float


def trained_field(run: Record) -> StencilField:
    """The field with the parameters of a record."""
    rate = StencilField(PDE1, [run.seed])
    with torch.no_grad():
        rate.theta[:] = torch.tensor(_parameters(run))
    return rate


@torch.no_grad()
def strength(run: Record, images: Tensor) -> Strength:
    """The strength of a recorded field that was trained with Euler steps, on images (B, H, W)."""
    steps = int(run.model["solver"]["steps"])
    time = float(run.model["time"])
    symbol = PDE1.stencil().symbol(*sp.symbols("p q", real=True))
    on_waves = sp.lambdify([*sp.symbols("p q", real=True), *PDE1.parameters], symbol)
    per_step = time / steps * on_waves(*np.meshgrid(WAVES, WAVES), *_parameters(run))
    rate = trained_field(run)
    coarse = solve(rate, images[None], time, Fixed("euler", steps)).end
    exact = solve(rate, images[None], time, ACCURATE).end
    distance = float((coarse - exact).norm() / exact.norm())
    return Strength(float(np.abs(per_step).max()), float(np.abs(1 + per_step).max()), distance)


def _parameters(run: Record) -> list[float]:
    return [run.trunk[parameter.name][0] for parameter in PDE1.parameters]
