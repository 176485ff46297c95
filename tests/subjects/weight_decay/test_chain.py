"""Networks of one number a layer: three depths, their transitions, rates and response; noise."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.weight_decay.chain import (
    coexistence,
    descend,
    energy,
    follow,
    spinodal,
    two_layers,
)
from pdenet.subjects.weight_decay.noise import boltzmann, langevin, noisy_critical, stochastic

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNALS = (1.0, 0.7)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_two_layers_rest_where_the_formula_says(signal: float, share: float) -> None:
    found = descend(np.array([0.3, 0.2]), signal, share * signal).weights
    assert np.abs(found - math.sqrt(signal * (1 - share))).max() < 1e-9
    assert two_layers(signal, share * signal) == pytest.approx(math.sqrt(signal * (1 - share)), rel=1e-12)


def test_two_layers_are_dead_above() -> None:
    assert two_layers(1.0, 1.2) == 0
    assert np.abs(descend(np.array([0.3, 0.2]), 1.0, 1.2).weights).max() < 1e-9


def test_one_layer_has_no_transition() -> None:
    for decay in (0.0, 0.5, 1.0, 2.0):
        assert descend(np.ones(1), 0.7, decay).weights[0] == pytest.approx(0.7 / (1 + decay), abs=1e-11)


@pytest.mark.parametrize("signal", SIGNALS)
def test_three_layers_have_equal_energies_where_both_states_exist(signal: float) -> None:
    ordered = np.full(3, (signal / 2) ** (1 / 3))
    at = coexistence(signal)
    assert abs(energy(ordered, signal, at) - energy(np.zeros(3), signal, at)) < 1e-12
    assert energy(ordered, signal, 0.9 * at) < energy(np.zeros(3), signal, 0.9 * at)
    assert np.abs(descend(ordered, signal, at).weights - ordered).max() < 1e-11


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_ordered_state_of_three_layers_ends_at_the_spinodal(signal: float) -> None:
    line = np.linspace(0, 1.2, 200_001)
    assert spinodal(signal) == pytest.approx((signal * line - line**4).max(), rel=1e-8)
    below, above = follow(np.ones(3), signal, [0.998 * spinodal(signal), 1.01 * spinodal(signal)])
    assert below > signal / 4
    assert above < 1e-12


def test_three_layers_never_leave_zero() -> None:
    assert np.abs(follow(np.full(3, 1e-3), 1.0, [0.5, 0.3, 0.1, 0.05])).max() < 1e-12


@pytest.mark.parametrize(("decay", "rate"), [(1.1, 0.1), (0.9, 0.2), (1.05, 0.05), (0.95, 0.1)])
def test_descent_slows_down_next_to_the_transition(decay: float, rate: float) -> None:
    """Distance above, twice the distance below."""
    assert descend(np.array([0.3, 0.2]), 1.0, decay).rate == pytest.approx(rate, rel=1e-4)


@pytest.mark.parametrize(("decay", "response"), [(1.2, 5.0), (1.1, 10.0), (0.9, 5.0), (0.8, 2.5)])
def test_the_response_to_a_field_is_that_of_a_mean_field(decay: float, response: float) -> None:
    """One over the distance above, half of that below."""
    up, down = (descend(np.array([0.3, 0.3]), 1.0, decay, field=h).weights.mean() for h in (1e-6, 0.0))
    assert (up - down) / 1e-6 == pytest.approx(response, rel=1e-3)


@pytest.mark.parametrize("call", [energy, descend])
def test_negative_decay_is_refused(call: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="decay must be a finite number, at least 0"):
        call(np.ones(2), 1.0, -0.1)


@pytest.mark.parametrize(
    ("call", "given", "says"),
    [
        (two_layers, (1.0, -1), "decay must be a finite number, at least 0"),
        (two_layers, (0.0, 1), "signal must be a finite number, above 0"),
        (spinodal, (-1.0,), "signal must be a finite number, above 0"),
        (coexistence, (0.0,), "signal must be a finite number, above 0"),
    ],
)
def test_bad_numbers_are_refused(call: Callable[..., float], given: tuple[float, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call(*given)


@pytest.mark.parametrize("decays", [[0.1, 0.3, 0.2], [0.1, 0.1]])
def test_strengths_that_turn_back_are_refused(decays: list[float]) -> None:
    with pytest.raises(ValueError, match=r"rise \(heating\) or all fall \(cooling\)"):
        follow(np.ones(2), 1.0, decays)


def test_a_descent_that_is_too_short_says_so() -> None:
    with pytest.raises(NotConverged, match=r"after 10 steps at decay 0\.5"):
        descend(np.ones(2), 1.0, 0.5, steps=10)


# Noise


@pytest.mark.parametrize("decay", [1.1, 1.5])
def test_a_little_heat_shakes_each_direction_by_its_curvature(decay: float) -> None:
    heat = 1e-5
    found = boltzmann(1.0, decay, heat)
    soft, stiff = heat / (decay - 1), heat / (decay + 1)
    assert found.squares == pytest.approx(soft + stiff, rel=0.01)
    assert found.product == pytest.approx((soft - stiff) / 2, rel=0.01)


def test_cold_weights_are_those_of_the_descent() -> None:
    assert boltzmann(1.0, 0.5, 1e-4).product == pytest.approx(0.5, rel=2e-3)


@pytest.mark.parametrize("decay", [0.5, 0.9])
def test_a_grid_too_coarse_for_the_cold_is_refused(decay: float) -> None:
    """Its sum would be off; above the transition the grid shrinks with the heat, and no cold is too cold."""
    with pytest.raises(ValueError, match=r"misses the valleys at temperature 1e-07; give .* at least"):
        boltzmann(1.0, decay, 1e-7)
    assert boltzmann(1.0, 1.5, 1e-7).product == pytest.approx(1e-7 * (2 - 0.4) / 2, rel=1e-3)
    assert boltzmann(1.0, decay, 1e-5).squares == pytest.approx(2 * (1 - decay), abs=1e-4)


def test_with_a_prior_held_heat_and_decay_are_one_knob() -> None:
    """The decay is then the temperature: the mean product falls with it, the most probable with a kink."""
    heats = np.linspace(0.8, 1.2, 9)
    means = np.array([boltzmann(1.0, heat, heat).product for heat in heats])
    modes = np.array([two_layers(1.0, heat) ** 2 for heat in heats])
    assert (np.diff(means) < 0).all()
    assert np.abs(np.diff(means, 2)).max() < 0.003 < 0.04 < np.abs(np.diff(modes, 2)).max()


def test_weights_grow_with_temperature_and_shrink_with_decay() -> None:
    for decay in (0.9, 1.1):
        sizes = [boltzmann(1.0, decay, heat) for heat in (0.05, 0.5, 5.0)]
        assert sizes[0].squares < sizes[1].squares < sizes[2].squares
        assert sizes[0].product < sizes[1].product < sizes[2].product
    assert boltzmann(1.0, 0.9, 0.1).squares > boltzmann(1.0, 1.1, 0.1).squares


def test_a_noisy_descent_has_the_means_of_equilibrium() -> None:
    found, exact = langevin(1.0, 0.9, 0.1), boltzmann(1.0, 0.9, 0.1)
    assert found.product == pytest.approx(exact.product, rel=0.02)
    assert found.squares == pytest.approx(exact.squares, rel=0.02)


@pytest.mark.parametrize(("decay", "heat"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_no_equilibrium_is_refused(decay: float, heat: float) -> None:
    with pytest.raises(ValueError, match=r"decay|temperature"):
        boltzmann(1.0, decay, heat)


def test_noise_of_examples_moves_the_transition_and_keeps_it_sharp() -> None:
    at = noisy_critical(1.0, 1.0, 0.5)
    assert at == pytest.approx(1 - (math.sqrt(1.25) - 1) / 0.5, rel=1e-12)
    assert noisy_critical(1.0, 0.0, 0.5) == 1
    assert stochastic(1.0, 1.0, 0.5, at + 0.02) < 1e-12
    assert stochastic(1.0, 1.0, 0.5, at - 0.05) > 0.1
    with pytest.raises(ValueError, match="rate"):
        noisy_critical(1.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="decay"):
        stochastic(1.0, 1.0, 0.5, -0.1)
