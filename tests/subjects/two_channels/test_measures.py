"""Norms over many steps, and the bound for layers that differ."""

import numpy as np
import pytest

from pdenet.models.two_channel_net import TwoChannelNet
from pdenet.subjects.two_channels.measures import course, extremes, undone, wave_bounds

K = 0.7 * np.array([[2.0, -1.0, 0.0], [-1.0, 2.0, -1.0], [0.0, -1.0, 2.0]]) / 2
START = np.array([0.3, -0.2, 0.9]), np.array([0.1, 0.5, -0.4])


def test_in_turn_the_form_stays_and_the_norm_keeps_its_bound() -> None:
    found = course(K, *START, 500)
    largest = np.abs(np.linalg.eigvalsh(K)).max()
    ratio = (1 + largest / 2) / (1 - largest / 2)
    assert np.ptp(found.form) < 1e-12
    assert np.ptp(found.norm) > 0.1
    assert found.norm.max() / found.norm[0] <= ratio
    assert found.norm.min() / found.norm[0] >= 1 / ratio
    assert found.norm.shape == found.form.shape == (501,)


def test_at_once_each_wave_grows() -> None:
    found = course(K, *START, 3, in_turn=False)
    values, vectors = np.linalg.eigh(K)
    parts = sum((vectors.T @ channel) ** 2 for channel in START)
    assert np.isclose(found.norm[-1], parts @ (1 + values**2) ** 3)


def test_steps_are_undone() -> None:
    back = undone(K, *course(K, *START, 300).last, 300)
    assert all(np.allclose(one, other, atol=1e-12) for one, other in zip(back, START, strict=True))


def test_the_bound_holds_for_layers_that_differ_and_is_finite_only_where_all_are_stable() -> None:
    k = np.array([[[[1.9]], [[0.2]], [[-0.5]]]])
    expected = (1 + 1.7 / 0.1) * (1 + 0.7 / 1.8) / (1 - 0.25)
    assert np.isclose(wave_bounds(k), expected)
    assert np.isinf(wave_bounds(np.array([[[[1.0]], [[2.0]]]]))).all()


@pytest.mark.parametrize("depth", [5, 15])
def test_what_a_stack_does_to_waves_keeps_its_bound(depth: int) -> None:
    found = extremes(TwoChannelNet(depth, 4))
    assert (found.largest <= found.bound).all()
    assert (found.least > 0).all()
    assert not found.unstable.any()
    free = extremes(TwoChannelNet(depth, 4, bounded=False))
    assert free.unstable.mean() > 0.1
    assert np.isinf(free.bound[free.unstable > 0]).all()
    assert (extremes(TwoChannelNet(depth, 4, update="at once")).least >= 1).all()
