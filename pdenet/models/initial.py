"""The laws that a trunk's parameters are drawn from before training."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor

Law = Literal["uniform", "symmetric", "normal"]
LAWS = ("uniform", "symmetric", "normal")


@dataclass(frozen=True)
class Init:
    """How trunk parameters start: a law, its scale, and the parameters that start at zero instead.

    Parameters
    ----------
    law
        ``"uniform"``: uniform on [0, scale). ``"symmetric"``: uniform on [-scale, scale).
        ``"normal"``: mean zero, standard deviation `scale`.
    scale
        Dimensionless, not negative.
    zero
        Names of parameters that start at zero, for instance ``("gamma",)``.
    """

    law: Law = "uniform"
    scale: float = 1.0
    zero: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.law not in LAWS:
            message = f"law must be one of {', '.join(map(repr, LAWS))}; got {self.law!r}"
            raise ValueError(message)
        if not self.scale >= 0:
            message = f"scale must be a non-negative number; got {self.scale!r}"
            raise ValueError(message)

    def draw(self, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
        """Float32 numbers of the law, independent, without regard to `zero`."""
        if self.law == "normal":
            return self.scale * torch.randn(shape, generator=generator)
        numbers = self.scale * torch.rand(shape, generator=generator)
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
