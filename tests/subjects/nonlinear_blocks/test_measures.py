"""What is measured on blocks with two convolutions."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from pdenet.ops.two_convolutions import largest_gain, minus_transpose, two_convolutions
from pdenet.subjects.nonlinear_blocks.measures import (
    course,
    differences,
    picture,
    random_kernels,
    steep_ramp,
    stretch,
    stretches,
)
from pdenet.symbolic.nonlinear import CHARBONNIER, PERONA_MALIK, activation

Map = Callable[[Tensor], Tensor]
STEPS = np.array([0.5, 1.9, 2.0, 2.2, 3.0])


def test_the_differences_are_to_the_right_down_and_along_the_diagonals() -> None:
    y, x = torch.meshgrid(torch.arange(5.0), torch.arange(5.0), indexing="ij")
    u = (10 * x + y).double()[None, None]
    found = torch.nn.functional.conv2d(u, differences(4))[0, :, 1, 1]
    assert found.tolist() == [10, 1, 11, 9]


@pytest.mark.parametrize(("directions", "squared"), [(1, 4), (2, 8), (4, 12)])
def test_their_gains(directions: int, squared: float) -> None:
    assert largest_gain(differences(directions)) ** 2 == pytest.approx(squared)


def test_the_stretch_is_that_of_finite_differences() -> None:
    first, second = random_kernels(2, 2, seed=3)
    u = torch.randn(1, 1, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    jacobian = torch.autograd.functional.jacobian(
        lambda v: two_convolutions(v, first, second.transpose(0, 1), torch.tanh, step=0.3), u
    )
    expected = float(torch.linalg.matrix_norm(jacobian.reshape(16, 16), 2))
    assert stretch(u, first, second.transpose(0, 1), torch.tanh, 0.3) == pytest.approx(expected)


def test_below_the_limit_nothing_is_stretched_and_above_it_something_is() -> None:
    found = stretches(random_kernels(4, 2, seed=0), minus_transpose, activation(CHARBONNIER), STEPS)
    assert (found[:, :3] <= 1 + 1e-12).all()
    assert np.allclose(found[:, 3:], STEPS[3:] - 1)  # the limit is tight: phi has slope 1 at no difference


@pytest.mark.parametrize(
    ("second", "act"),
    [(lambda f: -minus_transpose(f), torch.tanh), (minus_transpose, activation(PERONA_MALIK))],
    ids=["plus the transpose", "a flux that falls"],
)
def test_without_the_conditions_it_is_stretched_below_the_limit(second: Map, act: Map) -> None:
    assert (stretches(random_kernels(4, 2, seed=0), second, act, STEPS) > 1.001).all()


def test_the_picture_scales() -> None:
    assert np.array_equal(picture(32), picture(64)[::2, ::2])
    assert set(np.unique(picture())) == {0.0, 0.6, 0.8, 1.0}


def test_a_course_starts_with_the_noise_and_finds_its_best_layer() -> None:
    clean = picture(32)
    noisy = clean + 0.1 * np.random.default_rng(0).normal(size=clean.shape)
    found = course(clean, noisy, activation(CHARBONNIER, 0.02), 0.2, 40)
    assert found.images.shape == (41, 32, 32)
    assert np.array_equal(found.images[0], noisy)
    assert found.errors[0] == pytest.approx(0.1, rel=0.1)
    assert 0 < found.best < 40
    assert found.errors[found.best] < found.errors[0] / 1.5


def test_a_course_of_none_is_the_picture_with_noise() -> None:
    clean = picture(32)
    found = course(clean, clean, activation(CHARBONNIER), 0.2, 0)
    assert found.best == 0
    assert found.errors.tolist() == [0.0]


def test_a_ramp_rises_in_the_middle_of_its_line() -> None:
    line = steep_ramp(10, 2.0, 4)[0, 0, 0].tolist()
    assert line == [0, 0, 0, 0, 2, 4, 6, 8, 8, 8]
