"""Damage done to files at rest: a flipped bit, a zeroed sector, an end cut off."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING
from unittest.mock import patch

from helpers.mnist_files import contents, write_set

from faults.runs import leave_checkpoint, resume, run_into
from faults.tally import Tally, quiet
from pdenet.data import DataError, load_images, mnist
from pdenet.runs.checkpoint import CheckpointError
from pdenet.runs.files import append, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pdenet.runs.record import Record

FLIPS = 300
SECTOR = 512
CUTS = 17  # of each of MNIST's four files


def flipped_checkpoints(folder: Path) -> Tally:
    """One flipped bit of a checkpoint: it is refused."""
    path = leave_checkpoint(folder)
    whole = path.read_bytes()
    return _refused("a flipped bit of a checkpoint", path, dict(_flips(whole)))


def zeroed_checkpoints(folder: Path) -> Tally:
    """A zeroed sector of a checkpoint, at any place where there was something: it is refused."""
    path = leave_checkpoint(folder)
    whole = path.read_bytes()
    places = range(0, len(whole), SECTOR)
    damaged = {
        f"byte {at}": whole[:at] + bytes(len(whole[at : at + SECTOR])) + whole[at + SECTOR :] for at in places
    }
    return _refused(
        "a zeroed sector of a checkpoint",
        path,
        {place: content for place, content in damaged.items() if content != whole},
    )


def cut_checkpoints(folder: Path) -> Tally:
    """A checkpoint that is cut short: it is refused."""
    path = leave_checkpoint(folder)
    whole = path.read_bytes()
    ends = [*range(0, len(whole), max(len(whole) // 60, 1)), len(whole) - 1]
    return _refused("a checkpoint cut short", path, {f"at {end}": whole[:end] for end in ends})


def _refused(kind: str, path: Path, damaged: dict[str, bytes]) -> Tally:
    tally = Tally(kind)
    whole = path.read_bytes()
    intact = resume(path)
    for place, content in damaged.items():
        path.write_bytes(content)
        tally.check(place, _goes_on, path)
    path.write_bytes(whole)
    tally.check("intact", lambda: resume(path) != intact)
    return tally


def _goes_on(path: Path) -> str:
    try:
        resume(path)
    except CheckpointError as error:
        return "" if str(path) in str(error) else f"the error does not name it: {error}"
    return "it was resumed"


def flipped_records(folder: Path) -> Tally:
    """One flipped bit of a file of records: what is read was written, and at most two lines are set aside."""
    tally = Tally("a flipped bit of a file of records")
    run_into(folder)
    path = folder / "runs.jsonl"
    runs = read(path)
    for place, content in _flips(path.read_bytes()):
        path.write_bytes(content)
        tally.check(place, _lost, runs, path, 2)
    return tally


def cut_records(folder: Path) -> Tally:
    """A file of records cut at any byte, then added to: what was whole is there, and each run once."""
    tally = Tally("a file of records cut short, then added to")
    run_into(folder)
    path = folder / "runs.jsonl"
    runs = read(path)
    whole = path.read_bytes()
    for end in range(0, len(whole), max(len(whole) // 200, 1)):
        path.write_bytes(whole[:end])
        append(path, runs, once=True)
        tally.check(f"at {end}", _lost, runs, path)
    return tally


def cut_images(folder: Path) -> Tally:
    """A file of MNIST cut short: an error that says so, never other images."""
    tally = Tally("a file of images cut short")
    raw = write_set(folder)
    sums = {name: hashlib.md5(content).hexdigest() for name, content in contents().items()}
    with patch.object(mnist, "MD5", sums):  # the stand-in's count as the published ones
        tally.check("intact", lambda: len(load_images("mnist", folder).train_labels) != 30)
        for name, content in contents().items():
            for part in range(CUTS):
                (raw / name).write_bytes(content[: len(content) * part // CUTS])
                tally.check(f"{name} at {part}/{CUTS}", _images_from, folder)
            (raw / name).write_bytes(content)
    return tally


def _images_from(folder: Path) -> str:
    try:
        load_images("mnist", folder)
    except DataError:
        return ""
    return "it was read"


def _flips(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Copies with one bit flipped, at places drawn once for all."""
    chance = random.Random(0)
    for _ in range(FLIPS):
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        yield f"byte {at}, bit {bit}", whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]


def _lost(written: list[Record], path: Path, most: int = 0) -> str:
    """What is wrong with the records in a file: others than those written, or fewer by more than `most`."""
    with quiet():
        found = read(path)
    if strange := [record.seed for record in found if record not in written]:
        return f"records that nobody wrote, of seeds {strange}"
    lost = len(written) - len(found)
    return "" if 0 <= lost <= most else f"{len(found)} of {len(written)} records"


KINDS: tuple[Callable[[Path], Tally], ...] = (
    flipped_checkpoints,
    zeroed_checkpoints,
    cut_checkpoints,
    flipped_records,
    cut_records,
    cut_images,
)
