"""A set of images with labels, for training and for testing."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

SIDE = 28


class DataError(ValueError):
    """An image set that is missing or damaged; the message names the file and what would be right."""


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
        ``mnist`` or ``digits``; of a subset with its sizes, ``mnist[2000+1000]``.
    source : str
        Where the images came from, without a path of this machine.

    Raises
    ------
    ValueError
        If a shape, a dtype or a length is not as above.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    name: str
    source: str

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images: torch.Tensor = getattr(self, f"{part}_images")
            labels: torch.Tensor = getattr(self, f"{part}_labels")
            if images.dtype != torch.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
                message = f"{part}_images is {images.dtype} {tuple(images.shape)}, not uint8 (images, 28, 28)"
                raise ValueError(message)
            if labels.dtype != torch.int64 or labels.shape != images.shape[:1]:
                message = f"{part}_labels is {labels.dtype} {tuple(labels.shape)}, not int64 ({len(images)},)"
                raise ValueError(message)

    @property
    def title(self) -> str:
        """Name of the set for figures and tables."""
        base, _, sizes = self.name.partition("[")
        title = {"mnist": "MNIST", "digits": "scikit-learn digits, 28x28"}.get(base, base)
        return f"{title} ({sizes.rstrip(']').replace('+', ' + ')} images)" if sizes else title

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
        """Return a random part, whose name tells its sizes; a smaller part lies within a larger one.

        Parameters
        ----------
        train, test : int or None
            Numbers of images to keep; None keeps all.
        seed : int
            Seed of the draw.

        Raises
        ------
        ValueError
            If a number is not between 1 and what there is.
        """
        if train is None and test is None:
            return self
        train_part = self._draw("train", train, seed)
        test_part = self._draw("test", test, seed)
        base = self.name.partition("[")[0]
        name = f"{base}[{len(train_part[0])}+{len(test_part[0])}]"
        return ImageData(*train_part, *test_part, name=name, source=self.source)

    def _draw(self, part: str, wanted: int | None, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        images: torch.Tensor = getattr(self, f"{part}_images")
        labels: torch.Tensor = getattr(self, f"{part}_labels")
        if wanted is None:
            return images, labels
        if not 1 <= wanted <= len(images):
            message = f"{part} is {wanted}; {self.name} can give 1 to {len(images)} {part} images"
            raise ValueError(message)
        chosen = torch.from_numpy(np.random.default_rng(seed).permutation(len(images))[:wanted])
        return images[chosen], labels[chosen]
