"""What the page measures on paths, where the answer is known."""

import numpy as np
import pytest
import torch

from pdenet.models import ConvResNet, PDENet
from pdenet.ops.paths.cancellation import cancellation_bound
from pdenet.ops.paths.paths import heaviest_paths
from pdenet.subjects.path_sum import figures, tables
from pdenet.subjects.path_sum.measures import (
    brightest,
    by_length,
    cancelled,
    heaviest_at_brightest,
    mean_bound_at_start,
    signs_at_brightest,
    trunk_of,
    with_gates,
    with_held_gates,
)
from pdenet.symbolic import PDE1, PDE2, EvolutionPDE

IMAGE = np.zeros((28, 28))
IMAGE[12:16, 12:16] = 1.0


def drifting(depth: int, beta: float, gamma: float = 0.0) -> PDENet:
    """Two equal networks of drift alone along x."""
    zeros = [0.0] * depth
    trunk = {"alpha": zeros, "beta": [beta] * depth, "sigma": zeros, "rho": zeros, "gamma": [gamma] * depth}
    return PDENet(PDE1, depth, 2).set_trunk(trunk)


def test_of_pure_drift_cancellation_and_bound_are_known() -> None:
    one = cancelled(drifting(3, 0.1, 0.25), IMAGE)
    np.testing.assert_allclose(one.bound, (1.35 / 1.25) ** 3, rtol=1e-6)
    assert (one.outputs <= one.bound * (1 + 1e-9)).all()
    assert (one.outputs > 0.9 * one.bound).all()  # little is cut: only beside the square is a sum negative
    assert (one.at_brightest >= 1).all()


def test_no_bound_is_given_where_there_is_none() -> None:
    assert np.isnan(cancelled(drifting(3, 0.1, -1.5), IMAGE).bound).all()
    with_bias = cancelled(ConvResNet(3, 2), IMAGE)
    assert np.isnan(with_bias.bound).all()
    assert with_bias.outputs.shape == (2,)


@pytest.mark.parametrize(("pde", "eighths"), [(PDE1, 8), (PDE2, 1)])
def test_the_mean_of_the_bound_over_starts(pde: EvolutionPDE, eighths: int) -> None:
    theta = torch.rand(20_000, 2, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    theta[..., 4] = 0  # gamma
    bounds = cancellation_bound(pde.stencil().kernels(theta))
    error = bounds.std() / np.sqrt(len(bounds))
    assert abs(bounds.mean() - mean_bound_at_start(2, eighths)) < 4 * error
    assert mean_bound_at_start(1) == pytest.approx(13 / 15 + np.pi / 4)
    assert mean_bound_at_start(0) == 1


def test_paths_into_the_brightest_pixel() -> None:
    network = drifting(4, 0.3)
    kernels, bias = trunk_of(network)
    assert bias is None
    stack, pixel = with_gates(kernels[0], IMAGE)
    (one, two), first = heaviest_at_brightest(network, IMAGE, 7), heaviest_paths(stack, IMAGE, pixel, 7)
    assert one.total == two.total == first.total
    assert len(one.paths) == 7
    assert brightest([[0, 2], [3, 1]]) == (1, 0)


def test_draws_with_signs_scatter_as_predicted() -> None:
    found = signs_at_brightest(drifting(6, 0.4), IMAGE, 10_000)
    assert found[0][1] == found[1][1]
    assert found[0][0].positive != found[1][0].positive  # every seed draws for itself
    assert all(abs(drawn.estimate - pixel) < 4 * drawn.error(pixel) for drawn, pixel in found)


def test_lengths_of_paths_in_a_drift() -> None:
    found = by_length(drifting(2, 0.2), np.ones((28, 28)))
    # Along one axis: 1 path stays, 2 * 2 move once, 4 twice; inside their signs cancel by pairs.
    inside = found.count[0].tolist()
    assert inside[0] == 1
    np.testing.assert_allclose(found.share.sum(axis=1), 1)
    np.testing.assert_allclose(found.part.sum(axis=1), 1)
    assert found.share[0, 0] == pytest.approx(1 / (1 + inside[1] * 0.1 + inside[2] * 0.01))


def test_a_classifier_with_its_own_gates_is_itself_and_affine_with_held_ones() -> None:
    classifier = PDENet(PDE1, 0).double().classifier
    generator = torch.Generator().manual_seed(0)
    one, two = torch.rand(2, 1, 3, 784, generator=generator, dtype=torch.float64)
    torch.testing.assert_close(with_held_gates(classifier, one, one), classifier(one).detach())
    held = [with_held_gates(classifier, x, one) for x in (one, two, (one + two) / 2)]
    torch.testing.assert_close((held[0] + held[1]) / 2, held[2])
    assert not torch.allclose(held[1], classifier(two))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.791, "0.79"), (1.0, "1"), (488.0, "490"), (9950.0, "1.0e4"), (1.44e9, "1.4e9"), (1.2e-4, "1.2e-4")],
)
def test_numbers_are_written_with_two_digits(value: float, text: str) -> None:
    assert tables.two_digits(value) == text


def test_a_table_says_median_and_range_and_nothing_of_the_unknown() -> None:
    assert tables.spread(np.array([3.0, 1.0, 2.0])) == "2 (1 to 3)"
    assert tables.spread(np.array([np.nan])) == ""
    one = cancelled(drifting(3, 0.1), IMAGE)
    text = tables.cancellation_table({("(39)", 3, "trained"): one})
    assert "| (39) | 3 | trained |" in text
    assert tables.length_table({"(39)": by_length(drifting(2, 0.2), IMAGE)}).count("\n") == 3


def test_figures_show_every_network() -> None:
    network = drifting(3, 0.3)
    heaviest = heaviest_at_brightest(network, IMAGE, 5)
    panels = figures.draw_partial_sums({("(39)", 5): heaviest, ("(40)", 5): heaviest}).axes
    assert [len(ax.lines) for ax in panels[:2]] == [3, 3]  # two seeds and the line at one
    strands = figures.draw_into_a_pixel(IMAGE, {"(39)": heaviest[0], "(40)": heaviest[1]}).axes
    assert len(strands[1].lines) == 2 * len(heaviest[0].paths) + 1
    points = figures.draw_cancellation({("(39)", 3, "start"): cancelled(network, IMAGE)}).axes[1].lines[0]
    np.testing.assert_allclose(np.asarray(points.get_xdata(), dtype=float), 1.3**3, rtol=1e-6)
