"""A set of images with labels, for training and for testing."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from pdenet.checks.numbers import whole

SIDE = 28
CLASSES = 10


class DataError(ValueError):
    """Data that are missing or damaged; the message names the file and what would be right."""


@dataclass(frozen=True, eq=False)
class ImageData:
    """Training and test images with their labels.

    Parameters
    ----------
    train_images, test_images : torch.Tensor, shape (images, rows = 28, columns = 28), uint8
        Grey values, 0 (paper) to 255 (ink).
    train_labels, test_labels : torch.Tensor, shape (images,), int64
        The digits, 0 to 9.
    name : str
        ``mnist`` or ``digits``; of a subset with its sizes, ``mnist[2000+1000]``, and with what it was drawn
        from and by where that is another draw than the first: ``mnist[20+10 of 2000+1000, seed 3]``.
    source : str
        Where the images came from, without a path of this machine.

    Raises
    ------
    ValueError
        If a shape, a dtype or a length is not as above, a part is empty, or a label is no digit.
    TypeError
        If images or labels are no tensors.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    name: str
    source: str

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            _check(part, getattr(self, f"{part}_images"), getattr(self, f"{part}_labels"), self.side)

    @property
    def side(self) -> int:
        """Rows and columns of an image."""
        return SIDE

    @property
    def title(self) -> str:
        """Name of the set for figures and tables."""
        base, _, sizes = self.name.partition("[")
        title = {"mnist": "MNIST", "digits": "scikit-learn digits, 28x28"}.get(base, base)
        counts, comma, seed = sizes.removesuffix("]").replace("+", " + ").partition(",")
        return f"{title} ({counts} images{comma}{seed})" if sizes else title

    @cached_property
    def checksum(self) -> str:
        """SHA-256 (hex) over the four arrays with their names, types and shapes."""
        digest = hashlib.sha256()
        for name in ("train_images", "train_labels", "test_images", "test_labels"):
            array = getattr(self, name).contiguous().numpy()
            digest.update(f"{name} {array.dtype.newbyteorder('<').str} {array.shape}\n".encode())
            digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
        return digest.hexdigest()

    def subset(self, train: int | None = None, test: int | None = None, seed: int = 0) -> "ImageData":
        """Return a random part, whose name tells its draw; a smaller part lies within a larger one.

        Parameters
        ----------
        train, test : int or None
            Numbers of images to keep; None keeps all.
        seed : int
            Seed of the draw; parts lie within each other where they have it in common.

        Raises
        ------
        ValueError
            If a number is not whole, or not between 1 and what there is, or the seed is negative.
        TypeError
            If a number is none: text, or a boolean.
        """
        seed = whole("seed", seed, least=0)
        if train is None and test is None:
            return self
        train_part = self._draw("train", train, seed)
        test_part = self._draw("test", test, seed)
        base, _, of = self.name.partition("[")
        draw = f"{len(train_part[0])}+{len(test_part[0])}"
        if of:
            draw += f" of {of.removesuffix(']')}"
        if seed:
            draw += f", seed {seed}"
        return ImageData(*train_part, *test_part, name=f"{base}[{draw}]", source=self.source)

    def _draw(self, part: str, wanted: int | None, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        images: torch.Tensor = getattr(self, f"{part}_images")
        labels: torch.Tensor = getattr(self, f"{part}_labels")
        if wanted is None:
            return images, labels
        wanted = whole(part, wanted)
        if not 1 <= wanted <= len(images):
            message = f"{part} is {wanted}; {self.name} can give 1 to {len(images)} {part} images"
            raise ValueError(message)
        chosen = torch.from_numpy(np.random.default_rng(seed).permutation(len(images))[:wanted])
        return images[chosen], labels[chosen]


def _check(part: str, images: torch.Tensor, labels: torch.Tensor, side: int) -> None:
    """Raise if the images and labels of a part of a set do not fit what `ImageData` says of them."""
    for name, given in ((f"{part}_images", images), (f"{part}_labels", labels)):
        if not isinstance(given, torch.Tensor):
            message = f"{name} must be a tensor; got {type(given).__name__}"
            raise TypeError(message)
    if images.dtype != torch.uint8 or images.ndim != 3 or images.shape[1:] != (side, side):
        message = f"{part}_images is {images.dtype} {tuple(images.shape)}, not uint8 (images, {side}, {side})"
        raise ValueError(message)
    if labels.dtype != torch.int64 or labels.shape != images.shape[:1]:
        message = f"{part}_labels is {labels.dtype} {tuple(labels.shape)}, not int64 ({len(images)},)"
        raise ValueError(message)
    if not len(images):
        message = f"{part}_images is empty; there must be at least one image to train on and one to test on"
        raise ValueError(message)
    if len(strange := ((labels < 0) | (labels >= CLASSES)).nonzero()):
        place = int(strange[0])
        message = (
            f"{part}_labels: label {int(labels[place])} at position {place}; labels are 0 to {CLASSES - 1}"
        )
        raise ValueError(message)
