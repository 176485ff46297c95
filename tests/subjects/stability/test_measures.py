"""Portraits of stacks whose moments and gains are known."""

import numpy as np
import pytest

from pdenet.models.measures.layers import coefficients
from pdenet.runs.table import recorded
from pdenet.subjects.stability.measures import before_and_after, count, drift_contrast, portrait
from pdenet.subjects.tables.experiment import TABLE_4_2

CALM = [0.5, 0.1, 0.5, 0.1, 0.0]
DRIFT = [0.0, 0.3, 0.0, 0.4, 0.0]


def test_a_stack_of_calm_and_drifting_layers() -> None:
    found = portrait(np.array([[CALM, DRIFT, DRIFT, DRIFT]]))
    assert found.positive == pytest.approx([0.25])
    assert found.stable == pytest.approx([0.25])
    assert found.off == pytest.approx([0.75])
    assert found.excess[0] == pytest.approx([0, *[1.49**0.5 - 1] * 3], abs=1e-9)
    added_x, added_y = 0.25 - 0.01 - 3 * 0.09, 0.25 - 0.01 - 3 * 0.16
    assert found.variance == pytest.approx([(added_x + added_y) / 2])
    assert found.end[0] == pytest.approx([-0.1 - 0.9, -0.1 - 1.2])
    assert found.shift == pytest.approx([np.hypot(1.0, 1.3)])


def test_growth_counts_against_stability_and_not_against_the_mean() -> None:
    growing = [0.5, 0.1, 0.5, 0.1, 0.1]
    found = portrait(np.array([[growing] * 2]))
    assert found.stable == pytest.approx([0])
    assert found.excess == pytest.approx(np.zeros((1, 2)), abs=1e-9)


def test_a_layer_that_turns_the_mean_round_is_measured_by_its_size() -> None:
    turned = portrait(np.array([[[0, 0.3, 0, 0, -1.5]]]))
    assert turned.excess[0, 0] == pytest.approx((0.5**2 + 0.3**2) ** 0.5 / 0.5 - 1)


def test_drift_alone_has_the_contrast_of_a_quarter_turn() -> None:
    theta = np.array([[DRIFT] * 5, [[0, -0.2, 0, -0.1, 0.5]] * 5])
    np.testing.assert_allclose(drift_contrast(theta), [1.49**2.5, (1 + (0.3 / 1.5) ** 2) ** 2.5])
    np.testing.assert_allclose(portrait(theta).contrast, drift_contrast(theta))


def test_drifts_that_turn_round_keep_below_that_contrast() -> None:
    theta = np.array([[DRIFT, [0.0, 0.3, 0.0, -0.4, 0.0]]])
    assert 1 < portrait(theta).contrast[0] < drift_contrast(theta)[0]


def test_networks_are_counted_by_equation() -> None:
    one, other = (portrait(np.array([[layer], [CALM]])) for layer in (DRIFT, CALM))
    portraits = {("(39)", 1): (other, one), ("(39)", 2): (other, other), ("(40)", 1): (one, one)}
    assert count(portraits, "(39)", lambda _, end: end.variance < 0) == "1 of 4"
    assert count(portraits, "(40)", lambda first, _: first.variance < 0) == "1 of 2"


def test_recorded_networks_are_shown_as_they_started_and_as_they_ended() -> None:
    found = recorded(TABLE_4_2.found()[5, "PDE 2"])
    first, last = before_and_after(found)
    theta = coefficients(found.start.kernels()[0])
    np.testing.assert_allclose(first.end, portrait(theta).end)
    assert (theta[..., 1] <= 0).all()  # (40) turns the drift round, and its start has all beta positive
    assert (first.end > 0).all()
    assert len(last.shift) == len(found.accuracies)
    assert (last.off > first.off).all()
