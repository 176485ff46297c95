"""The equations of the thesis by name."""

import sympy as sp

from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.variables import (
    alpha,
    beta,
    gamma,
    psi,
    psi_1d,
    rho,
    sigma,
    t,
    x,
    y,
)

_diffusion = alpha**2 / 2 * psi.diff(x, 2) + sigma**2 / 2 * psi.diff(y, 2)
_drift = beta * psi.diff(x) + rho * psi.diff(y)

PDE_1D = EvolutionPDE(
    sp.Eq(psi_1d.diff(t), alpha**2 / 2 * psi_1d.diff(x, 2) + beta * psi_1d.diff(x) + gamma * psi_1d),
    name="PDE_1D",
)
"""Equation (21): diffusion, drift and growth on a line."""

PDE1 = EvolutionPDE(sp.Eq(psi.diff(t), _diffusion + _drift + gamma * psi), name="PDE1")
"""Equation (39): diffusion, drift and growth in the plane, each axis with parameters of its own."""

PDE2 = EvolutionPDE(sp.Eq(psi.diff(t), _diffusion - _drift / 8 + gamma * psi), name="PDE2")
"""Equation (40): equation (39) with the drift parameters divided by -8."""
