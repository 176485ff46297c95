"""The equation ledger: every equation of the thesis, and every claim it rests on, with checks that run."""

from collections.abc import Iterable

from pdenet.symbolic.ledger import (
    action,
    introduction,
    neural_ode,
    path_integral,
    path_sum,
    residual_block,
    schroedinger,
    stability,
)
from pdenet.symbolic.ledger.entry import Check, Entry, Finding, Result, Verdict, run

__all__ = ["ENTRIES", "Check", "Entry", "Finding", "Result", "Verdict", "find", "run"]

_MODULES = (
    introduction, schroedinger, path_integral, residual_block, path_sum, action, neural_ode, stability,
)


def _place(entry: Entry) -> tuple[bool, int, str]:
    """Equations by number, then claims in the order in which the modules list them."""
    digits = "".join(filter(str.isdigit, entry.id))
    return (not entry.numbered, int(digits) if entry.numbered else 0, entry.id if entry.numbered else "")


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
    wanted = set(ids)
    found = tuple(
        entry for entry in ENTRIES if entry.id in wanted or entry.numbered and entry.id.rstrip("ab") in wanted
    )
    known = {entry.id for entry in found} | {entry.id.rstrip("ab") for entry in found if entry.numbered}
    if unknown := sorted(wanted - known):
        listed = ", ".join(entry.id for entry in ENTRIES)
        raise ValueError(f"the ledger has no entry {', '.join(unknown)}; its entries are {listed}")
    return found
