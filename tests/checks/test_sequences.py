"""Several numbers or words at a boundary: what counts as a sequence, and what is refused by name."""

from typing import Any

import numpy as np
import pytest
import torch

from pdenet.checks.sequences import names, wholes


@pytest.mark.parametrize(
    "given",
    [[8, 16], (8, 16), (8.0, np.int64(16)), np.array([8, 16]), torch.tensor([8, 16]), range(8, 17, 8)],
)
def test_whole_numbers_come_out_as_ints(given: Any) -> None:
    found = wholes("widths", given, least=1)
    assert found == (8, 16)
    assert [type(number) for number in found] == [int, int]


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("8", TypeError, "widths must be a sequence of whole numbers; got '8'"),
        (8, TypeError, "widths must be a sequence of whole numbers; got 8"),
        (np.array(8), TypeError, r"widths must be a sequence of whole numbers; got array\(8\)"),
        ({8: 1}, TypeError, "widths must be a sequence of whole numbers; got {8: 1}"),
        (["8"], TypeError, "each of widths must be a whole number, at least 1; got '8'"),
        ([8.5], ValueError, "each of widths must be a whole number, at least 1; got 8.5"),
        ([0], ValueError, "each of widths must be a whole number, at least 1; got 0"),
        ([True], TypeError, "each of widths must be a whole number, at least 1; got True"),
    ],
)
def test_what_is_no_sequence_of_whole_numbers_is_refused(given: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        wholes("widths", given, least=1)


def test_a_count_is_kept() -> None:
    assert wholes("image_shape", [28, 27], count=2) == (28, 27)
    with pytest.raises(ValueError, match=r"image_shape must be 2 whole numbers; got \[28\]"):
        wholes("image_shape", [28], count=2)


def test_words_come_out_as_a_tuple() -> None:
    assert names("zero", ["beta", np.str_("rho")]) == ("beta", "rho")
    assert names("zero", ()) == ()


@pytest.mark.parametrize("given", ["gamma", {"beta", "rho"}, [1], 3, None])
def test_what_is_no_sequence_of_words_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="zero must be a sequence of words; got"):
        names("zero", given)
