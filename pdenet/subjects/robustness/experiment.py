"""Plain and residual twins under attack, by depth, and what might explain the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.runs.experiment import Experiment
from pdenet.runs.schedule import OneCycle
from pdenet.runs.shown import Images
from pdenet.subjects.robustness.arms import (
    ATTACKED,
    BARE,
    CARRY,
    HALF,
    MORE,
    MORE_DIGITS,
    PLAIN,
    RESIDUAL,
    ROOT,
    TENTH,
    UNSTACKED,
    AttackArm,
    CarryArm,
    StrongArm,
    Twin,
    strong,
    titled,
)
from pdenet.subjects.robustness.claims import CLAIMS
from pdenet.subjects.robustness.training import UnderAttack

if TYPE_CHECKING:
    from typing import Any

    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Mode

RATE = 3e-3
SEEDS = {6: 20, 14: 10, 30: 6}
"""By convolutions: what a pilot asks for at 6, what time allows beyond."""


def pair(layers: int, suffix: str = "", *, normalised: bool = True, **options: Any) -> tuple[AttackArm, ...]:
    """The plain and the residual arm with so many convolutions in blocks of two."""
    return tuple(
        AttackArm(
            twin=Twin(blocks=layers // 2, skip=kind == RESIDUAL, normalised=normalised),
            title=titled(kind, layers, suffix),
            **options,
        )
        for kind in (PLAIN, RESIDUAL)
    )


def near(kind: str, layers: int, most: int) -> AttackArm:
    """A residual arm with a smaller step, `ROOT` or `TENTH`."""
    blocks = layers // 2
    scale = blocks**-0.5 if kind == ROOT else 0.1
    return AttackArm(twin=Twin(blocks=blocks, skip=True, scale=scale), title=titled(kind, layers), most=most)


def _arms(mode: Mode) -> tuple[Arm, ...]:
    if mode == "book":
        return pair(6, shown=Images(2000, 500), attacked=200, most=2)
    half = OneCycle(epochs=2, learning_rate=RATE)
    return (
        *(arm for layers, most in SEEDS.items() for arm in pair(layers, most=most)),
        AttackArm(twin=Twin(blocks=7, skip=True), title=titled(RESIDUAL, 14, HALF), protocol=half, most=10),
        *pair(6, MORE, shown=MORE_DIGITS, most=6),
        *pair(6, BARE, normalised=False, most=8),
        *pair(6, ATTACKED, protocol=UnderAttack(epochs=4, learning_rate=RATE), most=6),
        AttackArm(twin=Twin(blocks=0), title=UNSTACKED, most=10),
        near(ROOT, 6, 8),
        near(TENTH, 6, 8),
        near(ROOT, 14, 6),
        *(
            StrongArm(twin=Twin(blocks=3, skip=kind == RESIDUAL), title=strong(kind), attacked=250, most=4)
            for kind in (PLAIN, RESIDUAL)
        ),
        CarryArm(twin=Twin(blocks=3), title=CARRY, most=6),
    )


ROBUSTNESS = Experiment(
    "robustness",
    "Plain and residual networks under attack",
    _arms,
    CLAIMS,
    seeds=20,
    page="robustness",
)
