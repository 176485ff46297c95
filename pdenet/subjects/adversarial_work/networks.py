"""Networks of small digits whose bends can be exchanged: smooth ones, ReLU, none at all."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.sequences import wholes
from pdenet.checks.words import one_of
from pdenet.models.classifier import Classifier
from pdenet.models.initial import draw_affine
from pdenet.ops.linear import seed_linear
from pdenet.ops.seeding import CLASSIFIER, as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Bend = Callable[[Tensor, int], Tensor]
SIDE = 14
PIXELS = SIDE * SIDE
CLASSES = 10
BENDS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": lambda z: z.tanh(),
    "softplus": functional.softplus,
    "relu": lambda z: z.relu(),
}


class BentNet(nn.Module):
    """S networks: pixels, affine maps with a bend after each, an affine map to the logits.

    Parameters
    ----------
    bend
        ``"tanh"``, ``"softplus"`` or ``"relu"``.
    seeds
        How many, or which.
    widths
        Units of the hidden layers; none makes the network affine.

    Raises
    ------
    TypeError, ValueError
        If the bend is unknown or a width is no positive whole number.
    """

    def __init__(
        self, bend: str = "tanh", seeds: int | Iterable[int] = 1, *, widths: Sequence[int] = (64, 64)
    ) -> None:
        super().__init__()
        self.bend, self.seeds = one_of("bend", bend, tuple(BENDS)), as_seeds(seeds)
        self.widths = wholes("widths", widths, least=1) if len(widths) else ()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for layer, (inputs, outputs) in enumerate(pairwise((PIXELS, *self.widths))):
            streams = [generator(seed, CLASSIFIER, 1, layer) for seed in self.seeds]
            both = draw_affine(inputs, outputs, streams)
            self.weights.append(nn.Parameter(both[:, :-1].clone()))
            self.biases.append(nn.Parameter(both[:, -1:].clone()))
        self.classifier = Classifier(((PIXELS, *self.widths)[-1], CLASSES), self.seeds, "relu")

    def forward(self, images: Tensor) -> Tensor:
        """Logits (S, B, 10) of images (B, H, W) or (S, B, H, W) of 14x14, or 28x28 which are averaged."""
        return self.through(images, lambda z, layer: BENDS[self.bend](z))

    def through(self, images: Tensor, bend: Bend) -> Tensor:
        """The logits with another bend.

        Parameters
        ----------
        images
            As in `forward`.
        bend
            From what a layer's bend is given, and the layer's number, to what it hands on.
        """
        u = self._read(images)
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            u = bend(seed_linear(u, weight, bias), layer)
        logits: Tensor = self.classifier(u)
        return logits

    def bent(self, images: Tensor) -> list[Tensor]:
        """What the bends are given, layer by layer, (S, B, units)."""
        found: list[Tensor] = []

        def noted(z: Tensor, layer: int) -> Tensor:
            found.append(z)
            return BENDS[self.bend](z)

        self.through(images, noted)
        return found

    def _read(self, images: Tensor) -> Tensor:
        if images.shape[-1] == 2 * SIDE:
            images = functional.avg_pool2d(images, 2)
        if images.shape[-2:] != (SIDE, SIDE):
            message = f"images must be {SIDE}x{SIDE} or twice that; got {tuple(images.shape)}"
            raise ValueError(message)
        images = images.expand(len(self.seeds), *images.shape[-3:])
        return images.flatten(2)

    def parameter_count(self) -> int:
        """Numbers that are learned, of one network."""
        return sum(p[0].numel() for p in self.parameters())

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.bend, widths=self.widths)

    @classmethod
    def description(cls, bend: str = "tanh", *, widths: Sequence[int] = (64, 64)) -> dict[str, Any]:
        """The configuration as plain data."""
        return {"name": cls.__name__, "bend": bend, "widths": [*widths]}
