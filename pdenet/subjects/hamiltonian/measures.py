"""What is measured of a field: how far it is off, and what becomes of those who follow it."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from scipy.special import ellipk

from pdenet.ops.pendulum import pendulum, pendulum_after
from pdenet.ops.steppers import follow, midpoint, runge_kutta_4
from pdenet.ops.symplectic import implicit_midpoint
from pdenet.subjects.hamiltonian.system import STARTS, pendulum_energy, swings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.subjects.hamiltonian.system import Observed

    Array = NDArray[np.float64]
    Field = Callable[[Tensor], Tensor]

TIME, SHORT = 100.0, 20.0
"""How long fields are followed, some fifteen turns, and how long states are compared."""
LATE = 10.0
"""The stretch at the end over which an error of the energy is a mean."""
WINDOW = 2.0
"""Length of the stretches of a curve."""


class Way(NamedTuple):
    """A method and its step."""

    step: Callable[..., Any]
    h: float


FINE = "Runge-Kutta"
EXPLICIT, SYMPLECTIC = "explicit midpoint", "implicit midpoint"
WAYS = {
    FINE: Way(runge_kutta_4, 0.05),
    EXPLICIT: Way(midpoint, 0.2),
    SYMPLECTIC: Way(implicit_midpoint, 0.2),
}
"""Steps: one so small that its error is none of the field's, and two of one order and length."""


def followed(field: Field, starts: Tensor, way: str | Way, time: float = TIME) -> Tensor:
    """Where the starts (S, B, 2) lead, (steps + 1, S, B, 2), by a way of `WAYS` or another.

    Raises
    ------
    DivergedError
        If one runs away.
    """
    step, h = WAYS[way] if isinstance(way, str) else way

    def one(state: Array) -> Array:
        after: Array = step(field, torch.from_numpy(state), h).detach().numpy()
        return after

    return torch.from_numpy(follow(one, starts.numpy(), round(time / h)))


def starts(seeds: int) -> Tensor:
    """The starts, (S, 3, 2)."""
    return torch.tensor(STARTS, dtype=torch.float64).repeat(seeds, 1, 1)


@lru_cache(maxsize=8)
def true_path(friction: float, h: float) -> Tensor:
    """Where the starts lead by the true field, (steps + 1, 1, 3, 2), to 3e-6 and less."""
    path = [starts(1)]
    for _ in range(round(TIME / h)):
        path.append(pendulum_after(path[-1], h, max(1, round(h / 0.05)), friction))
    return torch.stack(path)


def field_error(field: Field, observed: Observed, seeds: tuple[int, ...], count: int = 500) -> Tensor:
    """Distance to the true field next to its length, root mean square over fresh states, (S,)."""
    fresh = swings(seeds, count)
    true = observed.rate(fresh)
    distance: Tensor = (field(fresh).detach() - true).norm(dim=(1, 2)) / true.norm(dim=(1, 2))
    return distance


def divergence(field: Field, states: Tensor) -> Tensor:
    """Divergence (S, B) of a field at states (S, B, n), by backpropagation."""
    there = states.detach().requires_grad_()
    rates = field(there)
    parts = [
        torch.autograd.grad(rates[..., n].sum(), there, retain_graph=True, allow_unused=True)[0]
        for n in range(states.shape[-1])
    ]
    total = torch.zeros_like(states[..., 0])
    for n, part in enumerate(parts):
        total = total if part is None else total + part[..., n]
    return total.detach()


class Turn(NamedTuple):
    """One turn of the pendulum from angle 1: energy gained by who follows a field, and what divergence says.

    Parameters
    ----------
    gain
        By following the field for the time of a turn, (S,).
    predicted
        The divergence, over the area that the true orbit encloses, (S,).
    """

    gain: Tensor
    predicted: Tensor


def turn(field: Field, seeds: int, points: int = 64, radii: int = 12) -> Turn:
    """What a turn does to the energy, and what the divergence of the field says of it, by Green's theorem.

    Parameters
    ----------
    field
        Of a pendulum without friction.
    seeds
        How many.
    points, radii
        Of the quadrature of the area: around the orbit, and from its middle to it.
    """
    period = 4 * float(ellipk(math.sin(0.5) ** 2))
    start = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    orbit = torch.cat([pendulum_after(start, n * period / points, 200) for n in range(points)])
    speed = pendulum(orbit)
    around = orbit[:, 0] * speed[:, 1] - orbit[:, 1] * speed[:, 0]
    nodes, weights = (torch.from_numpy(found) for found in np.polynomial.legendre.leggauss(radii))
    radius, share = (nodes + 1) / 2, weights / 2
    places = (radius[:, None, None] * orbit).reshape(1, -1, 2).repeat(seeds, 1, 1)
    spread = divergence(field, places).reshape(seeds, radii, points)
    predicted = (spread * (share * radius)[:, None] * around.abs()).sum((1, 2)) * period / points
    state, steps = start.repeat(seeds, 1, 1), 150
    for _ in range(steps):
        state = runge_kutta_4(field, state, period / steps).detach()
    return Turn((pendulum_energy(state) - pendulum_energy(start)).squeeze(1), predicted)


def errors(path: Tensor, observed: Observed, way: str) -> dict[str, Any]:
    """How far off those are who followed a field from the three starts, each a list by seed.

    Parameters
    ----------
    path
        Where they came, (steps + 1, S, 3, 2).
    observed
        Tells the friction.
    way
        How they were followed.

    Returns
    -------
    dict
        ``"energy"``: error of the energy late, mean over starts; ``"state"``: root mean square distance up to
        `SHORT`; and their courses by windows, ``"energy course"`` up to `TIME`, ``"state course"`` too.
    """
    h = WAYS[way].h
    true = true_path(observed.friction, h)
    off = (pendulum_energy(path) - pendulum_energy(true)).abs().mean(2)  # (steps + 1, S)
    square = (path - true).square().sum(-1).mean(2)
    count = round(WINDOW / h)

    def course(values: Tensor) -> Tensor:
        return values[1:].reshape(-1, count, path.shape[1]).mean(1).T

    return {
        "energy": off[-round(LATE / h) :].mean(0).tolist(),
        "state": square[: round(SHORT / h) + 1].mean(0).sqrt().tolist(),
        "energy course": course(off).tolist(),
        "state course": course(square).sqrt().tolist(),
    }


def own_energy_change(energy: Callable[[Tensor], Tensor], path: Tensor) -> Tensor:
    """Largest change of a learned energy along a path (steps + 1, S, B, 2), (S,)."""
    values = energy(path.movedim(0, 1).flatten(1, 2)).detach().unflatten(1, (len(path), -1))
    change: Tensor = (values - values[:, :1]).abs().amax((1, 2))
    return change


def measured(
    field: Field,
    observed: Observed,
    seeds: tuple[int, ...],
    *,
    energy: Callable[[Tensor], Tensor] | None = None,
    ways: tuple[str, ...] = tuple(WAYS),
) -> list[dict[str, Any]]:
    """All that is recorded of a field, one dictionary a seed.

    Parameters
    ----------
    field, observed, seeds
        What is measured, what the truth is, and whose fields they are.
    energy
        What the field says of itself that it keeps.
    ways
        How it is followed, the fine way first; with one alone no turn is looked at.
    """
    found: list[dict[str, Any]] = [{} for _ in seeds]

    def keep(name: str, values: Any) -> None:
        for one, value in zip(found, values, strict=True):
            one[name] = value

    keep("field error", field_error(field, observed, seeds).tolist())
    for way in ways:
        path = followed(field, starts(len(seeds)), way)
        for name, values in errors(path, observed, way).items():
            if way == FINE or "course" not in name:
                keep(name if way == FINE else f"{name}, {way}", values)
        if way == FINE and energy is not None:
            keep("change of its own energy", own_energy_change(energy, path).tolist())
    if len(ways) > 1 and observed.friction == 0:
        gain, predicted = turn(field, len(seeds))
        keep("gain in a turn", gain.tolist())
        keep("divergence in a turn", predicted.tolist())
    return found
