"""Machine code that is kept is used while the sources are the same, and keeping it never ends a run."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from numba import config, prange
from numba.core.caching import IndexDataCacheFile

import pdenet
from pdenet.ops.fused import machine_code
from pdenet.ops.fused.machine_code import compiled, digest_sources


def count(n: int) -> int:
    total = 0
    for i in prange(n):
        total += i
    return total


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    return tmp_path


def hits(**options: Any) -> int:
    """How often a function compiled anew finds its machine code, one at most."""
    function = compiled(**options)(count)
    assert function(4) == 6
    return sum(function.stats.cache_hits.values())


def test_machine_code_is_kept_until_a_source_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [hits(), hits()] == [0, 1]
    monkeypatch.setattr(machine_code, "SOURCES", "other")
    assert [hits(), hits()] == [0, 1]


def test_one_thread_and_several_are_kept_apart(folder: Path) -> None:
    assert [hits(), hits(parallel=True), hits(), hits(parallel=True)] == [0, 0, 1, 1]


def test_every_source_counts(tmp_path: Path) -> None:
    assert machine_code.digest_sources(machine_code.HERE) == machine_code.SOURCES
    assert (machine_code.HERE / "simd.py").exists()
    seen = set()
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", ""), ("c.txt", "")):
        (tmp_path / name).write_text(text)
        seen.add(digest_sources(tmp_path))
    assert len(seen) == 3, "the file that is no source changes nothing"


@pytest.mark.parametrize("damage", [b"", b"xx", bytes(3000)])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_file_is_made_anew(folder: Path, suffix: str, damage: bytes) -> None:
    assert hits() == 0
    (kept,) = folder.rglob(f"*.{suffix}")
    kept.write_bytes(damage)
    assert [hits(), hits()] == [0, 1]


def test_a_full_disk_ends_no_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    assert [hits(), hits()] == [0, 0]


def test_without_a_folder_to_write_to_the_loops_run(tmp_path: Path) -> None:
    copy = tmp_path / "pdenet"
    shutil.copytree(Path(pdenet.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for place in (copy / "ops", copy / "ops/fused"):
        (place / "__pycache__").touch()  # a file where the folder would be, which not even root gets round
    program = (
        "import torch, numba, pdenet.ops; from pdenet.ops.fused import machine_code; print(pdenet.__file__);"
        "print(machine_code.compiled()(lambda n: n + 1)(1))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment |= {"HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split() == [str(copy / "__init__.py"), "2"], done.stderr


def test_without_numbas_compiler_pytorch_runs_everything() -> None:
    program = """
import torch
from pdenet.ops import residual_stack
from pdenet.ops.pick import pick
from pdenet.ops.variants import periodic_stack
u, kernels = torch.rand(1, 2, 4, 4), torch.zeros(1, 1, 3, 3)
assert torch.equal(residual_stack(u, kernels), u)
assert torch.equal(periodic_stack(u, kernels), u)
assert pick(torch.ones(3, 2, 2, dtype=torch.uint8), torch.tensor([[1]]), 0.0, 2.0).unique().tolist() == [2]
try:
    residual_stack(u, kernels, backend="numba")
except ValueError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
    )
    assert "got NUMBA_DISABLE_JIT, under which no loop is compiled; use backend='torch'" in done.stdout, (
        done.stderr
    )
