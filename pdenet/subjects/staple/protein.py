"""Proteins of two letters on a lattice: H attracts H, and the best conformation is the native one.

Two residues H that touch and are no neighbours along the chain lower the energy by one; residues P do nothing
(Lau and Dill). A link between two residues keeps, of all conformations, those in which the two touch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.subjects.staple.enumeration import ground_states
from pdenet.subjects.staple.lattice import Conformations, ContactMaps, conformations, contact_maps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Link = tuple[int, int]

COLDEST = 0.01
"""Below this temperature a folding temperature is not looked for."""


@dataclass(frozen=True)
class Protein:
    """A chain of residues H and P.

    Parameters
    ----------
    sequence
        Its letters.

    Raises
    ------
    TypeError, ValueError
        If it is no text, has other letters, or is too short or too long to be enumerated.
    """

    sequence: str

    def __post_init__(self) -> None:
        if not isinstance(self.sequence, str):
            message = f"sequence must be a text of H and P; got {self.sequence!r}"
            raise TypeError(message)
        if strange := sorted(set(self.sequence) - set("HP")):
            message = f"sequence must be of the letters H and P; got {', '.join(map(repr, strange))}"
            raise ValueError(message)
        _ = self.every  # says so if there are too many conformations

    @property
    def every(self) -> Conformations:
        """All its conformations."""
        return conformations(len(self.sequence))

    @property
    def maps(self) -> ContactMaps:
        """All its contact maps."""
        return contact_maps(len(self.sequence))

    @cached_property
    def attracting(self) -> NDArray[np.bool_]:
        """Which of the pairs attract each other, (pair,)."""
        letters = [letter == "H" for letter in self.sequence]
        return np.array([letters[i] and letters[j] for i, j in self.every.pairs], dtype=bool)

    @cached_property
    def bonds(self) -> NDArray[np.int64]:
        """Contacts of H with H in each conformation, (K,): minus the energy."""
        return _bonds(self.every.contacts.astype(np.float32), self.attracting)

    @cached_property
    def _bonds_of_maps(self) -> NDArray[np.int64]:
        return _bonds(self.maps.contacts, self.attracting)

    @cached_property
    def _native_map(self) -> int:
        bonds = self._bonds_of_maps
        best = np.flatnonzero(bonds == bonds.max())
        ways = int(self.maps.counts[best].sum())
        if ways > 1:
            message = f"{self.sequence} has {ways} conformations of lowest energy; a native one is alone"
            raise ValueError(message)
        return int(best[0])

    @property
    def native(self) -> int:
        """Which conformation has the lowest energy.

        Raises
        ------
        ValueError
            If several have.
        """
        return int(self.maps.first[self._native_map])

    @property
    def native_links(self) -> tuple[Link, ...]:
        """The pairs that touch in the native conformation, whatever their letters."""
        touching = self.maps.contacts[self._native_map]
        return tuple(pair for pair, close in zip(self.every.pairs, touching, strict=True) if close)

    def states(self, link: Link | None = None) -> Array:
        """Weights of the conformations by their number of bonds, (bonds + 1,).

        Parameters
        ----------
        link
            Two residues that are linked: only conformations in which they touch are counted.

        Raises
        ------
        ValueError
            If the two never touch.
        """
        bonds, weights = self._bonds_of_maps, self.maps.weights
        if link is not None:
            weights = weights * self.maps.contacts[:, self.every.pair(*link)]
        return np.bincount(bonds, weights).astype(float)

    def native_chance(self, temperature: float, link: Link | None = None) -> float:
        """The chance of the native conformation at a temperature, in units of the energy of a bond.

        Zero if a link is not native: there the native conformation is forbidden.

        Raises
        ------
        TypeError, ValueError
            If the temperature is not positive, or the two never touch.
        """
        beta = 1 / real("temperature", temperature, above=0)
        if link is not None and not self.maps.contacts[self._native_map, self.every.pair(*link)]:
            return 0.0
        return float(1 / _partition(self.states(link)[None], beta)[0])

    def closing_chance(self, link: Link, temperature: float = np.inf) -> float:
        """The chance that two residues touch; without a temperature all conformations count alike."""
        beta = 0.0 if temperature == np.inf else 1 / real("temperature", temperature, above=0)
        bonds = np.arange(len(self.states()))
        boltzmann = np.exp(beta * (bonds - bonds[-1]))
        return float(self.states(link) @ boltzmann / (self.states() @ boltzmann))

    def folding_temperature(self, link: Link | None = None) -> float:
        """The temperature at which the native conformation is as likely as all others together.

        Raises
        ------
        ValueError
            If a link is not native, so that there is none.
        """
        if link is not None and link not in self.native_links:
            message = (
                f"residues {link} do not touch in the native conformation: with this link it is forbidden"
            )
            raise ValueError(message)
        return float(folding_temperatures(self.states(link)[None])[0])


def folding_temperatures(states: Array) -> Array:
    """The temperature at which the last state has the chance 1/2, (n,); infinite if it always has more.

    Parameters
    ----------
    states : (n, levels)
        Weights by number of bonds; of the native state, the last, it is one.
    """
    low, high = np.zeros(len(states)), np.full(len(states), 1 / COLDEST)
    for _ in range(60):
        middle = (low + high) / 2
        warm = _partition(states, middle) > 2
        low, high = np.where(warm, middle, low), np.where(warm, high, middle)
    with np.errstate(divide="ignore"):
        return np.where(states.sum(1) <= 2, np.inf, 2 / (low + high))


def _bonds(contacts: NDArray[np.float32], attracting: NDArray[np.bool_]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.rint(contacts @ attracting.astype(np.float32)).astype(np.int64)
    return found


def _partition(states: Array, beta: float | Array) -> Array:
    """The partition function over the weight of the last state, (n,)."""
    below = np.arange(states.shape[1])[::-1]
    found: Array = (states * np.exp(-np.multiply.outer(np.atleast_1d(beta), below))).sum(1)
    return found


@lru_cache(maxsize=32)
def lowest(
    residues: int, longest: int | None = None, shortest: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of all 2^N sequences: bonds of the ground state and its conformations, by number of the sequence.

    Parameters
    ----------
    residues
        Length N of the sequences.
    longest, shortest
        Only pairs that are at most, and at least, so many bonds apart attract each other; all unless given.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """
    maps = contact_maps(residues)
    longest = residues if longest is None else whole("longest", longest, least=1)
    shortest = whole("shortest", shortest, least=1)
    pairs = [(1 << i) | (1 << j) if shortest <= j - i <= longest else _NEVER for i, j in maps.pairs]
    return ground_states(maps.numbers, maps.counts, np.array(pairs, np.uint64), residues)


_NEVER = 1 << 63
"""A bit that no sequence has."""


@lru_cache(maxsize=8)
def designing(residues: int) -> tuple[str, ...]:
    """The sequences that have one conformation of lowest energy, in the order of their numbers."""
    return tuple(letters(number, residues) for number in np.flatnonzero(lowest(residues)[1] == 1))


def once(sequences: tuple[str, ...]) -> tuple[str, ...]:
    """Of two sequences that are one read backwards, the first in the alphabet: they are one protein."""
    return tuple(one for one in sequences if one <= one[::-1])


def letters(number: Any, residues: int) -> str:
    """The sequence of a number: residue i is H where bit i is set."""
    return "".join("H" if int(number) >> i & 1 else "P" for i in range(residues))
