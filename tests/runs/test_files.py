"""Records survive whatever cuts them short, and what is broken is said, never hidden and never destroyed."""

from __future__ import annotations

import errno
import math
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.records import ordinary, unsealed

from pdenet.runs import files, lock
from pdenet.runs.files import RecordWarning, append, read, shipped
from pdenet.runs.record import RecordError


def test_what_is_appended_is_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "runs.jsonl"
    append(path, [ordinary(0), ordinary(1)])
    append(path, [ordinary(2, diverged_at=1)])
    assert read(path) == [ordinary(0), ordinary(1), ordinary(2, diverged_at=1)]


def test_file_is_one_compact_readable_line_a_record(tmp_path: Path) -> None:
    append(tmp_path / "runs.jsonl", [ordinary(0), ordinary(1)])
    text = (tmp_path / "runs.jsonl").read_text(encoding="utf-8")
    assert text.count("\n") == 2
    assert text.endswith("}\n")
    assert '"seed":1,' in text
    assert "Ökonom 5" in text


def test_appending_nothing_makes_no_file(tmp_path: Path) -> None:
    append(tmp_path / "runs.jsonl", [])
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_are_not_finite_become_null(tmp_path: Path) -> None:
    history = {"train_loss": [0.5, math.nan], "test_accuracy": [0.9, -math.inf]}
    append(tmp_path / "runs.jsonl", [ordinary(history=history, diverged_at=2)])
    (back,) = read(tmp_path / "runs.jsonl")
    assert back.history == {"train_loss": [0.5, None], "test_accuracy": [0.9, None]}


def test_trunk_keeps_seven_digits_and_history_all(tmp_path: Path) -> None:
    third = 1 / 3
    trunk = {"kernel": torch.full((2, 1), third, dtype=torch.float64), "bias": np.float32(1e-9)}
    append(tmp_path / "runs.jsonl", [ordinary(trunk=trunk, history={"test_accuracy": [third]})])
    (back,) = read(tmp_path / "runs.jsonl")
    assert back.trunk == {"kernel": [[0.3333333], [0.3333333]], "bias": 1e-9}
    assert back.history["test_accuracy"] == [third]


def test_what_json_cannot_hold_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"is of type \w*Path"):
        append(tmp_path / "runs.jsonl", [ordinary(0), ordinary(1, model={"file": tmp_path})])
    assert list(tmp_path.iterdir()) == []


def test_a_last_line_cut_at_any_byte_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    append(path, [ordinary(0), ordinary(1)])
    kept = path.stat().st_size
    append(path, [ordinary(2)])
    whole = path.read_bytes()
    for cut in range(kept, len(whole) + 1):
        path.write_bytes(whole[:cut])
        # Whole but for its newline the line is still a record.
        is_torn = kept < cut < len(whole) - 1
        survivors = [0, 1] if cut < len(whole) - 1 else [0, 1, 2]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert [run.seed for run in read(path)] == survivors
        assert [f"{path}, line 3: torn" in str(w.message) for w in caught] == [True] * is_torn

        append(path, [ordinary(3)])
        assert path.read_bytes().startswith(whole[:cut])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert [run.seed for run in read(path)] == [*survivors, 3]
        assert [f"{path}, line 3: not a record" in str(w.message) for w in caught] == [True] * is_torn


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{ not json", "not a record"),
        (b'"text"', "not a JSON object with a schema number"),
        (b'{"seed": 1}', "not a JSON object with a schema number"),
        (b'{"schema": 1, "seed": 1, "colour": 2}', "fields missing or unknown: colour, data, date"),
        (b"\xff\xfe\x00{", "not a record"),
        (
            unsealed(ordinary()).replace('{"alpha":[0.5,-0.25]}', "[]").encode(),
            "field trunk is not an object",
        ),
    ],
)
def test_a_broken_line_in_the_middle_is_left_out_with_a_warning_and_stays(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    path = tmp_path / "runs.jsonl"
    append(path, [ordinary(0)])
    with open(path, "ab") as file:
        file.write(line + b"\n")
    append(path, [ordinary(2)])
    before = path.read_bytes()
    with pytest.warns(RecordWarning, match=re.escape(f"{path}, line 2: ") + f".*{reason}.*left out"):
        assert [run.seed for run in read(path)] == [0, 2]
    assert path.read_bytes() == before


def test_another_schema_is_an_error_that_says_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    append(path, [ordinary(0), ordinary(1, schema=2)])
    with pytest.raises(RecordError, match=r"runs.jsonl, line 2: schema 2, but .* reads schema 1"):
        read(path)


def test_reading_a_missing_file_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such file of records; `pdenet train`.*absent.jsonl"):
        read(tmp_path / "absent.jsonl")


def test_two_processes_append_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    script = """
import dataclasses, sys
from pdenet.runs.files import append
from pdenet.runs.record import Record
line, start, path = sys.argv[1:]
run = Record.from_json(line)
print("ready", flush=True)
sys.stdin.read(1)
for seed in range(int(start), int(start) + 50):
    append(path, [dataclasses.replace(run, seed=seed)] * 2)
"""
    bulky = ordinary(trunk={"kernel": np.random.default_rng(0).normal(size=2000)}).to_json()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, bulky, start, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for start in ("0", "1000")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("g")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    seeds = [run.seed for run in read(path)]
    assert seeds[::2] == seeds[1::2]
    assert [seed for seed in seeds[::2] if seed < 1000] == list(range(50))
    assert [seed for seed in seeds[::2] if seed >= 1000] == list(range(1000, 1050))


def test_a_killed_process_leaves_whole_files_and_at_most_one_torn_line(tmp_path: Path) -> None:
    path, state = tmp_path / "runs.jsonl", tmp_path / "state.bin"
    script = """
import dataclasses, itertools, sys
from pdenet.runs.files import append, write_atomic
from pdenet.runs.record import Record
line, path, state = sys.argv[1:]
run = Record.from_json(line)
for seed in itertools.count():
    append(path, [dataclasses.replace(run, seed=seed)])
    write_atomic(state, lambda file: [file.write(bytes([seed % 256]) * 4096) for _ in range(64)])
    print(seed, flush=True)
"""
    writer = subprocess.Popen(
        [sys.executable, "-c", script, ordinary().to_json(), path, state], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(20):
        last = int(writer.stdout.readline())
    writer.kill()
    writer.communicate()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecordWarning)
        seeds = [run.seed for run in read(path)]
    assert seeds == list(range(len(seeds)))
    assert len(seeds) > last
    content = state.read_bytes()
    assert content == content[:1] * 4096 * 64


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_an_error_that_names_the_file() -> None:
    with pytest.raises(OSError, match=r"could not append \(No space left.*'/dev/full'") as caught:
        append("/dev/full", [ordinary()])
    assert caught.value.errno == errno.ENOSPC


def test_a_short_write_is_an_error_and_leaves_the_earlier_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "runs.jsonl"
    append(path, [ordinary(0)])
    before = path.read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, block: write(descriptor, block[:100]))
    with pytest.raises(OSError, match=r"records written before are intact.*runs\.jsonl"):
        append(path, [ordinary(1)])
    assert path.read_bytes() == before


def test_without_file_locks_appending_works_and_a_short_write_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "runs.jsonl"
    monkeypatch.setattr(lock, "fcntl", None)
    append(path, [ordinary(0)])
    write = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, block: write(descriptor, block[:100]))
        with pytest.raises(OSError, match="could not append"):
            append(path, [ordinary(1)])
    append(path, [ordinary(2)])
    with pytest.warns(RecordWarning, match="line 2: not a record"):
        assert read(path) == [ordinary(0), ordinary(2)]


def test_a_file_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs.jsonl").mkdir()
    with pytest.raises(OSError, match=r"runs\.jsonl"):
        append(tmp_path / "runs.jsonl", [ordinary()])


def test_shipped_finds_files_of_the_checkout_and_of_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pdenet"
    package.mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "table.jsonl").touch()
    monkeypatch.setattr(files, "__file__", str(package / "runs" / "files.py"))
    assert shipped("table.jsonl") == tmp_path / "results" / "table.jsonl"
    (package / "results").mkdir()
    (package / "results" / "table.jsonl").touch()
    assert shipped("table.jsonl") == package / "results" / "table.jsonl"
    with pytest.raises(FileNotFoundError, match=r"there are: table\.jsonl.*'other\.jsonl'"):
        shipped("other.jsonl")


# What is appended once


def test_runs_that_are_there_are_not_appended_again(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    append(path, [ordinary(0), ordinary(1), ordinary(1)], once=True)
    before = path.read_bytes()
    append(path, [ordinary(1, seconds=9.0), ordinary(0)], once=True)
    assert path.read_bytes() == before
    append(path, [ordinary(1), ordinary(2), ordinary(2)], once=True)
    assert [run.seed for run in read(path)] == [0, 1, 2]


def test_after_a_torn_append_only_what_is_missing_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    runs = [ordinary(seed) for seed in range(3)]
    append(path, runs)
    whole = path.read_bytes()
    for cut in range(0, len(whole), 37):
        path.write_bytes(whole[:cut])
        append(path, runs, once=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RecordWarning)
            assert sorted(run.seed for run in read(path)) == [0, 1, 2], cut


def test_two_processes_that_have_the_same_runs_append_them_once(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this system has no file locks")
    path = tmp_path / "runs.jsonl"
    script = """
import dataclasses, sys
from pdenet.runs.files import append
from pdenet.runs.record import Record
run = Record.from_json(sys.argv[1])
sys.stdin.read(1)
for seed in range(40):
    append(sys.argv[2], [dataclasses.replace(run, seed=seed + more) for more in (0, 1)], once=True)
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", script, ordinary().to_json(), path], stdin=subprocess.PIPE)
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"gg")
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert sorted(run.seed for run in read(path)) == list(range(41))


# Files that are none


@pytest.mark.skipif(os.name != "posix", reason="pipes with a path are POSIX")
def test_what_is_no_file_is_neither_read_nor_appended_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, kind in (
        (tmp_path / "pipe", "a pipe"),
        (tmp_path, "a folder"),
        (Path("/dev/zero"), "a device"),
    ):
        with pytest.raises(OSError, match=f"not a regular file but {kind}"):
            read(path)
    with pytest.raises(OSError, match=r"not a regular file but a pipe.*pipe"):
        append(tmp_path / "pipe", [ordinary()])
    append("/dev/null", [ordinary()], once=True)


def test_a_line_that_never_ends_is_not_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST", 2000)
    path = tmp_path / "runs.jsonl"
    line = ordinary().to_json().encode()
    assert len(line) < 2000
    path.write_bytes(line + b"\n" + bytes(9000) + b"\n" + line + b"\n" + bytes(7000))
    with pytest.warns(RecordWarning, match="longer than 2,000 bytes") as caught:
        assert read(path) == [ordinary()] * 2
    assert [str(one.message).split(": ")[0] for one in caught] == [f"{path}, line {n}" for n in (2, 4)]


def test_a_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    append("~/runs.jsonl", [ordinary()])
    assert os.listdir(tmp_path) == ["runs.jsonl"]
    assert read("~/runs.jsonl") == [ordinary()]


def test_a_link_to_records_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "runs.jsonl").symlink_to("there/real.jsonl")
    append(tmp_path / "runs.jsonl", [ordinary()])
    assert read(tmp_path / "there" / "real.jsonl") == [ordinary()]


def test_what_ships_is_read_without_a_warning() -> None:
    names = [path.name for folder in files.results_folders() for path in folder.glob("*.jsonl")]
    assert len(names) > 4
    for name in names:
        lines = shipped(name).read_text(encoding="utf-8").splitlines()
        assert len(read(shipped(name))) == len(lines)
