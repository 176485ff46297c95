"""Which runs were made: a first grid over start, classifier, batch and pixels, and a second with the loss.

The first was laid out before anybody thought of the loss: few epochs at the ends of the depth scale, and all
six printed cells where that led. The second screens its settings with one seed, drops what is out of reach by
a rule that was written beforehand, and runs the rest in full.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from pdenet.runs.network_arm import NetworkArm
from pdenet.subjects.depth.settings import EPOCHS, PRINTED, STARTS, Network, Setting


@dataclass(frozen=True, kw_only=True)
class Run(NetworkArm):
    """Networks of one setting, equation and depth, trained for so many epochs.

    Parameters
    ----------
    setting, network, depth
        Where in the grid.
    """

    setting: Setting
    network: Network
    depth: int

    @classmethod
    def of(cls, setting: Setting, network: Network, depth: int, epochs: int = EPOCHS, seeds: int = 1) -> Self:
        """The run at a point of the grid, of so many seeds."""
        return cls(
            setting=setting,
            network=network,
            depth=depth,
            spec=setting.spec(network, depth),
            protocol=setting.config(epochs),
            title=f"{setting.label}; {network}, {depth} layers; {epochs} epochs",
            most=seeds,
            beside=5,
        )

    @property
    def weight(self) -> float:
        """Layers and epochs."""
        return float((self.depth + 1) * self.protocol.epochs)


ENDS: tuple[tuple[Network, int], ...] = (("(39)", 5), ("(39)", 50), ("(40)", 50))
SHORT = 3  # epochs of a first look
OURS = Setting()
"""The setting of our Tables 4.1 and 4.2; its runs are theirs."""

NARROW = (64, 32)
DRAWN = tuple(name for name, law in STARTS.items() if law.law != "constant")


def _runs(
    setting: Setting,
    places: Iterable[tuple[Network, int]],
    epochs: int = EPOCHS,
) -> list[Run]:
    return [Run.of(setting, network, depth, epochs) for network, depth in places]


def _plan() -> tuple[Run, ...]:
    """First a look at corners of the grid, few epochs at the ends; then all six cells where that leads."""
    looks = [
        *(Setting(start, NARROW) for start in DRAWN),
        *(Setting(start, NARROW, batch_size=1024) for start in ("normal 0.1", "uniform, gamma 0", "uniform")),
        *(Setting(start, NARROW, pixels="standard") for start in ("uniform, gamma 0", "uniform")),
        *(Setting(start, NARROW, activation="none") for start in ("uniform, gamma 0", "normal 0.1")),
    ]
    wide = Setting("uniform")
    curves = [Setting(widths=NARROW, batch_size=1024), *(Setting(batch_size=size) for size in (4096, 2048))]
    return (
        *_runs(wide, [("(40)", 50)], 4),
        *_runs(wide, [("(39)", 5), ("(39)", 27)], SHORT),
        *_runs(wide, [("(39)", 50)]),  # its classifier dies on the way, so that the other cells cannot help
        *_runs(Setting(widths=NARROW, batch_size=256), [("(39)", 50)], 30),
        *(run for setting in looks[: len(DRAWN)] for run in _runs(setting, ENDS, SHORT)),
        *(run for setting in curves for run in _runs(setting, PRINTED)),
        *(run for setting in looks[len(DRAWN) :] for run in _runs(setting, ENDS, SHORT)),
    )


DOUBLE = Setting(widths=(128, 64), loss="double softmax")
"""Softmax, then a cross-entropy that takes logits, behind a classifier 784-128-64-10."""

SCREENED = (
    DOUBLE,
    *(replace(DOUBLE, batch_size=size) for size in (64, 100, 256, 384, 512)),
    replace(DOUBLE, widths=(256, 128)),
    replace(DOUBLE, widths=(128,)),
    replace(DOUBLE, loss="cross-entropy"),  # makes no mistake
    replace(DOUBLE, widths=(64, 32)),
    replace(DOUBLE, pixels="standard"),
    replace(DOUBLE, start="all 0.5, gamma 0", gamma_twice=True),
    replace(DOUBLE, loss="minus probability"),
    replace(DOUBLE, loss="squared error"),
    replace(DOUBLE, batch_size=32, head_start="keras", epsilon=1e-7),  # what a user of Keras would have
)
"""Settings looked at with one seed and `SCREEN` epochs, all six cells."""
SCREEN = 15  # epochs
ALONE: tuple[Network, int] = ("(39)", 0)
"""The classifier on raw pixels."""
CONTROLS: tuple[tuple[Network, int], ...] = tuple(("c_ResNet", depth) for depth in (5, 15, 27, 50))
FINALISTS: dict[Setting, int] = {DOUBLE: 5}
"""Settings run in full, all cells and the control, with the number of seeds."""
KERAS = SCREENED[-1]
"""The same slip as a user of Keras would make it; the PDE networks were run in full, the control was not."""
CALM = replace(DOUBLE, control_start="small")
"""The same PDE networks beside another control; it was run after the first control had been seen to fail."""

PLAN = _plan()
SECOND = (
    *(run for setting in SCREENED for run in _runs(setting, PRINTED, SCREEN)),
    *(
        Run.of(setting, *place, seeds=seeds)
        for setting, seeds in FINALISTS.items()
        for place in (ALONE, *PRINTED, *CONTROLS)
    ),
    *(Run.of(KERAS, *place, seeds=3) for place in PRINTED),
    *(Run.of(CALM, *place, seeds=3) for place in CONTROLS),
)
"""The runs of the second look, which takes the loss into account."""
SETTINGS = tuple(dict.fromkeys([OURS, *(run.setting for run in (*PLAN, *SECOND))]))
"""The settings of the grid, ours first."""
