"""A network before it is drawn: its class and its options, so that it can be named without a weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pdenet.models.residual_net import ResidualNet


@dataclass(frozen=True)
class Spec:
    """A network of which nothing is drawn yet.

    Parameters
    ----------
    kind
        Its class.
    arguments, options
        What the class is called with, seeds left out.
    """

    kind: type[ResidualNet]
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, the same that the network says of itself."""
        return self.kind.description(*self.arguments, **self.options)

    def build(self, seeds: int | Iterable[int] = 1) -> ResidualNet:
        """The networks, one a seed."""
        return self.kind(*self.arguments, **{**self.options, "seeds": seeds})
