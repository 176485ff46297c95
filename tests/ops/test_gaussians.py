"""Integrals over Gaussians: closed forms against quadrature, a textbook, and each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.ops.gaussians import Orbital, boys, integrals

STO_3G = (3.42525091, 0.62391373, 0.16885540), (0.15432897, 0.53532814, 0.44463454)
TWO = torch.tensor([[[0.0, 0, 0], [0, 0, 1.4]]], dtype=torch.float64)
MINIMAL = [Orbital(centre, *STO_3G) for centre in (0, 1)]


def test_the_boys_function_is_its_integral() -> None:
    """By Gauss's rule; both forms agree where one takes over from the other."""
    nodes, weights = np.polynomial.legendre.leggauss(60)
    t = torch.tensor([0.0, 1e-9, 9.9e-7, 1.01e-6, 1e-3, 0.3, 4.0, 50.0], dtype=torch.float64)
    s = torch.from_numpy((nodes + 1) / 2)
    quadrature = (torch.exp(-t[:, None] * s**2) * torch.from_numpy(weights / 2)).sum(1)
    assert (boys(t) - quadrature).abs().max() < 1e-14


def test_a_textbook_has_these_integrals() -> None:
    """Szabo and Ostlund, section 3.5.2: H2 at 1.4 bohr in STO-3G, four decimals."""
    found = integrals(TWO, MINIMAL)
    assert float(found.overlap[0, 0, 1]) == pytest.approx(0.6593, abs=1e-4)
    assert found.core[0, 0].tolist() == pytest.approx([-1.1204, -0.9584], abs=1e-4)
    own, across, mixed, exchange = (
        float(found.repulsion[(0, *at)]) for at in ((0, 0, 0, 0), (0, 0, 1, 1), (1, 0, 0, 0), (1, 0, 1, 0))
    )
    assert [own, across, mixed, exchange] == pytest.approx([0.7746, 0.5697, 0.4441, 0.2970], abs=1e-4)
    assert float(found.nuclei[0]) == pytest.approx(1 / 1.4, abs=1e-15)


def test_overlap_and_kinetic_energy_are_their_integrals() -> None:
    """On a grid along each axis, since a Gaussian is a product of three."""
    a, b = 0.7, 1.9
    first, second = np.array([0.2, -0.1, 0.4]), np.array([-0.5, 0.3, 0.1])
    x = np.linspace(-9, 9, 4001)
    one, other = (
        [(2 * e / math.pi) ** 0.25 * np.exp(-e * (x - c) ** 2) for c in where]
        for e, where in ((a, first), (b, second))
    )
    bent = [((2 * b * (x - c)) ** 2 - 2 * b) * f for c, f in zip(second, other, strict=True)]
    step = x[1] - x[0]
    along = [float((f * g).sum() * step) for f, g in zip(one, other, strict=True)]
    curved = [float((f * g).sum() * step) for f, g in zip(one, bent, strict=True)]
    kinetic = -sum(curved[n] * along[n - 1] * along[n - 2] for n in range(3)) / 2
    places = torch.tensor(np.array([[first, second]]))
    found = integrals(places, [Orbital(0, (a,)), Orbital(1, (b,))], [0.0, 0.0])
    assert float(found.overlap[0, 0, 1]) == pytest.approx(math.prod(along), abs=1e-12)
    assert float(found.core[0, 0, 1]) == pytest.approx(kinetic, abs=1e-12)
    assert float(found.nuclei[0]) == 0


def test_repulsion_has_its_eightfold_symmetry() -> None:
    places = torch.randn(2, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    orbitals = [
        Orbital(0, (0.3, 1.1), (0.4, 0.7)),
        Orbital(1, (0.9,)),
        Orbital(2, (0.2,)),
        Orbital(0, (2.0,)),
    ]
    found = integrals(places, orbitals).repulsion
    for order in ((0, 2, 1, 3, 4), (0, 1, 2, 4, 3), (0, 3, 4, 1, 2)):
        assert (found - found.permute(order)).abs().max() < 1e-14
    assert bool((found.reshape(2, 16, 16).diagonal(dim1=1, dim2=2) > 0).all())


def test_a_contraction_is_the_sum_of_its_gaussians() -> None:
    single = [Orbital(0, (0.3,)), Orbital(0, (1.1,)), Orbital(1, (0.9,))]
    weights = torch.tensor([0.4, 0.7, 0.0], dtype=torch.float64)
    parts = integrals(TWO, single)
    whole = integrals(TWO, [Orbital(0, (0.3, 1.1), (0.4, 0.7)), Orbital(1, (0.9,))])
    assert float(weights @ parts.core[0] @ weights) == pytest.approx(float(whole.core[0, 0, 0]), abs=1e-13)
    summed = torch.einsum("p,q,r,s,pqrs->", *[weights] * 4, parts.repulsion[0])
    assert float(summed) == pytest.approx(float(whole.repulsion[0, 0, 0, 0, 0]), abs=1e-13)


def test_attraction_goes_with_the_charge() -> None:
    cores = [integrals(TWO, MINIMAL, [1.0, charge]).core for charge in (0.0, 0.5, 2.0)]
    assert (4 * (cores[1] - cores[0]) - (cores[2] - cores[0])).abs().max() < 1e-14


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: Orbital(0, (0.0,)), ValueError, "an exponent"),
        (lambda: Orbital(0, (-1.0,)), ValueError, "an exponent"),
        (lambda: Orbital(0, (1.0, 2.0)), ValueError, "got 2 and 1"),
        (lambda: integrals(TWO, [Orbital(2, (1.0,))]), ValueError, "there are 2 centres"),
        (lambda: integrals(TWO, MINIMAL, [1.0]), ValueError, "there are 2 centres"),
    ],
)
def test_what_is_no_basis_is_refused(make: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        make()
