"""One network in two parametrisations: (40) is (39) with beta -> -beta/8 and rho -> -rho/8."""

from collections.abc import Iterable
from typing import Any

import torch

from pdenet.checks.numbers import real
from pdenet.checks.words import flag, one_of
from pdenet.models import PDENet
from pdenet.models.residual_net import Spec
from pdenet.symbolic import PDE1, PDE2, EvolutionPDE, gamma

DRIFT = ("beta", "rho")
SPREAD = ("alpha", "sigma")
FACTOR = -1 / 8
"""Drift parameters of (39) over those of (40) for the same kernels."""


class DriftStartNet(PDENet):
    """A `PDENet` whose parameters start at multiples of what was drawn for them.

    With ``drift_start=-1/8`` the network of (39) starts with the kernels of that of (40) with the same seed,
    and keeps its own steps; with ``drift_start=-8`` the network of (40) starts with the kernels of (39).

    Parameters
    ----------
    pde, depth, seeds
        As in `PDENet`; the equation has parameters named beta and rho.
    drift_start
        Multiplies beta and rho.
    alternate
        Whether beta and rho change their sign in every second layer, so that shifts cancel.
    spread_start
        Multiplies alpha and sigma; the diffusion goes with its square.
    **options
        As in `PDENet`.

    Raises
    ------
    TypeError
        If a multiple is no number, `alternate` no switch, or what `PDENet` refuses.
    ValueError
        If the equation lacks one of these parameters, or what `PDENet` refuses.
    """

    def __init__(
        self,
        pde: EvolutionPDE,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        drift_start: float = 1.0,
        alternate: bool = False,
        spread_start: float = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(pde, depth, seeds, **options)
        self.drift_start = real("drift_start", drift_start)
        self.alternate = flag("alternate", alternate)
        self.spread_start = real("spread_start", spread_start)
        drift, spread = drift_columns(pde), []
        if self.spread_start != 1:
            spread = _columns(pde, SPREAD, "diffusion")
        with torch.no_grad():
            self.theta[..., drift] *= self.drift_start
            self.theta[..., spread] *= self.spread_start
            if self.alternate:
                self.theta[:, 1::2, drift] *= -1

    @classmethod
    def description(
        cls,
        pde: EvolutionPDE,
        depth: int,
        *,
        drift_start: float = 1.0,
        alternate: bool = False,
        spread_start: float = 1.0,
        **options: Any,
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        described = super().description(pde, depth, **options)
        described["drift_start"] = real("drift_start", drift_start)
        # Older descriptions lack these words.
        if flag("alternate", alternate):
            described["alternate"] = True
        if real("spread_start", spread_start) != 1:
            described["spread_start"] = spread_start
        return described

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        own = {name: getattr(self, name) for name in ("drift_start", "alternate", "spread_start")}
        return arguments, {**options, **own}


def drift_columns(pde: EvolutionPDE) -> list[int]:
    """Positions of beta and rho among the parameters of `pde`.

    Raises
    ------
    ValueError
        If it lacks one of them.
    """
    return _columns(pde, DRIFT, "drift")


def _columns(pde: EvolutionPDE, wanted: tuple[str, str], kind: str) -> list[int]:
    names = [symbol.name for symbol in pde.parameters]
    if missing := [name for name in wanted if name not in names]:
        message = (
            f"the equation must have the {kind} parameters {' and '.join(wanted)}; got {', '.join(names)}"
        )
        raise ValueError(message + f", without {' and '.join(missing)}")
    return [names.index(name) for name in wanted]


Arm = tuple[EvolutionPDE, dict[str, Any]]
ARMS: dict[str, Arm] = {
    "(39)": (PDE1, {}),
    "(39), start of (40)": (PDE1, {"drift_start": FACTOR}),
    "(40), start of (39)": (PDE2, {"drift_start": 1 / FACTOR}),
    "(40)": (PDE2, {}),
}
"""The four ways to cross the starts and the steps of the two equations: equation and start.

The equation decides how long a step is, `drift_start` where training starts."""
CALMER: dict[str, Arm] = {
    "(39), drift alternates": (PDE1, {"alternate": True}),
    "(39), a hundredth of the diffusion": (PDE1, {"spread_start": 0.1}),
}
"""Two starts of (39) that each take away one of the causes that the thesis names."""


def twice_growth(pde: EvolutionPDE) -> EvolutionPDE:
    """The equation as two convolutions have it, one along x and one along y, that both add gamma."""
    return EvolutionPDE(pde.equation.subs(gamma, 2 * gamma), name=f"{pde.name}, gamma twice")


def arm_spec(name: str, depth: int, *, gamma_twice: bool = False, **options: Any) -> Spec:
    """The network of one of `ARMS` or `CALMER`; the two plain ones are `PDENet`, with the same records.

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
    known = {**ARMS, **CALMER}
    pde, start = known[one_of("arm", name, tuple(known))]
    pde = twice_growth(pde) if gamma_twice else pde
    if not start:
        return PDENet.spec(pde, depth, **options)
    return DriftStartNet.spec(pde, depth, **start, **options)
