"""The house: ten rooms in the package, and no file that is too long to be read at once."""

from pathlib import Path

import pytest

ROOMS = {"symbolic", "ops", "data", "page", "models", "runs", "subjects", "audit", "cli", "checks"}
DOORS = {"__init__.py", "__main__.py"}
LONGEST = 400  # lines of a file


def faults(package: Path) -> list[str]:
    """What is missing from the package, stands beside its rooms, or has too many lines."""
    there = {path.name for path in package.iterdir()} - {"__pycache__"}
    found = [f"{name} is missing" for name in sorted((ROOMS | DOORS) - there)]
    found += [f"{name} is no room" for name in sorted(there - ROOMS - DOORS)]
    for path in sorted(package.rglob("*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST:
            found.append(f"{path.relative_to(package)} has {lines} lines")
    return found


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package as it should be."""
    for room in ROOMS | {"__pycache__"}:
        (tmp_path / room).mkdir()
    for door in DOORS:
        (tmp_path / door).touch()
    (tmp_path / "ops" / "full.py").write_text("x = 1\n" * LONGEST)
    return tmp_path


def test_the_package_is_in_order() -> None:
    assert faults(Path(__file__).parents[2] / "pdenet") == []


def test_a_house_in_order_has_no_faults(house: Path) -> None:
    assert faults(house) == []


def test_a_tenth_room_and_a_file_in_the_hall_are_seen(house: Path) -> None:
    (house / "utilities").mkdir()
    (house / "helpers.py").touch()
    assert faults(house) == ["helpers.py is no room", "utilities is no room"]


def test_a_missing_room_is_seen(house: Path) -> None:
    (house / "page").rmdir()
    (house / "__main__.py").unlink()
    assert faults(house) == ["__main__.py is missing", "page is missing"]


def test_a_file_too_long_is_seen_in_any_room(house: Path) -> None:
    (house / "ops" / "paths").mkdir()
    (house / "ops" / "paths" / "long.py").write_text("x = 1\n" * (LONGEST + 1))
    assert faults(house) == [f"{Path('ops/paths/long.py')} has 401 lines"]
