"""The equation ledger: every equation of the thesis, and every claim it rests on, with checks that run."""

from collections.abc import Iterable

from pdenet.audit.ledger import (
    action,
    block,
    cancellation,
    completeness,
    composition,
    converse,
    dirac,
    exponent,
    growth,
    introduction,
    modified,
    momenta,
    momentum,
    neural_ode,
    nonlinear,
    phase_space,
    plane,
    propagator,
    quantum_walk,
    relu,
    schroedinger,
    short_time,
    slices,
    stability,
    taking_turns,
)
from pdenet.audit.ledger.entry import OWN, Check, Entry, Fault, Finding, Kind, Result, Verdict, run

__all__ = ["ENTRIES", "Check", "Entry", "Fault", "Finding", "Kind", "Result", "Verdict", "find", "run"]

_MODULES = (
    introduction,
    schroedinger,
    short_time,
    dirac,
    slices,
    completeness,
    momenta,
    block,
    plane,
    modified,
    converse,
    composition,
    relu,
    cancellation,
    momentum,
    exponent,
    phase_space,
    action,
    propagator,
    neural_ode,
    stability,
    taking_turns,
    growth,
    quantum_walk,
    nonlinear,
)


def _place(entry: Entry) -> tuple[int, int, str]:
    """Equations, then the claims U, the claims S on stability and the book's own B; each by number."""
    kind = "" if entry.numbered else entry.id[0]
    number = "".join(filter(str.isdigit, entry.id))
    return ("", "U", "S", OWN).index(kind), int(number or 0), entry.id


ENTRIES: tuple[Entry, ...] = tuple(
    sorted((entry for module in _MODULES for entry in module.ENTRIES), key=_place)
)


def find(ids: Iterable[str]) -> tuple[Entry, ...]:
    """Entries with these ids, in the ledger's order; "16" stands for 16a and 16b.

    Raises
    ------
    ValueError
        If an id is not in the ledger.
    """
    found = set()
    for wanted in ids:
        matches = {entry.id for entry in ENTRIES if wanted in (entry.id, entry.id.rstrip("ab"))}
        if not matches:
            listed = ", ".join(entry.id for entry in ENTRIES)
            message = f"the ledger has no entry {wanted!r}; its entries are {listed}"
            raise ValueError(message)
        found |= matches
    return tuple(entry for entry in ENTRIES if entry.id in found)
