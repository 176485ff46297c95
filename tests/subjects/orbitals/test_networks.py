"""Networks of a surface: what each keeps of the molecule's symmetries, and that forces are slopes."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.subjects.orbitals.measures import corner_places, mixed_difference, triangle
from pdenet.subjects.orbitals.networks import (
    AVERAGED,
    DECAYING,
    GTO,
    KINDS,
    PAIRS,
    PLACES,
    SLATER,
    SORTED,
    WIDE,
    SurfaceNet,
)
from pdenet.subjects.orbitals.orbitals import invariants
from pdenet.subjects.orbitals.training import rotations, shipped

INVARIANT = (GTO, SLATER, SORTED, AVERAGED, DECAYING)
KNOWN = shipped().at(slice(0, 12))


def ready(kind: str, **options: Any) -> SurfaceNet:
    """Two networks whose inputs and energies are scaled, and which are not trained."""
    net = SurfaceNet(kind, [3, 4], **options)
    known = shipped().at(slice(0, 100))
    net.scale(known.places.expand(2, -1, -1, -1), known.energies.expand(2, -1))
    return net


@pytest.mark.parametrize("kind", INVARIANT)
def test_energies_do_not_turn_and_forces_do(kind: str) -> None:
    net = ready(kind)
    turn = rotations(12, torch.Generator().manual_seed(0))
    first = net.predicted(KNOWN.places)
    moved = net.predicted(KNOWN.places @ turn.mT + 0.7)
    assert (first.energies - moved.energies).abs().max() < 1e-12
    assert (first.forces @ turn.mT - moved.forces).abs().max() < 1e-12
    for order in permutations(range(3)):
        other = net.predicted(KNOWN.places[:, order])
        assert (first.energies - other.energies).abs().max() < 1e-12
        assert (first.forces[:, :, order] - other.forces).abs().max() < 1e-12
    assert first.forces.sum(2).abs().max() < 1e-12
    places = KNOWN.places.expand(2, -1, -1, -1)
    assert torch.linalg.cross(places, first.forces).sum(2).abs().max() < 1e-12
    assert first.energies.std() > 1e-4


def test_pair_forces_turn_and_balance_and_are_no_slopes() -> None:
    """Slopes have second derivatives in either order alike; these do not."""
    net = ready(PAIRS)
    turn = rotations(12, torch.Generator().manual_seed(0))
    first, moved = net.predicted(KNOWN.places).forces, net.predicted(KNOWN.places @ turn.mT).forces
    assert (first @ turn.mT - moved).abs().max() < 1e-12
    order = [1, 2, 0]
    assert (first[:, :, order] - net.predicted(KNOWN.places[:, order]).forces).abs().max() < 1e-12
    assert first.sum(2).abs().max() < 1e-12
    assert torch.linalg.cross(KNOWN.places.expand(2, -1, -1, -1), first).sum(2).abs().max() < 1e-12

    def forces(net: SurfaceNet, place: torch.Tensor) -> torch.Tensor:
        return (
            net.predicted(place.reshape(1, 1, 3, 3).expand(2, -1, -1, -1), learning=True).forces[0].flatten()
        )

    skew = torch.autograd.functional.jacobian(lambda x: forces(net, x), KNOWN.places[0].flatten())
    assert (skew - skew.T).abs().max() > 1e-4
    with pytest.raises(ValueError, match="has no energy"):
        net(KNOWN.places)


def test_coordinates_know_no_symmetry_but_that_of_place() -> None:
    net = ready(PLACES)
    first = net.predicted(KNOWN.places)
    assert (first.energies - net.predicted(KNOWN.places + 0.7).energies).abs().max() < 1e-12
    turn = rotations(12, torch.Generator().manual_seed(0))
    assert (first.energies - net.predicted(KNOWN.places @ turn.mT).energies).abs().max() > 1e-4
    assert (first.energies - net.predicted(KNOWN.places[:, [1, 0, 2]]).energies).abs().max() > 1e-4


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != PAIRS])
def test_forces_are_minus_slopes_of_the_energy(kind: str) -> None:
    net, step = ready(kind), 1e-5
    places = KNOWN.places[:1]
    moved = places.repeat(18, 1, 1)
    for n in range(9):
        moved[2 * n].view(-1)[n] += step
        moved[2 * n + 1].view(-1)[n] -= step
    up, down = net.predicted(moved).energies.reshape(2, 9, 2).unbind(2)
    forces = net.predicted(places).forces.reshape(2, 9)
    assert (forces + (up - down) / (2 * step)).abs().max() < 1e-8
    assert forces.abs().max() > 1e-4


@pytest.mark.parametrize("kind", [GTO, SLATER])
def test_the_inputs_are_the_invariants_of_the_density(kind: str) -> None:
    """Those that sum over m; the network takes them by distances and angle. One seed's exponents differ."""
    net = ready(kind)
    with torch.no_grad():
        net.logs[1] += 0.3
    shown = net.features(net.every(KNOWN.places))
    for row in (0, 1):
        wanted = invariants(KNOWN.places, net.logs[row].exp().flatten().detach(), 2, kind)
        assert (shown[row] - wanted).abs().max() < 1e-13


def test_slater_functions_start_as_wide_as_gaussians() -> None:
    """Mean squares of the radius of l = 0: 3 / (4 alpha) and 3 / zeta^2."""
    alpha, zeta = (SurfaceNet(kind).logs.exp().flatten() for kind in (GTO, SLATER))
    assert torch.allclose(3 / (4 * alpha), 3 / zeta**2, rtol=1e-12)
    assert alpha.tolist() == pytest.approx(np.geomspace(0.1, 1.6, 4).tolist())
    assert float(SurfaceNet(GTO, span=WIDE).logs.detach().exp().min()) == pytest.approx(0.01)


def test_without_an_angle_no_sum_over_atoms_has_a_third_mixed_difference() -> None:
    """Of eight triangles with sides of two lengths; with l = 1 it has one."""
    places = corner_places(1.2, 2.3)
    for lmax, largest in ((0, 0.0), (1, 1.0), (2, 1.0)):
        found = mixed_difference(ready(GTO, lmax=lmax)(places).reshape(2, 2, 2, 2)).abs()
        assert bool((found < 1e-13).all()) if largest == 0 else bool((found > 1e-5).all())


def test_a_local_network_is_level_where_its_functions_have_died_out() -> None:
    far = torch.stack([triangle(1.4, away, away) for away in (12.0, 16.0)])
    local, other = ready(GTO).predicted(far), ready(AVERAGED).predicted(far)
    assert local.energies.diff(dim=1).abs().max() < 1e-6 < other.energies.diff(dim=1).abs().min()
    assert local.forces[:, :, 2].norm(dim=-1).max() < 1e-6


def test_decays_are_the_distances_each_once_in_every_order() -> None:
    """exp(-r / 2) of the three distances, in six orders that all differ."""
    shown = ready(DECAYING).features(KNOWN.places.expand(2, -1, -1, -1))
    wanted = torch.exp(-torch.stack([torch.pdist(place) for place in KNOWN.places]) / 2)
    assert shown.shape == (2, 12, 6, 3)
    assert (shown.sort(-1).values - wanted.sort(-1).values.unsqueeze(-2)).abs().max() < 1e-13
    assert all(len(orders.unique(dim=0)) == 6 for orders in shown[0])


def test_sorted_distances_have_forces_that_jump_where_two_are_equal() -> None:
    gap = 1e-7
    sides = [triangle(1.5 + sign * gap, 1.5 - sign * gap, 2.0) for sign in (1, -1)]
    both = torch.stack(sides)
    jumps = {kind: (ready(kind).predicted(both).forces.diff(dim=1)).abs().max() for kind in INVARIANT}
    assert jumps.pop(SORTED) > 1e-3
    assert max(jumps.values()) < 1e-6


def test_a_seed_starts_alike_whoever_is_beside_it() -> None:
    one, both = SurfaceNet(GTO, [5]), SurfaceNet(GTO, [4, 5])
    for alone, beside in zip(one.parameters(), both.parameters(), strict=True):
        assert torch.equal(alone[0], beside[1])


def test_parameters_are_counted_per_network() -> None:
    counts = {kind: SurfaceNet(kind, 2).parameter_count() for kind in KINDS}
    assert counts == {
        GTO: 2085,
        SLATER: 2085,
        SORTED: 4481,
        AVERAGED: 1217,
        DECAYING: 1217,
        PLACES: 4865,
        PAIRS: 4481,
    }


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: SurfaceNet("cubes"), "kind"),
        (lambda: SurfaceNet(GTO, lmax=3), "lmax"),
        (lambda: SurfaceNet(GTO, span=(0.0, 1.0)), "least exponent"),
        (lambda: SurfaceNet(GTO, span=(1.0, 0.5)), "largest exponent"),
        (lambda: SurfaceNet(GTO)(torch.zeros(2, 4, 3)), r"got \(2, 4, 3\)"),
    ],
)
def test_what_is_no_network_of_these_is_refused(make: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()
