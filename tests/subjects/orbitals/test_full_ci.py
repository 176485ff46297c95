"""Two electrons among protons: against a textbook, exact energies and the file that ships."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch

from pdenet.data.h3plus import h3plus
from pdenet.ops.gaussians import Orbital
from pdenet.subjects.orbitals.full_ci import EXPONENTS, basis, geometries, ground_states, pulled
from pdenet.subjects.orbitals.measures import triangle

SKIPPED = "PySCF, a cross-check, is not installed"
STO_3G = (3.425250914, 0.6239137298, 0.1688554040), (0.1543289673, 0.5353281423, 0.4446345422)
H2 = torch.tensor([[[0.0, 0, 0], [0, 0, 1.4]]], dtype=torch.float64)
EXACT_H2, EXACT_H3 = -1.174476, -1.343835  # hartree, at 1.4 and 1.65 bohr


def test_hydrogen_in_the_smallest_basis_has_the_energy_of_the_textbook() -> None:
    """Szabo and Ostlund: full configuration interaction at 1.4 bohr."""
    found = ground_states(H2, [Orbital(centre, *STO_3G) for centre in (0, 1)])
    assert float(found.energies[0]) == pytest.approx(-1.137276, abs=1e-6)


def test_the_file_is_what_the_code_makes() -> None:
    """Geometries by their seed, energies and forces by their integrals: to rounding."""
    known = h3plus()
    assert torch.equal(geometries(20, 0), torch.from_numpy(known.places[:20]))
    found = ground_states(known.places[:20])
    assert (found.energies - torch.from_numpy(known.energies[:20])).abs().max() < 1e-12
    assert (found.forces - torch.from_numpy(known.forces[:20])).abs().max() < 1e-12


def test_forces_are_minus_the_slopes_of_energies() -> None:
    """By central differences of energies, each of a state of its own: the basis moves with the protons."""
    places, step = geometries(1, 5)[0], 1e-4
    moved = places.repeat(18, 1, 1)
    for n in range(9):
        moved[2 * n].view(-1)[n] += step
        moved[2 * n + 1].view(-1)[n] -= step
    up, down = ground_states(moved).energies.reshape(9, 2).unbind(1)
    forces = ground_states(places.unsqueeze(0)).forces
    assert (forces.flatten() + (up - down) / (2 * step)).abs().max() < 1e-7


def test_forces_neither_push_nor_turn_the_whole() -> None:
    places = geometries(8, 6)
    forces = ground_states(places).forces
    assert forces.abs().max() > 0.01
    assert forces.sum(1).abs().max() < 1e-13
    assert torch.linalg.cross(places, forces).sum(1).abs().max() < 1e-13


def test_energies_lie_above_the_exact_ones_and_never_rise_with_the_basis() -> None:
    equal = triangle(1.65, 1.65, 1.65).unsqueeze(0)
    for places, exact in ((H2, EXACT_H2), (equal, EXACT_H3)):
        centres = range(places.shape[1])
        energies = [
            float(ground_states(places, basis(EXPONENTS[:n], centres)).energies[0]) for n in (1, 2, 3, 4)
        ]
        assert all(after <= before for before, after in pairwise(energies))
        assert exact < energies[-1] < exact + 0.05
    assert float(ground_states(H2).energies[0]) == pytest.approx(-1.14721, abs=5e-6)
    assert float(ground_states(equal).energies[0]) == pytest.approx(-1.30211, abs=5e-6)


def test_a_proton_very_far_off_leaves_hydrogen_and_a_coulomb_force() -> None:
    """H2 is neutral: what is left falls faster than the charge's own 1/R."""
    places = pulled([60.0], 1.4, across=True)
    alone = ground_states(H2).energies
    found = ground_states(places)
    assert (found.energies - alone).abs().max() < 1e-6
    assert found.forces[0, 2].norm() < 1e-7


def test_an_atom_loses_nothing_when_it_is_alone() -> None:
    """Far apart H2 is two atoms: a singlet of two configurations, where one determinant would fail."""
    far = torch.tensor([[[0.0, 0, 0], [0, 0, 60.0]]], dtype=torch.float64)
    exponent = 8 / (9 * torch.pi)  # the best single Gaussian of hydrogen: -4 / (3 pi) hartree
    found = ground_states(far, basis([exponent], (0, 1)))
    assert float(found.energies[0]) == pytest.approx(-8 / (3 * torch.pi), abs=1e-9)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: ground_states(torch.zeros(1, 3, 3)), "two nuclei are 0 bohr apart"),
        (lambda: ground_states(H2, basis((0.5, 0.5 + 1e-9), (0, 1))), r"linearly dependent.*0\.5"),
        (lambda: ground_states(H2, electrons=3), "two electrons and nothing else; got 3"),
        (lambda: ground_states(H2[0]), r"got \(2, 3\)"),
        (lambda: ground_states(H2, basis((-0.5,), (0, 1))), "an exponent"),
        (lambda: pulled([5.0], 0, across=True), "bond"),
        (lambda: geometries(0, 0), "count"),
    ],
)
def test_what_is_no_molecule_of_these_is_refused(make: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        make()


def test_pyscf_says_the_same() -> None:
    gto, scf, fci = (pytest.importorskip(f"pyscf.{name}", reason=SKIPPED) for name in ("gto", "scf", "fci"))

    places = geometries(1, 0)[0]
    shells = [[0, [exponent, 1.0]] for exponent in EXPONENTS]
    atoms = [("H", place) for place in places.tolist()]
    molecule = gto.M(atom=atoms, unit="Bohr", basis={"H": shells}, charge=1, verbose=0)
    found = fci.FCI(scf.RHF(molecule).run()).kernel()[0]
    assert float(ground_states(places.unsqueeze(0)).energies[0]) == pytest.approx(found, abs=1e-8)
