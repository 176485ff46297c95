"""Two linear layers: what decay amounts to, modes one by one, balance."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdenet.data import load_images
from pdenet.ops.diverged import NotConverged
from pdenet.subjects.weight_decay.modes import (
    Task,
    digits_task,
    loss,
    matrices,
    next_mode,
    nuclear_minimum,
    second_critical,
    thresholded,
    trained_weights,
)

RNG = np.random.default_rng(1)
COMMON = RNG.standard_normal((3, 5))
FACTOR = RNG.standard_normal((5, 5))
WHITE, COLOURED = Task(COMMON, np.eye(5)), Task(COMMON, FACTOR @ FACTOR.T + 0.5 * np.eye(5))
FIRST = float(np.linalg.svd(COMMON, compute_uv=False)[0])


def product(task: Task, hidden: int, decay: float) -> np.ndarray:
    into, out = matrices(trained_weights(task, hidden, decay), task, hidden)
    return out @ into


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 1.1])
@pytest.mark.parametrize("hidden", [3, 7])
def test_two_layers_threshold_the_singular_values(share: float, hidden: int) -> None:
    """The closed form, for white inputs and any width that has room for the modes."""
    found = product(WHITE, hidden, share * FIRST)
    assert np.abs(found - thresholded(COMMON, share * FIRST)).max() < 1e-7


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8, 1.1])
def test_their_decay_is_a_sum_of_singular_values(share: float) -> None:
    """An algorithm that knows of no layers finds the same, for inputs that are not white."""
    found = product(COLOURED, 5, share * FIRST)
    assert np.abs(found - nuclear_minimum(COLOURED, share * FIRST)).max() < 1e-7


@pytest.mark.parametrize("task", [WHITE, COLOURED])
def test_layers_at_rest_are_balanced(task: Task) -> None:
    into, out = matrices(trained_weights(task, 4, 0.3 * FIRST), task, 4)
    assert np.abs(into @ into.T - out.T @ out).max() < 1e-8
    assert np.abs(into).max() > 0.1


def test_the_gradient_is_that_of_torch() -> None:
    weights = RNG.standard_normal(4 * 8)
    leaf = torch.from_numpy(weights).requires_grad_()
    into, out = leaf[:20].reshape(4, 5), leaf[20:].reshape(3, 4)
    both = out @ into
    common, spread = (torch.from_numpy(part) for part in COLOURED)
    value = ((both @ spread) * both).sum() / 2 - (common * both).sum() + 0.15 * (leaf**2).sum()
    value.backward()
    found, gradient = loss(weights, COLOURED, 4, 0.3)
    assert leaf.grad is not None
    assert found == pytest.approx(value.item(), abs=1e-12)
    assert np.abs(gradient - leaf.grad.numpy()).max() < 1e-12


@pytest.mark.parametrize("task", [WHITE, COLOURED])
def test_a_second_mode_appears_where_what_is_left_says(task: Task) -> None:
    at = second_critical(task)
    for share, modes in ((1.01, 1), (0.99, 2)):
        sizes = np.linalg.svd(nuclear_minimum(task, share * at), compute_uv=False)
        assert (sizes > 1e-9).sum() == modes
    assert next_mode(nuclear_minimum(task, 1.01 * at), task, 1.01 * at) < 1.01 * at
    assert next_mode(nuclear_minimum(task, at), task, at) == pytest.approx(at, rel=1e-5)


def test_white_inputs_have_the_second_singular_value_as_second_critical_strength() -> None:
    second = np.linalg.svd(COMMON, compute_uv=False)[1]
    assert second_critical(WHITE) == pytest.approx(second, rel=1e-5)
    assert abs(second_critical(COLOURED) / second - 1) > 1e-3


@pytest.mark.parametrize("white", [True, False])
def test_digits_are_centred_and_white(white: bool) -> None:
    found = digits_task(load_images("digits"), white=white, components=6)
    assert found.task.common.shape == (10, 6)
    assert np.abs(found.task.common.sum(0)).max() < 1e-12
    off = found.task.spread - np.diag(np.diag(found.task.spread))
    assert np.abs(off).max() < 1e-10
    assert np.allclose(np.diag(found.task.spread), 1) == white
    assert found.accuracy(np.zeros((10, 6))) == pytest.approx(10, abs=2)


def test_bad_numbers_are_refused() -> None:
    for call in (lambda: thresholded(COMMON, -1), lambda: loss(np.zeros(8), WHITE, 1, -1)):
        with pytest.raises(ValueError, match="decay must be a finite number, at least 0"):
            call()
    with pytest.raises(NotConverged, match="after 3 rounds"):
        nuclear_minimum(COLOURED, 0.1, 3)
    with pytest.raises(ValueError, match="components"):
        digits_task(load_images("digits"), components=0)
