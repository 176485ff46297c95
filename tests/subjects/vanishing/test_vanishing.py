"""Stacks before training: gradients foretold, the way back, information, and the sum over skip paths."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import comb

from pdenet.data import load_images
from pdenet.models.measures.jacobian import block_jacobians, end_to_end
from pdenet.ops.ode.solvers import NotConverged
from pdenet.ops.paths.resolvent import resolvent, walk_sum, walks_by_length
from pdenet.subjects.vanishing import measures, paths, system
from pdenet.subjects.vanishing.networks import Start

SEEDS = (0, 1, 2, 3)


# What is foretold


def test_the_recursion_is_exact_where_it_can_be_done_by_hand() -> None:
    """Of a signal so small that tanh is its argument."""
    plain = system.mean_field(Start(gain=0.5), 10, signal=1e-12)
    assert np.allclose(plain.signal, 1e-12 * 0.25 ** np.arange(11), rtol=1e-6)
    assert np.allclose(plain.gradient, np.log10(0.5) * np.arange(11), atol=1e-6)
    one = system.mean_field(Start(kind="residual", gain=0.5), 10, signal=1e-12)
    assert np.allclose(one.gradient, np.log10(1.25) / 2 * np.arange(11), atol=1e-6)
    scaled = system.mean_field(Start(kind="scaled", gain=0.5), 10, signal=1e-12)
    assert scaled.gradient[-1] == pytest.approx(5 * np.log10(1 + 0.25 / 100), rel=1e-6)


def test_a_large_signal_saturates_and_its_slope_is_that_of_a_step() -> None:
    """E sech^4 of a wide normal is its density at zero times the integral of sech^4, which is 4/3."""
    wide = system.mean_field(Start(gain=20.0), 1)
    assert wide.signal[1] > 0.95
    assert wide.factor[0] == pytest.approx(20 * (4 / 3) / math.sqrt(2 * math.pi), rel=0.01)


@pytest.mark.parametrize("kind", ["plain", "residual", "scaled"])
@pytest.mark.parametrize("gain", [0.5, 1.0, 2.0])
def test_gradients_grow_as_foretold(kind: Any, gain: float) -> None:
    """By less than a hundredth of the power of ten a block."""
    start = Start(kind=kind, gain=gain)
    found = measures.gradient_growth(start, 32, SEEDS)
    assert abs(found.mean() - system.mean_field(start, 32).gradient[-1]) < 0.01 * 32


def test_what_vanishes_forwards_explodes_on_the_way_back() -> None:
    """With a rotation of gain 1/2 both are the same power, but for the first, larger states."""
    start = Start(gain=0.5, law="orthogonal")
    there = measures.small_differences(start, 32, SEEDS)
    gradient = system.mean_field(start, 32).gradient[-1]
    assert np.abs(there.forward - gradient).max() < 0.3
    assert np.abs(there.back + gradient).max() < 0.3
    bounded = measures.small_differences(Start(kind="scaled"), 32, SEEDS)
    assert max(np.abs(bounded.forward).max(), np.abs(bounded.back).max()) < 0.05


def test_a_block_without_inverse_leads_nowhere_back() -> None:
    with pytest.raises(ValueError, match="block 2 has no inverse"):
        measures.small_differences(Start(gain=0.0), 2)


def test_multipliers_lie_where_the_kinds_say() -> None:
    """The circular law: eigenvalues of a plain block fill a disc about zero; a skip moves it to one."""
    plain = measures.multipliers(Start(gain=0.5), 16)
    assert np.abs(plain).max() < 0.6
    assert abs(plain.mean()) < 0.05
    residual = measures.multipliers(Start(kind="residual", gain=0.5), 16)
    assert np.allclose(np.sort_complex(residual - 1), np.sort_complex(plain), atol=1e-12)
    scaled = measures.multipliers(Start(kind="scaled", gain=0.5), 16)
    assert np.allclose(np.sort_complex(scaled - 1), np.sort_complex(plain / 16), atol=1e-12)


# Information


@pytest.fixture(scope="module")
def images() -> measures.Components:
    return measures.components(load_images("digits").subset(800, 300))


def test_components_are_uncorrelated_and_of_mean_square_one(images: measures.Components) -> None:
    known = images.train
    assert known.shape == (800, 64)
    assert known.square().mean().item() == pytest.approx(1)
    covariance = known.T @ known / len(known)
    assert (covariance - covariance.diagonal().diag()).abs().max() < 1e-10
    variances = covariance.diagonal()
    assert (variances.diff() <= 1e-12).all()


def test_before_the_first_layer_all_is_there(images: measures.Components) -> None:
    read, right = measures.information(Start(), images, 2, (0, 1))
    assert (read[:, 0] > 0.999).all()
    assert np.allclose(right[0, 0], right[1, 0]), "the input is the same for all seeds"
    assert right[0, 0] > 0.8


def test_rounding_ends_what_damping_shrinks_where_foretold(images: measures.Components) -> None:
    """A rotation mixes nothing away: until its differences are below rounding, all can be read."""
    start = Start(gain=0.5, law="orthogonal", bias=0.1)
    life = system.lifetime(start, 64)
    assert 20 < life < 30
    read, _ = measures.information(start, images, 2, (int(life) - 8, int(life) + 8))
    assert (read[:, 0] > 0.95).all()
    assert (read[:, 1] < 0.2).all()
    assert system.lifetime(Start(law="orthogonal", bias=0.1), 64) == math.inf


def test_states_that_are_all_the_same_tell_the_mean(images: measures.Components) -> None:
    read, right = measures.information(Start(gain=0.0), images, 1, (1,))
    assert abs(read[0, 0]) < 0.01
    most = images.train_labels.bincount().argmax()
    assert right[0, 0] == pytest.approx((images.test_labels == most).double().mean().item())


# Paths


@pytest.fixture(params=["residual", "scaled"])
def branches(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    stack = Start(kind=request.param, gain=1.3, bias=0.2).build(5, 4, (3,)).double()
    u = torch.randn(1, 1, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return paths.branch_jacobians(stack, u), end_to_end(block_jacobians(stack, u))[0, 0].numpy()


def test_the_resolvent_of_the_skip_graph_is_the_jacobian(branches: tuple[Any, Any]) -> None:
    found, jacobian = branches
    graph = paths.skip_graph(found)
    assert np.abs(resolvent(graph)[-4:, :4] - jacobian).max() < 1e-13
    for longest in range(7):
        partial = walk_sum(graph, longest)[-4:, :4]
        assert np.allclose(partial, paths.by_length(found)[:longest].sum(0), atol=1e-13)


def test_a_stack_is_undone_block_by_block() -> None:
    states = measures.unit_states((0, 1), 60, 3)
    stack = Start(kind="residual", gain=0.5, bias=0.1).build(8, measures.WIDTH, 2).double()
    with torch.no_grad():
        after = stack(states)
    assert torch.allclose(measures.undone(stack, after), states, atol=1e-8)
    assert not torch.allclose(after, states, atol=0.1)


def test_what_no_state_leads_to_is_not_undone() -> None:
    """A plain block of tanh has no state above one behind it."""
    stack = Start(law="orthogonal", gain=0.5).build(1, 4).double()
    with pytest.raises(NotConverged, match="block 1 is"):
        measures.undone(stack, torch.full((1, 1, 4), 3.0))


def test_paths_are_counted_by_binomials() -> None:
    graph = paths.skip_graph(np.ones((6, 1, 1)))
    assert walks_by_length(graph, 0, 7, 7).tolist() == [0, *comb(6, np.arange(7)).tolist()]
    assert np.allclose(paths.by_length(np.ones((6, 1, 1)))[:, 0, 0], comb(6, np.arange(7)))


def test_shares_by_length_sum_to_one_and_are_foretold(branches: tuple[Any, Any]) -> None:
    assert paths.shares(branches[0], np.ones(4)).sum() == pytest.approx(1)
    binomial = comb(8, np.arange(9)) * 0.2 ** np.arange(9) * 0.8 ** np.arange(8, -1, -1)
    assert np.allclose(paths.expected_shares(np.full(8, 0.25)), binomial)
    start = Start(kind="residual")
    found = measures.path_shares(start, 16, 8)
    foretold = paths.expected_shares(system.mean_field(start, 16).factor - 1)
    lengths = np.arange(17)
    error = (found @ lengths).std(ddof=1) / 8**0.5
    assert abs((found @ lengths).mean() - foretold @ lengths) < 3 * error
    assert foretold @ lengths < 8, "the paths themselves pass eight of the branches on average"


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="a plain stack has one path"):
        paths.branch_jacobians(Start().build(2, 4), torch.zeros(1, 1, 4))
    with pytest.raises(ValueError, match="branches must be"):
        paths.by_length(np.zeros((2, 3, 4)))
    with pytest.raises(ValueError, match="factors must be"):
        paths.expected_shares(np.array([0.5, -0.1]))
    with pytest.raises(ValueError, match="depth must be"):
        system.mean_field(Start(), 0)
    with pytest.raises(ValueError, match="signal must be"):
        system.mean_field(Start(), 2, signal=0)
    with pytest.raises(ValueError, match="kind"):
        Start(kind="dense")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="gain must be"):
        Start(gain=-1)
    with pytest.raises(ValueError, match="layer must be"):
        measures.multipliers(Start(), 4, layer=4)
