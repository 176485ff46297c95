"""The gauge that turns a drift into hops, the Bessel weights, the gains of Euler layers."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.linalg import expm

from pdenet.symbolic import beta, p
from pdenet.symbolic.propagator import lattice_weights
from pdenet.symbolic.quantum_walk import (
    drift_gain,
    drift_matrix,
    gauge,
    gauged,
    hop_weight,
    hopping_matrix,
    pixel_gain,
    right_neighbour,
    walk_amplitudes,
    walk_weights,
)

FAR = np.arange(-40, 41)


def test_the_shift_reads_the_right_neighbour_and_zero_outside() -> None:
    state = sp.Matrix([1, 2, 3])
    assert list(right_neighbour(3) * state) == [2, 3, 0]
    assert list(right_neighbour(3, ring=True) * state) == [2, 3, 1]


def test_a_drift_is_that_of_the_layer_of_the_book() -> None:
    step = np.array(drift_matrix(5, 0.5), dtype=float)
    state = np.array([0.0, 0, 1, 0, 0])
    assert step @ state == pytest.approx([0, 0.25, 0, -0.25, 0])  # positive drift moves to the left


@pytest.mark.parametrize(("sites", "ring"), [(2, False), (7, False), (8, True), (12, True)])
def test_in_the_gauge_a_drift_is_a_hermitian_hop(sites: int, ring: bool) -> None:
    found = gauged(drift_matrix(sites, ring=ring))
    assert found == hopping_matrix(sites, ring=ring)
    assert found == found.H


@pytest.mark.parametrize("sites", [5, 6, 7])
def test_the_gauge_does_not_fit_round_other_rings(sites: int) -> None:
    assert gauged(drift_matrix(sites, ring=True)) != hopping_matrix(sites, ring=True)


def test_the_flow_is_the_walk_between_two_gauges() -> None:
    turn = np.array(gauge(9), dtype=complex)
    walk = expm(-0.8j * np.array(hopping_matrix(9, 1), dtype=float))
    flow = expm(0.8 * np.array(drift_matrix(9, 1), dtype=float))
    assert np.abs(turn @ walk @ turn.conj() - flow).max() < 1e-14


@pytest.mark.parametrize("steps", [0, 1, 4])
def test_paths_add_up_to_the_bessel_function(steps: int) -> None:
    z = sp.Symbol("z")
    paths = sum(hop_weight(steps, back, z) for back in range(4))
    series = sp.besselj(steps, z).series(z, 0, steps + 7).removeO()
    assert sp.expand(paths - series) == 0


@pytest.mark.parametrize("reach", [0.0, 0.3, -2.0, 11.5])
def test_weights_are_those_of_the_exact_flow(reach: float) -> None:
    assert np.abs(walk_weights(FAR, reach) - lattice_weights(FAR, 0.0, reach)).max() < 1e-14


def test_amplitudes_have_norm_one_and_the_ballistic_spread() -> None:
    chances = np.abs(walk_amplitudes(FAR, 8.0)) ** 2
    assert chances.sum() == pytest.approx(1, abs=1e-13)
    assert chances @ FAR**2 == pytest.approx(8.0**2 / 2, abs=1e-11)


def test_amplitudes_obey_the_schroedinger_equation_of_the_hops() -> None:
    before, now, after = (walk_amplitudes(FAR, reach) for reach in (2.9999, 3.0, 3.0001))
    hops = np.array(hopping_matrix(81, 1), dtype=float)
    assert np.abs(1j * (after - before) / 2e-4 - hops @ now)[1:-1].max() < 1e-8


def test_a_layer_gains_the_square_of_its_drift() -> None:
    g = drift_gain()
    assert sp.expand(g * sp.conjugate(g) - 1 - beta**2 * sp.sin(p) ** 2) == 0


def test_a_pixel_gains_the_mean_over_the_waves() -> None:
    wave = 2 * np.pi * np.arange(256) / 256
    drifts = np.array([0.1, 0.7])
    expected = [(1 + (drift * np.sin(wave)) ** 2) ** 9 for drift in drifts]
    assert pixel_gain(drifts, 9) == pytest.approx(np.mean(expected, axis=1))
    assert float(pixel_gain(0.5, 0)) == 1


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="sites must be a whole number"):
        right_neighbour(1)
    with pytest.raises(ValueError, match="whole numbers of pixels"):
        walk_weights(0.5, 1.0)
    with pytest.raises(ValueError, match="back must be a whole number"):
        hop_weight(0, -1, beta)
