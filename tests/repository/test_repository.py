"""The files at the top of the repository agree with each other."""

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.main import get_command

import pdenet
from pdenet.cli.options import app

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKED = ("book", "tests", "build", "lock")  # the extras that `make env` installs
TEXT_SUFFIXES = {
    "",
    ".bib",
    ".cff",
    ".cfg",
    ".css",
    ".ipynb",
    ".jsonl",
    ".lock",
    ".md",
    ".py",
    ".toml",
    ".yml",
}

BOOK_AND_PACKAGE = sorted(
    str(path.relative_to(ROOT))
    for folder in ("book", "pdenet", "scripts")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".md", ".ipynb", ".py")
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def requirements(*groups: list[str]) -> dict[str, Requirement]:
    parsed = [Requirement(line) for group in groups for line in group]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


def locked() -> dict[str, str]:
    """Name -> pinned version, from lines such as `numpy==2.4.6 ; marker \\`."""
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", read("requirements.lock"), re.MULTILINE)
    }


def sources() -> list[Path]:
    """The text files that git tracks or would track; without git, all outside hidden and built folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        paths = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        paths = [p for p in ROOT.rglob("*") if not {".venv", "_build", "__pycache__"} & set(p.parts)]
    return [path for path in paths if path.is_file() and path.suffix in TEXT_SUFFIXES]


def test_the_environment_file_takes_the_versions_of_the_lock() -> None:
    environment = yaml.safe_load(read("environment.yml"))["dependencies"]
    (from_pip,) = (entry["pip"] for entry in environment if isinstance(entry, dict))
    assert from_pip == ["-r requirements.lock"]
    assert f"python{PROJECT['requires-python']}" in environment


def test_the_lock_pins_every_requirement_within_its_range() -> None:
    pins = locked()
    wanted = requirements(PROJECT["dependencies"], EXTRAS["book"], *(EXTRAS[name] for name in LOCKED))
    assert wanted.keys() <= pins.keys()
    outside = {
        name: pins[name] for name, wish in wanted.items() if not wish.specifier.contains(pins[name], True)
    }
    assert not outside


def test_the_lock_covers_what_builds_the_package() -> None:
    assert requirements(PYPROJECT["build-system"]["requires"]).keys() <= requirements(EXTRAS["build"]).keys()


def test_every_pin_has_a_hash() -> None:
    entries = re.split(r"^(?=[\w.-]+==)", read("requirements.lock"), flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_lock_is_made_of_the_extras_and_by_a_tool_of_the_lock() -> None:
    """A newer tool, or one more extra, would be what nobody has looked at."""
    (recipe,) = re.findall(r"^lock:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)
    assert re.findall(r"--extra (\w+)", recipe) == list(LOCKED)
    assert recipe.startswith("\t$(BIN)/uv ")
    assert "pip install" not in recipe


def test_jupyter_book_stays_below_two() -> None:
    assert not requirements(EXTRAS["book"])["jupyter-book"].specifier.contains("2.0")
    assert locked()["jupyter-book"].startswith("1.")


def test_the_version_is_the_same_everywhere() -> None:
    assert pdenet.__version__ == PROJECT["version"]
    assert str(yaml.safe_load(read("CITATION.cff"))["version"]) == PROJECT["version"]
    newest = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == PROJECT["version"]


def test_every_dependency_has_a_reason_in_the_readme() -> None:
    section = read("README.md").split("## What it depends on")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([\w, -]+) \| \w", section, re.MULTILINE)[1:]  # the first is the heading
    given = {canonicalize_name(name) for row in rows for name in row.split(", ")}
    assert given == requirements(PROJECT["dependencies"], *EXTRAS.values()).keys()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "book/index.md", ".ci/run"])
def test_every_make_command_that_is_named_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", read(page), re.MULTILINE))
    assert named
    assert named <= targets


def test_make_help_lists_every_command() -> None:
    makefile = read("Makefile")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(phony.split()) == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_every_command_line_that_the_readme_shows_exists() -> None:
    shown = set(re.findall(r"^pdenet ([a-z]+)", read("README.md"), re.MULTILINE))
    assert shown
    assert shown <= vars(get_command(app))["commands"].keys()


def test_the_example_of_the_readme_runs_and_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", read("README.md"), re.DOTALL | re.MULTILINE)
    (promised,) = re.findall(r"print\(.*\)  # (.*)$", example, re.MULTILINE)
    names: dict[str, Any] = {}
    exec(example, names)
    assert promised in capsys.readouterr().out
    assert len(names["records"]) == 3


def test_the_workflow_runs_the_same_script() -> None:
    steps = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["run"]["steps"]
    assert ".ci/run" in [step.get("run") for step in steps]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_workflow_tries_the_lowest_versions_with_the_oldest_python() -> None:
    steps = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["lowest"]["steps"]
    assert "make lowest" in [step.get("run") for step in steps]
    (python,) = (step["with"]["python-version"] for step in steps if "python-version" in step.get("with", {}))
    assert PROJECT["requires-python"] == f">={python}"


def test_the_actions_of_the_workflow_are_pinned_by_commit() -> None:
    """A tag can be moved to other code, a commit cannot; the comment says which release it is."""
    used = re.findall(r"uses: *(.*)", read(".github/workflows/ci.yml"))
    assert len(used) == 5
    assert not [
        line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)
    ]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *BOOK_AND_PACKAGE])
def test_nobody_is_told_to_install_the_package_by_name(page: str) -> None:
    """`pdenet` is on no registry; whoever took that name there would be installed."""
    text = read(page)
    assert not re.search(
        r"\b(?:pip|uv|conda|pipx)\b[^\n|`]*\b(?:install|add|create)\b[^\n`|]*[\s'\"]pdenet\b(?![/.-])", text
    )
    assert not re.search(r"pdenet\[", text)


# Put together here, so that this file does not hold what it looks for.
REGISTRY = re.compile(
    "|".join(("py" + r"pi\.org", "python" + "hosted", r"npm" + r"js\.", r"anaconda\." + "org"))
)
MACHINE = re.compile(r"(?<![\w.~])/(?:" + "|".join(("home", "root", "Users", "work", "tmp")) + r")/[\w.-]+")


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["registry host", "path of a machine"])
def test_no_file_names_a(pattern: re.Pattern[str]) -> None:
    found = {
        str(path.relative_to(ROOT)): hit[0]
        for path in sources()
        if (hit := pattern.search(path.read_text(encoding="utf-8")))
    }
    assert not found


def test_only_the_ci_script_knows_the_folder_beside_the_checkout() -> None:
    beside = re.compile(r"\.\./" + "shared")
    knowing = [str(p.relative_to(ROOT)) for p in sources() if beside.search(p.read_text(encoding="utf-8"))]
    assert knowing == [".ci/run"]
