r"""Quantum circuits as functions of angles: state vectors, rotations about Pauli words, expectations.

A state of n qubits is (B, 2, ..., 2), complex128: B runs of one circuit side by side, each with angles of its
own. A gate turns it by :math:`e^{-i\theta G/2}`, where the generator G is a Pauli word, or one that acts only
where a control is 1. As :math:`G^2` is then the identity where G acts, no matrix is ever written down:
:math:`e^{-i\theta G/2} = \cos(\theta/2) - i \sin(\theta/2)\, G`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real, whole
from pdenet.checks.sequences import wholes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

MOST_QUBITS = 20
"""A state of more would have over a million numbers, each held for every gate on the way to a gradient."""


@dataclass(frozen=True)
class Gate:
    """A rotation by an angle about a Pauli word.

    Parameters
    ----------
    word
        Letters X, Y and Z, one for each wire: ``"X"``, ``"ZZ"``.
    wires
        The qubits that the letters stand for, counted from 0, each once.
    control
        A qubit: the gate acts where it is 1. None: it acts everywhere.

    Raises
    ------
    TypeError, ValueError
        If a letter is unknown, or wires and letters do not go together.
    """

    word: str
    wires: tuple[int, ...]
    control: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "wires", wholes("wires", self.wires, least=0))
        if not isinstance(self.word, str) or not self.word or set(self.word) - set("XYZ"):
            message = f"a word has letters X, Y and Z, such as 'X' or 'ZZ'; got {self.word!r}"
            raise ValueError(message)
        if self.control is not None:
            whole("control", self.control, least=0)
        if len(self.word) != len(self.wires) or len(set(self.qubits)) != len(self.qubits):
            message = (
                f"each letter of a word needs a wire of its own, and a control one more; got {self.word!r} "
                f"on {self.wires} with control {self.control}"
            )
            raise ValueError(message)

    @property
    def qubits(self) -> tuple[int, ...]:
        """All that it is on."""
        return self.wires if self.control is None else (*self.wires, self.control)

    @property
    def generator_values(self) -> tuple[int, ...]:
        """The eigenvalues of the generator G, each once."""
        return (-1, 1) if self.control is None else (-1, 0, 1)

    def turn(self, state: Tensor, angles: Tensor) -> Tensor:
        """The states (B, 2, ..., 2), each turned by its angle (B,)."""
        half = (angles / 2).reshape(-1, *[1] * (state.dim() - 1))
        turned = torch.cos(half) * state - 1j * torch.sin(half) * pauli(state, self.word, self.wires)
        if self.control is None:
            return turned
        axis = self.control + 1
        parts = [turned if value else state for value in (0, 1)]
        return torch.stack([part.select(axis, value) for value, part in enumerate(parts)], axis)


@dataclass(frozen=True)
class ControlledZ:
    """A fixed gate: the sign changes where two qubits are both 1.

    Parameters
    ----------
    wires
        The two.
    """

    wires: tuple[int, int]

    @property
    def qubits(self) -> tuple[int, int]:
        """All that it is on."""
        return self.wires

    def apply(self, state: Tensor) -> Tensor:
        """The states behind it."""
        # Z Z is +1 where the two agree: of the four amplitudes this leaves three, and turns the last.
        first, second = (pauli(state, "Z", (wire,)) for wire in self.wires)
        both = pauli(first, "Z", (self.wires[1],))
        return (state + first + second - both) / 2


@dataclass(frozen=True)
class Circuit:
    """Gates one after the other, from all qubits at 0.

    Parameters
    ----------
    qubits
        Up to 20.
    gates
        Rotations, each with an angle of its own, and fixed gates.

    Raises
    ------
    TypeError, ValueError
        If the number is none, or there are too many qubits.
    IndexError
        If a gate is on a qubit that is not there.
    """

    qubits: int
    gates: tuple[Gate | ControlledZ, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "qubits", whole("qubits", self.qubits, least=1, most=MOST_QUBITS))
        for gate in self.gates:
            if max(gate.qubits) >= self.qubits:
                message = f"{gate} is on a qubit that is not there; there are {self.qubits}, from 0"
                raise IndexError(message)

    @property
    def rotations(self) -> tuple[Gate, ...]:
        """The gates that have an angle, in order."""
        return tuple(gate for gate in self.gates if isinstance(gate, Gate))

    def state(self, angles: Tensor) -> Tensor:
        """The states (B, 2, ..., 2) of angles (B, P) or (P,), one for each rotation.

        Raises
        ------
        ValueError
            If there are not as many angles as rotations.
        """
        rows = torch.as_tensor(angles, dtype=torch.float64)
        rows = rows.unsqueeze(0) if rows.dim() == 1 else rows
        if rows.dim() != 2 or rows.shape[1] != len(self.rotations):
            message = (
                f"the circuit has {len(self.rotations)} rotations: angles are (B, {len(self.rotations)}); "
                f"got {tuple(rows.shape)}"
            )
            raise ValueError(message)
        state = torch.zeros(len(rows), *[2] * self.qubits, dtype=torch.complex128)
        state.view(len(rows), -1)[:, 0] = 1
        columns = iter(rows.unbind(1))
        for gate in self.gates:
            state = gate.turn(state, next(columns)) if isinstance(gate, Gate) else gate.apply(state)
        return state


@dataclass(frozen=True)
class Observable:
    """A sum of Pauli words with real weights, which is what makes it Hermitian.

    Parameters
    ----------
    weights
        By word, one letter I, X, Y or Z a qubit: ``{"ZZII": 1.0}``.

    Raises
    ------
    TypeError, ValueError
        If a weight is no real number, a letter is unknown, or words differ in length.
    """

    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        if not self.weights or len({len(word) for word in self.weights}) != 1 or "" in self.weights:
            message = f"words must be as long as there are qubits, all of them; got {[*self.weights]}"
            raise ValueError(message)
        for word, weight in self.weights.items():
            if set(word) - set("IXYZ"):
                message = f"a word has letters I, X, Y and Z; got {word!r}"
                raise ValueError(message)
            real(f"the weight of {word}", weight)

    def mean(self, state: Tensor) -> Tensor:
        """Expectations (B,) in states (B, 2, ..., 2).

        Raises
        ------
        ValueError
            If it has another number of qubits.
        """
        qubits = state.dim() - 1
        total = torch.zeros(len(state), dtype=torch.float64)
        for word, weight in self.weights.items():
            if len(word) != qubits:
                message = f"the observable has {len(word)} letters a word; the state has {qubits} qubits"
                raise ValueError(message)
            wires = [wire for wire, letter in enumerate(word) if letter != "I"]
            turned = pauli(state, "".join(word[wire] for wire in wires), wires)
            total = total + weight * (state.conj() * turned).flatten(1).sum(1).real
        return total


def pauli(state: Tensor, word: str, wires: Sequence[int]) -> Tensor:
    """A Pauli word applied to states (B, 2, ..., 2); letters X, Y and Z, one for each wire."""
    for letter, wire in zip(word, wires, strict=True):
        axis = wire + 1
        if letter != "Z":
            state = state.flip(axis)
        if letter != "X":
            signs = torch.tensor([-1j, 1j] if letter == "Y" else [1, -1], dtype=state.dtype)
            state = state * signs.reshape(2, *[1] * (state.dim() - 1 - axis))
    return state


def layered(qubits: int, layers: int, generator: torch.Generator) -> Circuit:
    """Layers of one rotation a qubit, about an axis drawn at random, and a chain of controlled Zs.

    Parameters
    ----------
    qubits, layers
        How many.
    generator
        What the axes are drawn from.
    """
    gates: list[Gate | ControlledZ] = []
    for _ in range(whole("layers", layers, least=1)):
        axes = torch.randint(3, (whole("qubits", qubits, least=1),), generator=generator).tolist()
        gates += [Gate("XYZ"[axis], (wire,)) for wire, axis in enumerate(axes)]
        gates += [ControlledZ((wire, wire + 1)) for wire in range(qubits - 1)]
    return Circuit(qubits, tuple(gates))


def random_angles(count: int, generator: torch.Generator, runs: int = 1) -> Tensor:
    """Angles (runs, count), uniform over a turn."""
    drawn: Tensor = 2 * torch.pi * torch.rand(runs, count, generator=generator, dtype=torch.float64)
    return drawn
