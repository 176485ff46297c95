"""What functions on arrays are given: whole numbers, words, numbers; and what they return is their own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.ops import residual_stack
from pdenet.ops.arrays import finite
from pdenet.ops.exact_flow import exact_flow
from pdenet.ops.obstacle import obstacle_flow, obstacle_implicit
from pdenet.ops.paths.gates import gated_stack, propagate, pull_back, relu_gates
from pdenet.ops.paths.paths import enumerate_paths, heaviest_paths
from pdenet.ops.paths.walks import predicted_variance, sample_walks
from pdenet.ops.quotient import kernel_symbol, relative_kernel
from pdenet.ops.variants import implicit_stack, periodic_stack

ANY: Any = None
U, KERNELS = np.ones(5), np.full((2, 3), 0.1)
STACK = gated_stack(KERNELS, np.ones((2, 5)))
KERNEL, DECAY = np.zeros((3, 3)), -np.eye(3)
W = [0.0, 1.0, 0.0]


@pytest.mark.parametrize("given", [True, "2", 2.5, None, [2], float("nan"), -3])
@pytest.mark.parametrize(
    "call",
    [
        lambda n: heaviest_paths(STACK, U, 2, n),
        lambda n: enumerate_paths(STACK, U, 2, limit=n),
        lambda n: sample_walks(U, KERNELS, 2, n),
        lambda n: sample_walks(U, KERNELS, 2, 10, seed=n),
        lambda n: sample_walks(U, KERNELS, (n,), 10),
        lambda n: predicted_variance(U, KERNELS, (n,)),
        lambda n: pull_back(STACK, (n,)),
        lambda n: relative_kernel(W, W, n),
        lambda n: obstacle_flow(DECAY, np.ones(3), 1.0, n),
        lambda n: obstacle_implicit(DECAY, np.ones(3), 1.0, n),
    ],
)
def test_what_is_no_count_is_refused(call: Callable[[Any], object], given: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"got|expected"):
        call(given)


@pytest.mark.parametrize("kind", [int, float, np.int32, np.int64, np.float32])
def test_counts_of_every_kind_are_one_count(kind: Callable[[int], Any]) -> None:
    assert len(heaviest_paths(STACK, U, kind(2), kind(3)).paths) == 3
    estimates = {
        sample_walks(U, KERNELS, at, kind(50), seed=kind(3)).estimate for at in (kind(2), (kind(2),))
    }
    assert estimates == {sample_walks(U, KERNELS, 2, 50, seed=3).estimate}
    assert len(relative_kernel(W, W, kind(5))) == 5
    assert obstacle_flow(DECAY, np.ones(3), kind(1), kind(2)).tolist() == [0.25] * 3


@pytest.mark.parametrize(
    "call",
    [
        lambda word: relu_gates(U, KERNELS, boundary=word),
        lambda word: gated_stack(KERNELS, np.ones((2, 5)), boundary=word),
        lambda word: sample_walks(U, KERNELS, 2, 10, boundary=word),
        lambda word: exact_flow(KERNEL, np.ones((3, 3)), 1.0, boundary=word),
    ],
)
def test_a_boundary_is_a_word_that_is_known(call: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match="'zero' or 'periodic'; got 'perodic'"):
        call("perodic")
    with pytest.raises(TypeError, match="boundary must be 'zero' or 'periodic'; got True"):
        call(True)


@pytest.mark.parametrize("options", [{"backend": True}, {"support": 5}, {"backend": None}])
def test_backend_and_support_are_words(options: Any) -> None:
    with pytest.raises(TypeError, match=r"(backend|support) must be '"):
        residual_stack(torch.zeros(1, 2, 2), torch.zeros(1, 3, 3), **options)


@pytest.mark.parametrize("values", [["1", "2"], "12", [1j, 0], [b"1"], [object()]])
@pytest.mark.parametrize(
    "call",
    [
        lambda values: finite("u", values),
        lambda values: relu_gates(values, KERNELS),
        lambda values: sample_walks(values, KERNELS, 0, 10),
        lambda values: kernel_symbol(values, [0.0]),
        lambda values: kernel_symbol(W, values),
        lambda values: obstacle_flow(DECAY, values, 1.0, 2),
        lambda values: exact_flow(KERNEL, values, 1.0),
    ],
)
def test_text_and_complex_numbers_are_no_numbers(call: Callable[[Any], object], values: Any) -> None:
    with pytest.raises(TypeError, match="must hold real numbers; got"):
        call(values)


@pytest.mark.parametrize("duration", ["2", True, None, float("nan")])
def test_a_duration_is_a_finite_number(duration: Any) -> None:
    for call in (
        lambda: exact_flow(KERNEL, np.ones((3, 3)), duration),
        lambda: obstacle_flow(DECAY, np.ones(3), duration, 2),
        lambda: obstacle_implicit(DECAY, np.ones(3), duration, 2),
    ):
        with pytest.raises((TypeError, ValueError), match="duration must be a finite number; got"):
            call()


def test_numbers_come_in_many_kinds() -> None:
    for given in ([1, 2], np.array([1, 2], np.int8), torch.tensor([1.0, 2.0], dtype=torch.bfloat16)):
        assert finite("u", given).tolist() == [1, 2]
    with pytest.raises(
        ValueError, match=r"operator must be \(n, n\) and start \(n,\); got \(3, 3\) and \(2,\)"
    ):
        obstacle_flow(DECAY, np.ones(2), 1.0, 2)


@pytest.mark.parametrize("stack", [residual_stack, periodic_stack, implicit_stack])
def test_without_layers_or_seeds_tensors_are_new(stack: Any) -> None:
    u = torch.ones(2, 1, 3, 3)
    stack(u, torch.zeros(2, 0, 3, 3)).add_(1)
    assert (u == 1).all()
    shared = torch.ones(1, 3, 3).expand(2, -1, -1, -1)
    assert (stack(shared, torch.zeros(2, 0, 3, 3)).add_(1) == 2).all()
    assert (shared == 1).all()
    assert stack(u[:0], torch.zeros(0, 2, 3, 3)).shape == (0, 1, 3, 3)


def test_without_layers_arrays_are_new() -> None:
    u, none = np.ones(5), gated_stack(np.zeros((0, 3)), np.ones((0, 5)))
    state = np.ones((3, 3))
    for result in (
        propagate(none, u),
        pull_back(none, u)[0],
        obstacle_flow(-np.eye(5), u, 1.0, 0),
        exact_flow(KERNEL, state, 0.0),
        exact_flow(KERNEL, state, 0.0, boundary="periodic"),
    ):
        result += 1
    assert (u == 1).all()
    assert (state == 1).all()
