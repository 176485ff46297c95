"""The digits that scikit-learn carries, enlarged to the size of MNIST's."""

import numpy as np
import torch
from numpy.typing import NDArray

from pdenet.data.image_data import ImageData


def digits() -> ImageData:
    """1437 images for training and 360 for testing, by the same writers."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    bunch = load_digits()
    images = torch.from_numpy(_enlarge(bunch.images.astype(np.int64)))
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    train, test = train_test_split(np.arange(len(labels)), test_size=360, stratify=labels, random_state=0)
    source = "scikit-learn's handwritten digits (Alpaydin, Kaynak), enlarged from 8x8"
    return ImageData(images[train], labels[train], images[test], labels[test], name="digits", source=source)


def _enlarge(small: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Bring 8x8 images of values 0..16 to 20x20 by bilinear interpolation, in a border of 4, values 0..255.

    In whole numbers (the weights are tenths), so that the checksum is the same on every machine.
    """
    place = np.clip(4 * np.arange(20) - 3, 0, 70)  # centres of the new pixels, in tenths of an old one
    left = np.minimum(place // 10, 6)
    weight = place - 10 * left
    rows = small[:, left] * (10 - weight)[:, None] + small[:, left + 1] * weight[:, None]
    both = rows[:, :, left] * (10 - weight) + rows[:, :, left + 1] * weight
    grey = (255 * both + 800) // 1600  # 16 * 100 is full ink; rounded to nearest
    return np.pad(grey, ((0, 0), (4, 4), (4, 4))).astype(np.uint8)
