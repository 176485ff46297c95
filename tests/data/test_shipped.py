"""Data that ship: read from the package, known by their checksum, and refused where they are not."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import pdenet.data.shipped as module
from pdenet.data import DataError
from pdenet.data.crambin import CRAMBIN, crambin
from pdenet.data.shipped import Shipped

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(path for path in (ROOT / "pdenet" / "data" / "files").iterdir() if path.is_dir())


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Shipped]:
    """Makes a set of one file with this content."""
    monkeypatch.setattr(module, "files", lambda package: tmp_path)

    def put(content: bytes, checksum: str = "") -> Shipped:
        folder = tmp_path / "files" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "a.csv").write_bytes(content)
        return Shipped("mine", {"a.csv": checksum or sha256(content).hexdigest()})

    return put


def test_a_table_is_read_by_its_columns(shelf: Callable[[bytes], Shipped]) -> None:
    found = shelf(b'name,value\r\n"a, b",1\nc,2\n').table("a.csv")
    assert found == {"name": ["a, b", "c"], "value": ["1", "2"]}


def test_what_is_damaged_or_missing_is_refused(shelf: Callable[..., Shipped]) -> None:
    with pytest.raises(
        DataError, match=r"mine/a\.csv is not what was shipped: .* it should be 000.* install"
    ):
        shelf(b"x\n1\n", "0" * 64).table("a.csv")
    with pytest.raises(DataError, match=r"mine has no file 'b\.csv'; it has a\.csv"):
        shelf(b"x\n").content("b.csv")
    with pytest.raises(DataError, match=r"mine/a\.csv, line 3: 1 values for 2 columns"):
        shelf(b"x,y\n1,2\n3\n").table("a.csv")
    with pytest.raises(DataError, match=r"other/a\.csv, which ships with pdenet, cannot be read"):
        Shipped("other", {"a.csv": "0" * 64}).content("a.csv")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_folder_says_where_it_comes_from(folder: Path) -> None:
    """With the checksum of every file beside it, and by nobody's path."""
    source = (folder / "SOURCE.md").read_text(encoding="utf-8")
    for file in folder.iterdir():
        if file.name != "SOURCE.md":
            assert sha256(file.read_bytes()).hexdigest() in source, file.name
    assert "Taken from" in source


def test_a_wheel_has_the_data(tmp_path: Path) -> None:
    """As the build backend makes it, without a network."""
    backend = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed")
    (wheel,) = backend.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in folder.iterdir() if path.is_file()
    }
    assert wanted <= names


# Crambin


def test_crambin_is_as_the_entry_has_it() -> None:
    found = crambin()
    assert (len(found.residues), found.places.shape, found.b_factors.shape) == (46, (46, 3), (46,))
    assert "1CRN" in CRAMBIN.source
    assert "CC0" in CRAMBIN.source
    joined: Any = [found.residues[at] for pair in found.staples for at in pair]
    assert joined == ["CYS"] * 6, "a disulfide bond joins cysteines"
    assert found.residues.count("CYS") == 6


def test_neighbours_of_crambin_are_a_peptide_bond_apart() -> None:
    """Alpha carbons along a chain are 3.8 angstrom apart; bridged ones 4 to 6, however far along it."""
    found = crambin()
    distances = found.distances()
    assert np.abs(np.diagonal(distances, 1) - 3.8).max() < 0.1
    bridged = [distances[pair] for pair in found.staples]
    assert np.allclose(bridged, [5.69, 4.09, 5.8], atol=0.05)
    assert np.array_equal(distances, distances.T)
