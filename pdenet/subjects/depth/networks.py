"""One network in two parametrisations: (40) is (39) with beta -> -beta/8 and rho -> -rho/8."""

from collections.abc import Iterable
from typing import Any

import torch

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of
from pdenet.models import PDENet
from pdenet.models.residual_net import Spec
from pdenet.symbolic import PDE1, PDE2, EvolutionPDE, gamma

DRIFT = ("beta", "rho")
FACTOR = -1 / 8
"""Drift parameters of (39) over those of (40) for the same kernels."""


class DriftStartNet(PDENet):
    """A `PDENet` whose drift parameters beta and rho start at a multiple of what was drawn for them.

    With ``drift_start=-1/8`` the network of (39) starts with the kernels of that of (40) with the same seed,
    and keeps its own steps; with ``drift_start=-8`` the network of (40) starts with the kernels of (39).

    Parameters
    ----------
    pde, depth, seeds
        As in `PDENet`; the equation has parameters named beta and rho.
    drift_start
        The multiple, dimensionless.
    **options
        As in `PDENet`.

    Raises
    ------
    TypeError
        If `drift_start` is no number, or what `PDENet` refuses.
    ValueError
        If the equation lacks a drift parameter, or what `PDENet` refuses.
    """

    def __init__(
        self,
        pde: EvolutionPDE,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        drift_start: float,
        **options: Any,
    ) -> None:
        super().__init__(pde, depth, seeds, **options)
        columns = drift_columns(pde)
        self.drift_start = real("drift_start", drift_start)
        with torch.no_grad():
            self.theta[..., columns] *= self.drift_start

    @classmethod
    def description(
        cls, pde: EvolutionPDE, depth: int, *, drift_start: float = 1.0, **options: Any
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        described = super().description(pde, depth, **options)
        return {**described, "drift_start": real("drift_start", drift_start)}

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        return arguments, {**options, "drift_start": self.drift_start}


def drift_columns(pde: EvolutionPDE) -> list[int]:
    """Positions of beta and rho among the parameters of `pde`.

    Raises
    ------
    ValueError
        If it lacks one of them.
    """
    names = [symbol.name for symbol in pde.parameters]
    if missing := [name for name in DRIFT if name not in names]:
        message = f"the equation must have the drift parameters beta and rho; got {', '.join(names)}"
        raise ValueError(message + f", without {' and '.join(missing)}")
    return [names.index(name) for name in DRIFT]


ARMS: dict[str, tuple[EvolutionPDE, float]] = {
    "(39)": (PDE1, 1.0),
    "(39), start of (40)": (PDE1, FACTOR),
    "(40), start of (39)": (PDE2, 1 / FACTOR),
    "(40)": (PDE2, 1.0),
}
"""The four ways to cross the starts and the steps of the two equations: equation and `drift_start`.

The equation decides how long a step is, `drift_start` where training starts."""


def twice_growth(pde: EvolutionPDE) -> EvolutionPDE:
    """The equation as two convolutions have it, one along x and one along y, that both add gamma."""
    return EvolutionPDE(pde.equation.subs(gamma, 2 * gamma), name=f"{pde.name}, gamma twice")


def arm_spec(name: str, depth: int, *, gamma_twice: bool = False, **options: Any) -> Spec:
    """The network of one of `ARMS`; the two plain ones are ordinary `PDENet`, with the same records.

    Parameters
    ----------
    name, depth
        Which arm, and its layers.
    gamma_twice
        Whether the equation is that of `twice_growth`.
    **options
        As in `PDENet`.

    Raises
    ------
    ValueError
        If there is no such arm.
    """
    pde, start = ARMS[one_of("arm", name, tuple(ARMS))]
    pde = twice_growth(pde) if gamma_twice else pde
    if start == 1:
        return PDENet.spec(pde, depth, **options)
    return DriftStartNet.spec(pde, depth, drift_start=start, **options)
