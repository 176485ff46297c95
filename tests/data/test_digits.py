"""The embedded digits, and parts of an image set."""

import numpy as np
import pytest
import torch

from pdenet.data import ImageData, load_images
from pdenet.data.digits import _enlarge


def test_digits_have_the_shapes_and_types_of_mnist():
    digits = load_images("digits")
    assert digits.train_images.shape == (1437, 28, 28)
    assert digits.test_images.shape == (360, 28, 28)
    assert digits.train_images.dtype == torch.uint8
    assert digits.train_labels.dtype == torch.int64
    assert digits.title == "scikit-learn digits, 28x28"
    assert "scikit-learn" in digits.source


def test_digits_are_the_same_images_on_every_machine():
    digits = load_images("digits")
    assert digits.checksum == "38dde8e2fa60f211c30a23219d1f15571835127334c6789fe7f09bfe062227b3"
    assert torch.equal(load_images("digits").test_labels, digits.test_labels)


def test_digits_are_enlarged_bilinearly_within_a_border_of_four():
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


def test_digits_are_split_without_overlap_and_with_equal_shares():
    digits = load_images("digits")
    shares = torch.bincount(digits.test_labels) / torch.bincount(
        torch.cat([digits.train_labels, digits.test_labels])
    )
    assert (shares - 0.2).abs().max() < 0.005
    images = torch.cat([digits.train_images, digits.test_images])
    assert len({image.numpy().tobytes() for image in images}) == 1797


def test_digits_take_no_root(tmp_path):
    with pytest.raises(ValueError, match="digits come with scikit-learn; leave root out"):
        load_images("digits", tmp_path)


def test_a_subset_says_so_and_lies_within_a_larger_one():
    digits = load_images("digits")
    small, large = digits.subset(100, 50), digits.subset(200, 50)
    assert (small.name, small.title) == ("digits[100+50]", "scikit-learn digits, 28x28 (100 + 50 images)")
    assert torch.equal(large.train_images[:100], small.train_images)
    assert torch.equal(digits.subset(100, 50).test_labels, small.test_labels)
    assert small.subset(10, 5).name == "digits[10+5]"
    assert digits.subset(train=7).name == "digits[7+360]"
    assert digits.subset() is digits


def test_subsets_of_different_seeds_and_sizes_differ_in_their_checksum():
    digits = load_images("digits")
    parts = [digits, digits.subset(100, 50), digits.subset(100, 50, seed=1), digits.subset(100, 51)]
    assert len({part.checksum for part in parts}) == 4
    assert digits.subset(100, 50).checksum == parts[1].checksum


def test_a_subset_keeps_each_image_with_its_label():
    digits = load_images("digits")
    pairs = zip(digits.train_images, digits.train_labels, strict=True)
    labels = {image.numpy().tobytes(): int(label) for image, label in pairs}
    part = digits.subset(50, 10, seed=3)
    assert [labels[image.numpy().tobytes()] for image in part.train_images] == part.train_labels.tolist()


@pytest.mark.parametrize(
    ("sizes", "message"), [((0, 5), "train is 0"), ((5, 361), "test is 361; digits can give 1 to 360")]
)
def test_a_subset_of_impossible_size_is_refused(sizes, message):
    with pytest.raises(ValueError, match=message):
        load_images("digits").subset(*sizes)


def test_images_of_another_shape_or_type_are_refused():
    images, labels = torch.zeros(3, 28, 28, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64)
    with pytest.raises(
        ValueError, match=r"train_images is torch.float32 \(3, 28, 28\), not uint8 \(images, 28, 28\)"
    ):
        ImageData(images.float(), labels, images, labels, "a", "b")
    with pytest.raises(ValueError, match=r"test_labels is torch.int64 \(2,\), not int64 \(3,\)"):
        ImageData(images, labels, images, labels[:2], "a", "b")
