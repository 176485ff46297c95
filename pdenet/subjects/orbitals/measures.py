"""What is measured of learned surfaces: on the test, where a proton leaves, on trajectories."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.steppers import coupling
from pdenet.subjects.orbitals.full_ci import TOO_CLOSE, basis, ground_states, pulled
from pdenet.subjects.orbitals.orbitals import distances
from pdenet.subjects.orbitals.training import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from pdenet.subjects.orbitals.networks import Predicted, SurfaceNet

MILLI = 1000.0  # hartree to millihartree
CHEMICAL = 1.6
"""Chemical accuracy, one kilocalorie a mole, in millihartree."""
PROTON = 1836.15267
"""Mass of a proton, in electron masses."""
FEMTOSECOND = 41.341374
"""In atomic units of time."""
BOND = 1.4
"""Of the hydrogen molecule that a proton leaves, bohr."""
LEAVES = (2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0, 10.0, 11.0, 12.0)
"""Distances of the leaving proton from the molecule's middle, bohr."""
SPANS = {"6": (6.0, 6.0), "5 to 8": (5.0, 8.0), "9 to 12": (9.0, 12.0)}
"""Of these distances, over which misses are averaged."""
WAYS = {"along": False, "across": True}
SIDES = (1.4, 1.6, 2.1)
"""Distances from which trajectories start, at rest, bohr."""
STEPS = (5.0, 10.0, 20.0, 40.0)
"""Of trajectories, atomic units of time."""
SHORT, LONG = 2000.0, 10_000.0
"""How long they last."""
LOOKS = 20
"""Places of the long one at which the true energy is computed."""


def misses(said: Predicted, known: Known) -> tuple[Tensor, Tensor]:
    """Mean absolute misses of energies (millihartree) and of forces' components (a bohr), (S,) each."""
    energies = (said.energies - known.energies).abs().mean(-1)
    forces = (said.forces - known.forces).abs().mean((-3, -2, -1))
    return MILLI * energies, MILLI * forces


def triangle(first: float, second: float, third: float) -> Tensor:
    """Places (3, 3) whose distances 0 1, 0 2 and 1 2 are these, about their centre.

    Raises
    ------
    ValueError
        If no triangle has such sides.
    """
    sides = [real("a side", side, above=0) for side in (first, second, third)]
    along = (first**2 + second**2 - third**2) / (2 * first)
    if 2 * max(sides) > sum(sides):
        message = f"no triangle has the sides {first:g}, {second:g}, {third:g}: one is longer than two others"
        raise ValueError(message)
    places = torch.zeros(3, 3, dtype=torch.float64)
    places[1, 0], places[2, 0] = first, along
    places[2, 1] = max(second**2 - along**2, 0.0) ** 0.5
    return places - places.mean(0)


def corner_places(short: float, long: float) -> Tensor:
    """Triangles (8, 3, 3) with each side short or long."""
    return torch.stack([triangle(*sides) for sides in product((short, long), repeat=3)])


def angle_floor(short: float, long: float) -> float:
    """The least mean absolute miss (hartree) on eight triangles, of any sum over atoms that sees no angle.

    The third mixed difference of their energies, which such a sum does not have, over eight.

    Parameters
    ----------
    short, long
        The sides, bohr; the long one less than twice the short one.
    """
    energies = ground_states(corner_places(short, long)).energies.reshape(2, 2, 2)
    return abs(float(mixed_difference(energies))) / 8


def mixed_difference(values: Tensor) -> Tensor:
    """The third mixed difference of values (..., 2, 2, 2) by three arguments, (...)."""
    return values.diff(dim=-3).diff(dim=-2).diff(dim=-1)[..., 0, 0, 0]


class Parts(NamedTuple):
    """What a proton far from a molecule changes, by distance: hartree, (B,) each."""

    whole: Tensor
    """All of it, by full configuration interaction."""
    charge: Tensor
    """What is of first order in the proton's charge: the molecule's own potential."""
    answer: Tensor
    """What is of second order: the molecule gives way."""


def tail(away: Sequence[float], *, across: bool, bond: float = BOND, charge: float = 0.1) -> Parts:
    """The energy of a proton that is far, less that of the molecule alone, and the parts of it.

    Parts are those of a charge without functions of its own; what they leave out of the whole is what
    electrons do on the proton.

    Parameters
    ----------
    away
        From the molecule's middle, bohr.
    across
        Whether it is at right angles to the bond; else along it.
    bond
        Of the molecule, bohr.
    charge
        With which the orders are told apart.
    """
    places = pulled(away, bond, across=across)
    size, own = real("charge", charge, above=0), basis(centres=(0, 1))
    alone, plus, minus = (
        ground_states(places, own, [1.0, 1.0, sign * size]).energies for sign in (0.0, 1.0, -1.0)
    )
    return Parts(
        ground_states(places).energies - alone,
        (plus - minus) / (2 * size),
        (plus + minus - 2 * alone) / (2 * size**2),
    )


@lru_cache(maxsize=4)
def way_out(across: bool) -> Known:
    """The proton leaving, at `LEAVES`, (16, ...).

    Parameters
    ----------
    across
        Whether at right angles to the bond; else along it.
    """
    places = pulled(LEAVES, BOND, across=across)
    return Known(places, *ground_states(places))


def leaving_misses(net: SurfaceNet) -> dict[str, Tensor]:
    """Misses where a proton leaves, (S,) by name: by distance with their sign, and means of sizes.

    Energies in millihartree, those of its force in millihartree a bohr; means are of both directions.

    Parameters
    ----------
    net
        Learned.
    """
    found: dict[str, Tensor] = {}
    energies, forces = [], []
    for way, across in WAYS.items():
        true = way_out(across)
        said = net.predicted(true.places)
        energies.append(MILLI * (said.energies - true.energies))
        forces.append(MILLI * (said.forces[:, :, 2] - true.forces[:, 2]).norm(dim=-1))
        found |= {miss_at(way, away): energies[-1][:, n] for n, away in enumerate(LEAVES)}
    for name, (low, high) in SPANS.items():
        inside = [low <= away <= high for away in LEAVES]
        found[f"energy at {name}"] = torch.stack(energies)[..., inside].abs().mean((0, 2))
        found[f"force at {name}"] = torch.stack(forces)[..., inside].mean((0, 2))
    return found


def miss_at(way: str, away: float) -> str:
    """What the miss of a proton's energy is called, one of `WAYS` and `LEAVES`."""
    return f"{way}, {away:g} bohr"


class Trajectory(NamedTuple):
    """Places and momenta by time, (steps + 1, S, 3, 3) each."""

    places: Tensor
    momenta: Tensor

    def kinetic(self) -> Tensor:
        """Energy of motion, (steps + 1, S), hartree."""
        return self.momenta.square().sum((-2, -1)) / (2 * PROTON)


def trajectory(forces: Callable[[Tensor], Tensor], start: Tensor, step: float, time: float) -> Trajectory:
    """Three protons from rest by the leapfrog, momenta and places taking turns half a step apart.

    Parameters
    ----------
    forces
        From places (S, 3, 3) to forces.
    start
        Places (S, 3, 3), bohr.
    step, time
        Atomic units of time.
    """
    step = real("step", step, above=0)
    count = whole("steps", round(real("time", time, least=step) / step), least=1)
    pair = (-step / 2 * forces(start), start)
    places, halves = [start], [pair[0]]
    for _ in range(count):
        pair = coupling(forces, lambda momentum: momentum / PROTON, pair, step)
        halves.append(pair[0])
        places.append(pair[1])
    halves.append(halves[-1] + step * forces(pair[1]))
    there = torch.stack(halves)
    return Trajectory(torch.stack(places), (there[1:] + there[:-1]) / 2)


def learned_trajectory(net: SurfaceNet, step: float, time: float) -> Trajectory:
    """What a network's forces make of three protons that start at rest from `SIDES`."""
    start = triangle(*SIDES).expand(len(net.seeds), 3, 3)
    return trajectory(lambda places: net.predicted(places.unsqueeze(1)).forces[:, 0], start, step, time)


def energy_errors(net: SurfaceNet) -> dict[str, Tensor]:
    """By step, how far the learned energy strays at most (hartree), (S,), and with which power.

    Parameters
    ----------
    net
        With an energy.
    """
    found = {}
    for step in STEPS:
        there = learned_trajectory(net, step, SHORT)
        energy = net.predicted(there.places.transpose(0, 1)).energies.T + there.kinetic()
        found[f"stray at step {step:g}"] = (energy - energy[0]).abs().amax(0)
    logs = torch.stack([found[f"stray at step {step:g}"].log() for step in STEPS])
    found["order"] = torch.from_numpy(np.polyfit(np.log(STEPS), logs.numpy(), 1)[0])
    return found


def true_drift(net: SurfaceNet) -> dict[str, Tensor]:
    """How far the true energy strays along a long trajectory, at most and by look (millihartree), (S,).

    Where two protons come too close to each other there is no look from then on: their number is told, and
    the last one is repeated.

    Parameters
    ----------
    net
        Learned.
    """
    there = learned_trajectory(net, STEPS[1], LONG)
    looks = torch.linspace(0, len(there.places) - 1, LOOKS).round().long()
    places, kinetic = there.places[looks], there.kinetic()[looks]
    sound = (distances(places).amin(-1) >= TOO_CLOSE).long().cumprod(0).bool()  # (looks, S)
    strays = torch.zeros(LOOKS, len(net.seeds), dtype=torch.float64)
    for row, ok in enumerate(sound.unbind(1)):
        energy = ground_states(places[ok, row]).energies + kinetic[ok, row]
        strays[:, row] = MILLI * (energy[-1] - energy[0])
        strays[ok, row] = MILLI * (energy - energy[0])
    found = {f"true energy, look {n}": strays[n] for n in range(LOOKS)}
    return found | {"true stray": strays.abs().amax(0), "looks": sound.sum(0)}
