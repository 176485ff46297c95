"""Values in JSON's kinds: what determines a run does not depend on the library that its numbers came from."""

import enum
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.checks.plain import plain, scalar


class Law(enum.StrEnum):
    NORMAL = "normal"


class Depth(enum.IntEnum):
    FIVE = 5


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int64(5), 5),
        (np.bool_(True), True),
        (np.str_("pde1"), "pde1"),
        (np.array([[1, 2]]), [[1, 2]]),
        (torch.tensor(2), 2),
        (torch.tensor([0.5]), [0.5]),
        ((64, 32), [64, 32]),
        ({1: (2, None)}, {"1": [2, None]}),
        (Law.NORMAL, "normal"),
        (Depth.FIVE, 5),
        (math.nan, None),
        (-math.inf, None),
        (1, 1),
        (1.0, 1.0),
        (True, True),
    ],
    ids=repr,
)
def test_a_value_becomes_one_of_the_kinds_that_json_has(value: Any, expected: Any) -> None:
    found = plain("model", value)
    assert found == expected
    assert type(found) is type(expected), "a kind derived from it could not be read back"


def test_floats_keep_as_many_digits_as_asked_for() -> None:
    assert plain("trunk", [1 / 3, {"a": 2 / 3}], digits=3) == [0.333, {"a": 0.667}]


def test_a_path_is_a_text_where_it_is_allowed() -> None:
    assert plain("identity", {"data": Path("a/b")}, paths=True) == {"data": "a/b"}
    with pytest.raises(TypeError, match=r"model: .*is of type \w*Path; it holds numbers, strings"):
        plain("model", Path("a/b"))


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", 1j, object(), [len]], ids=type)
def test_what_json_has_no_place_for_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"model: .* is of type "):
        plain("model", value)


def test_two_keys_that_are_one_as_text_are_refused() -> None:
    with pytest.raises(ValueError, match=r"model has keys that are one as text; got \[1, '1'\]"):
        plain("model", {1: "a", "1": "b"})


@pytest.mark.parametrize("value", [[1], {}, (1,), np.zeros(2)], ids=repr)
def test_a_scalar_is_one_value(value: Any) -> None:
    with pytest.raises(TypeError, match="rate: "):
        scalar("rate", value)
