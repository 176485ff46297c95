"""From an equation to its stencil, in SymPy; nothing here imports torch before a kernel is asked for."""

from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.named import PDE1, PDE2, PDE_1D
from pdenet.symbolic.stability import Stability
from pdenet.symbolic.stencil import Stencil
from pdenet.symbolic.variables import (
    alpha,
    beta,
    dt,
    dx,
    gamma,
    p,
    psi,
    psi_1d,
    q,
    rho,
    sigma,
    t,
    x,
    y,
)

__all__ = [
    "PDE1",
    "PDE2",
    "PDE_1D",
    "EvolutionPDE",
    "Stability",
    "Stencil",
    "alpha",
    "beta",
    "dt",
    "dx",
    "gamma",
    "p",
    "psi",
    "psi_1d",
    "q",
    "rho",
    "sigma",
    "t",
    "x",
    "y",
]
