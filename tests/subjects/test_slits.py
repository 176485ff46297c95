"""Sums over paths through slits, against what optics knows in closed form."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.special import fresnel

from pdenet.subjects.slits import (
    double_slit_amplitude,
    fraunhofer_intensity,
    path_amplitudes,
    path_lengths,
    single_slit_amplitude,
    slit_points,
)

NO_COUNT: Any = 2.5  # what the types forbid, a page may still pass
SLITS: dict[str, Any] = {"slit_separation": 40.0, "slit_width": 10.0, "wavelength": 1.0}
ONE: dict[str, Any] = {"slit_width": 10.0, "wavelength": 1.0}


def test_a_path_is_two_straight_pieces() -> None:
    lengths = path_lengths([3.0, 0.0], [-1.0, 2.0], distance=4.0, source=7.0)
    expected = [
        [math.dist((0, 0), (7, y)) + math.dist((7, y), (11, x)) - 11 for y in (-1, 2)] for x in (3, 0)
    ]
    assert lengths == pytest.approx(np.array(expected), abs=1e-13)
    assert path_lengths([0.0], [0.0], distance=4.0, source=7.0) == 0


def test_a_source_far_away_sends_a_plane_wave() -> None:
    plane = path_lengths([3.0], [-1.0, 2.0], distance=4.0)
    assert path_lengths([3.0], [-1.0, 2.0], distance=4.0, source=1e9) == pytest.approx(plane, abs=1e-8)


def test_lengths_keep_their_digits_far_away() -> None:
    # With a naive difference of 1e12 and its hypotenuse nothing would be left of 1/2 * 10**2 / 1e12.
    assert path_lengths([10.0], [0.0], distance=1e12)[0, 0] == pytest.approx(5e-11, rel=1e-12)


def test_two_narrow_slits_give_the_phase_difference_of_two_paths() -> None:
    screen = np.linspace(-300, 300, 61)
    narrow = double_slit_amplitude(
        screen, slit_separation=40.0, slit_width=0.0, wavelength=1.0, distance=1000.0, points=1
    )
    difference = np.hypot(screen - 20, 1000) - np.hypot(screen + 20, 1000)
    assert np.abs(narrow) ** 2 == pytest.approx(np.cos(np.pi * difference) ** 2, abs=1e-9)


def test_far_away_it_is_the_formula_of_fraunhofer_with_order_two() -> None:
    sines = np.linspace(-0.2, 0.2, 101)
    tangents = sines / np.sqrt(1 - sines**2)
    distances = 2e4 * 2.0 ** np.arange(4)  # Fresnel number 40**2 / distance: 0.08 and less
    errors = []
    for distance in distances:
        screen = distance * tangents
        intensity = np.abs(double_slit_amplitude(screen, distance=distance, points=2000, **SLITS)) ** 2
        errors.append(np.abs(intensity - fraunhofer_intensity(screen, distance=distance, **SLITS)).max())
    assert errors[-1] < 1e-3
    # The even terms of 1/distance are a common phase, or in quadrature with the amplitude.
    orders = [math.log2(coarse / fine) for coarse, fine in pairwise(errors)]
    assert orders == pytest.approx([2, 2, 2], abs=0.2)


def test_near_by_one_slit_is_the_integral_of_fresnel() -> None:
    distance, width = 5000.0, 60.0
    screen = np.linspace(-80, 80, 41)
    amplitude = single_slit_amplitude(
        screen, slit_width=width, wavelength=1.0, distance=distance, points=2000
    )
    scale = math.sqrt(2 / distance)
    upper, lower = (fresnel(scale * (edge - screen)) for edge in (width / 2, -width / 2))
    integral = (upper[1] - lower[1] + 1j * (upper[0] - lower[0])) / (scale * width)
    assert np.abs(amplitude) == pytest.approx(np.abs(integral), abs=2e-4)


def test_the_sum_over_points_converges_with_order_two() -> None:
    screen = np.linspace(-4000, 4000, 81)
    exact = single_slit_amplitude(screen, distance=1e4, points=4000, **ONE)
    errors = [
        np.abs(single_slit_amplitude(screen, distance=1e4, points=n, **ONE) - exact).max()
        for n in (20, 40, 80)
    ]
    orders = [math.log2(coarse / fine) for coarse, fine in pairwise(errors)]
    assert orders == pytest.approx([2, 2], abs=0.05)


def test_bright_fringes_are_wavelength_times_distance_over_separation_apart() -> None:
    distance = 1e5
    screen = np.linspace(-6000, 6000, 24001)
    intensity = np.abs(double_slit_amplitude(screen, distance=distance, points=50, **SLITS)) ** 2
    inside = (intensity[1:-1] > intensity[:-2]) & (intensity[1:-1] > intensity[2:])
    maxima = screen[1:-1][inside]
    # The envelope of a single slit draws the maxima a little inwards.
    assert np.diff(maxima) == pytest.approx(distance / 40, rel=0.03)
    assert len(maxima) == 5


def test_one_slit_has_one_hump_where_two_have_fringes() -> None:
    distance = 1e5
    screen = np.linspace(
        -8700, 8700, 2001
    )  # the single slit is dark at 1e5 / 10, and there two have no fringe
    one = np.abs(single_slit_amplitude(screen, distance=distance, **ONE)) ** 2
    two = np.abs(double_slit_amplitude(screen, distance=distance, **SLITS)) ** 2

    def humps(intensity: np.ndarray) -> int:
        return int(((intensity[1:-1] > intensity[:-2]) & (intensity[1:-1] > intensity[2:])).sum())

    assert (humps(one), humps(two)) == (1, 7)


def test_amplitudes_add_and_intensities_do_not() -> None:
    screen = np.linspace(-5000, 5000, 101)
    both = double_slit_amplitude(screen, distance=1e5, source=3e4, **SLITS)
    single = [
        single_slit_amplitude(screen, distance=1e5, source=3e4, centre=centre, **ONE) for centre in (-20, 20)
    ]
    assert both == pytest.approx(sum(single) / 2, abs=1e-14)
    assert np.abs(np.abs(both) ** 2 - sum(np.abs(a) ** 2 for a in single) / 4).max() > 0.4


def test_turning_both_pieces_round_changes_nothing() -> None:
    forth = path_amplitudes([0.0], [3.0, 5.0], wavelength=0.7, distance=50.0, source=20.0)
    back = path_amplitudes([0.0], [3.0, 5.0], wavelength=0.7, distance=20.0, source=50.0)
    assert forth == pytest.approx(back, abs=1e-13)
    assert np.abs(forth) == pytest.approx(np.ones((1, 2)), abs=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: slit_points(0, -1, 5), "width must be a finite number, at least 0; got -1"),
        (lambda: slit_points(0, 1, 0), "points must be a whole number, at least 1; got 0"),
        (lambda: path_lengths([0], [0], 0), "distance must be a finite number, above 0; got 0"),
        (lambda: path_lengths([0], [0], 1, source=-2), "source must be a finite number, above 0; got -2"),
        (lambda: path_lengths(0.0, [0], 1), r"screen must be a sequence of finite heights; got shape \(\)"),
        (lambda: path_lengths([0], [math.nan], 1), "slit must be a sequence of finite heights"),
        (lambda: slit_points(0, 1, NO_COUNT), r"points must be a whole number, at least 1; got 2\.5"),
        (lambda: slit_points(math.inf, 1, 5), "centre must be a finite number; got inf"),
        (lambda: slit_points(0, math.nan, 5), "width must be a finite number, at least 0; got nan"),
        (lambda: path_lengths([0], [0], math.inf), "distance must be a finite number, above 0; got inf"),
        (
            lambda: path_lengths([0], [0], 1, source=math.nan),
            "source must be a finite number, above 0; got nan",
        ),
        (lambda: path_amplitudes([9], [0], wavelength=1e-13, distance=1), "wavelengths longer than the axis"),
        (
            lambda: fraunhofer_intensity(
                [0], slit_separation=math.inf, slit_width=1, wavelength=1, distance=1
            ),
            "slit_separation must be a finite number; got inf",
        ),
        (
            lambda: path_amplitudes([0], [0], wavelength=0, distance=1),
            "wavelength must be a finite number, above 0; got 0",
        ),
        (
            lambda: double_slit_amplitude([0], slit_separation=1, slit_width=2, wavelength=1, distance=1),
            "two slits of width 2 need at least that separation, or they overlap; got 1",
        ),
        (
            lambda: fraunhofer_intensity([0], slit_separation=2, slit_width=1, wavelength=0, distance=1),
            "wavelength must be a finite number, above 0; got 0",
        ),
    ],
)
def test_bad_input_is_refused(call, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda s: slit_points(s, 1, 5),
        lambda s: slit_points(0, s, 5),
        lambda s: slit_points(0, 1, s),
        lambda s: path_lengths([0], [0], s),
        lambda s: path_lengths([0], [0], 1, source=s),
        lambda s: path_lengths([s], [0], 1),
        lambda s: path_amplitudes([0], [0], wavelength=s, distance=1),
        lambda s: double_slit_amplitude([0], slit_separation=s, slit_width=1, wavelength=1, distance=1),
        lambda s: fraunhofer_intensity([0], slit_separation=1, slit_width=s, wavelength=1, distance=1),
    ],
)
@pytest.mark.parametrize("value", ["5", True, None])
def test_text_and_booleans_are_no_lengths(call, value: object) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TypeError, match="must be"):
        call(value)


def test_every_kind_of_whole_number_counts_points() -> None:
    kinds: list[Any] = [2.0, np.int64(2)]
    for two in kinds:
        assert slit_points(0, 1, two).tolist() == [-0.25, 0.25]
