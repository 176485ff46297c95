"""Processes that write one file at the same time, and one that is full."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from helpers.records import ordinary

from faults.children import child, ended
from faults.runs import difference, run_into
from faults.tally import Tally, quiet
from pdenet.runs.disk import sweep, write_atomic
from pdenet.runs.files import append, read

if TYPE_CHECKING:
    from pathlib import Path

WRITERS, APPENDS = 5, 100
ROUNDS = 6


def appends(folder: Path) -> Tally:
    """Five processes append a hundred records each to one file: all are there, each once and whole."""
    tally = Tally("an append beside those of four other processes")
    path = folder / "runs.jsonl"

    def write(writer: int) -> None:
        for number in range(APPENDS):
            append(path, [replace(ordinary(), seed=writer * APPENDS + number)])

    statuses = [ended(number) for number in [child(write, writer) for writer in range(WRITERS)]]
    found = [record.seed for record in read(path)]
    for seed in range(WRITERS * APPENDS):
        tally.check(f"seed {seed}", _not_once, found, seed)
    tally.check("ends", list, filter(None, statuses))
    return tally


def same_appends(folder: Path) -> Tally:
    """Five processes append the same records, once: each record is there once."""
    tally = Tally("a record that five processes append once")
    path = folder / "runs.jsonl"

    def write() -> None:
        for seed in range(APPENDS):
            append(path, [replace(ordinary(), seed=seed)], once=True)

    statuses = [ended(number) for number in [child(write) for _ in range(WRITERS)]]
    found = [record.seed for record in read(path)]
    for seed in range(APPENDS):
        tally.check(f"seed {seed}", _not_once, found, seed)
    tally.check("ends", list, filter(None, statuses))
    return tally


def same_runs(folder: Path) -> Tally:
    """Two commands run the same cell into one file: each run is recorded once."""
    tally = Tally("two commands that run the same into one file")
    straight = folder / "straight"
    straight.mkdir()
    run_into(straight)
    for number in range(ROUNDS):
        place = folder / str(number)
        place.mkdir()
        statuses = [ended(one) for one in [child(run_into, place) for _ in range(2)]]
        tally.check(f"round {number}", _differs, statuses, place, straight)
    return tally


def replacements(folder: Path) -> Tally:
    """Processes replace one file, another sweeps, and a third reads: it is whole at every look."""
    tally = Tally("a look at a file while three replace it and one sweeps")
    path = folder / "state.bin"
    blocks = [bytes([writer]) * 100_000 for writer in range(3)]
    write_atomic(path, lambda file: file.write(blocks[0]))

    def write(block: bytes) -> None:
        for _ in range(APPENDS):
            write_atomic(path, lambda file: file.write(block))

    def clean() -> None:
        for _ in range(APPENDS * 3):
            sweep(path)

    numbers = [*(child(write, block) for block in blocks), child(clean)]
    for look in range(APPENDS):
        tally.check(f"look {look}", lambda: path.read_bytes() not in blocks)
    tally.check("ends", list, filter(None, [ended(number) for number in numbers]))
    tally.check("left", lambda: sorted(one for one in os.listdir(folder) if one != path.name))
    return tally


def short_writes(folder: Path) -> Tally:
    """A disk that is full after any number of bytes: an error, and the file is as it was."""
    tally = Tally("an append to a disk that is full")
    path = folder / "runs.jsonl"
    append(path, [ordinary(0)])
    before, size = path.read_bytes(), len(ordinary(1).to_json())
    for room in range(0, size, 9):
        tally.check(f"{room} bytes", _fails, path, before, room)
    return tally


def _not_once(seeds: list[int], seed: int) -> str:
    count = seeds.count(seed)
    return "" if count == 1 else f"{count} times"


def _differs(statuses: list[int], folder: Path, straight: Path) -> object:
    return any(statuses) or difference(folder, straight)


def _fails(path: Path, before: bytes, room: int) -> str:
    real = os.write
    try:
        with patch("os.write", lambda descriptor, block: real(descriptor, bytes(block)[:room])):
            append(path, [ordinary(1)])
    except OSError:
        with quiet():
            return (
                "" if path.read_bytes() == before and read(path) == [ordinary(0)] else "the file was changed"
            )
    return "no error"


KINDS = (appends, same_appends, same_runs, replacements, short_writes)
