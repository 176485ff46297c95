"""The disc and the particles: what holds exactly, closed forms, independent sums, and what is refused."""

from __future__ import annotations

import math
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
import torch
from scipy.integrate import dblquad, quad

from pdenet.subjects.rotation import particles, system
from pdenet.subjects.rotation.system import Region, grid, region, rings

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = system.draw((3,), 200, region())[0]


def over_disc(value: Callable[[float, float], float], radius: float = 3.0) -> float:
    """The mean over the disc, by another library."""
    total, _ = dblquad(
        lambda r, theta: value(r, theta) * r, 0, 2 * math.pi, 0, radius, epsabs=1e-10, epsrel=1e-10
    )
    return float(total) / (math.pi * radius**2)


def test_the_floor_is_that_of_an_independent_sum() -> None:
    even = math.sqrt(over_disc(lambda r, _: (math.exp(-r * r / 2) * math.cos(2 * r)) ** 2))
    assert system.norm() == pytest.approx(even, abs=1e-10)
    for breaking in (0.05, -0.4):
        points = grid()
        least = system.target(points, breaking) - system.target(points)
        assert float(system.root_mean_square(least)) == pytest.approx(system.floor(breaking), abs=1e-12)
    scale = math.sqrt(quad(lambda r: (r * math.exp(-r * r / 2)) ** 2 * 2 * r / 9, 0, 3)[0])
    there = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    assert float(system.tilt(there)) == pytest.approx(system.norm() / scale * math.exp(-0.5), abs=1e-9)


def test_no_function_of_the_radius_comes_below_the_floor() -> None:
    """error^2 = floor^2 + distance to the even part^2, whatever the function."""
    truth, r = system.target(grid(), 0.3), rings()[0][:, None].expand(-1, system.ANGLES)
    for guess in (0 * r, r.cos(), system.even_part(r)):
        error = float(system.root_mean_square(guess - truth)) ** 2
        apart = float(system.root_mean_square(guess - system.even_part(r))) ** 2
        assert error == pytest.approx(system.floor(0.3) ** 2 + apart, abs=1e-14)


def test_the_target_is_even_without_breaking_and_smooth_at_the_centre() -> None:
    turns = torch.linspace(0, 6, len(POINTS), dtype=torch.float64)
    moved = system.turned(POINTS, turns)
    assert (system.target(moved) - system.target(POINTS)).abs().max() < 1e-14
    assert (system.target(moved, 0.4) - system.target(POINTS, 0.4)).abs().max() > 0.05
    near = 1e-7 * torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    assert (system.target(near, 0.4) - 1).abs().max() < 1e-6


def test_turns_are_turns() -> None:
    quarter = system.turned(torch.tensor([1.0, 0.0]), torch.tensor(math.pi / 2))
    assert torch.allclose(quarter, torch.tensor([0.0, 1.0]), atol=1e-7)
    angle = torch.tensor(0.7, dtype=torch.float64)
    back = system.turned(system.turned(POINTS, angle), -angle)
    assert (back - POINTS).abs().max() < 1e-14
    assert (system.radius(back) - system.radius(POINTS)).abs().max() < 1e-14


def test_the_grid_sums_what_it_should() -> None:
    r, weights = rings()
    assert float(weights.sum()) == pytest.approx(1, abs=1e-14)
    assert float((weights * r**2).sum()) == pytest.approx(4.5, abs=1e-13)
    assert float((weights * (r <= 2)).sum()) == pytest.approx(4 / 9, abs=1e-14)
    theta = system.angles()
    waves = torch.stack([(m * theta).cos() for m in range(system.ANGLES)])
    assert float(waves[0].mean()) == 1
    assert waves[1:].mean(1).abs().max() < 1e-14
    by_hand = over_disc(lambda r, t: (r * math.cos(t)) ** 2)
    assert float(system.root_mean_square(grid()[..., 0])) == pytest.approx(math.sqrt(by_hand), abs=1e-9)


@pytest.mark.parametrize(
    ("half", "reach", "share"),
    [(30, 3, 1 / 6), (15, 3, 1 / 12), (90, 3, 1 / 2), (180, 2, 4 / 9), (45, 2, 1 / 9)],
)
def test_a_region_has_its_share_of_the_disc(half: float, reach: float, share: float) -> None:
    where = system.inside(region(half, reach))
    area = (rings()[1][:, None] * where / system.ANGLES).sum()
    assert float(area) == pytest.approx(share, abs=1e-13)
    one = torch.ones(len(rings()[0]), system.ANGLES, dtype=torch.float64)
    assert float(system.root_mean_square(one * where)) == pytest.approx(math.sqrt(share), abs=1e-13)
    assert float(system.root_mean_square(2 * one, where)) == pytest.approx(2, abs=1e-13)


def test_points_are_uniform_in_their_region_and_the_same_in_another() -> None:
    (many,) = system.draw((5,), 100_000, region(30, 2.0))
    r, theta = system.radius(many)[:, 0], torch.atan2(many[:, 1], many[:, 0]).rad2deg()
    assert r.max() <= 2.0 + 1e-9
    assert theta.abs().max() <= 30
    assert float((r**2).mean()) == pytest.approx(2.0, abs=0.02)
    assert float(theta.abs().mean()) == pytest.approx(15, abs=0.2)
    wide = system.draw((5,), 100, region())[0]
    narrow = system.draw((5,), 100, region(30))[0]
    assert (system.radius(wide) - system.radius(narrow)).abs().max() < 1e-12
    assert not torch.equal(system.draw((6,), 100, region())[0], wide)
    both = system.draw((6, 5), 100, region())
    assert torch.equal(both[1], wide)


def test_what_averaging_takes_away_is_what_it_leaves_behind() -> None:
    """Pythagoras (Elesedy and Zaidi): for an even target the averaged guess is never further off."""
    truth = system.target(grid())
    guess = (grid()[..., 0] * 1.3 + grid()[..., 1] ** 2).sin()
    even = system.averaged(guess)
    parts = [
        float(system.root_mean_square(part)) ** 2 for part in (guess - truth, even - truth, guess - even)
    ]
    assert parts[0] == pytest.approx(parts[1] + parts[2], abs=1e-14)
    assert parts[2] > 0.1
    broken = system.target(grid(), 0.4)
    parts = [
        float(system.root_mean_square(part)) ** 2 for part in (guess - broken, even - broken, guess - even)
    ]
    assert abs(parts[0] - parts[1] - parts[2]) > 0.01  # not so where the target is not even


@pytest.mark.parametrize("half", [0, -30, 181, math.nan])
def test_a_sector_is_no_more_than_all_around(half: float) -> None:
    with pytest.raises(ValueError, match=r"half_angle \(degrees\) must be a finite number"):
        region(half)


def test_what_is_no_point_is_refused() -> None:
    with pytest.raises(ValueError, match="reach must be"):
        region(30, 0)
    with pytest.raises(ValueError, match="reach must be"):
        region(30, 3.1)
    with pytest.raises(ValueError, match="count must be"):
        system.draw((0,), 0, Region())
    with pytest.raises(ValueError, match="two coordinates"):
        system.target(torch.zeros(4, 3))
    with pytest.raises(ValueError, match="must be finite"):
        system.target(torch.tensor([[math.nan, 0.0]]))


def test_an_energy_by_hand() -> None:
    three = torch.tensor([-0.4, 0.0, 0.4], dtype=torch.float64)
    assert float(particles.energy(three)) == pytest.approx(2 * math.exp(-0.5) + math.exp(-2), abs=1e-14)
    (lists,) = particles.draw_lists((1,), 20, ordered=False)
    there = particles.energy(lists)
    for order in permutations(range(5)):
        assert (particles.energy(lists[:, list(order)]) - there).abs().max() < 1e-13
    assert (particles.energy(lists + 0.3) - there).abs().max() < 1e-13
    assert (particles.energy(2 * lists) - there).abs().max() > 0.1


def test_lists_are_the_same_in_another_order() -> None:
    free, ordered = (particles.draw_lists((1, 2), 50, ordered=flag) for flag in (False, True))
    assert torch.equal(free.sort(-1).values, ordered)
    assert not torch.equal(free, ordered)
    assert free.abs().max() <= 1
    assert not torch.equal(particles.draw_lists((1, 2), 50, ordered=True, test=True), ordered)


def test_orders_by_the_swaps_that_sort_them() -> None:
    orders, swaps = particles.orders(), particles.swaps()
    assert torch.equal(orders[0], torch.arange(5))
    assert len({tuple(one) for one in orders.tolist()}) == 120
    assert torch.bincount(swaps).tolist() == [1, 4, 9, 15, 20, 22, 20, 15, 9, 4, 1]
    for order, wanted in zip(orders[::7].tolist(), swaps[::7].tolist(), strict=True):
        done = 0
        while order != sorted(order):  # by exchanging neighbours, one at a time
            k = next(k for k in range(4) if order[k] > order[k + 1])
            order[k], order[k + 1] = order[k + 1], order[k]
            done += 1
        assert done == wanted
    lists = particles.draw_lists((1,), 3, ordered=True)
    all_of_them = particles.all_orders(lists)
    assert all_of_them.shape == (1, 3, 120, 5)
    assert torch.equal(all_of_them[..., 0, :], lists)
    assert torch.equal(all_of_them.sort(-1).values, lists.unsqueeze(2).expand_as(all_of_them))


def test_shuffling_changes_orders_and_nothing_else() -> None:
    lists = particles.draw_lists((1, 2), 50, ordered=True)
    first, second = (particles.shuffled(lists, (1, 2), step) for step in (0, 1))
    assert not torch.equal(first, second)
    assert torch.equal(first.sort(-1).values, lists)
    assert torch.equal(first, particles.shuffled(lists, (1, 2), 0))
    alone = particles.shuffled(lists[1:], (2,), 0)
    assert torch.equal(alone[0], first[1])


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(ValueError, match="two positions at least"):
        particles.energy(torch.zeros(3, 1))
    with pytest.raises(ValueError, match="must be finite"):
        particles.energy(torch.tensor([0.0, math.inf]))
    with pytest.raises(ValueError, match="count must be"):
        particles.draw_lists((0,), 0, ordered=True)
