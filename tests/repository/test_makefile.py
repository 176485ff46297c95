"""What `make` hands to the programs that it starts, whatever the shell that called it has set."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = ["PDENET_DATA", "PIP_REQUIRE_HASHES", "PIP_TARGET", "PIP_USER"]
SHOWN += ["PYTHONOPTIMIZE", "PYTHONPATH", "PYTHONSTARTUP"]


def handed_on(folder: Path, *arguments: str, **settings: str) -> dict[str, str]:
    """What a program started by make in that folder finds in its environment."""
    shown = "".join(f'\t@echo "{name}=[$${{{name}-unset}}]"\n' for name in SHOWN)
    (folder / "show.mk").write_text(f"show:\n{shown}")
    done = subprocess.run(
        ["make", "-s", "-f", str(ROOT / "Makefile"), "-f", "show.mk", "show", *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in (*SHOWN, "MAKEFLAGS")}
        | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(re.findall(r"^(\w+)=\[(.*)\]$", done.stdout, re.MULTILINE))


@pytest.mark.parametrize("given", ["data", "my data", "./my  data/", "../{name}/my data", "{folder}/my data"])
def test_the_folder_of_the_data_is_absolute(tmp_path: Path, given: str) -> None:
    given = given.format(name=tmp_path.name, folder=tmp_path)
    wanted = os.path.normpath(tmp_path / given)
    assert handed_on(tmp_path, PDENET_DATA=given)["PDENET_DATA"] == wanted
    assert handed_on(tmp_path, f"PDENET_DATA={given}")["PDENET_DATA"] == wanted


def test_what_make_reads_in_another_way_stays_in_the_name_of_a_folder(tmp_path: Path) -> None:
    assert handed_on(tmp_path, PDENET_DATA="$x #1 (a,b)")["PDENET_DATA"] == str(tmp_path / "$x #1 (a,b)")


def test_a_home_is_left_to_the_package_and_nothing_stays_nothing(tmp_path: Path) -> None:
    assert handed_on(tmp_path, PDENET_DATA="~/my data")["PDENET_DATA"] == "~/my data"
    assert handed_on(tmp_path, PDENET_DATA="")["PDENET_DATA"] == ""
    assert handed_on(tmp_path)["PDENET_DATA"] == "unset"


def test_python_and_pip_are_told_nothing_by_the_shell(tmp_path: Path) -> None:
    """PIP_USER stops pip in a virtual environment; PYTHONOPTIMIZE makes every test pass."""
    found = handed_on(tmp_path, **dict.fromkeys(SHOWN, "1"))
    del found["PDENET_DATA"]
    assert {name for name, value in found.items() if value == "unset"} == {
        "PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PIP_TARGET"
    }  # fmt: skip
    assert found["PIP_USER"] == found["PIP_REQUIRE_HASHES"] == "0"


def test_a_book_is_looked_at_when_it_is_built() -> None:
    """A book without its pictures must not count as made."""
    (recipe,) = re.findall(
        r"^define build\n(.*?)^endef", (ROOT / "Makefile").read_text(), re.MULTILINE | re.DOTALL
    )
    assert recipe.index("jupyter-book build") < recipe.index("check_book.py") < recipe.index("The book:")
