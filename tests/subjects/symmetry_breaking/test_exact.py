"""Fractions, where nothing is rounded; exclusive or, and its sixth."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch

from pdenet.subjects.symmetry_breaking import exclusive_or
from pdenet.subjects.symmetry_breaking.exact import descend_exactly, digits_of

INPUTS = [[Fraction(n, 7), Fraction(3 - n, 5)] for n in range(1, 5)]
TARGETS = [Fraction(n, 3) for n in (1, 0, 2, 1)]
UNIT = [Fraction(1, 3), Fraction(-2, 5)]
RATE = Fraction(1, 10)


def test_equal_units_stay_equal_in_fractions() -> None:
    one, two, three = descend_exactly([UNIT] * 3, INPUTS, TARGETS, RATE, 4)
    assert one == two == three != UNIT
    assert digits_of([one]) > 100


def test_the_smallest_difference_stays() -> None:
    moved = [UNIT[0] + Fraction(1, 10**30), UNIT[1]]
    one, two, other = descend_exactly([UNIT, UNIT, moved], INPUTS, TARGETS, RATE, 3)
    assert one == two != other


def test_fractions_descend_as_floats_do() -> None:
    weights = torch.tensor([[1 / 3, -0.4], [0.5, 0.25]], dtype=torch.float64, requires_grad=True)
    inputs = torch.tensor([[float(x) for x in row] for row in INPUTS], dtype=torch.float64)
    wanted = torch.tensor([float(t) for t in TARGETS], dtype=torch.float64)
    (((inputs @ weights.T) ** 2).sum(1) - wanted).square().mean().div(2).backward()
    assert weights.grad is not None
    step = weights.detach() - 0.1 * weights.grad
    found = descend_exactly([UNIT, [Fraction(1, 2), Fraction(1, 4)]], INPUTS, TARGETS, RATE, 1)
    assert np.abs(np.array(found, dtype=float) - step.numpy()).max() < 1e-14


def test_digits_are_counted() -> None:
    assert digits_of([[Fraction(999)], [Fraction(-12345, 7)]]) == 5


def test_a_float_would_round_and_is_refused() -> None:
    with pytest.raises(TypeError, match=r"write Fraction\(1, 10\) instead of 0.1"):
        descend_exactly([UNIT] * 2, INPUTS, TARGETS, 0.1, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="number of units must be"):
        descend_exactly([UNIT], INPUTS, TARGETS, RATE, 1)
    with pytest.raises(ValueError, match="steps must be"):
        descend_exactly([UNIT] * 2, INPUTS, TARGETS, RATE, 0)


def test_exclusive_or_is_a_sixth_for_what_only_rises() -> None:
    orders = exclusive_or.orders()
    assert orders == {(0, 1, 1, 0), (1, 0, 0, 1)}
    assert {exclusive_or.monotone_error([Fraction(v) for v in order]) for order in orders} == {Fraction(1, 6)}


def test_monotone_fits_are_those_of_scikit_learn() -> None:
    isotonic = pytest.importorskip("sklearn.isotonic", reason="scikit-learn is not installed")
    for values in itertools.product((0, 1, 3), repeat=4):
        fit = isotonic.isotonic_regression(np.array(values, dtype=float))
        ours = exclusive_or.monotone_error([Fraction(v) for v in values])
        assert float(ours) == pytest.approx(np.mean((fit - values) ** 2), abs=1e-12)
    with pytest.raises(ValueError, match="at least one value"):
        exclusive_or.monotone_error([])


def test_equal_units_stay_above_the_sixth() -> None:
    starts = np.concatenate([exclusive_or.equal_start(seed, [0.0]) for seed in range(4)])
    path = exclusive_or.descend(starts, 3000)
    assert path.spreads.max() == 0
    assert path.errors.min() > 1 / 6
    assert np.median(path.errors[-1]) < 0.18


def test_equal_units_tell_one_corner_from_three_or_none() -> None:
    found = exclusive_or.corner_alone(range(14), 3000)
    assert {(0, 0), (1, 1), None} <= set(found)
    start = np.concatenate([exclusive_or.equal_start(seed, [0.0]) for seed in range(14)])
    errors = exclusive_or.descend(start, 6000).errors[-1]
    assert [one is None for one in found] == [error > 0.2 for error in errors]


def test_unequal_units_can_learn_exclusive_or() -> None:
    starts = np.concatenate([exclusive_or.usual_start(seed) for seed in range(4)])
    assert exclusive_or.descend(starts, 3000).errors[-1].min() < 0.01


def test_a_step_on_exclusive_or_is_down_the_gradient() -> None:
    start = exclusive_or.usual_start(3)
    units = torch.tensor(start[0], requires_grad=True)
    corners, wanted = torch.tensor(exclusive_or.CORNERS), torch.tensor(exclusive_or.TARGETS)
    error = (torch.tanh(corners @ units[:, :3].T) @ units[:, 3] - wanted).square().mean()
    error.backward()
    assert units.grad is not None
    path = exclusive_or.descend(start, 1, 1)
    assert np.abs(path.units[0] - start[0] + 0.1 * units.grad.numpy()).max() < 1e-14
    assert path.errors[0, 0] == pytest.approx(error.item())


def test_amplification_is_that_of_a_small_difference() -> None:
    seed, size, steps = 1, 1e-6, 1200
    unit = exclusive_or.equal_start(seed, [0.0])[0, 0]
    starts = np.array([[unit + size * move, unit - size * move] for move in np.eye(4)])
    ends = exclusive_or.descend(starts, steps, steps).units
    moves = (ends[:, 0] - ends[:, 1]).T / (2 * size)
    found = exclusive_or.amplification(seed, [0, steps])
    assert found[0] == pytest.approx(1)
    assert found[1] == pytest.approx(np.linalg.norm(moves, 2), rel=1e-6)


@pytest.mark.parametrize("seed", [0, 3])
def test_slopes_of_equal_units_do_not_vanish_below_a_quarter(seed: int) -> None:
    """A rest of equal units has the error 1/4: on the way to 1/6 slopes become small, and the error falls."""
    path = exclusive_or.descend(exclusive_or.equal_start(seed, [0.0]), 6000, 1)
    errors = path.errors[:, 0]
    assert errors[-1] < 0.2
    late = errors[errors < 0.25]
    assert np.all(np.diff(late) < 0)


def test_bad_starts_are_refused() -> None:
    with pytest.raises(ValueError, match="a size must be"):
        exclusive_or.equal_start(0, [-0.1])
    with pytest.raises(ValueError, match="units must be"):
        exclusive_or.equal_start(0, [0.1], units=1)
    with pytest.raises(ValueError, match="steps must be"):
        exclusive_or.descend(exclusive_or.usual_start(0), 0)
    for wrong in (np.ones((2, 4)), np.ones((1, 2, 3))):
        with pytest.raises(ValueError, match="starts must be runs by units by 4"):
            exclusive_or.descend(wrong, 1)
    with pytest.raises(ValueError, match="marks must be one step at least"):
        exclusive_or.amplification(0, [])
    for marks in ([30, 3], [3, 3]):
        with pytest.raises(ValueError, match=r"marks must rise, .*; got \[3.*sort them"):
            exclusive_or.amplification(0, marks)
    with pytest.raises(ValueError, match="each of marks must be"):
        exclusive_or.amplification(0, [-1])
