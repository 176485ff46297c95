"""The digits that scikit-learn carries."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pdenet.data import load_images
from pdenet.data.digits import _enlarge


def test_digits_have_the_shapes_and_types_of_mnist() -> None:
    digits = load_images("digits")
    assert digits.train_images.shape == (1437, 28, 28)
    assert digits.test_images.shape == (360, 28, 28)
    assert digits.train_images.dtype == torch.uint8
    assert digits.train_labels.dtype == torch.int64
    assert digits.title == "scikit-learn digits, 28x28"
    assert "scikit-learn" in digits.source


def test_digits_are_the_same_images_on_every_machine() -> None:
    digits = load_images("digits")
    assert digits.checksum == "38dde8e2fa60f211c30a23219d1f15571835127334c6789fe7f09bfe062227b3"
    assert torch.equal(load_images("digits").test_labels, digits.test_labels)


def test_digits_are_enlarged_bilinearly_within_a_border_of_four() -> None:
    small = np.random.default_rng(0).integers(0, 17, (5, 8, 8))
    large = torch.from_numpy(_enlarge(small))
    inner = torch.nn.functional.interpolate(
        torch.from_numpy(small)[None] * 255.0 / 16, size=20, mode="bilinear", align_corners=False
    )[0]
    assert (large[:, 4:24, 4:24] - inner).abs().max() <= 0.5 + 1e-4
    border = large.clone()
    border[:, 4:24, 4:24] = 0
    assert border.max() == 0
    assert _enlarge(np.full((1, 8, 8), 16)).max() == 255


def test_digits_are_split_without_overlap_and_with_equal_shares() -> None:
    digits = load_images("digits")
    shares = torch.bincount(digits.test_labels) / torch.bincount(
        torch.cat([digits.train_labels, digits.test_labels])
    )
    assert (shares - 0.2).abs().max() < 0.005
    images = torch.cat([digits.train_images, digits.test_images])
    assert len({image.numpy().tobytes() for image in images}) == 1797


def test_digits_take_no_root(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="digits come with scikit-learn; leave root out"):
        load_images("digits", tmp_path)
