"""Guards of pages by name: what counts as an assertion, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from pdenet.audit.guards import guards_of, named_guards

CODE = """
# Sums.
assert 2 + 2 == 4
# guard: one-and-one
assert 1 + 1 == 2
# guard: long
assert (
    sum(range(4))
    == 6
), "of four"
"""


def page(folder: Path, label: str, *cells: tuple[str, str], name: str = "") -> None:
    """A notebook with a label and code cells (tag, source)."""
    code: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {"tags": [tag]}, "source": source.splitlines(keepends=True)}
        for tag, source in cells
    ]
    title = {"cell_type": "markdown", "metadata": {}, "source": [f"(ch:{label})=\n", "# Title"]}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"cells": [title, *code]})
    (folder / f"{name or label}.ipynb").write_text(text, encoding="utf-8")


def test_an_assertion_has_the_name_on_the_line_above() -> None:
    assert named_guards(CODE, "page") == {
        "one-and-one": "assert 1 + 1 == 2",
        "long": 'assert (\n    sum(range(4))\n    == 6\n), "of four"',
    }
    assert named_guards("# guards the build\nassert True\n", "page") == {}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("# guard: sum\nx = 1\nassert x", "below '# guard: sum' there is no assertion that always runs"),
        ("# guard: sum\n\nassert True", "no assertion that always runs"),
        ("# guard: sum\n# assert True", "no assertion that always runs"),
        ("# guard: sum", "no assertion that always runs"),
        ("# guard: sum\nif False:\n    assert True", "no assertion that always runs"),
        (
            "if False:\n    # guard: sum\n    assert True",
            "names no guard; write '# guard: two-words', not ind",
        ),
        ("# guard: Sum of two\nassert True", "'# guard: Sum of two' names no guard"),
        ("#guard:sum\nassert True", "names no guard"),
        (
            "# guard: a\nassert True\n# guard: a\nassert 1",
            "p: two guards are called 'a'; names must be unique",
        ),
    ],
)
def test_what_names_no_assertion_is_refused(code: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        named_guards(code, "p")


def test_guards_of_a_folder_go_by_the_labels_of_its_pages(tmp_path: Path) -> None:
    page(tmp_path, "sums", ("guard", CODE), name="file")
    page(tmp_path / "part1", "none", ("hide-input", "# guard: elsewhere\nassert True"))
    for kept in ("_build", ".ipynb_checkpoints"):
        page(tmp_path / kept, "sums", ("guard", CODE))
    found = guards_of(tmp_path)
    assert {label: [*guards] for label, guards in found.items()} == {
        "sums": ["one-and-one", "long"],
        "none": [],
    }


def test_two_pages_of_one_label_are_refused(tmp_path: Path) -> None:
    page(tmp_path, "sums", ("guard", CODE), name="one")
    page(tmp_path, "sums", name="two")
    with pytest.raises(ValueError, match=r"two\.ipynb: another page has the label ch:sums too"):
        guards_of(tmp_path)
