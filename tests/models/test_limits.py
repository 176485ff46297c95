"""Networks that nobody means are refused before a number of them is drawn."""

from typing import Any

import pytest

from pdenet.models import ConvResNet, PDENet, limits
from pdenet.models.limits import check_size, memory
from pdenet.symbolic import PDE1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": 99_999_999_999}, "depth must be .* at most 100,000; got 99999999999"),
        ({"depth": 100_001}, "depth must be .* at most 100,000; got 100001"),
        ({"seeds": 3_000_000}, r"seeds must be .*\(at most 10,000"),
        ({"widths": (99_999_999_999,)}, "each of widths must be .* at most 1,000,000"),
        ({"widths": (8, 1_000_001)}, "each of widths must be .* got 1000001"),
        ({"classes": 99_999_999_999}, "classes must be .* at most 1,000,000"),
        (
            {"image_shape": (10**6, 10**6)},
            "the number of pixels must be .* at most 1,000,000; got 1000000000000",
        ),
        ({"seeds": 10_000, "widths": (1_000_000,)}, r"not enough memory .* ask for fewer or smaller ones"),
        ({"widths": (1_000_000, 1_000_000)}, "not enough memory"),
    ],
)
def test_beyond_all_limits_it_says_which(options: dict[str, Any], message: str) -> None:
    given = {"depth": 1, **options}
    with pytest.raises(ValueError, match=message):
        ConvResNet(**given)
    with pytest.raises(ValueError, match=message):
        PDENet(PDE1, **given)


def test_what_fits_exactly_is_built_and_one_more_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = 2 * (9 * 3 + (4 + 1) * 5 + (5 + 1) * 6)
    monkeypatch.setattr(limits, "memory", lambda: 8 * numbers)
    check_size(2, 3, (2, 2), [5], 6)
    monkeypatch.setattr(limits, "memory", lambda: 8 * numbers - 1)
    with pytest.raises(ValueError, match=f"2 networks of 3 layers .* of 4, 5, 6 are {numbers} numbers"):
        check_size(2, 3, (2, 2), [5], 6)


def test_the_memory_is_that_of_a_machine() -> None:
    assert memory() > 2**28
