"""The path sum against the network, against brute force and against autograd."""

from collections.abc import Callable
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pdenet.ops import residual_stack
from pdenet.ops.paths.gates import (
    Boundary,
    GatedStack,
    gated_stack,
    jacobian,
    propagate,
    pull_back,
    relu_gates,
)
from pdenet.ops.paths.paths import count_paths, enumerate_paths, heaviest_paths

MIRROR: Any = "mirror"  # no boundary that there is
PADDING = {"zero": "constant", "periodic": "circular"}


def torch_stack(u: Tensor, kernels: Tensor, bias: Tensor | None, boundary: Boundary) -> Tensor:
    """The stack of channels (C, H, W) written with conv2d, for comparison."""
    state = u[None]
    for layer, kernel in enumerate(kernels):
        rows, columns = kernel.shape[-2:]
        margins = (columns // 2,) * 2 + (rows // 2,) * 2
        padded = functional.pad(state, margins, mode=PADDING[boundary])
        b = None if bias is None else bias[layer]
        state = torch.relu(state + functional.conv2d(padded, kernel, b))
    return state[0]


def line(
    boundary: Boundary = "zero", layers: int = 4, pixels: int = 5, seed: int = 11
) -> tuple[np.ndarray, np.ndarray, GatedStack]:
    """A line of pixels with its stack: input, kernels, gated stack."""
    rng = np.random.default_rng(seed)
    u, kernels = rng.normal(size=pixels), 0.8 * rng.normal(size=(layers, 3))
    gates = relu_gates(u, kernels, boundary=boundary)
    return u, kernels, gated_stack(kernels, gates, boundary=boundary)


def plane(
    boundary: Boundary = "zero", bias: bool = True, seed: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, GatedStack]:
    """A small image with two channels and, if wanted, biases."""
    rng = np.random.default_rng(seed)
    u, kernels = rng.normal(size=(2, 3, 3)), 0.5 * rng.normal(size=(3, 2, 2, 3, 3))
    b = 0.3 * rng.normal(size=(3, 2)) if bias else None
    stack = gated_stack(kernels, relu_gates(u, kernels, b, boundary=boundary), b, boundary=boundary)
    return u, kernels, b, stack


@pytest.mark.parametrize("boundary", ["zero", "periodic"])
def test_all_paths_of_a_line_add_up_to_the_network(boundary: Boundary) -> None:
    u, kernels, stack = line(boundary)
    image, taps = (torch.from_numpy(a) for a in (u.reshape(1, 1, 5), kernels.reshape(4, 1, 1, 1, 3)))
    expected = torch_stack(image, taps, None, boundary)[0, 0].numpy()
    paths = enumerate_paths(stack, u)
    assert 0 < stack.gates.sum() < stack.gates.size
    assert paths.arriving() == pytest.approx(expected, abs=1e-12)
    assert propagate(stack, u) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("boundary", ["zero", "periodic"])
def test_all_paths_through_two_channels_add_up_to_the_network(boundary: Boundary, bias: bool) -> None:
    u, kernels, b, stack = plane(boundary, bias)
    offset = None if b is None else torch.from_numpy(b)
    expected = torch_stack(torch.from_numpy(u), torch.from_numpy(kernels), offset, boundary).numpy()
    paths = enumerate_paths(stack, u)
    assert paths.arriving() == pytest.approx(expected, abs=1e-12)
    assert propagate(stack, u) == pytest.approx(expected, abs=1e-12)
    assert len(paths) == count_paths(stack)
    assert (paths.sites[:, 0] < 0).any() == bias  # some are born of a bias


def test_the_sum_is_the_output_of_residual_stack() -> None:
    torch.manual_seed(0)
    u = torch.rand(28, 28, dtype=torch.float64)
    kernels, bias = 0.3 * torch.randn(6, 3, 3).double(), 0.1 * torch.randn(6).double()
    stack = gated_stack(kernels, relu_gates(u, kernels, bias), bias)
    assert propagate(stack, u) == pytest.approx(residual_stack(u[None], kernels, bias)[0].numpy(), abs=1e-12)


def test_paths_by_brute_force() -> None:
    """Every sequence of sites, with the matrix entries looked up one by one."""
    u, _, stack = line()
    dense = [step.toarray() for step in stack.steps]
    expected = {}
    for sites in product(range(5), repeat=5):
        weight = 1.0
        for layer, (before, after) in enumerate(pairwise(sites)):
            weight *= dense[layer][after, before] * stack.gates[layer, after]
        if weight:
            expected[sites] = weight
    paths = enumerate_paths(stack, u)
    found = {tuple(sites): weight for sites, weight in zip(paths.sites.tolist(), paths.weights, strict=True)}
    assert found == pytest.approx(expected)
    assert paths.sources == pytest.approx(u[paths.sites[:, 0]])


@pytest.mark.parametrize(("boundary", "expected"), [("zero", 259), ("periodic", 5 * 3**4)])
def test_number_of_paths_of_an_open_line(boundary: Boundary, expected: int) -> None:
    u, kernels, _ = line(boundary)
    stack = gated_stack(kernels, np.ones((4, 5)), boundary=boundary)
    assert count_paths(stack) == len(enumerate_paths(stack, u)) == expected


@pytest.mark.parametrize(("cross", "taps"), [(True, 5), (False, 9)])
def test_number_of_paths_into_a_pixel_is_taps_to_the_power_of_the_layers(cross: bool, taps: int) -> None:
    kernel = np.full((3, 3), 0.1)
    if cross:
        kernel[::2, ::2] = 0
    for layers, size in ((3, 7), (50, 101)):
        stack = gated_stack(np.tile(kernel, (layers, 1, 1)), np.ones((layers, size, size)))
        assert count_paths(stack, (size // 2, size // 2)) == taps**layers  # far above 64 bits at 50 layers


def test_jacobian_is_that_of_autograd_and_a_network_without_bias_is_linear_in_its_gates() -> None:
    u, kernels, _, stack = plane(bias=False)
    parts = [torch.from_numpy(a) for a in (u, kernels)]
    expected = torch.autograd.functional.jacobian(lambda v: torch_stack(v, parts[1], None, "zero"), parts[0])
    expected = expected.reshape(18, 18).numpy()
    assert jacobian(stack) == pytest.approx(expected, abs=1e-12)
    assert jacobian(stack) @ u.ravel() == pytest.approx(propagate(stack, u).ravel(), abs=1e-12)


def test_pull_back_is_a_row_of_the_jacobian_and_a_constant() -> None:
    u, _, _, stack = plane()
    readout = np.random.default_rng(2).normal(size=u.shape)
    gradient, constant = pull_back(stack, readout)
    assert gradient.ravel() == pytest.approx(readout.ravel() @ jacobian(stack), abs=1e-12)
    assert (gradient * u).sum() + constant == pytest.approx((readout * propagate(stack, u)).sum(), abs=1e-12)
    assert pull_back(stack, (1, 1, 1))[0].ravel() == pytest.approx(jacobian(stack)[13], abs=1e-12)


def test_gates_matter() -> None:
    u, kernels, stack = line()
    linear = gated_stack(kernels, np.ones((4, 5)))
    assert np.abs(propagate(linear, u) - propagate(stack, u)).max() > 0.1


@pytest.mark.parametrize("k", [1, 7, 100, 10**5])
@pytest.mark.parametrize("into", [(1, 1, 1), "readout"])
def test_the_heaviest_paths_are_the_heaviest_of_all(into: Any, k: int) -> None:
    u, _, _, stack = plane()
    into = np.random.default_rng(3).normal(size=u.shape) if into == "readout" else into
    every = enumerate_paths(stack, u, into).contributions
    expected = np.sort(np.abs(every))[::-1]
    found = heaviest_paths(stack, u, into, k)
    assert np.abs(found.paths.contributions) == pytest.approx(expected[:k], abs=1e-12)
    assert found.total == pytest.approx(every.sum(), abs=1e-12)
    assert found.total_absolute == pytest.approx(expected.sum())
    assert found.share[-1] == pytest.approx(expected[:k].sum() / expected.sum())
    assert found.partial_sums[-1] == pytest.approx(found.paths.contributions.sum())
    assert found.cancellation == pytest.approx(expected.sum() / abs(every.sum()))


def test_a_heaviest_path_has_the_weight_of_its_sites() -> None:
    u, _, _, stack = plane()
    paths = heaviest_paths(stack, u, (1, 1, 1), 50).paths
    everyone = enumerate_paths(stack, u, (1, 1, 1))
    weight_of = dict(zip(map(tuple, everyone.sites.tolist()), everyone.weights, strict=True))
    assert paths.weights == pytest.approx([weight_of[tuple(sites)] for sites in paths.sites.tolist()])
    assert len({tuple(sites) for sites in paths.sites.tolist()}) == len(paths) == 50


def test_positions_of_paths() -> None:
    u, _, _, stack = plane()
    paths = enumerate_paths(stack, u, (1, 0, 2))
    assert paths.positions.shape == (len(paths), 4, 3)
    assert (paths.positions[:, -1] == (1, 0, 2)).all()
    born = paths.sites[:, 0] < 0
    assert (paths.positions[born, 0] == -1).all()
    assert u[tuple(paths.positions[~born, 0].T)] == pytest.approx(paths.sources[~born])


def test_no_layer_at_all() -> None:
    u = np.arange(6.0).reshape(2, 3)
    stack = gated_stack(np.zeros((0, 3, 3)), np.zeros((0, 2, 3)))
    assert (propagate(stack, u) == u).all()
    assert heaviest_paths(stack, u, (1, 2), 3).total == 5.0
    assert len(enumerate_paths(stack, u)) == 6


def test_a_closed_gate_leaves_no_path() -> None:
    u, kernels, _ = line()
    closed = gated_stack(kernels, np.zeros((4, 5)))
    heaviest = heaviest_paths(closed, u, 2, 3)
    assert len(enumerate_paths(closed, u)) == len(heaviest.paths) == heaviest.total == 0
    assert heaviest.cancellation == np.inf


def test_too_many_paths_are_refused_with_their_number() -> None:
    kernels, u = np.full((5, 3, 3), 0.1), np.ones((28, 28))
    stack = gated_stack(kernels, relu_gates(u, kernels))
    with pytest.raises(ValueError, match=r"there are 59049 paths and the limit is 50000; take fewer layers"):
        enumerate_paths(stack, u, (14, 14), limit=50_000)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: gated_stack(np.zeros((3, 3, 3)), np.ones((3, 28))),
            r"kernels must be \(L, columns\) of odd sizes for states \(28,\); got \(3, 3, 3\)",
        ),
        (
            lambda: gated_stack(np.zeros((3, 3, 3)), np.ones((2, 28, 28))),
            r"gates must be .* with the 3 layers of the kernels; got \(2, 28, 28\)",
        ),
        (lambda: gated_stack(np.zeros((1, 3)), np.full((1, 4), 0.5)), "gates must be 0 or 1"),
        (lambda: relu_gates(np.ones(4), np.zeros((1, 2))), "of odd sizes"),
        (lambda: relu_gates(np.ones((2, 4, 4)), np.zeros((1, 1, 2, 3, 3))), r"got \(1, 1, 2, 3, 3\)"),
        (lambda: relu_gates(np.ones((1, 1, 4, 4)), np.zeros((1, 3))), "a state must be"),
        (lambda: relu_gates(np.ones((0, 3)), np.zeros((1, 3, 3))), "at least one site"),
        (lambda: relu_gates(np.ones(4), np.zeros((1, 3)), boundary=MIRROR), "'zero' or 'periodic'.*'mirror'"),
        (lambda: relu_gates(np.ones(4), np.zeros((1, 3)), [1.0, 2.0]), r"bias must be \(1,\).*got \(2,\)"),
        (lambda: relu_gates([1.0, np.nan, 0.0], np.zeros((1, 3))), "u must hold finite numbers"),
        (lambda: propagate(line()[2], np.ones(4)), r"u must have the shape of a state, \(5,\); got \(4,\)"),
        (lambda: pull_back(line()[2], (5,)), r"index of a state of shape \(5,\); got \(5,\)"),
        (lambda: pull_back(line()[2], (0, 0)), "index of a state"),
        (lambda: pull_back(line()[2], np.ones(3)), "into must have the shape"),
        (
            lambda: heaviest_paths(line()[2], np.ones(5), 0, 0),
            "k must be a whole number, at least 1; got 0",
        ),
        (lambda: heaviest_paths(line()[2], np.ones(5), np.zeros(5), 1), "not all zero"),
        (lambda: heaviest_paths(line()[2], np.ones(5), None, 1), "into must be an output pixel"),
    ],
)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_tensors_that_need_gradients_are_read() -> None:
    kernels = torch.zeros(1, 3, requires_grad=True)
    stack = gated_stack(kernels, relu_gates(torch.ones(4), kernels))
    assert isinstance(stack, GatedStack)
    assert (stack.depth, stack.shape, stack.sites) == (1, (4,), 4)
