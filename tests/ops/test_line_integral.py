"""Integrals along curves: exact where they must be, of the order they have, and what is refused."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pdenet.ops.curves import bezier, bulged, circle, polygon, straight
from pdenet.ops.diverged import DivergedError
from pdenet.ops.line_integral import AT_ONCE, NODES, line_integral, pull, running_integral


def drawn(*shape: int, seed: int = 0) -> Tensor:
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=stream, dtype=torch.float64)


A, B, SIDE = (drawn(2, 3, 4, seed=n) for n in range(3))
MATRIX = drawn(4, 4, seed=3)
SYMMETRIC = MATRIX + MATRIX.T
PATHS = {"straight": straight(A, B), "bulged": bulged(A, B, SIDE), "bezier": bezier(A, SIDE, B)}


def quadratic(x: Tensor) -> Tensor:
    """Potential whose force is linear."""
    return 0.5 * ((x @ SYMMETRIC) * x).sum(-1)


def linear_force(x: Tensor) -> Tensor:
    return x @ SYMMETRIC


def smooth(x: Tensor) -> Tensor:
    """Gradient of the sum of sines."""
    return x.cos()


def test_the_nodes_are_those_of_gauss_and_legendre() -> None:
    places, weights = np.polynomial.legendre.leggauss(5)
    np.testing.assert_allclose(NODES["gauss"][0], (1 + places) / 2, atol=1e-15)
    np.testing.assert_allclose(NODES["gauss"][1], weights / 2, atol=1e-15)


@pytest.mark.parametrize(("rule", "degree"), [("gauss", 9), ("trapezoid", 1), ("midpoint", 1), ("left", 0)])
def test_each_rule_is_exact_up_to_its_degree_and_not_beyond(rule: Any, degree: int) -> None:
    line = straight(torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64))
    for power in range(degree + 1):
        found = line_integral(lambda x, n=power: x**n, line, panels=1, rule=rule)  # type: ignore[misc]
        assert abs(float(found) - 1 / (power + 1)) < 1e-15
    beyond = line_integral(lambda x: x ** (degree + 1), line, panels=1, rule=rule)
    assert abs(float(beyond) - 1 / (degree + 2)) > 1e-7


def test_the_trapezoid_is_exact_on_a_straight_line_for_a_quadratic_potential() -> None:
    found = line_integral(linear_force, PATHS["straight"], panels=1, rule="trapezoid")
    torch.testing.assert_close(found, quadratic(B) - quadratic(A), rtol=0, atol=1e-13)


@pytest.mark.parametrize("path", PATHS)
def test_on_every_path_the_work_is_the_difference_of_the_potential(path: str) -> None:
    found = line_integral(smooth, PATHS[path], panels=16, between=(A, B))
    torch.testing.assert_close(found, (B.sin() - A.sin()).sum(-1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("path", PATHS)
def test_there_and_back_is_nothing(path: str) -> None:
    there = line_integral(smooth, PATHS[path], panels=3)
    back = line_integral(smooth, PATHS[path].backward(), panels=3)
    torch.testing.assert_close(there, -back, rtol=0, atol=1e-13)  # with few panels as well


@pytest.mark.parametrize("path", PATHS)
def test_the_work_of_parts_adds_up(path: str) -> None:
    curve = PATHS[path]
    parts = line_integral(smooth, curve.part(0, 0.3)) + line_integral(smooth, curve.part(0.3, 1))
    torch.testing.assert_close(parts, line_integral(smooth, curve), rtol=0, atol=1e-12)


@pytest.mark.parametrize("path", PATHS)
def test_how_fast_a_path_is_run_through_does_not_matter(path: str) -> None:
    """Also for a force that is no gradient."""
    curve = PATHS[path]
    late = curve.retimed(lambda t: t**2 * (3 - 2 * t), lambda t: 6 * t * (1 - t))
    for force in (smooth, lambda x: x.cos() @ MATRIX):
        first, second = (line_integral(force, one, panels=64) for one in (curve, late))
        torch.testing.assert_close(first, second, rtol=0, atol=1e-10)


def test_the_error_of_gauss_falls_with_the_tenth_power_and_a_jump_leaves_one() -> None:
    line = straight(torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64))
    errors = [
        abs(float(line_integral(lambda x: (6 * x).exp() * 6, line, panels=k)) - math.exp(6) + 1)
        for k in (4, 8)
    ]
    assert abs(math.log2(errors[0] / errors[1]) - 10) < 0.3
    places = np.linspace(0.2, 0.8, 200)  # of the jump, in and between the panels

    def typical(k: int) -> float:
        found = [
            float(line_integral(lambda x, c=c: (x > c).double(), line, panels=k)) - (1 - c)  # type: ignore[misc]
            for c in places
        ]
        return float(np.sqrt(np.mean(np.square(found))))

    assert abs(math.log2(typical(4) / typical(32)) / 3 - 1) < 0.15


def test_edges_at_a_jump_bring_the_order_back() -> None:
    line = straight(torch.zeros(2, 1, dtype=torch.float64), torch.ones(2, 1, dtype=torch.float64))
    jump = torch.tensor([[0.3137], [0.7]], dtype=torch.float64)
    edges = torch.stack([torch.zeros(2), jump[:, 0], torch.ones(2), torch.ones(2)]).double()

    def force(x: Tensor) -> Tensor:
        return torch.where(x > jump, x**4, -1 + 0 * x)

    exact = (1 - jump[:, 0] ** 5) / 5 - jump[:, 0]
    torch.testing.assert_close(line_integral(force, line, edges=edges), exact, rtol=0, atol=1e-14)
    assert float((line_integral(force, line, panels=3) - exact).abs().min()) > 1e-4


@pytest.mark.parametrize("radius", [0.5, 1.5])
def test_a_loop_of_a_linear_force_is_its_curl_times_the_area(radius: float) -> None:
    across, up = torch.eye(4, dtype=torch.float64)[:2].expand(2, 3, 2, 4).unbind(-2)
    loop = circle(A, across, up, radius)
    found = line_integral(lambda x: x @ MATRIX.T, loop, panels=7, rule="midpoint")
    curl = float(MATRIX[1, 0] - MATRIX[0, 1])
    torch.testing.assert_close(found, torch.full_like(found, math.pi * radius**2 * curl))
    nothing = line_integral(linear_force, loop, panels=7, rule="midpoint")
    assert float(nothing.abs().max()) < 1e-12


def test_the_left_rule_on_a_polygon_is_the_sum_of_steps() -> None:
    corners = drawn(6, 2, 4)
    found = line_integral(smooth, polygon(corners), panels=5, rule="left")
    torch.testing.assert_close(found, (smooth(corners[:-1]) * corners.diff(dim=0)).sum((0, -1)))


def test_the_running_integral_ends_with_the_whole_and_sizes_do_not_cancel() -> None:
    curve = PATHS["bulged"]
    course = running_integral(smooth, curve, panels=8)
    assert course.shape == (9, 2, 3)
    assert not course[0].any()
    torch.testing.assert_close(course[-1], line_integral(smooth, curve, panels=8))
    sizes = line_integral(smooth, curve, panels=8, absolute=True)
    assert bool((sizes >= course[-1].abs() - 1e-12).all())
    assert bool((sizes > course[-1].abs() + 1e-3).any())


def test_many_panels_are_asked_for_in_parts_and_nothing_is_lost() -> None:
    calls = []

    def noted(x: Tensor) -> Tensor:
        calls.append(x.shape[0] * x.shape[1])
        return x

    line = straight(torch.zeros(10, 1, dtype=torch.float64), torch.ones(10, 1, dtype=torch.float64))
    found = line_integral(noted, line, panels=1000)
    assert len(calls) > 1
    assert max(calls) <= AT_ONCE
    torch.testing.assert_close(found, torch.full((10,), 0.5, dtype=torch.float64))


def test_pull_is_force_times_velocity() -> None:
    t = torch.tensor([0.25], dtype=torch.float64)
    curve = PATHS["bezier"]
    torch.testing.assert_close(pull(smooth, curve, t), (smooth(curve.at(t)) * curve.velocity(t)).sum(-1))


LINE = PATHS["straight"]
BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (
        lambda: line_integral(smooth, LINE, between=(B, A)),
        ValueError,
        "start is up to .* away from the point",
    ),
    (lambda: line_integral(smooth, LINE, between=(A, A)), ValueError, "end is up to .* away"),
    (lambda: line_integral(smooth, LINE, between=(A[0], B)), ValueError, "the start must be"),
    (lambda: line_integral(smooth, LINE, panels=0), ValueError, "panels must be"),
    (lambda: line_integral(smooth, LINE, rule="simpson"), ValueError, "rule must be"),  # type: ignore[arg-type]
    (lambda: line_integral(smooth, LINE, absolute=1), TypeError, "absolute must be"),  # type: ignore[arg-type]
    (lambda: line_integral(smooth, LINE, edges=torch.tensor([0, 0.5])), ValueError, "ascend from 0 to 1"),
    (lambda: line_integral(smooth, LINE, edges=torch.tensor([0, 0.6, 0.5, 1])), ValueError, "ascend"),
    (lambda: line_integral(smooth, LINE, edges=torch.zeros(3, 2)), ValueError, "edges must be"),
    (lambda: line_integral(lambda x: x.sum(-1), LINE), ValueError, "answer points .* alike"),
    (lambda: line_integral(lambda x: x / 0, LINE), DivergedError, "not finite"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_what_is_no_integral_is_refused(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
