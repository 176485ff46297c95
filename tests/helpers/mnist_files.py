"""Four small files that stand in for MNIST's."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


def idx(values: ArrayLike) -> bytes:
    """An IDX file of bytes."""
    array = np.asarray(values, np.uint8)
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def contents() -> dict[str, bytes]:
    """The four files of a small stand-in for MNIST, by name."""
    generator = np.random.default_rng(0)
    return {
        TRAIN_IMAGES: idx(generator.integers(0, 256, (30, 28, 28))),
        TRAIN_LABELS: idx(np.arange(30) % 10),
        TEST_IMAGES: idx(generator.integers(0, 256, (20, 28, 28))),
        TEST_LABELS: idx(np.arange(20) % 10),
    }


def write_set(root: Path) -> Path:
    """Write the stand-in below a folder, as MNIST lies there; the folder of its four files."""
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in contents().items():
        (raw / name).write_bytes(content)
    return raw
