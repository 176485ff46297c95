"""Burgers' equation as a block: the exact solution is one, and the blocks converge to it."""

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.subjects.nonlinear_blocks.burgers import FIRST_TIME, hump, relus, squares, travel


def test_the_hump_solves_burgers_equation() -> None:
    x, t, nu, size = sp.symbols("x t nu a", positive=True)
    theta = 1 + size / 2 * sp.erfc(x / sp.sqrt(4 * nu * t))
    u = -2 * nu * sp.diff(sp.log(theta), x)
    assert sp.simplify(u.diff(t) + u * u.diff(x) - nu * u.diff(x, 2)) == 0
    values = {x: 3.0, t: 20.0, nu: 0.5, size: float(np.expm1(4.0))}
    assert hump(np.array([3.0]), 20.0, 0.5, 4.0)[0] == pytest.approx(float(u.subs(values)))


def test_a_step_is_the_difference_scheme() -> None:
    u = np.random.default_rng(0).normal(size=12)
    got = squares(0.5, 0.3).step(torch.from_numpy(u)[None, None, None], 0.1)[0, 0, 0].numpy()
    transport = -(u[2:] ** 2 - u[:-2] ** 2) / (4 * 0.5)
    spread = 0.3 * (u[2:] - 2 * u[1:-1] + u[:-2]) / 0.25
    assert np.allclose(got[1:-1], u[1:-1] + 0.1 * (transport + spread), atol=1e-14)


def test_the_scheme_is_of_second_order() -> None:
    errors = []
    for spacing in (1.0, 0.5):
        place, state, _ = travel(squares(spacing), spacing)
        errors.append(np.abs(state - hump(place, 60.0)).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("channels", [1, 3, 8])
def test_relus_draw_the_chords_of_the_square(channels: int) -> None:
    block = relus(channels, 1.2, viscosity=0.0)
    places = torch.linspace(0, 1.2, 61, dtype=torch.float64)
    values = block.activation(places[None, None, None].expand(1, channels, 1, 61))
    chords = torch.einsum("bmhw,m->w", values, block.second[0, :, 0, 0]) * 4
    corners = np.linspace(0, 1.2, channels + 1)
    assert np.allclose(chords.numpy(), np.interp(places, corners, corners**2), atol=1e-14)
    assert float((chords - places**2).max()) == pytest.approx((1.2 / channels) ** 2 / 4, rel=0.05)


def test_one_relu_only_carries_and_spreads() -> None:
    start = torch.from_numpy(hump(np.arange(-20.0, 60.0), FIRST_TIME))[None, None, None]
    block = relus(1, 1.2)
    assert torch.allclose(block.step(3 * start, 0.25), 3 * block.step(start, 0.25))  # linear on u >= 0
    assert not torch.allclose(squares().step(3 * start, 0.25), 3 * squares().step(start, 0.25))


def test_more_relus_come_nearer_to_the_square() -> None:
    _, exact, _ = travel(squares())
    errors = [np.abs(travel(relus(m, 1.2))[1] - exact).max() for m in (4, 32)]
    assert errors[1] < errors[0] / 20


def test_what_cannot_be_a_block_is_named() -> None:
    with pytest.raises(ValueError, match="channels must be a whole number"):
        relus(0, 1.0)
    with pytest.raises(ValueError, match="top must be a finite number"):
        relus(2, 0.0)
