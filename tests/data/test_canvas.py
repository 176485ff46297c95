"""Digits on canvases: ink, places, and sizes by hand; what does not fit is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.data import ImageData, load_images
from pdenet.data.canvas import AT_ONCE, CanvasData, coarser, on_canvas, placed


@pytest.fixture(scope="module")
def digits() -> ImageData:
    return load_images("digits").subset(AT_ONCE + 200, 100)


def mean(images: torch.Tensor) -> torch.Tensor:
    return images.double().mean((1, 2))


def test_the_ink_is_that_of_the_digit_times_the_square_of_the_scale(digits: ImageData) -> None:
    data = on_canvas(digits, 32, smallest=0.3, largest=1.1)
    for part in ("train", "test"):
        area = getattr(data, f"{part}_scales") ** 2 * (28 / 32) ** 2
        expected = mean(getattr(digits, f"{part}_images")) * area
        ratio = mean(getattr(data, f"{part}_images")) / expected
        assert (ratio - 1).abs().max() < 0.02
        assert abs(float(ratio.mean()) - 1) < 1e-3


def test_a_scale_of_one_at_a_whole_pixel_moves_the_image() -> None:
    image = torch.arange(1, 10, dtype=torch.uint8).view(1, 3, 3)
    moved = placed(image, 5, [1.0], [(0.5, 1.0)])  # the room is two pixels
    assert torch.equal(moved[0, 1:4, 2:5], image[0])
    assert moved.sum() == image.sum()


def test_pixels_take_the_mean_of_what_lies_in_them() -> None:
    image = torch.tensor([[[100, 0], [0, 40]]], dtype=torch.uint8)
    assert placed(image, 1, [0.5], [(0, 0)]).tolist() == [[[35]]]
    doubled = placed(image, 4, [2.0], [(0, 0)])
    assert torch.equal(doubled, image.repeat_interleave(2, 1).repeat_interleave(2, 2))
    # Half a pixel to the right: every column is the mean of two neighbours, with paper outside.
    assert placed(image, 3, [1.0], [(0, 0.5)])[0, :2].tolist() == [[50, 50, 0], [0, 20, 20]]


def test_the_centre_of_the_ink_lies_where_the_place_says(digits: ImageData) -> None:
    images = digits.test_images[:20]
    scales, places = np.linspace(0.4, 1.1, 20), np.random.default_rng(1).random((20, 2))
    found = placed(images, 32, scales, places)
    for before, after, scale, place in zip(images, found, scales, places, strict=True):
        for axis in (0, 1):
            inside = (before.double().sum(1 - axis) @ (torch.arange(28) + 0.5).double()) / before.sum()
            outside = (after.double().sum(1 - axis) @ (torch.arange(32) + 0.5).double()) / after.sum()
            assert float(outside) == pytest.approx(
                place[axis] * (32 - 28 * scale) + scale * float(inside), abs=0.05
            )


def test_a_seed_fixes_all_and_sizes_leave_places_and_labels_alone(digits: ImageData) -> None:
    first, again = (on_canvas(digits, 32, smallest=0.3, largest=1.1, seed=4) for _ in range(2))
    assert first.checksum == again.checksum
    assert torch.equal(first.train_scales, again.train_scales)
    assert first.checksum != on_canvas(digits, 32, smallest=0.3, largest=1.1, seed=5).checksum
    fixed = on_canvas(digits, 32, smallest=0.6, seed=4)
    assert fixed.train_scales.unique().tolist() == [0.6]
    assert torch.equal(fixed.test_labels, first.test_labels)
    alone = on_canvas(digits.subset(50, 10), 32, smallest=0.6, seed=4)
    assert alone.name == "digits[50+10 of 1200+100] on 32x32, scale 0.6 to 0.6, seed 4"
    assert alone.title == "scikit-learn digits on 32x32 (50 + 10 of 1200 + 100 images)"


def test_scales_are_even_in_their_logarithm_and_stay_in_range(digits: ImageData) -> None:
    scales = on_canvas(digits, 32, smallest=0.3, largest=1.1).train_scales
    assert 0.3 <= float(scales.min()) < 0.31
    assert 1.07 < float(scales.max()) <= 1.1
    assert float(scales.log().mean()) == pytest.approx(np.log(0.3 * 1.1) / 2, abs=0.04)


def test_training_and_test_images_have_draws_of_their_own(digits: ImageData) -> None:
    data = on_canvas(digits, 32, smallest=0.3, largest=1.1)
    assert not torch.equal(data.train_scales[:100], data.test_scales)


def test_a_coarser_canvas_has_the_same_mean_and_smaller_digits(digits: ImageData) -> None:
    data = on_canvas(digits.subset(50, 50), 48, smallest=0.5, largest=1.1)
    for side in (16, 21, 24, 32, 48):
        small = coarser(data, side)
        assert small.test_images.shape == (50, side, side) == (50, small.side, small.side)
        assert (mean(small.test_images) / mean(data.test_images) - 1).abs().max() < 0.02
        assert torch.allclose(small.test_scales * 48, data.test_scales * side)
    assert torch.equal(coarser(data, 48).test_images, data.test_images)
    fours = data.test_images.double().unflatten(1, (24, 2)).unflatten(3, (24, 2)).mean((2, 4))
    assert (coarser(data, 24).test_images - fours).abs().max() <= 0.5
    assert coarser(data, 24).title.startswith("scikit-learn digits on 24x24")


@pytest.mark.parametrize(
    ("side", "options", "error", "words"),
    [
        (32, {"smallest": 0.5, "largest": 1.2}, ValueError, "a scale of 1.1.* does not fit.* up to 1.143"),
        (27, {"smallest": 1}, ValueError, "a scale of 1 does not fit: an image of 28 pixels on a canvas of"),
        (32, {"smallest": 0}, ValueError, "smallest must be a finite number, above 0"),
        (32, {"smallest": 0.5, "largest": 0.4}, ValueError, "largest must be a finite number, at least 0.5"),
        (32, {"smallest": "0.5"}, TypeError, "smallest must be"),
        (31.5, {"smallest": 0.5}, ValueError, "side must be a whole number"),
        (32, {"smallest": 0.5, "seed": -1}, ValueError, "seed must be"),
    ],
)
def test_what_does_not_fit(
    digits: ImageData, side: Any, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        on_canvas(digits, side, **options)


def test_arrays_of_wrong_shapes(digits: ImageData) -> None:
    images = digits.test_images[:2]
    for given, words in (
        ((images[0], 32, [1.0], [(0, 0)]), r"images must be uint8 \(N, n, n\)"),
        ((images.float(), 32, [1.0, 1.0], [(0, 0)] * 2), "images must be uint8"),
        ((images, 32, [1.0], [(0, 0)]), "2 images need as many scales and places"),
        ((images, 32, [1.0, np.nan], [(0, 0)] * 2), "a scale of nan does not fit"),
        ((images, 32, [1.0, 1.0], [(0, 0), (0, 1.5)]), "places are shares of the room"),
    ):
        with pytest.raises(ValueError, match=words):
            placed(*given)
    data = on_canvas(digits.subset(20, 10), 32, smallest=0.5)
    with pytest.raises(ValueError, match="side must be a whole number, at least 1 and at most 32"):
        coarser(data, 33)
    with pytest.raises(ValueError, match="a canvas has no subset; take the subset of the digits"):
        data.subset(5, 5)
    with pytest.raises(ValueError, match=r"test_scales is \(3,\); there are 10 test images"):
        replace(data, test_scales=torch.ones(3))
    with pytest.raises(TypeError, match="train_images must be a tensor"):
        replace(data, train_images=[1])  # type: ignore[arg-type]
    assert isinstance(data, CanvasData)
