"""How pushes grow: times by the linear law and as found, without rounding and with; what is not amplified."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pdenet.subjects.symmetry_breaking.escape import (
    descend,
    descend_apart,
    first_apart,
    growth,
    predicted_spreads,
    predicted_time,
    push_apart,
    pushed,
    spread,
    time_slope,
)
from pdenet.subjects.symmetry_breaking.measures import (
    amounts_to_one,
    escape,
    first_below,
    loud_rest,
    push,
    rest,
    trials,
)
from pdenet.subjects.symmetry_breaking.system import RATE, gradient, loss

SIZES = (1e-10, 1e-6)


def test_a_step_is_down_the_gradient() -> None:
    still = rest(0)
    weights = np.random.default_rng(0).standard_normal((2, 3, 8))
    course = descend(weights, still.data, 1)
    for run in range(2):
        step = weights[run] - RATE * gradient(weights[run], still.data)
        assert np.abs(course.weights[run] - step).max() < 1e-14
        assert course.losses[0, run] == pytest.approx(loss(weights[run], still.data))
        assert course.spreads[0, run] == pytest.approx(spread(weights[run]))


@pytest.mark.parametrize("units", [2, 3])
def test_without_a_push_nothing_parts_them(units: int) -> None:
    still = rest(1, units)
    course = descend(pushed(still.unit, push(1, units), [0.0]), still.data, 600)
    assert course.spreads.max() == 0
    assert descend_apart(still.unit, push(1)[0], [0.0], still.data, 50).max() == 0


@pytest.mark.parametrize("units", [2, 4])
def test_the_linear_law_gives_the_time(units: int) -> None:
    still, way = rest(2, units), push(2, units)
    found = first_apart(descend(pushed(still.unit, way, SIZES), still.data, 1000).spreads)
    law = np.array([predicted_time(still.blocks.apart, way, size) for size in SIZES])
    assert np.abs(found / law - 1).max() < 0.02
    assert time_slope(SIZES, law) * growth(still.values[0]) == pytest.approx(1, abs=0.05)


def test_the_law_is_that_of_powers() -> None:
    matrix, way = np.diag([-0.5, 0.1]), np.array([[1.0, 1.0], [-1.0, -1.0]])
    found = predicted_spreads(matrix, way, 1e-3, [0, 7])
    assert found[0] == pytest.approx(2e-3 * math.sqrt(2))
    assert found[1] == pytest.approx(2e-3 * math.hypot(1.1**7, 0.98**7))
    step = predicted_time(matrix, way, 1e-3)
    around = predicted_spreads(matrix, way, 1e-3, [int(step) - 1, int(step)])
    assert around[0] <= 0.1 < around[1]
    assert predicted_time(matrix, way, 1.0) == 0


def test_at_a_minimum_and_along_a_way_up_there_is_no_time() -> None:
    assert predicted_time(np.eye(2), np.array([[1.0, 0.0], [-1.0, 0.0]]), 1e-3) == math.inf
    assert predicted_time(np.diag([-0.5, 0.1]), np.array([[0.0, 1.0], [0.0, -1.0]]), 1e-3) == math.inf


def test_mean_and_half_difference_are_the_same_descent() -> None:
    still, way = rest(0), push(0)
    one = descend_apart(still.unit, way[0], [1e-3, 1e-2], still.data, 200)
    other = descend(pushed(still.unit, way, [1e-3, 1e-2]), still.data, 200).spreads
    assert np.abs(one / other - 1).max() < 1e-9


def test_the_law_holds_far_below_rounding() -> None:
    still, way = rest(0), push(0)
    found = first_apart(descend_apart(still.unit, way[0], [1e-60], still.data, 3000))[0]
    assert found == pytest.approx(predicted_time(still.blocks.apart, way, 1e-60), rel=2e-3)
    stored = descend(pushed(still.unit, way, [1e-60]), still.data, 50).spreads
    assert stored.max() == 0


def test_time_slope_and_first_steps() -> None:
    assert time_slope([1e-2, 1e-4], [10, 10 + 5 * math.log(100)]) == pytest.approx(5)
    spreads = np.array([[0.0, 0.0], [0.2, 0.0], [0.3, 0.05]])
    assert first_apart(spreads)[0] == 1
    assert np.isnan(first_apart(spreads)[1])
    assert first_below(np.array([1.0, 0.5, 1e-4])) == 2
    assert math.isnan(first_below(np.array([1.0])))


def test_a_push_apart_moves_no_mean() -> None:
    way = push_apart(4, 8, np.random.default_rng(0))
    assert np.abs(way.sum(0)).max() < 1e-15
    pair = push_apart(2, 8, np.random.default_rng(0))
    assert np.linalg.norm(pair, axis=1) == pytest.approx([1, 1])


def test_bad_pushes_are_refused() -> None:
    way = push_apart(2, 8, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"a size must be .*-1"):
        pushed(np.ones(8), way, [-1.0])
    with pytest.raises(ValueError, match="a size must be"):
        descend_apart(np.ones(8), way[0], [-1e-3], rest(0).data, 1)
    with pytest.raises(ValueError, match="size must be"):
        predicted_time(np.eye(8), way, 0.0)
    with pytest.raises(ValueError, match="units must be"):
        pushed(np.ones(8), way[:1], [0.1])
    with pytest.raises(ValueError, match="units must be"):
        push_apart(1, 8, np.random.default_rng(0))
    with pytest.raises(ValueError, match="steps must be"):
        descend(np.ones((1, 2, 8)), rest(0).data, 0)
    with pytest.raises(
        ValueError, match=r"runs by units by the 8 inputs of the data; got the shape \(2, 8\)"
    ):
        descend(np.ones((2, 8)), rest(0).data, 1)
    with pytest.raises(ValueError, match=r"8 inputs of the data; got the shape \(1, 2, 7\)"):
        descend(np.ones((1, 2, 7)), rest(0).data, 1)
    with pytest.raises(ValueError, match="each unit needs a rate: 2 of them; got 1"):
        descend(np.ones((1, 2, 8)), rest(0).data, 1, rates=[0.1])


@pytest.mark.parametrize("units", [2, 5])
def test_equal_units_amount_to_one(units: int) -> None:
    assert amounts_to_one(0, units) < 1e-12


def test_an_escape_reaches_the_teacher() -> None:
    found = escape(3)
    assert found["loss pushed"] < 1e-10 < 0.03 < found["loss equal"]
    assert found["overlap"] > 0.999
    assert found["spread without a push"] == 0
    assert abs(found["slope over law"] - 1) < 0.02
    assert found["time at 1e-12"] > found["time at 1e-04"] > 50
    assert found["steps pushed"] > found["time at 1e-04"]


@pytest.mark.parametrize("seed", [0, 1])
def test_not_any_perturbation_is_amplified(seed: int) -> None:
    by = {one.name: one for one in trials(seed)}
    assert by["nothing"].after == by["both pushed alike, by 0.1"].after == 0
    assert by["apart, along the lowest eigenvector"].after > 1e-6
    assert by["apart, along the highest"].after < by["apart, along the highest"].before / 1.5
    for name in ("apart, teacher one unit, doubled", "apart, linear units", "apart, ReLU"):
        assert by[name].after == pytest.approx(by[name].before, rel=1e-3)
    minimum = by["apart, one input, teacher one unit, tripled"]
    predicted = (1 - RATE * loud_rest(seed).values[0]) ** 200
    assert minimum.after / minimum.before == pytest.approx(predicted, rel=1e-3)
    assert by["nothing, dropout"].after > 1e-6
    assert by["nothing, rates 0.2 and 0.202, on the way"].after > 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_a_saddle_turns_into_a_minimum_where_two_units_are_too_quiet(seed: int) -> None:
    lowest = [loud_rest(seed, loud=loud).values[0] for loud in (1.0, 1.9, 2.0, 2.1, 3.0)]
    assert lowest[1] < -0.005 < 0.005 < lowest[3]
    assert abs(lowest[2]) < 1e-9
    assert lowest[0] < -0.05
    assert lowest[4] > 0.01
    # Of eight inputs some way leads down all the same.
    assert loud_rest(seed, inputs=8).values[0] < -0.01


def test_a_push_of_both_alike_dies_out() -> None:
    still = rest(0)
    both = np.array([push(0)[0]] * 2)
    course = descend(pushed(still.unit, both, [0.1]), still.data, 200)
    assert course.spreads.max() == 0
    assert np.abs(course.weights[0] - still.unit).max() < 1e-9
