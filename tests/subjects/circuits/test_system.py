"""Circuits as state vectors: against matrices, and what must hold of every state."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pdenet.subjects.circuits.measures import controlled, example
from pdenet.subjects.circuits.system import (
    MOST_QUBITS,
    Circuit,
    ControlledZ,
    Gate,
    Observable,
    layered,
    pauli,
    random_angles,
)

Matrix = NDArray[np.complex128]
LETTERS: dict[str, Matrix] = {
    "I": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], dtype=complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1.0, -1.0]).astype(complex),
}


def matrix(word: str) -> Matrix:
    """A word, one letter a qubit, as a matrix; the first qubit is the slowest index."""
    found = np.eye(1, dtype=complex)
    for letter in word:
        found = np.kron(found, LETTERS[letter])
    return found


def as_matrix(gate: Gate | ControlledZ, qubits: int, angle: float) -> Matrix:
    """What a gate does to states of all qubits, from projectors and the exponential series of its word."""
    if isinstance(gate, ControlledZ):
        one = [(np.eye(2**qubits) - matrix(spread("Z", (wire,), qubits))) / 2 for wire in gate.wires]
        fixed: Matrix = np.eye(2**qubits) - 2 * one[0] @ one[1]
        return fixed
    word = matrix(spread(gate.word, gate.wires, qubits))
    values, vectors = np.linalg.eigh(word)
    turn: Matrix = vectors @ np.diag(np.exp(-0.5j * angle * values)) @ vectors.conj().T
    if gate.control is None:
        return turn
    on = (np.eye(2**qubits) - matrix(spread("Z", (gate.control,), qubits))) / 2
    found: Matrix = np.eye(2**qubits) - on + on @ turn
    return found


def spread(word: str, wires: tuple[int, ...], qubits: int) -> str:
    """A word on some wires as one with a letter for each qubit."""
    letters = dict(zip(wires, word, strict=True))
    return "".join(letters.get(wire, "I") for wire in range(qubits))


GATES = [
    Gate("X", (0,)),
    Gate("Y", (2,)),
    Gate("Z", (1,)),
    Gate("XY", (2, 0)),
    Gate("ZZ", (0, 1)),
    Gate("X", (2,), control=0),
    Gate("ZY", (0, 2), control=1),
    ControlledZ((0, 1)),
    ControlledZ((2, 0)),
]


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_a_gate_is_its_matrix(gate: Gate | ControlledZ) -> None:
    generator = torch.Generator().manual_seed(1)
    state = torch.randn(1, 2, 2, 2, dtype=torch.complex128, generator=generator)
    angle = torch.tensor([0.83], dtype=torch.float64)
    behind = gate.turn(state, angle) if isinstance(gate, Gate) else gate.apply(state)
    expected = as_matrix(gate, 3, 0.83) @ state.numpy().ravel()
    assert np.allclose(behind.numpy().ravel(), expected, atol=1e-14)


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_a_gate_is_unitary(gate: Gate | ControlledZ) -> None:
    basis = torch.eye(8, dtype=torch.complex128).reshape(8, 2, 2, 2)
    angles = torch.full((8,), 1.3, dtype=torch.float64)
    found = (gate.turn(basis, angles) if isinstance(gate, Gate) else gate.apply(basis)).reshape(8, 8)
    assert torch.allclose(found @ found.mH, torch.eye(8, dtype=torch.complex128), atol=1e-14)


@pytest.mark.parametrize("word", ["".join(word) for word in itertools.product("XYZ", repeat=2)])
def test_a_word_is_its_matrix(word: str) -> None:
    state = torch.randn(1, 2, 2, dtype=torch.complex128, generator=torch.Generator().manual_seed(2))
    assert np.allclose(
        pauli(state, word, (0, 1)).numpy().ravel(), matrix(word) @ state.numpy().ravel(), atol=1e-14
    )


def test_a_state_keeps_its_norm_and_rows_are_runs() -> None:
    one = example(3)
    rows = torch.stack([one.angles, one.angles + 1])
    states = one.circuit.state(rows).flatten(1)
    assert torch.allclose(states.abs().square().sum(1), torch.ones(2, dtype=torch.float64), atol=1e-12)
    assert torch.equal(one.circuit.state(rows[1])[0].flatten(), states[1])


def test_a_mean_is_that_of_a_hermitian_matrix() -> None:
    circuit = layered(3, 2, torch.Generator().manual_seed(0))
    state = circuit.state(random_angles(6, torch.Generator().manual_seed(1)))
    weights = {"XIY": 0.3, "ZZI": -1.2, "III": 0.5}
    whole = sum(weight * matrix(word) for word, weight in weights.items())
    vector = state.numpy().ravel()
    expected = vector.conj() @ whole @ vector
    assert abs(expected.imag) < 1e-14
    assert Observable(weights).mean(state).item() == pytest.approx(expected.real, abs=1e-14)


def test_an_energy_has_the_period_of_its_gates() -> None:
    """A turn for a rotation, two for a controlled one."""
    turn = 2 * torch.pi
    one = example(0)
    assert torch.allclose(one.energy((one.angles + turn)[None]), one.energy(one.angles[None]), atol=1e-12)
    other = controlled()
    step = torch.tensor([0, turn, 0], dtype=torch.float64)
    here, once, twice = other.energy(torch.stack([other.angles + k * step for k in range(3)]))
    assert abs(here - twice) < 1e-12
    assert abs(here - once) > 0.1


def test_axes_and_angles_come_from_the_generator() -> None:
    circuits = [layered(4, 3, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
    assert circuits[0] == circuits[1] != circuits[2]
    assert len(circuits[0].rotations) == 12
    assert len(circuits[0].gates) == 21
    angles = random_angles(1000, torch.Generator().manual_seed(0), 2)
    assert angles.shape == (2, 1000)
    assert 0 <= angles.min() < 0.1 < 6.2 < angles.max() < 2 * torch.pi


@pytest.mark.parametrize(
    ("word", "wires", "control", "says"),
    [
        ("Q", (0,), None, "letters X, Y and Z"),
        ("I", (0,), None, "letters X, Y and Z"),
        ("", (), None, r"wires|letters"),
        (3, (0,), None, "letters X, Y and Z"),
        ("XX", (0,), None, "a wire of its own"),
        ("XX", (1, 1), None, "a wire of its own"),
        ("X", (1,), 1, "a wire of its own"),
        ("X", (-1,), None, "wires"),
        ("X", (0,), -1, "control"),
    ],
)
def test_a_gate_that_is_none_is_refused(word: Any, wires: Any, control: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Gate(word, wires, control)


def test_a_qubit_that_is_not_there_is_named() -> None:
    with pytest.raises(IndexError, match="there are 2, from 0"):
        Circuit(2, (Gate("X", (2,)),))
    with pytest.raises(IndexError, match="not there"):
        Circuit(2, (Gate("X", (0,), control=5),))


def test_too_many_qubits_are_refused() -> None:
    with pytest.raises(ValueError, match=r"qubits.*20"):
        Circuit(MOST_QUBITS + 1, ())


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1, 4)])
def test_angles_must_be_as_many_as_rotations(shape: tuple[int, ...]) -> None:
    circuit = layered(2, 2, torch.Generator())
    with pytest.raises(ValueError, match=r"has 4 rotations: angles are \(B, 4\)"):
        circuit.state(torch.zeros(shape))


@pytest.mark.parametrize(
    ("weights", "error", "says"),
    [
        ({"ZZ": 1j}, TypeError, "the weight of ZZ"),
        ({"ZZ": float("nan")}, ValueError, "the weight of ZZ"),
        ({"AZ": 1.0}, ValueError, "letters I, X, Y and Z"),
        ({"Z": 1.0, "ZZ": 1.0}, ValueError, "as long as there are qubits"),
        ({}, ValueError, "as long as there are qubits"),
        ({"": 1.0}, ValueError, "as long as there are qubits"),
    ],
)
def test_an_observable_that_is_not_hermitian_is_refused(
    weights: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        Observable(weights)


def test_an_observable_of_other_qubits_is_refused() -> None:
    with pytest.raises(ValueError, match="2 letters a word; the state has 1 qubits"):
        Observable({"ZZ": 1.0}).mean(Circuit(1, ()).state(torch.zeros(1, 0)))
