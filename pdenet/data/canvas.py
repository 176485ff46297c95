"""Digits of random size at random places on a larger canvas, and canvases made coarser: both by areas.

A pixel is a square of even grey. The digit is enlarged or shrunk as these squares are, put at a place that
need not be a whole pixel, and every pixel of the canvas takes the mean of what lies in it. So nothing is lost
when a digit becomes small, and its ink is that of the digit times the square of the scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from pdenet.checks.numbers import real, whole
from pdenet.data.image_data import SIDE, ImageData

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

AT_ONCE = 1000  # images, so that the arrays of a step stay in the cache
SCALES, PLACES = range(2)  # random streams: sizes that are fixed or vary leave the places as they are


@dataclass(frozen=True, eq=False)
class CanvasData(ImageData):
    """Images on canvases of one size, square and of any number of pixels.

    Parameters
    ----------
    train_scales, test_scales : torch.Tensor, shape (images,), float64
        Pixels of the canvas for a pixel of the digit, along a side.

    Raises
    ------
    TypeError, ValueError
        As `ImageData`, and if there is not one scale an image.
    """

    train_scales: torch.Tensor
    test_scales: torch.Tensor

    def __post_init__(self) -> None:
        super().__post_init__()
        for part in ("train", "test"):
            scales, labels = getattr(self, f"{part}_scales"), getattr(self, f"{part}_labels")
            if scales.shape != labels.shape:
                message = f"{part}_scales is {tuple(scales.shape)}; there are {len(labels)} {part} images"
                raise ValueError(message)

    @property
    def side(self) -> int:
        """Rows and columns of a canvas."""
        return int(getattr(self.train_images, "shape", (SIDE,))[-1])

    @property
    def title(self) -> str:
        """Name of the set for figures and tables."""
        digits = self.name.partition(" on ")[0]
        base, _, sizes = digits.partition("[")
        title = {"mnist": "MNIST", "digits": "scikit-learn digits"}.get(base, base)
        counts = f" ({sizes.removesuffix(']').replace('+', ' + ')} images)" if sizes else ""
        return f"{title} on {self.side}x{self.side}{counts}"

    def subset(self, train: int | None = None, test: int | None = None, seed: int = 0) -> ImageData:
        """Not offered here.

        Raises
        ------
        ValueError
            Always: the part is taken of the digits, before they are put on a canvas.
        """
        message = "a canvas has no subset; take the subset of the digits and put that on a canvas"
        raise ValueError(message)


def on_canvas(
    data: ImageData,
    side: int,
    *,
    smallest: float,
    largest: float | None = None,
    seed: int = 0,
) -> CanvasData:
    """Each digit once, at a random scale and place on a canvas of its own.

    Scales are even in their logarithm, places even over all where the digit's frame of 28x28 lies on the
    canvas. Two calls that differ in the scales alone draw the same places, as shares of the room left.

    Parameters
    ----------
    data
        The digits.
    side
        Rows and columns of a canvas.
    smallest, largest
        Of the scales; without the second one all have the first.
    seed
        Of the draw.

    Raises
    ------
    TypeError, ValueError
        If a number is none or not positive, the scales are in the wrong order, or the largest digit does not
        fit the canvas.
    """
    side, seed = whole("side", side, least=1), whole("seed", seed, least=0)
    smallest = real("smallest", smallest, above=0)
    largest = real("largest", smallest if largest is None else largest, least=smallest)
    rest: dict[str, torch.Tensor] = {}
    for number, part in enumerate(("train", "test")):
        images, labels = getattr(data, f"{part}_images"), getattr(data, f"{part}_labels")
        random = [
            np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, stream)))
            for stream in (SCALES, PLACES)
        ]
        share = random[SCALES].random(len(labels))
        scales = smallest * (largest / smallest) ** share
        rest |= {
            f"{part}_images": placed(images, side, scales, random[PLACES].random((len(labels), 2))),
            f"{part}_scales": torch.from_numpy(scales),
            f"{part}_labels": labels,
        }
    name = f"{data.name} on {side}x{side}, scale {smallest:g} to {largest:g}, seed {seed}"
    return CanvasData(**rest, name=name, source=data.source)


def placed(images: torch.Tensor, side: int, scales: ArrayLike, places: ArrayLike) -> torch.Tensor:
    """Images (N, side, side) of uint8 with an image each, enlarged or shrunk, at its place.

    Parameters
    ----------
    images
        Square ones (N, n, n) of uint8.
    side
        Rows and columns of a canvas.
    scales
        (N,), positive.
    places
        (N, 2), down and to the right, as shares of the room that the image leaves on the canvas: from 0, at
        the upper and left border, to 1.

    Raises
    ------
    ValueError
        If a shape is not as above, or an image does not fit its canvas.
    """
    pixels = images.shape[-1]
    scale, place = np.asarray(scales, dtype=float), np.asarray(places, dtype=float)
    if images.dim() != 3 or images.shape[1] != pixels or images.dtype != torch.uint8:
        message = f"images must be uint8 (N, n, n); got {images.dtype} {tuple(images.shape)}"
        raise ValueError(message)
    if scale.shape != (len(images),) or place.shape != (len(images), 2):
        message = f"{len(images)} images need as many scales and places; got {scale.shape} and {place.shape}"
        raise ValueError(message)
    fits = (scale > 0) & (scale * pixels <= side * (1 + 1e-12))
    if not fits.all():
        worst = float(scale[~fits][0])
        message = (
            f"a scale of {worst:g} does not fit: an image of {pixels} pixels on a canvas of {side} can have"
            f" scales above 0, up to {side / pixels:.4g}"
        )
        raise ValueError(message)
    if not ((place >= 0) & (place <= 1)).all():
        message = "places are shares of the room there is, from 0 to 1"
        raise ValueError(message)
    start = place * (side - scale * pixels).clip(0)[:, None]
    found = np.empty((len(images), side, side), dtype=np.uint8)
    for at in range(0, len(images), AT_ONCE):
        chunk = slice(at, at + AT_ONCE)
        rows, columns = (_overlaps(pixels, side, scale[chunk], start[chunk, axis]) for axis in (0, 1))
        grey = rows @ images[chunk].numpy().astype(float) @ columns.swapaxes(1, 2)
        found[chunk] = np.rint(grey)
    return torch.from_numpy(found)


def coarser(data: CanvasData, side: int) -> CanvasData:
    """The canvases with fewer pixels, each the mean of what lay in it; the scales are those of the new ones.

    Parameters
    ----------
    data
        Canvases.
    side
        Rows and columns, at most as many as there are.

    Raises
    ------
    TypeError, ValueError
        If the number is none, or not between 1 and what there is.
    """
    side = whole("side", side, least=1, most=data.side)
    ratio = side / data.side

    def made_coarser(images: torch.Tensor) -> torch.Tensor:
        return placed(images, side, np.full(len(images), ratio), np.zeros((len(images), 2)))

    return replace(
        data,
        train_images=made_coarser(data.train_images),
        test_images=made_coarser(data.test_images),
        train_scales=data.train_scales * ratio,
        test_scales=data.test_scales * ratio,
        name=f"{data.name}, then {side}x{side}",
    )


def _overlaps(
    pixels: int, side: int, scales: NDArray[np.float64], start: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Which length of each pixel of the canvas lies in each pixel of the image, (N, side, pixels)."""
    old = start[:, None] + scales[:, None] * np.arange(pixels + 1)
    new = np.arange(side)[:, None]
    upper, lower = np.minimum(old[:, None, 1:], new + 1), np.maximum(old[:, None, :-1], new)
    return (upper - lower).clip(0)
