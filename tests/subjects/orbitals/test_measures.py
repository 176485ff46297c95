"""What is measured of surfaces: floors, tails, trajectories."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdenet.subjects.orbitals.full_ci import TOO_CLOSE, ground_states, pulled
from pdenet.subjects.orbitals.measures import (
    LEAVES,
    LOOKS,
    PROTON,
    WAYS,
    angle_floor,
    corner_places,
    energy_errors,
    learned_trajectory,
    leaving_misses,
    miss_at,
    misses,
    mixed_difference,
    tail,
    trajectory,
    triangle,
    true_drift,
    way_out,
)
from pdenet.subjects.orbitals.networks import GTO, PAIRS, Predicted, SurfaceNet
from pdenet.subjects.orbitals.orbitals import distances
from pdenet.subjects.orbitals.training import shipped


def ready(kind: str = GTO) -> SurfaceNet:
    net = SurfaceNet(kind, 2)
    known = shipped().at(slice(0, 100))
    net.scale(known.places.expand(2, -1, -1, -1), known.energies.expand(2, -1))
    return net


def test_misses_are_means_in_thousandths() -> None:
    known = shipped().at(slice(0, 5))
    said = Predicted(known.energies.expand(2, 5) + 0.002, known.forces.expand(2, 5, 3, 3) - 0.003)
    energies, forces = misses(said, known)
    assert energies.tolist() == pytest.approx([2, 2])
    assert forces.tolist() == pytest.approx([3, 3])


def test_a_triangle_has_its_sides() -> None:
    assert distances(triangle(1.4, 1.6, 2.1)).tolist() == pytest.approx([1.4, 1.6, 2.1])
    with pytest.raises(ValueError, match="one is longer than two others"):
        triangle(1.0, 1.0, 2.1)
    with pytest.raises(ValueError, match="a side"):
        triangle(1.0, 0.0, 1.0)


def test_the_floor_bounds_every_sum_of_functions_of_two_distances() -> None:
    """The best one on the eight triangles, by least absolute values over all such sums, is exactly at it."""
    from scipy.optimize import linprog

    short, long = 1.2, 2.3
    energies = ground_states(corner_places(short, long)).energies.numpy()
    # A symmetric function of two distances has three values: two short, one of each, two long.
    rows = np.zeros((8, 3))
    for row, sides in enumerate(np.ndindex(2, 2, 2)):
        for one, other in ((0, 1), (0, 2), (1, 2)):
            rows[row, sides[one] + sides[other]] += 1
    unit = np.eye(8)
    found = linprog(
        np.r_[np.zeros(3), np.ones(8)],
        A_ub=np.block([[rows, -unit], [-rows, -unit]]),
        b_ub=np.r_[energies, -energies],
        bounds=[(None, None)] * 3 + [(0, None)] * 8,
    )
    floor = angle_floor(short, long)
    assert found.fun / 8 == pytest.approx(floor, rel=1e-6)
    assert floor == pytest.approx(0.00243, abs=1e-5)


def test_the_mixed_difference_is_that_of_a_product() -> None:
    x, y, z = (torch.tensor(v, dtype=torch.float64) for v in ((1.0, 3.0), (2.0, 5.0), (1.0, 8.0)))
    assert float(mixed_difference(torch.einsum("i,j,k->ijk", x, y, z))) == pytest.approx(2 * 3 * 7)


def test_the_tail_is_the_molecules_field_and_its_answer() -> None:
    """Far out the whole is the sum of both; along the axis the answer falls as R^-4, across much faster."""
    along, across = (tail([12.0, 16.0], across=flag) for flag in (False, True))
    for parts in (along, across):
        assert (parts.whole - parts.charge - parts.answer).abs().max() < 1e-6
        power = float((parts.charge[1] / parts.charge[0]).log() / np.log(16 / 12))
        assert power == pytest.approx(-3, abs=0.05)
    assert float((along.answer[1] / along.answer[0]).log() / np.log(16 / 12)) == pytest.approx(-4, abs=0.1)
    assert (across.answer / along.answer).abs().max() < 1e-3
    ratio = along.charge / across.charge
    assert ratio.tolist() == pytest.approx([-2, -2], abs=0.05)


def test_the_leapfrog_keeps_momentum_comes_back_and_is_of_second_order() -> None:
    """Springs between three protons, whose energy it keeps to the square of the step."""
    start = triangle(1.4, 1.6, 2.1).unsqueeze(0)
    springs = lambda q: -0.3 * (3 * q - q.sum(1, keepdim=True))  # noqa: E731

    def energy(step: float, time: float = 800.0) -> float:
        found = trajectory(springs, start, step, time)
        apart = distances(found.places).square().sum(-1)
        total = 0.15 * apart + found.kinetic()
        return float((total - total[0]).abs().max())

    errors = [energy(step) for step in (8.0, 4.0, 2.0)]
    assert [errors[0] / errors[1], errors[1] / errors[2]] == pytest.approx([4, 4], rel=0.05)
    found = trajectory(springs, start, 4.0, 400.0)
    assert len(found.places) == 101
    assert found.momenta[0].abs().max() < 1e-15
    assert found.momenta.sum(-2).abs().max() < 1e-10
    # Equal springs make one oscillation about the middle, whose steps turn by an angle that is known.
    turn = np.arccos(1 - 0.9 / PROTON * 4.0**2 / 2)
    assert (found.places[-1] - start * np.cos(100 * turn)).abs().max() < 1e-12


def test_trajectories_keep_the_learned_energy_with_the_square_of_the_step() -> None:
    found = energy_errors(ready())
    assert found["order"].shape == (2,)
    assert bool((found["order"] > 1.7).all())
    assert bool((found["stray at step 40"] > found["stray at step 5"]).all())


def test_the_true_energy_is_that_of_the_places_and_the_motion() -> None:
    """Untrained pairs pull protons into each other; what is looked at ends before."""
    net = ready(PAIRS)
    found = true_drift(net)
    there = learned_trajectory(net, 10.0, 10_000.0)
    for row in (0, 1):
        looks = torch.linspace(0, 1000, LOOKS).round().long()
        places, kinetic = there.places[looks, row], there.kinetic()[looks, row]
        near = distances(places).amin(-1) < TOO_CLOSE
        last = int(near.long().argmax()) if bool(near.any()) else LOOKS
        energy = ground_states(places[:last]).energies + kinetic[:last]
        assert float(found["true stray"][row]) == pytest.approx(
            1000 * float((energy - energy[0]).abs().max())
        )
        assert float(found["looks"][row]) == last
        ends = [float(found[f"true energy, look {n}"][row]) for n in (last - 1, LOOKS - 1)]
        assert ends[0] == ends[1] == pytest.approx(1000 * float(energy[-1] - energy[0]))


def test_what_is_missed_of_a_proton_that_leaves() -> None:
    net = ready()
    found = leaving_misses(net)
    for way, across in WAYS.items():
        places = pulled([6.0], 1.4, across=across)
        wanted = 1000 * (net.predicted(places).energies - ground_states(places).energies)[:, 0]
        assert (found[miss_at(way, 6.0)] - wanted).abs().max() < 1e-9
    both = torch.stack([found[miss_at(way, 6.0)] for way in WAYS]).abs().mean(0)
    assert (found["energy at 6"] - both).abs().max() < 1e-12
    later = torch.stack([found[miss_at(w, r)] for w in WAYS for r in (9.0, 10.0, 11.0, 12.0)])
    assert (found["energy at 9 to 12"] - later.abs().mean(0)).abs().max() < 1e-12
    between = [r for r in LEAVES if 5 <= r <= 8]
    forces = [
        1000 * (net.predicted(known.places).forces - known.forces)[:, LEAVES.index(r), 2].norm(dim=-1)
        for known in (way_out(across) for across in WAYS.values())
        for r in between
    ]
    assert len(between) == 7
    assert (found["force at 5 to 8"] - torch.stack(forces).mean(0)).abs().max() < 1e-12
