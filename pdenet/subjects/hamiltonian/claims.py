"""What is claimed of learned fields; committed before the records.

Four other seeds had been seen, with 1500 steps instead of 1000: of the base case without a law and with an
energy, of both without noise, of a plain network with four times the noise, and of untrained fields.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.runs.intervals import log_mean_interval
from pdenet.subjects.hamiltonian.arms import BASE, DAMPED, KEEPING, arm_name
from pdenet.subjects.hamiltonian.measures import EXPLICIT, SYMPLECTIC
from pdenet.subjects.hamiltonian.system import Observed

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.results import Results

LOUD, FEW, MANY = Observed(noise=0.2), Observed(stretches=5), Observed(stretches=100)
PLAIN, ENERGY, SECOND, FRICTION = "none", "energy", "second order", "energy and friction"


def _ratio(
    above: tuple[str, Observed, str], below: tuple[str, Observed, str], results: Results
) -> Interval | None:
    """Geometric mean over seeds of what one arm measures over what another does, paired by seed."""
    names = [arm_name(law, observed) for law, observed, _ in (above, below)]
    if any(name not in results for name in names):
        return None
    shared = sorted(set(results.seeds(names[0])) & set(results.seeds(names[1])))
    rows = [
        [dict(zip(results.seeds(name), results.values(name, what), strict=True))[seed] for seed in shared]
        for name, (_, _, what) in zip(names, (above, below), strict=True)
    ]
    return log_mean_interval([a / b for a, b in zip(*rows, strict=True)])


def _claim(
    name: str,
    text: str,
    above: tuple[str, Observed, str],
    below: tuple[str, Observed, str],
    threshold: float,
    direction: str = "above",
) -> Claim:
    return Claim(
        name,
        text,
        threshold=threshold,
        direction=direction,  # type: ignore[arg-type]
        measure=partial(_ratio, above, below),
        family="hamiltonian",
    )


CLAIMS = (
    _claim(
        "HA1",
        "followed to time 100, the energy of a plain network is off over ten times as far as that of a"
        " network with an energy (ratio)",
        (PLAIN, BASE, "energy"),
        (ENERGY, BASE, "energy"),
        10.0,
    ),
    _claim(
        "HA2",
        "up to time 20 the states of a plain network are further off (ratio)",
        (PLAIN, BASE, "state"),
        (ENERGY, BASE, "state"),
        1.0,
    ),
    _claim(
        "HA3",
        "the field of a plain network itself is off by less than 1.25 times as much (ratio)",
        (PLAIN, BASE, "field error"),
        (ENERGY, BASE, "field error"),
        1.25,
        "below",
    ),
    _claim(
        "HA4",
        "with an energy built in, an explicit step of 0.2 leaves over three times the error of the energy"
        " that a symplectic one leaves (ratio)",
        (ENERGY, BASE, f"energy, {EXPLICIT}"),
        (ENERGY, BASE, f"energy, {SYMPLECTIC}"),
        3.0,
    ),
    _claim(
        "HA5",
        "with nothing built in it leaves less than twice as much (ratio)",
        (PLAIN, BASE, f"energy, {EXPLICIT}"),
        (PLAIN, BASE, f"energy, {SYMPLECTIC}"),
        2.0,
        "below",
    ),
    _claim(
        "HA6",
        "with four times the noise HA1's ratio is still over ten",
        (PLAIN, LOUD, "energy"),
        (ENERGY, LOUD, "energy"),
        10.0,
    ),
    _claim(
        "HA7",
        "with a fifth of the data HA1's ratio is still over ten",
        (PLAIN, FEW, "energy"),
        (ENERGY, FEW, "energy"),
        10.0,
    ),
    _claim(
        "HA8",
        "a plain network that is shown twenty times as much is off further in energy (ratio)",
        (PLAIN, MANY, "energy"),
        (ENERGY, FEW, "energy"),
        1.0,
    ),
    _claim(
        "HA9",
        "of a pendulum with friction, states by a network with an energy are off over twice as far up to time"
        " 20 as by a plain one (ratio)",
        (ENERGY, DAMPED, "state"),
        (PLAIN, DAMPED, "state"),
        2.0,
    ),
    _claim(
        "HA10",
        "a network that is told that the angle's rate is the velocity, and of no energy, is off over three"
        " times as far in energy as one with an energy (ratio)",
        (SECOND, BASE, "energy"),
        (ENERGY, BASE, "energy"),
        3.0,
    ),
    _claim(
        "HA11",
        "a plain network is off further in energy than a linear field with an energy (ratio)",
        (PLAIN, BASE, "energy"),
        (KEEPING, BASE, "energy"),
        1.0,
    ),
    _claim(
        "HA12",
        "a network with an energy and a friction that is learned is off further in energy, where there is no"
        " friction, than one with an energy alone (ratio)",
        (FRICTION, BASE, "energy"),
        (ENERGY, BASE, "energy"),
        1.0,
    ),
    _claim(
        "HA13",
        "where there is friction, states of one with an energy and a friction are nearer up to time 20 than"
        " those of a plain network (ratio)",
        (FRICTION, DAMPED, "state"),
        (PLAIN, DAMPED, "state"),
        1.0,
        "below",
    ),
)
