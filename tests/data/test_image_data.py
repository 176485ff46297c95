"""An image set and parts of it."""

from typing import Any

import numpy as np
import pytest
import torch

from pdenet.data import ImageData, load_images
from pdenet.runs.shown import Images


def test_a_subset_says_so_and_lies_within_a_larger_one() -> None:
    digits = load_images("digits")
    small, large = digits.subset(100, 50), digits.subset(200, 50)
    assert (small.name, small.title) == ("digits[100+50]", "scikit-learn digits, 28x28 (100 + 50 images)")
    assert torch.equal(large.train_images[:100], small.train_images)
    assert torch.equal(digits.subset(100, 50).test_labels, small.test_labels)
    assert digits.subset(train=7).name == "digits[7+360]"
    assert digits.subset() is digits


def test_parts_of_different_draws_have_different_names() -> None:
    """A table joins the runs of one name in one mean."""
    digits = load_images("digits")
    small, other = digits.subset(100, 50), digits.subset(100, 50, seed=3)
    assert (other.name, other.title) == (
        "digits[100+50, seed 3]",
        "scikit-learn digits, 28x28 (100 + 50 images, seed 3)",
    )
    assert small.subset(10, 5).name == "digits[10+5 of 100+50]"
    assert small.subset(10, 5).checksum != digits.subset(10, 5).checksum
    deep = other.subset(10, 5, seed=1)
    assert deep.name == "digits[10+5 of 100+50, seed 3, seed 1]"
    assert deep.title == "scikit-learn digits, 28x28 (10 + 5 of 100 + 50 images, seed 3, seed 1)"


def test_a_run_counts_parts_of_the_first_draw_alone() -> None:
    digits = load_images("digits")
    shown = Images(100, 50)
    assert shown.fits({"name": digits.subset(100, 50).name}, "digits")
    assert not shown.fits({"name": digits.subset(100, 50, seed=3).name}, "digits")
    assert not shown.fits({"name": digits.subset(200, 100).subset(100, 50).name}, "digits")


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


@pytest.mark.parametrize("wanted", ["100", True, b"7", [3], 1j])
def test_a_number_of_images_is_no_text_and_no_switch(wanted: Any) -> None:
    digits = load_images("digits")
    with pytest.raises(TypeError, match="train must be a whole number; got"):
        digits.subset(wanted, 50)
    with pytest.raises(TypeError, match="test must be a whole number; got"):
        digits.subset(100, wanted)
    with pytest.raises(TypeError, match="seed must be a whole number, at least 0; got"):
        digits.subset(100, 50, wanted)


@pytest.mark.parametrize("given", [(np.int64(100), 50.0, np.float32(3)), (100.0, np.uint8(50), np.int8(3))])
def test_a_number_of_images_is_whole_of_whatever_kind(given: tuple[Any, Any, Any]) -> None:
    digits = load_images("digits")
    part, other = digits.subset(100, 50, 3), digits.subset(*given)
    assert (other.name, other.checksum) == (part.name, part.checksum)


@pytest.mark.parametrize("given", [(2.5, 50, 0), (100, float("nan"), 0), (100, 50, 0.5), (100, 50, -1)])
def test_a_number_of_images_that_is_not_whole_is_refused(given: tuple[Any, Any, Any]) -> None:
    with pytest.raises(ValueError, match="must be a whole number"):
        load_images("digits").subset(*given)


LABELS = torch.arange(30) % 10


@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize(("label", "place"), [(-100, 0), (10, 7), (77, 29), (-1, 3)])
def test_a_label_that_is_no_digit_is_named_with_its_place(part: str, label: int, place: int) -> None:
    wrong = LABELS.clone()
    wrong[place] = label
    wrong[29] = label
    labels = {"train_labels": LABELS, "test_labels": LABELS} | {f"{part}_labels": wrong}
    images = torch.zeros(30, 28, 28, dtype=torch.uint8)
    message = f"{part}_labels: label {label} at position {place}; labels are 0 to 9"
    with pytest.raises(ValueError, match=message):
        ImageData(train_images=images, test_images=images, name="a", source="b", **labels)


@pytest.mark.parametrize("part", ["train", "test"])
def test_an_empty_part_is_refused(part: str) -> None:
    images = torch.zeros(30, 28, 28, dtype=torch.uint8)
    given = {"train_images": images, "train_labels": LABELS, "test_images": images, "test_labels": LABELS}
    given |= {f"{part}_images": images[:0], f"{part}_labels": LABELS[:0]}
    with pytest.raises(ValueError, match=f"{part}_images is empty; there must be at least one image"):
        ImageData(name="a", source="b", **given)


def test_arrays_that_are_no_tensors_are_refused() -> None:
    images = torch.zeros(30, 28, 28, dtype=torch.uint8)
    array: Any = LABELS.numpy()
    with pytest.raises(TypeError, match="test_labels must be a tensor; got ndarray"):
        ImageData(images, LABELS, images, array, "a", "b")


def test_images_of_another_shape_or_type_are_refused() -> None:
    images, labels = torch.zeros(3, 28, 28, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64)
    with pytest.raises(
        ValueError, match=r"train_images is torch.float32 \(3, 28, 28\), not uint8 \(images, 28, 28\)"
    ):
        ImageData(images.float(), labels, images, labels, "a", "b")
    with pytest.raises(ValueError, match=r"test_labels is torch.int64 \(2,\), not int64 \(3,\)"):
        ImageData(images, labels, images, labels[:2], "a", "b")
