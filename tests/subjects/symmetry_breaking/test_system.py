"""Committees, their Hessian where all units are equal, and the rest to which equal units descend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.symmetry_breaking.system import (
    LINEAR,
    RELU,
    TANH,
    Activation,
    gradient,
    hessian,
    loss,
    output,
    sectors,
    symmetric_limit,
    teacher_data,
)


def by_torch(weights: np.ndarray[Any, Any], data: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Gradient and Hessian of the loss by automatic differentiation."""
    inputs, targets = torch.from_numpy(data.inputs), torch.from_numpy(data.targets)

    def value(flat: torch.Tensor) -> torch.Tensor:
        answers = torch.tanh(inputs @ flat.reshape(weights.shape).T).sum(1)
        return ((answers - targets) ** 2).mean() / 2

    flat = torch.from_numpy(weights.ravel())
    slopes = torch.autograd.functional.jacobian(value, flat)
    second = torch.autograd.functional.hessian(value, flat)
    return slopes.numpy().reshape(weights.shape), second.numpy()


@pytest.mark.parametrize("units", [2, 3])
def test_slopes_and_second_derivatives_are_those_of_autograd(units: int) -> None:
    data = teacher_data(3, teachers=2)
    weights = np.random.default_rng(0).standard_normal((units, 8))
    slopes, second = by_torch(weights, data)
    assert np.abs(gradient(weights, data) - slopes).max() < 1e-13
    assert np.abs(hessian(weights, data) - second).max() < 1e-13


@pytest.mark.parametrize("activation", [TANH, LINEAR])
def test_derivatives_of_an_activation_are_those_of_its_value(activation: Activation) -> None:
    z, h = np.linspace(-2, 2, 9), 1e-5
    assert activation.curvature is not None
    slope = (activation.value(z + h) - activation.value(z - h)) / (2 * h)
    bend = (activation.slope(z + h) - activation.slope(z - h)) / (2 * h)
    assert np.abs(slope - activation.slope(z)).max() < 1e-9
    assert np.abs(bend - activation.curvature(z)).max() < 1e-9


@pytest.mark.parametrize("units", [2, 3, 4])
def test_the_hessian_at_equal_units_has_two_sectors(units: int) -> None:
    data = teacher_data(1, teachers=2)
    unit = np.random.default_rng(1).standard_normal(8)
    second = hessian(np.repeat(unit[None], units, 0), data)
    blocks = sectors(unit, data, units)
    together = np.kron(np.ones((units, 1)), np.eye(8)) / np.sqrt(units)
    pair = np.zeros((units, 1))
    pair[:2, 0] = 1, -1
    apart = np.kron(pair, np.eye(8)) / np.sqrt(2)
    assert np.abs(together.T @ second @ together - blocks.together).max() < 1e-12
    assert np.abs(apart.T @ second @ apart - blocks.apart).max() < 1e-12
    assert np.abs(together.T @ second @ apart).max() < 1e-12
    values = np.sort(
        np.concatenate(
            [*[np.linalg.eigvalsh(blocks.apart)] * (units - 1), np.linalg.eigvalsh(blocks.together)]
        )
    )
    assert np.abs(values - np.linalg.eigvalsh(second)).max() < 1e-12


def test_units_may_change_places() -> None:
    data = teacher_data(0)
    weights = np.random.default_rng(2).standard_normal((3, 8))
    swapped = weights[[2, 0, 1]]
    assert np.abs(output(weights, data.inputs) - output(swapped, data.inputs)).max() < 1e-14
    assert loss(swapped, data) == pytest.approx(loss(weights, data), rel=1e-14)
    assert np.abs(gradient(swapped, data) - gradient(weights, data)[[2, 0, 1]]).max() < 1e-15


def test_equal_units_have_equal_slopes_to_the_bit() -> None:
    data = teacher_data(0)
    unit = np.random.default_rng(2).standard_normal(8)
    slopes = gradient(np.repeat(unit[None], 5, 0), data)
    assert np.array_equal(slopes, np.repeat(slopes[:1], 5, 0))
    assert np.abs(slopes).max() > 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_equal_units_rest_at_a_saddle(seed: int) -> None:
    data = teacher_data(seed)
    unit = symmetric_limit(data)
    assert np.abs(gradient(np.array([unit, unit]), data)).max() < 1e-12
    apart, together = sectors(unit, data)
    assert np.linalg.eigvalsh(apart)[0] < -0.1
    assert np.linalg.eigvalsh(together)[0] > 0.3


def test_a_loud_teacher_makes_a_minimum_of_one_input() -> None:
    data = teacher_data(0, inputs=1, teachers=1, length=1.0, loud=3.0)
    unit = symmetric_limit(data)
    assert sectors(unit, data).apart[0, 0] > 0.005
    # And it is one: every small move of the pair leads up.
    here = loss(np.array([unit, unit]), data)
    for move in ((0.01, -0.01), (0.01, 0.01), (0.01, 0.0), (-0.01, 0.02)):
        assert loss(np.array([unit + move[0], unit + move[1]]), data) > here


def test_without_error_or_curvature_the_way_apart_is_flat() -> None:
    single = teacher_data(0, teachers=1, loud=2.0)
    assert np.abs(sectors(symmetric_limit(single), single).apart).max() < 1e-10
    data = teacher_data(0)
    flat = sectors(symmetric_limit(data, activation=LINEAR), data, activation=LINEAR)
    assert np.abs(flat.apart).max() == 0
    assert np.linalg.eigvalsh(flat.together)[0] > 0.1


def test_a_search_that_has_not_come_to_rest_says_so() -> None:
    with pytest.raises(NotConverged, match=r"after 3 steps the largest slope is .*give more steps"):
        symmetric_limit(teacher_data(0), most=3)


def test_relu_has_no_second_derivative() -> None:
    data = teacher_data(0)
    for refused in (
        lambda: sectors(np.ones(8), data, activation=RELU),
        lambda: hessian(np.ones((2, 8)), data, RELU),
    ):
        with pytest.raises(ValueError, match=r"second derivative, which 'relu' does not have; use 'tanh'"):
            refused()


@pytest.mark.parametrize("units", [1, 0])
def test_a_symmetry_needs_two_units(units: int) -> None:
    data = teacher_data(0)
    with pytest.raises(ValueError, match=rf"units must be a whole number.*2.*{units}"):
        sectors(np.ones(8), data, units)
    with pytest.raises(ValueError, match="units must be"):
        symmetric_limit(data, units)


@pytest.mark.parametrize(
    "wrong",
    [{"inputs": 0}, {"samples": 0}, {"teachers": 9}, {"length": 0.0}, {"loud": -1.0}],
    ids=str,
)
def test_data_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        teacher_data(0, **wrong)


def test_a_teacher_is_orthogonal_and_heard() -> None:
    data = teacher_data(4, teachers=3, length=1.5, loud=2.0)
    assert np.abs(data.teachers @ data.teachers.T - 2.25 * np.eye(3)).max() < 1e-12
    assert np.abs(2 * output(data.teachers, data.inputs) - data.targets).max() < 1e-12
    assert not np.array_equal(data.inputs, teacher_data(5, teachers=3).inputs)
