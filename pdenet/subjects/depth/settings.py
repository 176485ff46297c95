"""Which experiment was it? What the thesis leaves open, laid out as a grid.

The thesis says Adam at 1e-3, fifty epochs, MNIST, and prints six accuracies of its two equations. It does not
say how parameters start, how wide the classifier is, whether it has activations, how many images a step has,
or how pixels are scaled. A `Setting` is one way to fill these gaps, `PLAN` the runs that were made.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pdenet.models import ConvResNet, Init
from pdenet.models.classifier import Activation
from pdenet.models.initial import AffineStart
from pdenet.models.residual_net import Spec
from pdenet.runs.losses import Loss
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
    "all 0.5, gamma 0": Init("constant", 0.5, zero=("gamma",)),
}
"""Laws of the parameters before training; the first is that of our Tables 4.1 and 4.2."""

SMALL_START = Init("symmetric", 0.1)
"""Kernels of the control that are a small correction to the skip at every layer, as in our tables."""

Network = Literal["(39)", "(40)", "(39), start of (40)", "(40), start of (39)", "c_ResNet"]

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
    pixels, loss, epsilon
        As in `TrainingConfig`.
    head_start
        Law of the classifier's start, as in `ResidualNet`.
    gamma_twice
        Whether gamma is in both convolutions of a layer, as in `twice_growth`.
    control_start
        Law of the control's kernels and biases: that of PyTorch's convolution, or our tables' small one.

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
    loss: Loss = "cross-entropy"
    head_start: AffineStart = "pytorch"
    epsilon: float = 1e-8
    gamma_twice: bool = False
    control_start: Literal["PyTorch", "small"] = "PyTorch"

    def __post_init__(self) -> None:
        if self.start not in STARTS:
            message = f"start must be one of {', '.join(map(repr, STARTS))}; got {self.start!r}"
            raise ValueError(message)

    @property
    def label(self) -> str:
        """The setting in a line."""
        classifier = "-".join(map(str, self.widths)) + ("" if self.activation == "relu" else " linear")
        said = [
            (self.pixels == "standard", "standard pixels"),
            (self.loss != "cross-entropy", self.loss),
            (self.head_start == "keras", "Keras's classifier"),
            (self.epsilon != 1e-8, f"epsilon {self.epsilon:.0e}"),
            (self.gamma_twice, "gamma twice"),
            (self.control_start == "small", "control with a small start"),
        ]
        rest = "".join(f", {words}" for true, words in said if true)
        return f"{self.start}; {classifier}; batch {self.batch_size}{rest}"

    def spec(self, network: Network, depth: int) -> Spec:
        """A network of `depth` layers that starts as this setting says."""
        head: dict[str, Any] = {
            "widths": self.widths,
            "activation": self.activation,
            "head_start": self.head_start,
        }
        if network == "c_ResNet":
            small = {"init": SMALL_START} if self.control_start == "small" else {}
            return ConvResNet.spec(depth, **small, **head)
        return arm_spec(network, depth, init=STARTS[self.start], gamma_twice=self.gamma_twice, **head)

    def config(self, epochs: int = EPOCHS) -> TrainingConfig:
        """How they are trained."""
        return TrainingConfig(
            epochs, self.batch_size, pixels=self.pixels, loss=self.loss, epsilon=self.epsilon
        )
