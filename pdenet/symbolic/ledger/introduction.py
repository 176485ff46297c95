"""Ledger entries (being written)."""

from pdenet.symbolic.ledger.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
