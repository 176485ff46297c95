"""The laws that a trunk's parameters are drawn from before training."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from pdenet.checks.numbers import real
from pdenet.checks.sequences import names
from pdenet.checks.words import one_of

AffineStart = Literal["pytorch", "keras"]
AFFINE_STARTS = ("pytorch", "keras")

Law = Literal["uniform", "symmetric", "normal", "constant"]
LAWS = ("uniform", "symmetric", "normal", "constant")


@dataclass(frozen=True)
class Init:
    """How trunk parameters start: a law, its scale, and the parameters that start at zero instead.

    Parameters
    ----------
    law
        ``"uniform"``: uniform on [0, scale). ``"symmetric"``: uniform on [-scale, scale).
        ``"normal"``: mean zero, standard deviation `scale`. ``"constant"``: each is `scale`.
    scale
        Dimensionless, not negative.
    zero
        Names of parameters that start at zero, for instance ``("gamma",)``.

    Raises
    ------
    TypeError
        If the law is no text, the scale no number, or `zero` no sequence of names: a text alone is none.
    ValueError
        If the law is unknown, or the scale is negative or not finite.
    """

    law: Law = "uniform"
    scale: float = 1.0
    zero: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "law", one_of("law", self.law, LAWS))
        object.__setattr__(self, "scale", real("scale", self.scale, least=0))
        object.__setattr__(self, "zero", names("zero", self.zero))

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Float32 numbers of the law on the CPU, independent, without regard to `zero`."""
        if self.law == "constant":
            return torch.full(shape, self.scale, dtype=torch.float32, device="cpu")
        if self.law == "normal":
            return self.scale * torch.randn(shape, generator=generator, dtype=torch.float32, device="cpu")
        numbers = self.scale * torch.rand(shape, generator=generator, dtype=torch.float32, device="cpu")
        return numbers if self.law == "uniform" else 2 * numbers - self.scale

    def zero_among(self, names: Sequence[str]) -> list[int]:
        """Positions among a network's parameters `names` of those that start at zero.

        Raises
        ------
        ValueError
            If `zero` names a parameter that the network does not have.
        """
        if unknown := sorted(set(self.zero) - set(names)):
            message = f"init starts {unknown} at zero, but the parameters are {list(names)}"
            raise ValueError(message)
        return [names.index(name) for name in self.zero]

    def describe(self) -> dict[str, Any]:
        """The law as plain data."""
        return {**asdict(self), "zero": list(self.zero)}


def as_init(init: Any, default: Init) -> Init:
    """The law `init`, or the default where it is None.

    Raises
    ------
    TypeError
        If it is another thing: the name of a law is not yet a law.
    """
    if init is None:
        return default
    if not isinstance(init, Init):
        message = f"init must be an Init(law, scale, zero), such as Init('normal', 0.1); got {init!r}"
        raise TypeError(message)
    return init


def draw_affine(
    inputs: int, outputs: int, generators: Iterable[torch.Generator], start: AffineStart = "pytorch"
) -> Tensor:
    """Weights and, last, biases of affine maps before training, (S, inputs + 1, outputs), one a generator.

    With ``"pytorch"`` they follow `torch.nn.Linear`: uniform on [-1/sqrt(n), 1/sqrt(n)), n the inputs. With
    ``"keras"``, `keras.layers.Dense`: weights uniform on [-a, a), a = sqrt(6 / (inputs + outputs)), and
    biases zero.
    """
    unit = torch.stack([Init().draw((inputs + 1, outputs), generator) for generator in generators])
    drawn: Tensor = 2 * unit - 1
    width = inputs**-0.5
    if start == "keras":
        drawn[:, -1] = 0
        width = math.sqrt(6 / (inputs + outputs))
    return drawn.mul_(width)
