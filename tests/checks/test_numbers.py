"""Numbers at a boundary: every kind of number is one, and nothing else is."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
import torch

from pdenet.checks.numbers import real, whole

THREES = [3, 3.0, np.int8(3), np.uint64(3), np.float32(3), Fraction(3), sp.Integer(3), torch.tensor(3)]
NO_NUMBERS = ["3", b"3", None, [3], True, np.True_, torch.tensor(True), 3 + 0j, sp.Symbol("n")]


@pytest.mark.parametrize("value", THREES, ids=repr)
def test_a_whole_number_of_any_kind_is_an_int(value: Any) -> None:
    assert type(whole("n", value)) is int
    assert whole("n", value) == 3


@pytest.mark.parametrize("value", [*THREES, Decimal(3), sp.Float(3), torch.tensor(3.0)], ids=repr)
def test_a_real_number_of_any_kind_is_a_float(value: Any) -> None:
    assert type(real("x", value)) is float
    assert real("x", value) == 3


@pytest.mark.parametrize("check", [whole, real])
@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_refused_by_name(check: Any, value: Any) -> None:
    with pytest.raises(TypeError, match=r"^rounds must be a .*number; got "):
        check("rounds", value)


@pytest.mark.parametrize("value", [2.5, math.nan, math.inf, -math.inf, Fraction(1, 2)], ids=repr)
def test_a_number_that_is_not_whole_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="n must be a whole number, at least 0; got "):
        whole("n", value, least=0)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 10**400], ids=["nan", "inf", "-inf", "huge"]
)
def test_a_number_that_is_not_finite_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="x must be a finite number; got "):
        real("x", value)


def test_bounds_belong_to_the_range_or_do_not() -> None:
    assert whole("n", 1, least=1, most=1) == 1
    assert real("x", 0, least=0, most=0) == 0
    for count in (0, 3):
        with pytest.raises(
            ValueError, match=f"n must be a whole number, at least 1 and at most 2; got {count}"
        ):
            whole("n", count, least=1, most=2)
    for value in (0.0, 1.0):
        with pytest.raises(ValueError, match=f"x must be a finite number, above 0 and below 1; got {value}"):
            real("x", value, above=0, below=1)
    for value in (-0.1, 1.1):
        with pytest.raises(
            ValueError, match=f"x must be a finite number, at least 0 and at most 1; got {value}"
        ):
            real("x", value, least=0, most=1)
