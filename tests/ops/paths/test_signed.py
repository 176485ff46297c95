"""Paths drawn with their signs against the list of all paths."""

from typing import Any

import numpy as np
import pytest

from pdenet.ops.paths.gates import GatedStack, gated_stack, propagate, relu_gates
from pdenet.ops.paths.paths import enumerate_paths
from pdenet.ops.paths.signed import draw_signed


def plane(seed: int = 1) -> tuple[np.ndarray, GatedStack]:
    """A small image with two channels and biases, entries of both signs everywhere."""
    rng = np.random.default_rng(seed)
    u, kernels = rng.normal(size=(2, 3, 3)), 0.5 * rng.normal(size=(3, 2, 2, 3, 3))
    bias = 0.3 * rng.normal(size=(3, 2))
    return u, gated_stack(kernels, relu_gates(u, kernels, bias), bias)


READOUT = np.random.default_rng(5).normal(size=(2, 3, 3))


def lit(u: np.ndarray, stack: GatedStack) -> tuple[int, ...]:
    """The brightest output pixel."""
    return tuple(int(i) for i in np.unravel_index(propagate(stack, u).argmax(), stack.shape))


@pytest.mark.parametrize("into", ["pixel", "readout", "all"])
def test_signs_and_ends_have_the_frequencies_of_the_listed_paths(into: str) -> None:
    u, stack = plane()
    chosen: Any = {"pixel": lit(u, stack), "readout": READOUT, "all": None}[into]
    n = 400_000
    drawn = draw_signed(stack, u, chosen, n, seed=3)
    paths = enumerate_paths(stack, u, chosen)
    brings = paths.contributions
    chances = np.zeros((2, 18))
    for sign, one in enumerate((brings > 0, brings < 0)):
        inside = one & (paths.sites[:, 0] >= 0)
        np.add.at(chances[sign], paths.sites[inside, 0], np.abs(brings[inside]))
    assert drawn.absolute == pytest.approx(np.abs(brings).sum())
    chances /= drawn.absolute
    assert chances.sum() < 0.999  # some are born of a bias
    spread = np.sqrt(chances * (1 - chances) / n)
    assert (np.abs(drawn.ends.reshape(2, 18) / n - chances) <= 4.5 * spread).all()
    output = brings.sum()
    assert abs(drawn.estimate - output) < 4 * drawn.error(output)
    positive = np.abs(brings[brings > 0]).sum() / drawn.absolute
    assert abs(drawn.positive / n - positive) < 4 * np.sqrt(positive * (1 - positive) / n)


def test_the_error_is_the_predicted_one() -> None:
    u, stack = plane()
    at, rng = lit(u, stack), np.random.default_rng(0)
    output = float(propagate(stack, u)[at])
    runs = [draw_signed(stack, u, at, 1000, seed=rng) for _ in range(400)]
    rms = np.sqrt(np.mean([(run.estimate - output) ** 2 for run in runs]))
    assert abs(rms / runs[0].error(output) - 1) < 4 / np.sqrt(2 * 400)


def test_where_no_path_subtracts_one_draw_is_exact() -> None:
    kernels = np.tile([[0.2, -0.5, 0.3]], (6, 1))
    u = np.arange(1.0, 10.0)
    stack = gated_stack(kernels, np.ones((6, 9)))
    drawn = draw_signed(stack, u, 4, 1)
    assert drawn.positive == drawn.draws == drawn.ends[0].sum()
    assert drawn.estimate == pytest.approx(float(propagate(stack, u)[4]))
    assert drawn.error(drawn.estimate) < 1e-6


def test_one_seed_gives_the_same_counts_and_many_draws_cost_no_memory() -> None:
    u, stack = plane()
    one, two = (draw_signed(stack, u, None, 10**12, seed=4) for _ in range(2))
    assert one.positive == two.positive
    assert (one.ends == two.ends).all()
    assert abs(one.estimate - float(propagate(stack, u).sum())) < 4 * one.error(one.estimate)


@pytest.mark.parametrize(
    ("draws", "u", "message"),
    [
        (0, None, "draws must be a whole number, at least 1"),
        (10**13, None, "draws must be a whole number, at least 1"),
        (5, np.zeros(9), "no path brings anything"),
    ],
)
def test_bad_input_is_refused(draws: int, u: Any, message: str) -> None:
    stack = gated_stack(np.tile([[0.2, -0.5, 0.3]], (2, 1)), np.ones((2, 9)))
    with pytest.raises(ValueError, match=message):
        draw_signed(stack, np.ones(9) if u is None else u, 4, draws)
