"""What the networks are shown, at any resolution, and how they are trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pdenet.checks.numbers import real, whole
from pdenet.data.canvas import coarser, on_canvas
from pdenet.runs.schedule import OneCycle

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.data.canvas import CanvasData


@dataclass(frozen=True)
class CanvasTraining(OneCycle):
    """Training on digits that are put on a canvas at a random size and place, which is then made coarser.

    Parameters
    ----------
    epochs, batch_size, learning_rate, pixels, loss, epsilon, rise
        As in `OneCycle`.
    canvas
        Rows and columns of the canvas.
    smallest, largest
        By what a digit's frame of 28 pixels is scaled.
    held
        Share of the training images that is not trained on, for validation.

    Raises
    ------
    TypeError, ValueError
        As `OneCycle`, and if a number is none or out of range.
    """

    epochs: int = 12
    learning_rate: float = 1e-2
    pixels: str = "standard"  # type: ignore[assignment]  # checked by the class above
    canvas: int = 36
    smallest: float = 0.5
    largest: float = 1.2
    held: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "canvas", whole("canvas", self.canvas, least=1))
        object.__setattr__(self, "smallest", real("smallest", self.smallest, above=0))
        object.__setattr__(self, "largest", real("largest", self.largest, least=self.smallest))
        object.__setattr__(self, "held", real("held", self.held, above=0, below=1))


class Sets(NamedTuple):
    """Images of one resolution."""

    data: CanvasData
    """To train and to test on."""
    held_images: Tensor
    """For validation, (N, side, side) of uint8."""
    held_labels: Tensor
    """(N,)."""


def sets(data: ImageData, protocol: CanvasTraining, side: int) -> Sets:
    """The digits on their canvases, in so many pixels, with a part of the training images held back.

    All resolutions show the same digits at the same places.

    Parameters
    ----------
    data
        Digits of 28x28 pixels.
    protocol
        Canvas, scales, and the share that is held back.
    side
        Rows and columns, at most the canvas's.

    Raises
    ------
    ValueError
        If the canvas has fewer pixels than asked for, or nothing is left to train on or to hold back.
    """
    shown = coarser(_canvases(data, protocol.canvas, protocol.smallest, protocol.largest), side)
    count = len(shown.train_labels)
    kept = count - round(protocol.held * count)
    if not 0 < kept < count:
        message = f"of {count} training images a share of {protocol.held} cannot be held back; take more"
        raise ValueError(message)
    part = type(shown)(
        train_images=shown.train_images[:kept],
        train_labels=shown.train_labels[:kept],
        test_images=shown.test_images,
        test_labels=shown.test_labels,
        train_scales=shown.train_scales[:kept],
        test_scales=shown.test_scales,
        name=shown.name,
        source=shown.source,
    )
    return Sets(part, shown.train_images[kept:], shown.train_labels[kept:])


@lru_cache(maxsize=2)
def _canvases(data: ImageData, side: int, smallest: float, largest: float) -> CanvasData:
    return on_canvas(data, side, smallest=smallest, largest=largest)
