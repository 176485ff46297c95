"""Orbitals as functions: norms, harmonics, what turns and what does not, and the addition theorem."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.special import sph_harm_y

from pdenet.subjects.orbitals.orbitals import (
    SHAPES,
    density,
    distances,
    invariants,
    invariants_by_angle,
    norms,
    orbital,
    radial,
    solid_harmonics,
)
from pdenet.subjects.orbitals.training import rotations

ALPHA = (0.1, 0.25, 0.63, 1.6)
EXPONENTS = torch.tensor(ALPHA, dtype=torch.float64)


def _square(r: float, exponent: torch.Tensor, l: int, shape: str) -> float:  # noqa: E741
    return float((r * radial(torch.tensor(r, dtype=torch.float64), exponent, l, shape)) ** 2)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("l", [0, 1, 2])
def test_harmonics_are_those_of_scipy(l: int) -> None:  # noqa: E741
    """Real ones from complex ones, by the usual rule."""
    vectors = drawn(50, 3)
    size = vectors.norm(dim=-1).numpy()
    polar = np.arccos(vectors[:, 2].numpy() / size)
    azimuth = np.arctan2(vectors[:, 1].numpy(), vectors[:, 0].numpy())
    wanted = []
    for m in range(-l, l + 1):
        complex_one = sph_harm_y(l, abs(m), polar, azimuth)
        sign = (-1) ** m * 2**0.5
        part = complex_one.real if m == 0 else sign * (complex_one.imag if m < 0 else complex_one.real)
        wanted.append(part * size**l)
    assert np.abs(solid_harmonics(vectors, l).numpy() - np.stack(wanted, -1)).max() < 1e-12


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("l", [0, 1, 2])
def test_functions_of_one_exponent_are_orthonormal(l: int, shape: str) -> None:  # noqa: E741
    for n, exponent in enumerate(EXPONENTS):
        value = quad(lambda r, x=exponent: _square(r, x, l, shape), 0, 20 / float(exponent))
        assert value[0] == pytest.approx(1, abs=1e-8), n
    nodes, weights = np.polynomial.legendre.leggauss(8)
    angle = np.arange(12) * np.pi / 6
    z, a = np.meshgrid(nodes, angle, indexing="ij")
    ring = np.sqrt(1 - z**2)
    harmonics = solid_harmonics(torch.from_numpy(np.stack([ring * np.cos(a), ring * np.sin(a), z], -1)), l)
    products = torch.einsum("zam,zan,z->mn", harmonics, harmonics, torch.from_numpy(weights)) * np.pi / 6
    assert (products - torch.eye(2 * l + 1)).abs().max() < 1e-12


@pytest.mark.parametrize("shape", SHAPES)
def test_an_orbital_is_its_radial_part_times_a_harmonic(shape: str) -> None:
    vectors = drawn(20, 3)
    size = vectors.norm(dim=-1, keepdim=True)
    for l in (0, 1, 2):  # noqa: E741
        wanted = radial(size, EXPONENTS, l, shape).unsqueeze(-1) * solid_harmonics(
            vectors / size, l
        ).unsqueeze(-2)
        assert (orbital(vectors, EXPONENTS, l, shape) - wanted).abs().max() < 1e-13


def test_gaussians_are_smooth_on_the_atom_and_slater_functions_are_not() -> None:
    """Slope of l = 0 across the centre: none, or a cusp of the size zeta N on either side."""
    step = torch.tensor([[[1e-6, 0, 0]]], dtype=torch.float64)
    for shape, wanted in zip(SHAPES, (0.0, 1.0), strict=True):
        exponent = torch.tensor([0.8], dtype=torch.float64)
        fall = (orbital(0 * step, exponent, 0, shape) - orbital(step, exponent, 0, shape)) / 1e-6
        cusp = 0.8 * norms(exponent, 0, shape) / (4 * np.pi) ** 0.5
        assert float(fall) == pytest.approx(wanted * float(cusp), abs=2e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_densities_turn_and_invariants_do_not(shape: str) -> None:
    """One l of one channel alone is no invariant: its components change as the molecule turns."""
    places, turn = drawn(4, 5, 3, 3), rotations(1, torch.Generator().manual_seed(1))[0]
    there, moved = (density(x, ALPHA, 1, shape) for x in (places, places @ turn.T))
    as_vectors = there[..., [2, 0, 1]] @ turn.T  # m = -1, 0, 1 are y, z, x
    assert (moved[..., [2, 0, 1]] - as_vectors).abs().max() < 1e-13
    assert (moved - there).abs().max() > 0.1
    for l in (0, 1, 2):  # noqa: E741
        sizes = [density(x, ALPHA, l, shape).square().sum(-1) for x in (places, places @ turn.T)]
        assert (sizes[0] - sizes[1]).abs().max() < 1e-12
    found = [invariants(x, ALPHA, 2, shape) for x in (places, places @ turn.T)]
    assert (found[0] - found[1]).abs().max() < 1e-12
    mirrored = invariants(places * torch.tensor([1.0, 1, -1]), ALPHA, 2, shape)
    assert (found[0] - mirrored).abs().max() < 1e-12


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lmax", [0, 1, 2])
def test_the_addition_theorem_leaves_distances_and_an_angle(lmax: int, shape: str) -> None:
    places = drawn(2, 6, 3, 3)
    found = invariants_by_angle(places, EXPONENTS, lmax, shape)
    assert found.shape == (2, 6, 3, 10 * (lmax + 1))
    assert (found - invariants(places, ALPHA, lmax, shape)).abs().max() < 1e-13


def test_atoms_that_change_places_take_their_invariants_along() -> None:
    places, order = drawn(6, 3, 3), [2, 0, 1]
    first, second = invariants(places, ALPHA), invariants(places[:, order], ALPHA)
    assert (first[:, order] - second).abs().max() < 1e-14


def test_distances_are_those_of_the_pairs() -> None:
    places = drawn(7, 3, 3)
    for one, found in zip(places, distances(places), strict=True):
        assert torch.allclose(found, torch.pdist(one))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: orbital(drawn(2, 3), [0.0], 0), "exponents must be positive"),
        (lambda: invariants(drawn(1, 3, 3), [0.3, -1.0]), "exponents must be positive"),
        (lambda: orbital(drawn(2, 3), [float("inf")], 0), "exponents must be positive and finite"),
        (lambda: invariants(drawn(1, 3, 3), [0.3], 3), "lmax"),
        (lambda: solid_harmonics(drawn(1, 3), 3), "l must be"),
        (lambda: orbital(drawn(2, 3), [1.0], 0, "square"), "shape"),
    ],
)
def test_what_is_no_orbital_is_refused(make: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()
