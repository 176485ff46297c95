"""Switches, words and paths at a boundary."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pdenet.checks.places import place
from pdenet.checks.words import flag, one_of


@pytest.mark.parametrize("value", [True, False, np.True_, np.False_])
def test_a_switch_is_a_boolean(value: Any) -> None:
    assert flag("frozen", value) is bool(value)


@pytest.mark.parametrize("value", ["false", "", 0, 1.0, None, np.array([True])], ids=repr)
def test_nothing_else_is_a_switch(value: Any) -> None:
    with pytest.raises(TypeError, match="frozen must be True or False; got "):
        flag("frozen", value)


def test_a_word_is_one_of_those_allowed() -> None:
    assert one_of("boundary", np.str_("zero"), ["zero", "periodic"]) == "zero"
    with pytest.raises(
        ValueError, match=r"'zero' or 'periodic'; got 'peridoic' \(did you mean 'periodic'\?\)$"
    ):
        one_of("boundary", "peridoic", ["zero", "periodic"])
    with pytest.raises(ValueError, match=r"boundary must be 'zero' or 'periodic'; got 'x'$"):
        one_of("boundary", "x", ["zero", "periodic"])
    with pytest.raises(TypeError, match="boundary must be 'zero' or 'periodic'; got 0"):
        one_of("boundary", 0, ["zero", "periodic"])


def test_a_home_is_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place("out", "~/runs.jsonl") == tmp_path / "runs.jsonl"
    assert place("out", Path("runs/~")) == Path("runs/~")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(3, TypeError), (None, TypeError), (b"x", TypeError), ("", ValueError), ("a\0b", ValueError)],
)
def test_what_is_no_path_is_refused(value: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="out must be a path"):
        place("out", value)


def test_the_home_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match=r"out: .*; got '~nobody-of-this-name/x'"):
        place("out", "~nobody-of-this-name/x")
