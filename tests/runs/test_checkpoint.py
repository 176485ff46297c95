"""A damaged checkpoint is never loaded, and one that we wrote can always be read by us."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.runs.checkpoint import CheckpointError, identity_of, load, save, seeds_in

CPU = torch.device("cpu")
IDENTITY = identity_of({"name": "descent"}, (3, 5))
STATE = {"epoch": 2, "losses": [[0.5, 0.25]], "model": {"w": torch.arange(40.0)}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.pt"
    save(path, IDENTITY, STATE)
    return path


def test_what_is_saved_is_loaded(path: Path) -> None:
    state = load(path, IDENTITY, CPU)
    assert torch.equal(state.pop("model")["w"], STATE["model"]["w"])  # type: ignore[index]
    assert state == {"epoch": 2, "losses": [[0.5, 0.25]]}
    assert seeds_in(path) == (3, 5)


def test_the_file_is_what_torch_and_unzip_read(path: Path) -> None:
    assert torch.load(path, weights_only=True)["epoch"] == 2
    assert zipfile.ZipFile(path).testzip() is None


def assert_refused(path: Path, reason: str) -> None:
    with pytest.raises(
        CheckpointError, match=rf"run\.pt is not a readable checkpoint \(.*{reason}.*delete it"
    ):
        load(path, IDENTITY, CPU)
    assert seeds_in(path) is None


def test_one_flipped_bit_anywhere_is_seen(path: Path) -> None:
    whole = path.read_bytes()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="is not a readable checkpoint"):
            load(path, IDENTITY, CPU)


@pytest.mark.parametrize("size", [1, 64, 512])
def test_a_zeroed_sector_is_seen(path: Path, size: int) -> None:
    whole = path.read_bytes()
    seen = 0
    for at in range(0, len(whole), size):
        damaged = whole[:at] + bytes(len(whole[at : at + size])) + whole[at + size :]
        path.write_bytes(damaged)
        if damaged != whole:  # where there were zeros, nothing is damaged
            seen += 1
            assert seeds_in(path) is None, at
    assert seen > 1


def test_a_file_cut_anywhere_or_with_something_behind_it_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    for end in (*range(0, len(whole), 7), len(whole) - 1):
        path.write_bytes(whole[:end])
        assert seeds_in(path) is None, end
    path.write_bytes(whole + b"\n")
    assert_refused(path, "it has no digest")
    path.write_bytes(whole * 2)
    assert_refused(path, "damaged after it was written")


def test_a_checkpoint_of_an_older_version_is_told_from_a_damaged_one(path: Path) -> None:
    torch.save({"identity": IDENTITY, **STATE}, path)
    assert_refused(path, "written by an older pdenet, which gave it none")


@pytest.mark.skipif(os.name != "posix", reason="pipes with a path are POSIX")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.pt")
    assert_refused(tmp_path / "run.pt", "not a regular file but a pipe")
    (tmp_path / "folder.run.pt").mkdir()
    assert_refused(tmp_path / "folder.run.pt", "not a regular file but a folder")
    (tmp_path / "zero.run.pt").symlink_to("/dev/zero")
    assert_refused(tmp_path / "zero.run.pt", "not a regular file but a device")
    with open(tmp_path / "huge.run.pt", "wb") as file:
        file.truncate(1 << 42)  # a terabyte of zeros, of which nothing is on the disk
    assert_refused(tmp_path / "huge.run.pt", "it has no digest")


@pytest.mark.parametrize(
    ("given", "same"),
    [
        (np.float64(1e-3), 1e-3),
        (np.int64(3), 3),
        (1, 1.0),
        (np.bool_(True), True),
        (np.str_("pde1"), "pde1"),
        ((64, 32), [64, 32]),
        (Path("data/images"), "data/images"),
        (torch.tensor(0.5), 0.5),
        (float("nan"), float("nan")),
        (np.arange(3), [0, 1, 2]),
    ],
    ids=repr,
)
def test_an_identity_does_not_depend_on_the_kinds_that_it_came_in(
    tmp_path: Path, given: object, same: object
) -> None:
    path = tmp_path / "run.pt"
    save(path, identity_of({"training": {"rate": given}}, (np.int64(4),)), STATE)  # type: ignore[arg-type]
    assert load(path, identity_of({"training": {"rate": same}}, [4]), CPU)["epoch"] == 2
    assert seeds_in(path) == (4,)


def test_what_differs_is_named_on_both_sides(path: Path) -> None:
    with pytest.raises(CheckpointError, match="belongs to another run: name, data, seeds differ"):
        load(path, identity_of({"name": "other", "data": "digits"}, (3,)), CPU)
    with pytest.raises(CheckpointError, match="belongs to another run: name differ"):
        load(path, identity_of({}, (3, 5)), CPU)


def test_numpy_s_numbers_in_a_state_are_read_back_as_plain_ones(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    state: dict[str, Any] = {
        "losses": [[np.float64(0.5)]],
        "memory": {np.str_("steps"): np.int64(3), "kept": (np.bool_(True), None)},
        "optimizer": {"param_groups": [{"lr": np.float64(1e-3), "betas": (0.9, 0.999)}]},
    }
    save(path, IDENTITY, state)
    found = load(path, IDENTITY, CPU)
    assert found == state
    assert type(found["losses"][0][0]) is float
    assert type(found["memory"]["steps"]) is int
    assert found["optimizer"]["param_groups"][0]["betas"] == (0.9, 0.999), "torch wants its tuples again"


@pytest.mark.parametrize("kept", [np.arange(3), {1, 2}, object(), Path("x"), 1j], ids=type)
def test_what_could_not_be_read_back_is_not_written(path: Path, kept: object) -> None:
    before = path.read_bytes()
    with pytest.raises(TypeError, match="what a checkpoint keeps: "):
        save(path, IDENTITY, {"memory": [kept]})
    assert path.read_bytes() == before
