"""Seeds as they are given: a count or a list, whatever kind of number, and never text."""

import itertools

import numpy as np
import pytest
import torch

from pdenet.ops.seeding import LARGEST_SEED, MOST_SEEDS, as_seeds


@pytest.mark.parametrize(
    "three", [3, 3.0, np.int64(3), np.uint8(3), np.float32(3), np.array(3), torch.tensor(3)]
)
def test_a_count_of_any_kind_stands_for_the_first_seeds(three: int) -> None:
    assert as_seeds(three) == (0, 1, 2)


@pytest.mark.parametrize(
    "listed",
    [[7, 5], (7, 5), [7.0, 5.0], np.array([7, 5]), torch.tensor([7, 5]), iter([7, 5]), [np.int64(7), 5]],
)
def test_listed_seeds_of_any_kind_are_plain_numbers(listed: list[int]) -> None:
    found = as_seeds(listed)
    assert found == (7, 5)
    assert {type(seed) for seed in found} == {int}


@pytest.mark.parametrize(
    "wrong",
    ["12", "", b"12", bytearray(b"1"), memoryview(b"12"), [1.7], ["1"], {0: 1}, {0, 1}, frozenset([1]), True,
     [True], np.array([True]), None, [None], 2.5, float("nan"), float("inf"), [[1]], np.array([[1]]), 1j, 0,
     -1, [], [-1], [1, 1], [1, 1.0], [2**63], object()],
)  # fmt: skip
def test_what_is_no_seed_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"seeds must be a positive count or distinct .* got "):
        as_seeds(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("many", [3_000_000, range(3_000_000), itertools.count(), 10**18, 1e300])
def test_too_many_are_refused_at_once(many: int) -> None:

    with pytest.raises(ValueError, match="at most 10,000, each below"):
        as_seeds(many)


def test_the_bounds_themselves_are_allowed() -> None:
    assert len(as_seeds(MOST_SEEDS)) == MOST_SEEDS
    assert as_seeds([LARGEST_SEED]) == (LARGEST_SEED,)
    with pytest.raises(ValueError, match="seeds must be"):
        as_seeds(MOST_SEEDS + 1)
