"""An image set and parts of it."""

import pytest
import torch

from pdenet.data import ImageData, load_images


def test_a_subset_says_so_and_lies_within_a_larger_one() -> None:
    digits = load_images("digits")
    small, large = digits.subset(100, 50), digits.subset(200, 50)
    assert (small.name, small.title) == ("digits[100+50]", "scikit-learn digits, 28x28 (100 + 50 images)")
    assert torch.equal(large.train_images[:100], small.train_images)
    assert torch.equal(digits.subset(100, 50).test_labels, small.test_labels)
    assert small.subset(10, 5).name == "digits[10+5]"
    assert digits.subset(train=7).name == "digits[7+360]"
    assert digits.subset() is digits


def test_subsets_of_different_seeds_and_sizes_differ_in_their_checksum() -> None:
    digits = load_images("digits")
    parts = [digits, digits.subset(100, 50), digits.subset(100, 50, seed=1), digits.subset(100, 51)]
    assert len({part.checksum for part in parts}) == 4
    assert digits.subset(100, 50).checksum == parts[1].checksum


def test_a_subset_keeps_each_image_with_its_label() -> None:
    digits = load_images("digits")
    pairs = zip(digits.train_images, digits.train_labels, strict=True)
    labels = {image.numpy().tobytes(): int(label) for image, label in pairs}
    part = digits.subset(50, 10, seed=3)
    assert [labels[image.numpy().tobytes()] for image in part.train_images] == part.train_labels.tolist()


@pytest.mark.parametrize(
    ("sizes", "message"), [((0, 5), "train is 0"), ((5, 361), "test is 361; digits can give 1 to 360")]
)
def test_a_subset_of_impossible_size_is_refused(sizes: tuple[int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_images("digits").subset(*sizes)


def test_images_of_another_shape_or_type_are_refused() -> None:
    images, labels = torch.zeros(3, 28, 28, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64)
    with pytest.raises(
        ValueError, match=r"train_images is torch.float32 \(3, 28, 28\), not uint8 \(images, 28, 28\)"
    ):
        ImageData(images.float(), labels, images, labels, "a", "b")
    with pytest.raises(ValueError, match=r"test_labels is torch.int64 \(2,\), not int64 \(3,\)"):
        ImageData(images, labels, images, labels[:2], "a", "b")
