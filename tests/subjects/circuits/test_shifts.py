"""Rules for slopes: exact where they say so, wrong where they must be, and as dear as counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor

from pdenet.subjects.circuits.measures import Example, controlled, example, right_divisor
from pdenet.subjects.circuits.rivals import both_sides, coins, simultaneous_gradient
from pdenet.subjects.circuits.shifts import (
    FOUR,
    Counted,
    central_difference,
    check_two_terms,
    reverse_gradient,
    rule_of,
    shift_gradient,
    shifted_slope,
    two_terms,
)
from pdenet.subjects.circuits.system import Circuit, Gate, Observable, layered, random_angles

if TYPE_CHECKING:
    from collections.abc import Callable

SKIPPED = "PennyLane, a cross-check, is not installed"


def mixed() -> Example:
    """Rotations about words of two letters, controlled ones, and rotations, with three words measured."""
    gates = (
        Gate("Y", (0,)),
        Gate("ZY", (0, 2)),
        Gate("Y", (1,), control=0),
        Gate("ZX", (0, 1), control=2),
        Gate("X", (0,)),
    )
    circuit = Circuit(3, gates)
    observable = Observable({"ZZI": 0.7, "XIY": -0.4, "IYX": 0.9})
    angles = random_angles(5, torch.Generator().manual_seed(5))[0]
    return Example(circuit, lambda rows: observable.mean(circuit.state(rows)), angles)


@pytest.mark.parametrize("shift", [0.01, 0.5, math.pi / 2, 2.0, -1.0, 4.0])
@pytest.mark.parametrize("one", [example(1, 2, 3), example(0), example(2, 6, 4)], ids=["2", "4", "6"])
def test_the_rule_is_exact_for_every_shift(one: Example, shift: float) -> None:
    found = shift_gradient(one.circuit, one.energy, one.angles, shift=shift)
    assert (found - reverse_gradient(one.energy, one.angles)).abs().max() < 1e-12


@pytest.mark.parametrize("one", [controlled(), mixed()], ids=["two qubits", "three"])
def test_controlled_rotations_need_four_values(one: Example) -> None:
    true = reverse_gradient(one.energy, one.angles)
    assert (shift_gradient(one.circuit, one.energy, one.angles) - true).abs().max() < 1e-12
    for number, gate in enumerate(one.circuit.rotations):
        wrong = abs(shifted_slope(one.energy, one.angles, number, two_terms()) - true[number])
        assert (wrong > 1e-3) == (gate.control is not None)


def test_four_values_do_for_a_rotation_too() -> None:
    one = example(0)
    true = reverse_gradient(one.energy, one.angles)
    for number in range(4):
        assert abs(shifted_slope(one.energy, one.angles, number, FOUR) - true[number]) < 1e-12


def test_a_difference_quotient_errs_by_a_known_factor() -> None:
    """By sin h / h, whatever the circuit; with the right divisor rounding is left."""
    one = example(4)
    true = reverse_gradient(one.energy, one.angles)
    for h in (0.1, 1.0, math.pi / 2):
        assert torch.allclose(
            central_difference(one.energy, one.angles, h), true * math.sin(h) / h, atol=1e-13
        )
    assert right_divisor(one)[0] < 1e-13


def test_a_shift_twice_is_a_second_derivative() -> None:
    one = example(1, 2, 3)
    hessian = torch.autograd.functional.hessian(lambda a: one.energy(a[None]).sum(), one.angles)

    def slopes_by(number: int) -> Callable[[Tensor], Tensor]:
        return lambda angles: torch.stack(
            [shifted_slope(one.energy, row, number, two_terms()) for row in angles]
        )

    rows = [shift_gradient(one.circuit, slopes_by(number), one.angles) for number in range(len(one.angles))]
    assert (torch.stack(rows) - hessian).abs().max() < 1e-10


def test_an_angle_of_two_gates_has_the_sum_of_their_slopes() -> None:
    circuit = Circuit(1, (Gate("Y", (0,)), Gate("X", (0,)), Gate("Y", (0,))))
    observable = Observable({"Z": 1.0, "X": 0.5})
    shared = torch.tensor([[1.0, 0], [0, 1], [1, 0]], dtype=torch.float64)
    angles = torch.tensor([0.9, 0.7], dtype=torch.float64)

    def apart(rows: Tensor) -> Tensor:
        return observable.mean(circuit.state(rows))

    def energy(rows: Tensor) -> Tensor:
        return apart(rows @ shared.T)

    true = reverse_gradient(energy, angles)[0]
    slopes = shift_gradient(circuit, apart, shared @ angles)
    assert abs(slopes[0] + slopes[2] - true) < 1e-12
    assert abs(shifted_slope(energy, angles, 0, two_terms()) - true) > 1e-3


@pytest.mark.parametrize(("qubits", "layers"), [(2, 3), (4, 4), (6, 4)])
def test_two_circuits_an_angle_are_run_and_four_with_control(qubits: int, layers: int) -> None:
    one = example(0, qubits, layers)
    counted = Counted(one.energy)
    shift_gradient(one.circuit, counted, one.angles)
    assert counted.runs == 2 * qubits * layers
    reverse = Counted(one.energy)
    reverse_gradient(reverse, one.angles)
    assert reverse.runs == 1
    counted = Counted(controlled().energy)
    shift_gradient(controlled().circuit, counted, controlled().angles)
    assert counted.runs == 2 + 4 + 2


def test_rules_are_chosen_by_eigenvalues() -> None:
    plain, control = Gate("X", (0,)), Gate("X", (0,), control=1)
    assert len(rule_of(plain)) == 1
    assert rule_of(plain, 0.5)[0][0] == 0.5
    assert rule_of(control) == FOUR
    check_two_terms(plain)
    with pytest.raises(ValueError, match=r"eigenvalues -1 and 1.*\(-1, 0, 1\): take the rule of four"):
        check_two_terms(control)


@pytest.mark.parametrize("shift", [0.0, math.pi, -2 * math.pi])
def test_a_shift_of_half_turns_is_refused(shift: float) -> None:
    with pytest.raises(ValueError, match=r"multiple of pi.*take pi/2"):
        two_terms(shift)


@pytest.mark.parametrize(("step", "error"), [(0, ValueError), (-1.0, ValueError), ("1", TypeError)])
def test_a_step_that_is_none_is_refused(step: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="step"):
        central_difference(example(0).energy, example(0).angles, step)


def test_an_angle_that_is_not_there_is_refused() -> None:
    one = example(0, 2, 2)
    with pytest.raises(ValueError, match="number"):
        shifted_slope(one.energy, one.angles, 4, two_terms())


def test_all_angles_at_once_give_a_shrunken_gradient_in_the_mean() -> None:
    """Of one rotation a draw says what the rule says, times sin c / c; of many the others shrink it."""
    circuit = Circuit(1, (Gate("Y", (0,)),))
    observable = Observable({"Z": 1.0})
    angles = torch.tensor([1.0], dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    signs = coins(1, 1, generator)
    both = both_sides(lambda rows: observable.mean(circuit.state(rows)), angles, 0.3, signs)
    found = simultaneous_gradient(both, 0.3, signs)
    assert found.item() == pytest.approx(-math.sin(1.0) * math.sin(0.3) / 0.3, abs=1e-14)
    one = example(0)
    true = reverse_gradient(one.energy, one.angles)
    signs = coins(4000, len(true), generator)
    found = simultaneous_gradient(both_sides(one.energy, one.angles, 0.3, signs), 0.3, signs)
    assert 0.5 < (found @ true / (true @ true)).item() < 1
    assert torch.cosine_similarity(found, true, 0) > 0.95


def test_pennylane_says_the_same() -> None:
    """The same circuits, there with its own gates and its own rules."""
    qml, pnp = (pytest.importorskip(name, reason=SKIPPED) for name in ("pennylane", "pennylane.numpy"))

    rotations = {"X": qml.RX, "Y": qml.RY, "Z": qml.RZ}
    generator = torch.Generator().manual_seed(3)
    circuit = layered(4, 4, generator)
    angles = random_angles(16, generator)[0]
    observable = Observable({"ZZII": 1.0})

    def run(theirs: Any) -> Any:
        numbers = iter(range(16))
        for gate in circuit.gates:
            if isinstance(gate, Gate):
                rotations[gate.word](theirs[next(numbers)], wires=gate.wires[0])
            else:
                qml.CZ(wires=gate.wires)
        return qml.expval(qml.PauliZ(0) @ qml.PauliZ(1))

    node = qml.QNode(run, qml.device("default.qubit", wires=4), diff_method="parameter-shift")
    theirs = pnp.array(angles.numpy(), requires_grad=True)

    def energy(rows: Tensor) -> Tensor:
        return observable.mean(circuit.state(rows))

    assert float(node(theirs)) == pytest.approx(energy(angles[None]).item(), abs=1e-12)
    found = torch.as_tensor(qml.grad(node)(theirs))
    assert (found - shift_gradient(circuit, energy, angles)).abs().max() < 1e-12


def test_pennylane_takes_four_values_for_a_controlled_rotation() -> None:
    qml, pnp = (pytest.importorskip(name, reason=SKIPPED) for name in ("pennylane", "pennylane.numpy"))

    one = controlled()

    def run(theirs: Any) -> Any:
        qml.RY(theirs[0], wires=0)
        qml.CRX(theirs[1], wires=[0, 1])
        qml.RY(theirs[2], wires=1)
        return qml.expval(0.7 * qml.PauliX(0) + 0.7 * qml.PauliZ(1))

    node = qml.QNode(run, qml.device("default.qubit", wires=2), diff_method="parameter-shift")
    theirs = pnp.array(one.angles.numpy(), requires_grad=True)
    found = torch.as_tensor(qml.grad(node)(theirs))
    assert (found - shift_gradient(one.circuit, one.energy, one.angles)).abs().max() < 1e-12
