"""Networks under weight decay near zero: gradients, the Hessian, the critical strength; bad input."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.weight_decay.critical import (
    correlation,
    critical_decay,
    hessian_at_zero,
    one_hot,
    stiffness,
)
from pdenet.subjects.weight_decay.network import Network, one_way

RNG = np.random.default_rng(0)
INPUTS = RNG.standard_normal((40, 5))
LABELS = RNG.integers(0, 3, 40)


def network(*hidden: int, bias: bool = False) -> Network:
    return Network(INPUTS, LABELS, hidden, classes=3, bias=bias)


def by_torch(one: Network, weights: torch.Tensor, decay: float) -> torch.Tensor:
    """The loss, written anew."""
    state, start, squares = torch.from_numpy(one.inputs), 0, torch.zeros((), dtype=torch.float64)
    for layer, (i, o) in enumerate(pairwise(one.widths)):
        matrix = weights[start : start + i * o].reshape(o, i)
        start += i * o
        squares = squares + (matrix**2).sum()
        state = (torch.tanh(state) if layer else state) @ matrix.T
    logits = state + weights[start:] if one.bias else state
    return cross_entropy(logits, torch.from_numpy(one.labels)) + decay / 2 * squares


@pytest.mark.parametrize(("hidden", "bias"), [((), False), ((4,), False), ((4,), True), ((3, 2), False)])
def test_loss_and_gradient_are_those_of_torch(hidden: tuple[int, ...], bias: bool) -> None:
    one = network(*hidden, bias=bias)
    weights = RNG.standard_normal(one.size)
    leaf = torch.from_numpy(weights).requires_grad_()
    value = by_torch(one, leaf, 0.3)
    value.backward()
    found, gradient = one.loss(weights, 0.3)
    assert found == pytest.approx(value.item(), abs=1e-12)
    assert leaf.grad is not None
    assert np.abs(gradient - leaf.grad.numpy()).max() < 1e-12


@pytest.mark.parametrize("hidden", [(4,), (3, 2)])
def test_the_gradient_vanishes_at_zero(hidden: tuple[int, ...]) -> None:
    one = network(*hidden)
    assert np.abs(one.loss(np.zeros(one.size), 0.3)[1]).max() == 0


@pytest.mark.parametrize("hidden", [1, 2, 3])
def test_the_hessian_at_zero_has_decay_minus_and_plus_the_singular_values(hidden: int) -> None:
    one = network(hidden)
    zero = torch.zeros(one.size, dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(lambda w: by_torch(one, w, 0.3), zero)
    expected = hessian_at_zero(correlation(INPUTS, one_hot(LABELS, 3)), hidden, 0.3)
    assert isinstance(hessian, torch.Tensor)
    assert np.abs(np.linalg.eigvalsh(hessian.numpy()) - expected).max() < 1e-10


def test_the_hessian_of_three_layers_at_zero_is_the_decay_alone() -> None:
    one = network(3, 2)
    zero = torch.zeros(one.size, dtype=torch.float64)
    hessian = torch.autograd.functional.hessian(lambda w: by_torch(one, w, 0.3), zero)
    assert isinstance(hessian, torch.Tensor)
    assert np.abs(hessian.numpy() - 0.3 * np.eye(one.size)).max() < 1e-12


@pytest.mark.parametrize("hidden", [1, 2, 6])
@pytest.mark.parametrize("bias", [False, True])
def test_weights_vanish_above_the_critical_strength_and_not_below(hidden: int, bias: bool) -> None:
    one = network(hidden, bias=bias)
    at = critical_decay(correlation(INPUTS, one_hot(LABELS, 3), bias=bias))
    start = 0.5 * RNG.standard_normal(one.size)
    sizes = []
    for share in (0.98, 1.02):
        matrices, _ = one.split(one.settle(start, share * at).weights)
        sizes.append(np.sqrt(sum((matrix**2).sum() for matrix in matrices)))
    assert sizes[1] < 1e-4 < 0.02 < sizes[0]


def test_a_bias_takes_the_frequencies() -> None:
    with_bias = correlation(INPUTS, one_hot(LABELS, 3), bias=True)
    frequencies = np.bincount(LABELS) / len(LABELS)
    by_hand = sum(np.outer(np.eye(3)[y] - frequencies, x) for x, y in zip(INPUTS, LABELS, strict=True)) / 40
    assert np.allclose(with_bias, by_hand, atol=1e-14)
    assert np.abs(with_bias - correlation(INPUTS, one_hot(LABELS, 3))).max() > 1e-3


def test_a_slope_at_zero_multiplies() -> None:
    found = correlation(INPUTS, one_hot(LABELS, 3))
    assert critical_decay(found, "erf") == pytest.approx(2 / np.sqrt(np.pi) * critical_decay(found))
    assert critical_decay(found, "linear") == critical_decay(found, "sine") == critical_decay(found)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "softplus"])
def test_what_has_no_slope_at_zero_or_does_not_vanish_there_is_refused(activation: str) -> None:
    with pytest.raises(NotImplementedError, match=f"vanish at zero with a slope.*got '{activation}'"):
        critical_decay(np.eye(2), activation)


@pytest.mark.parametrize(
    ("found", "activation"), [(np.eye(2), "tan"), (np.ones(3), "tanh"), (np.full((2, 2), np.nan), "tanh")]
)
def test_no_matrix_and_no_activation_are_refused(found: Any, activation: str) -> None:
    with pytest.raises(ValueError, match=r"activation must be|S must be a matrix"):
        critical_decay(found, activation)


def test_negative_decay_is_refused() -> None:
    one = network(2)
    for call in (
        lambda: one.loss(np.zeros(one.size), -0.1),
        lambda: one.settle(np.zeros(one.size), -0.1),
        lambda: one.follow(np.zeros(one.size), [0.1, -0.1], 0),
        lambda: hessian_at_zero(np.eye(2), 1, -0.1),
    ):
        with pytest.raises(ValueError, match="decay must be a finite number, at least 0"):
            call()


@pytest.mark.parametrize("decays", [[0.1, 0.3, 0.2], [0.3, 0.1, 0.2], [0.2, 0.2]])
def test_strengths_that_turn_back_are_refused(decays: list[float]) -> None:
    one = network(2)
    with pytest.raises(ValueError, match=r"rise \(heating\) or all fall \(cooling\)"):
        one.follow(np.zeros(one.size), decays, 0)
    assert one_way([0.1, 0.2]) == (0.1, 0.2)
    assert one_way([0.3]) == (0.3,)


def test_rounds_that_do_not_suffice_are_told() -> None:
    one = network(4)
    with pytest.raises(NotConverged, match=r"after 2 rounds at decay 0\.01"):
        one.settle(RNG.standard_normal(one.size), 0.01, rounds=2)


@pytest.mark.parametrize(
    ("inputs", "labels", "hidden", "says"),
    [
        (INPUTS[0], LABELS, (2,), r"inputs are \(B, N\)"),
        (INPUTS, LABELS[:-1], (2,), r"labels \(B,\)"),
        (INPUTS[:0], LABELS[:0], (2,), "inputs are"),
        (INPUTS, LABELS + 1, (2,), "labels are 0 to 2"),
        (INPUTS, LABELS, (0,), "hidden"),
    ],
)
def test_a_network_that_is_none_is_refused(inputs: Any, labels: Any, hidden: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Network(inputs, labels, hidden, classes=3)


def test_weights_must_be_as_many_as_parameters() -> None:
    with pytest.raises(ValueError, match="16 parameters in a row"):
        network(2).split(np.zeros(15))


@pytest.mark.parametrize(("inputs", "answers"), [(INPUTS, np.eye(3)), (INPUTS[0], INPUTS), (INPUTS[:0],) * 2])
def test_answers_that_are_not_as_many_are_refused(inputs: Any, answers: Any) -> None:
    with pytest.raises(ValueError, match=r"answers \(B, K\)"):
        correlation(inputs, answers)


@pytest.mark.parametrize("hidden", [1, 4])
def test_the_stiffness_is_the_fourth_order_of_the_loss(hidden: int) -> None:
    """Along the first singular vectors, in equal shares."""
    one, answers = network(hidden), one_hot(LABELS, 3)
    found = correlation(INPUTS, answers)
    left, sizes, right = np.linalg.svd(found)
    share = np.full(hidden, hidden**-0.5)
    way = np.concatenate([np.outer(share, right[0]).ravel(), np.outer(left[:, 0], share).ravel()])
    radii = np.linspace(0.02, 0.15, 12)
    even = radii[:, None] ** np.array([2, 4, 6, 8])
    values = [one.loss(r * way, 0.0)[0] - np.log(3) for r in radii]
    order = np.linalg.lstsq(even, values, rcond=None)[0]
    assert order[0] == pytest.approx(-sizes[0], rel=1e-6)
    assert order[1] == pytest.approx(stiffness(INPUTS, answers, hidden), rel=2e-3)


@pytest.mark.parametrize("hidden", [1, 4])
def test_weights_grow_as_the_stiffness_says(hidden: int) -> None:
    one, answers = network(hidden), one_hot(LABELS, 3)
    at, gap = critical_decay(correlation(INPUTS, answers)), 2e-3
    assert stiffness(INPUTS, answers, hidden) > 0
    squares = float((one.settle(0.3 * RNG.standard_normal(one.size), (1 - gap) * at).weights ** 2).sum())
    assert squares == pytest.approx(gap * at / stiffness(INPUTS, answers, hidden), rel=0.03)
