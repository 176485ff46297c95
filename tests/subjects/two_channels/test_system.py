"""A packet, a wall with two slits and a screen."""

import numpy as np
import pytest

from pdenet.subjects.two_channels.system import MASS_TERM, Slits, bright, energy, film, fringes

SMALL = Slits(rows=41, columns=60, start=14, wide=4.0, tall=8.0, wall=28, separation=10, opening=3, screen=45)


def test_the_kinetic_kernel_multiplies_a_standing_wave_by_its_symbol() -> None:
    x, y = np.arange(1, 13), np.arange(1, 10)[:, None]
    p, q = 3 * np.pi / 13, 2 * np.pi / 10
    wave = np.sin(p * x) * np.sin(q * y)
    assert np.allclose(energy(wave), MASS_TERM * (2 - np.cos(p) - np.cos(q)) * wave)


def test_the_wall_is_open_at_the_slits() -> None:
    column = SMALL.open[:, SMALL.wall]
    assert column.sum() == 2 * SMALL.opening
    assert np.average(np.abs(SMALL.height), weights=column) == SMALL.separation / 2
    assert (SMALL.open[:, SMALL.wall + 2] == 1).all()


def test_the_packet_is_normed_and_moves_to_the_right() -> None:
    r, i = SMALL.packet()
    assert np.isclose((r**2 + i**2).sum(), 1)
    wide = Slits(
        rows=41, columns=120, start=30, wide=8.0, tall=8.0, wall=100, separation=10, opening=3, screen=110
    )
    density = film(wide, (0, 60)).density
    places = density.sum(1) @ np.arange(120)
    velocity = MASS_TERM * np.sin(wide.wavenumber) / np.sqrt(1 - (MASS_TERM * (1 - np.cos(1.2)) / 2) ** 2)
    assert np.isclose(places[1] - places[0], 60 * velocity, rtol=0.05)


def test_nothing_is_in_the_wall_and_the_form_stays() -> None:
    found = film(SMALL, (0, 50, 90))
    assert found.density.shape == (3, 41, 60)
    assert np.abs(found.density[:, SMALL.open == 0]).max() == 0
    assert np.ptp(found.form) < 1e-12
    assert 1e-3 < np.ptp(found.norm) < 0.5
    assert len(found.norm) == 91
    assert found.arrived.max() > 0


def test_fringes_are_where_the_group_velocity_points() -> None:
    slits = Slits()
    found = fringes(film(slits, (330,)).arrived, slits.height, 0.3)
    assert len(found) == 3
    assert np.allclose(found, [bright(slits, order) for order in range(3)], atol=2)
    assert bright(slits, 0) == 0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="overlap or leave the wall"):
        Slits(opening=24)
    with pytest.raises(ValueError, match="wide must be"):
        Slits(wide=0.0)
    with pytest.raises(ValueError, match="no fringe of order 9"):
        bright(Slits(), 9)
    with pytest.raises(ValueError, match="at least one step"):
        film(SMALL, ())
