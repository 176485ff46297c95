"""Networks that are trained alike, on the same images: flows, and what they are measured against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pdenet.ops.ode.solvers import Adaptive, Fixed
from pdenet.runs.shown import Images
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.ode_mnist.networks import ConvSpec, StencilSpec
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from collections.abc import Mapping

ADAPTIVE = Adaptive("dopri5", rtol=1e-3, atol=1e-3, past_end=True)  # as the records were run
EQUAL_WIDTH = 11  # channels inside each of six blocks that together have the parameters of one field

ALONE, TIED, FLOW = "no block", "tied stack", "neural ODE"
BLOCKS = "six blocks"


@dataclass(frozen=True)
class Setting:
    """Networks that are trained alike, on the same images.

    Parameters
    ----------
    name
        Short name.
    title
        What a reader is told.
    members
        Networks by name, not yet drawn.
    config
        The protocol.
    train, test
        Random part of the images; None is all.
    seeds
        Runs of each network.
    more
        Further runs of some networks, which were made for the control of the solver test: it came late.
    grid
        Steps of Euler's rule with which a trained flow is solved again; none leaves the solver test out.
    stride
        Every so many test images take part in the solver test.
    only_last
        Whether the test images are looked at after the last epoch only.
    """

    name: str
    title: str
    members: Mapping[str, ConvSpec | StencilSpec]
    config: TrainingConfig
    train: int | None = None
    test: int | None = None
    seeds: int = 3
    more: Mapping[str, int] = field(default_factory=dict)
    grid: tuple[int, ...] = ()
    stride: int = 1
    only_last: bool = False

    @property
    def shown(self) -> Images:
        """The images that the setting is about."""
        return Images(self.train, self.test)

    def runs(self, member: str) -> int:
        """Runs of a network."""
        return self.seeds + self.more.get(member, 0)


def euler(steps: int) -> str:
    """The name of the network whose flow is trained with so many steps of Euler's rule."""
    return f"Euler, {steps} step{'' if steps == 1 else 's'}"


STENCIL_STEPS = (1, 2, 5, 10, 20)
CONV_STEPS = (1, 2, 4, 8)

STENCIL = Setting(
    "stencil",
    "stencil",
    {ALONE: StencilSpec(PDE1, 0), TIED: StencilSpec(PDE1, 5), FLOW: StencilSpec(PDE1, ADAPTIVE)}
    | {euler(n): StencilSpec(PDE1, Fixed("euler", n)) for n in STENCIL_STEPS},
    TrainingConfig(epochs=3),
    seeds=10,
    more={euler(20): 5},
    grid=(1, 2, 5, 10, 20, 40),
    stride=2,
)
_FOUR = {
    ALONE: ConvSpec(0),
    euler(1): ConvSpec(Fixed("euler", 1)),
    BLOCKS: ConvSpec(6, width=EQUAL_WIDTH),
    FLOW: ConvSpec(ADAPTIVE),
}
CONV = Setting(
    "conv",
    "convolutions",
    _FOUR | {euler(n): ConvSpec(Fixed("euler", n)) for n in CONV_STEPS[1:]},
    TrainingConfig(epochs=2, batch_size=64),
    seeds=5,
    grid=(1, 2, 4, 8, 16),
    stride=4,
)
FEW = Setting(
    "few",
    "convolutions, few labels",
    _FOUR,
    TrainingConfig(epochs=10, batch_size=32),
    train=1000,
    test=5000,
    seeds=10,
    more={euler(1): 5},
    grid=(1, 2, 4, 8, 16),
    stride=4,
    only_last=True,
)
SOLVED_ANEW = (STENCIL, CONV, FEW)
"""Settings with a solver test."""
SETTINGS = {setting.name: setting for setting in (STENCIL, CONV, FEW)}
