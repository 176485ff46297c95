"""Bytes that a graph holds: by hand for a chain of sines, with and without what is computed again."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from pdenet.models.measures.memory import Held, held_bytes, live_bytes, saved_numbers


def sines(u: Tensor, count: int) -> Tensor:
    """Each keeps its input."""
    for _ in range(count):
        u = u.sin()
    return u


def state() -> Tensor:
    return torch.zeros(10, 10, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("count", [1, 7])
def test_each_sine_keeps_its_input(count: int) -> None:
    u = state()
    assert held_bytes(lambda: sines(u, count)) == Held(800 * count, 800 * count)
    assert saved_numbers(lambda: sines(u, count)) == 100 * count
    assert u.grad is not None
    assert (u.grad == 1).all()


def test_a_storage_counts_once_and_parameters_not() -> None:
    u, layer = state(), nn.Linear(10, 10, dtype=torch.float64)
    assert held_bytes(lambda: u[:5].sin() + u[5:].sin()).kept == 800
    assert held_bytes(lambda: layer(u)).kept == 1600
    assert held_bytes(lambda: layer(u), layer.parameters()).kept == 800


def test_checkpoints_keep_inputs_and_hold_a_part_on_the_way_back() -> None:
    u = state()

    def parts() -> Tensor:
        v = u
        for _ in range(3):
            v = checkpoint(sines, v, 4, use_reentrant=True)
        return v

    # Three inputs; then the inputs of four sines, the first of which is an input that is there.
    assert held_bytes(parts) == Held(3 * 800, (3 + 3) * 800)
    assert u.grad is not None
    assert (u.grad == 1).all()


def test_what_lives_is_what_was_made_and_not_let_go() -> None:
    u = torch.zeros(100, dtype=torch.float64)

    def chain() -> Tensor:
        v = u
        for _ in range(5):
            v = v + 1  # the one before goes when this one is there
        return v[:50]

    assert live_bytes(chain) == 2 * 800
    assert live_bytes(lambda: [u + 1 for _ in range(5)]) == 5 * 800
    assert live_bytes(lambda: u.add_(1)) == 0
