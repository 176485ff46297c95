"""Which experiment was it? What the thesis leaves open, laid out as a grid.

The thesis says Adam at 1e-3, fifty epochs, MNIST, and prints six accuracies of its two equations. It does not
say how parameters start, how wide the classifier is, whether it has activations, how many images a step has,
or how pixels are scaled. A `Setting` is one way to fill these gaps, `PLAN` the runs that were made.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Self

from pdenet.models import Init
from pdenet.models.classifier import Activation
from pdenet.models.residual_net import Spec
from pdenet.runs.experiment import Experiment, Mode
from pdenet.runs.network_arm import NetworkArm
from pdenet.runs.shown import Images
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.depth.networks import arm_spec

EPOCHS = 50

STARTS: dict[str, Init] = {
    "uniform, gamma 0": Init("uniform", 1.0, zero=("gamma",)),
    "uniform": Init("uniform", 1.0),
    "normal, gamma 0": Init("normal", 1.0, zero=("gamma",)),
    "normal": Init("normal", 1.0),
    "normal 0.1": Init("normal", 0.1),
    "symmetric 1/3": Init("symmetric", 1 / 3),
}
"""Laws of the parameters before training; the first is that of our Tables 4.1 and 4.2."""

Network = Literal["(39)", "(40)", "(39), start of (40)", "(40), start of (39)"]

PRINTED: dict[tuple[Network, int], float] = {
    ("(39)", 5): 97.4,
    ("(39)", 15): 96.5,
    ("(39)", 27): 95.8,
    ("(39)", 50): 89.2,
    ("(40)", 27): 97.0,
    ("(40)", 50): 96.9,
}
"""Per cent, by equation and layers: what Tables 4.1 and 4.2 of the thesis print."""


@dataclass(frozen=True)
class Setting:
    """One way to fill the gaps of the thesis's description.

    Parameters
    ----------
    start
        Law of the trunk's parameters, a key of `STARTS`.
    widths, activation
        The classifier's hidden widths and what stands between its layers.
    batch_size
        Images a step.
    pixels
        As in `TrainingConfig`.

    Raises
    ------
    ValueError
        If there is no such start.
    """

    start: str = "uniform, gamma 0"
    widths: tuple[int, ...] = (256, 128)
    activation: Activation = "relu"
    batch_size: int = 128
    pixels: Literal["unit", "standard"] = "unit"

    def __post_init__(self) -> None:
        if self.start not in STARTS:
            message = f"start must be one of {', '.join(map(repr, STARTS))}; got {self.start!r}"
            raise ValueError(message)

    @property
    def label(self) -> str:
        """The setting in a line."""
        classifier = "-".join(map(str, self.widths)) + ("" if self.activation == "relu" else " linear")
        pixels = "" if self.pixels == "unit" else ", standard pixels"
        return f"{self.start}; {classifier}; batch {self.batch_size}{pixels}"

    def spec(self, network: Network, depth: int) -> Spec:
        """A network of `depth` layers that starts as this setting says."""
        return arm_spec(
            network, depth, init=STARTS[self.start], widths=self.widths, activation=self.activation
        )

    def config(self, epochs: int = EPOCHS) -> TrainingConfig:
        """How they are trained."""
        return TrainingConfig(epochs, self.batch_size, pixels=self.pixels)


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
    def of(cls, setting: Setting, network: Network, depth: int, epochs: int = EPOCHS) -> Self:
        """The run at a point of the grid; one seed is planned."""
        return cls(
            setting=setting,
            network=network,
            depth=depth,
            spec=setting.spec(network, depth),
            protocol=setting.config(epochs),
            title=f"{setting.label}; {network}, {depth} layers; {epochs} epochs",
            most=1,
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
BOOK_IMAGES = Images(10_000, 2_000)


def _plan() -> tuple[Run, ...]:
    """First a look at corners of the grid, few epochs at the ends; then all six cells where that leads."""
    looks = [
        *(Setting(start, NARROW) for start in STARTS),
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
        *(run for setting in looks[: len(STARTS)] for run in _runs(setting, ENDS, SHORT)),
        *(run for setting in curves for run in _runs(setting, PRINTED)),
        *(run for setting in looks[len(STARTS) :] for run in _runs(setting, ENDS, SHORT)),
    )


def _runs(
    setting: Setting,
    places: Iterable[tuple[Network, int]],
    epochs: int = EPOCHS,
) -> list[Run]:
    return [Run.of(setting, network, depth, epochs) for network, depth in places]


PLAN = _plan()
SETTINGS = tuple(dict.fromkeys([OURS, *(run.setting for run in PLAN)]))
"""The settings of the grid, ours first."""


def _arms(mode: Mode) -> tuple[Run, ...]:
    if mode == "full":
        return PLAN
    return tuple(replace(run, shown=BOOK_IMAGES) for run in _runs(Setting(widths=NARROW), ENDS, SHORT))


DEPTH = Experiment(
    "depth",
    "Which experiment was it: a grid of what the thesis does not say",
    _arms,
    seeds=1,
    page="depth",
)
