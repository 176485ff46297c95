"""The molecule: integrals against a textbook, and what a search finds against what is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pdenet.subjects.circuits.hydrogen import BOND, EXPONENTS, WEIGHTS, hydrogen
from pdenet.subjects.circuits.measures import RATE, search
from pdenet.subjects.circuits.rivals import lowest_of_three
from pdenet.subjects.circuits.system import Circuit, Gate, Observable

SKIPPED = "PySCF, a cross-check, is not installed"


def test_the_integrals_are_those_of_the_textbook() -> None:
    """Szabo and Ostlund, section 3.5.2 and 4.1: four decimals at 1.4 bohr."""
    found = hydrogen()
    assert found.even == pytest.approx(2 * -1.2528 + 0.6746 + 1 / 1.4, abs=2e-4)
    assert found.odd == pytest.approx(2 * -0.4756 + 0.6975 + 1 / 1.4, abs=2e-4)
    assert found.exchange == pytest.approx(0.1813, abs=1e-4)
    assert found.ground() - found.even == pytest.approx(-0.0206, abs=1e-4)


def test_the_basis_is_normalised() -> None:
    """The weights of the three Gaussians were fitted so that the orbital has the norm one."""
    norm = sum(
        d * e * (4 * a * b / (a + b) ** 2) ** 0.75
        for a, d in zip(EXPONENTS, WEIGHTS, strict=True)
        for b, e in zip(EXPONENTS, WEIGHTS, strict=True)
    )
    assert norm == pytest.approx(1, abs=1e-6)


def test_far_apart_are_two_atoms() -> None:
    """Full configuration interaction falls apart into two atoms; one determinant does not."""
    found = hydrogen(60.0)
    atom = -0.46658185  # of hydrogen in this basis, from the same three Gaussians alone
    assert found.ground() == pytest.approx(2 * atom, abs=1e-5)
    assert found.even > 2 * atom + 0.2


def test_one_qubit_says_the_same_as_the_matrix() -> None:
    found = hydrogen()
    weights = found.observable().weights
    z = np.array([[1, 0], [0, -1]])
    x = np.array([[0, 1], [1, 0]])
    whole = weights["I"] * np.eye(2) + weights["Z"] * z + weights["X"] * x
    assert np.allclose(whole, [[found.even, found.exchange], [found.exchange, found.odd]])


def test_a_search_by_shifted_slopes_finds_the_ground_state() -> None:
    molecule = hydrogen()
    found = search(molecule.observable())
    assert found.energies[-1] == pytest.approx(molecule.ground(), abs=1e-10)
    assert found.runs == 2 * (len(found.energies) - 1) == 120
    assert np.diff(found.energies).max() < 1e-12
    assert found.angles[0] - found.angles[1] == pytest.approx(
        RATE * (-math.sin(2.5) * (molecule.even - molecule.odd) / 2 + math.cos(2.5) * molecule.exchange)
    )


def test_three_values_find_it_without_a_search() -> None:
    molecule = hydrogen()
    observable, circuit = molecule.observable(), Circuit(1, (Gate("Y", (0,)),))
    found = lowest_of_three(lambda rows: observable.mean(circuit.state(rows)))
    assert found.energy == pytest.approx(molecule.ground(), abs=1e-12)
    other = Observable({"Z": -0.3, "X": 0.9, "I": 2.0})
    found = lowest_of_three(lambda rows: other.mean(circuit.state(rows)))
    assert found.energy == pytest.approx(2 - math.hypot(0.3, 0.9))


@pytest.mark.parametrize(("bond", "error"), [(0, ValueError), (-1.4, ValueError), ("1.4", TypeError)])
def test_a_distance_that_is_none_is_refused(bond: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="bond"):
        hydrogen(bond)


def test_steps_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="steps"):
        search(Observable({"Z": 1.0}), steps=0)


def test_pyscf_says_the_same() -> None:
    gto, scf, fci = (pytest.importorskip(f"pyscf.{name}", reason=SKIPPED) for name in ("gto", "scf", "fci"))

    molecule = gto.M(atom=f"H 0 0 0; H 0 0 {BOND}", unit="Bohr", basis="sto-3g", verbose=0)
    field = scf.RHF(molecule).run()
    assert hydrogen().even == pytest.approx(field.e_tot, abs=1e-7)
    assert hydrogen().ground() == pytest.approx(fci.FCI(field).kernel()[0], abs=1e-7)
