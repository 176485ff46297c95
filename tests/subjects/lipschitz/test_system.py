"""One block: both sides of its bound, and its inverse."""

from __future__ import annotations

import pytest
import torch

from pdenet.models.measures.lipschitz import UpperBound, power_iteration
from pdenet.subjects.lipschitz.system import approach, drawn_branch, moves, states, undone


@pytest.mark.parametrize("k", [0.0, 0.3, 2.0])
def test_a_drawn_branch_has_its_k(k: float) -> None:
    branch = drawn_branch(k, 6, seed=3)
    assert branch.bound().values.item() == pytest.approx(k, rel=1e-10)
    a, b = states(200, 6, seed=1), states(200, 6, seed=2)
    stretch = (branch(a) - branch(b)).norm(dim=2) / (a - b).norm(dim=2)
    assert stretch.max().item() <= k * (1 + 1e-9)


def test_a_circle_lands_in_a_ring_with_a_skip_and_in_a_disc_without() -> None:
    branch = drawn_branch(0.3, 2)
    with_skip, without = (moves(branch, skip=skip).norm(dim=1) for skip in (True, False))
    assert 0.7 - 1e-9 <= with_skip.min() < 1
    assert 1 < with_skip.max() <= 1.3 + 1e-9
    assert without.max() <= 0.3 + 1e-9
    assert len(without) == 6 * 60


@pytest.mark.parametrize("k", [0.1, 0.5, 0.9])
def test_the_fixed_point_is_approached_at_the_rate_k(k: float) -> None:
    left = approach(drawn_branch(k, 12), states(50, 12), 20)
    wanted = k ** torch.arange(21.0)
    assert (left <= wanted * (1 + 1e-6) + 1e-12).all()
    assert left[-1] < left[0]


def test_the_rate_k_is_reached() -> None:
    def branch(u: torch.Tensor) -> torch.Tensor:
        return -0.5 * u

    assert torch.allclose(approach(branch, states(3, 2), 5), 0.5 ** torch.arange(6.0))


@pytest.mark.parametrize("k", [0.0, 0.3, 0.9])
def test_a_block_is_undone_within_the_tolerance(k: float) -> None:
    branch, before = drawn_branch(k, 8), states(40, 8)
    found = undone(branch, before + branch(before), branch.bound(), 1e-9)
    assert (found - before).norm(dim=2).max() <= 1e-9


def test_a_block_of_k_one_may_lose_its_input_and_is_not_undone() -> None:
    behind = torch.zeros(1, 2, 3)  # of every x, where F(x) = -x
    with pytest.raises(ValueError, match="K below 1; got 1"):
        undone(lambda u: -u, behind, UpperBound(torch.ones(1)))
    with pytest.raises(TypeError, match="must be an UpperBound"):
        undone(lambda u: -u, behind, power_iteration(torch.eye(3) / 2))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="tolerance must be"):
        undone(lambda u: -u, behind, UpperBound(torch.zeros(1)), 0)
    with pytest.raises(ValueError, match="k must be"):
        drawn_branch(-1, 2)
