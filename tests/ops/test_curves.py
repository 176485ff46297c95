"""Curves: where they start and end, how fast they go, and what is refused."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from pdenet.ops.curves import Curve, bezier, bulged, circle, polygon, straight


def drawn(*shape: int, seed: int = 0) -> Tensor:
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=stream, dtype=torch.float64)


A, B, SIDE = (drawn(2, 3, 5, seed=n) for n in range(3))
OPEN: dict[str, Curve] = {
    "straight": straight(A, B),
    "bulged": bulged(A, B, SIDE),
    "bezier": bezier(A, SIDE, B),
    "polygon": polygon(torch.stack([A, SIDE, A + SIDE, B])),
}


@pytest.mark.parametrize("curve", OPEN.values(), ids=OPEN)
def test_a_curve_leads_from_its_start_to_its_end(curve: Curve) -> None:
    torch.testing.assert_close(curve.start, A)
    torch.testing.assert_close(curve.end, B)
    torch.testing.assert_close(curve.backward().start, B)
    torch.testing.assert_close(curve.backward().end, A)


@pytest.mark.parametrize("curve", [*OPEN.values(), circle(A, B, SIDE, 1.5)])
def test_the_velocity_is_the_derivative_of_the_place(curve: Curve) -> None:
    t, h = torch.tensor([0.1, 0.4, 0.55, 0.9], dtype=torch.float64), 1e-6
    quotient = (curve.at(t + h) - curve.at(t - h)) / (2 * h)
    torch.testing.assert_close(curve.velocity(t), quotient, rtol=1e-6, atol=1e-6)


def test_times_may_differ_from_curve_to_curve() -> None:
    t = torch.rand(4, 2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    curve = OPEN["polygon"]
    found = curve.at(t)
    for s in range(2):
        for b in range(3):
            torch.testing.assert_close(found[:, s, b], curve.at(t[:, s, b])[:, s, b])


def test_a_part_is_that_part_and_as_fast_as_its_share() -> None:
    curve = OPEN["bulged"]
    part = curve.part(0.2, 0.7)
    torch.testing.assert_close(part.at(0.5), curve.at(0.45))
    torch.testing.assert_close(part.velocity(0.5), 0.5 * curve.velocity(0.45))


def test_a_circle_comes_back_and_keeps_its_distance() -> None:
    across, up = torch.eye(5, dtype=torch.float64)[:2]
    loop = circle(A[0, 0], across, up, 1.5)
    torch.testing.assert_close(loop.start, loop.end)
    away = (loop.at(torch.linspace(0, 1, 9)) - A[0, 0]).norm(dim=-1)
    torch.testing.assert_close(away, torch.full_like(away, 1.5))
    torch.testing.assert_close(loop.at(0.25)[0], A[0, 0] + 1.5 * up)


def test_a_polygon_passes_its_corners_at_equal_times() -> None:
    corners = drawn(5, 2, 3)
    torch.testing.assert_close(polygon(corners).at(torch.arange(5) / 4), corners)
    assert polygon(corners).pieces == 4


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: straight(A, B[:1]), ValueError, r"end must be .*\(2, 3, 5\); got \(1, 3, 5\)"),
    (lambda: straight(A.long(), B), TypeError, "start must be floating point"),
    (lambda: straight(torch.tensor(1.0), torch.tensor(2.0)), ValueError, r"start must be \(\.\.\., D\)"),
    (lambda: polygon(A[:1]), ValueError, "two or more"),
    (lambda: circle(A, B, SIDE, 0), ValueError, "radius must be a finite number, above 0; got 0"),
    (lambda: circle(A, B, SIDE, math.nan), ValueError, "radius"),
    (lambda: OPEN["straight"].at(1.5), ValueError, "between 0 and 1; got 1.5"),
    (lambda: OPEN["straight"].at(torch.zeros(4, 3)), ValueError, r"\(T,\) or \(T, 2, 3\); got \(4, 3\)"),
    (lambda: OPEN["straight"].part(-0.1, 1), ValueError, "begin must be"),
    (lambda: OPEN["straight"].part(0, True), TypeError, "end must be"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_what_is_no_curve_is_refused(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
