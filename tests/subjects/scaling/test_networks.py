"""Networks of any shape: dilation as interleaved grids, depthwise blocks side by side, what arms record."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models.conv_blocks import ConvBranch, conv_stack
from pdenet.runs.arm import Context
from pdenet.runs.results import Results
from pdenet.runs.shown import Images
from pdenet.subjects.scaling import figures
from pdenet.subjects.scaling.arms import CHOSEN, DILATED, QUADRUPLE, UNTRAINED, VALIDATION, ShapeArm, arm_name
from pdenet.subjects.scaling.claims import CLAIMS, LONGER, SEEN
from pdenet.subjects.scaling.costs import WIDTHS, CostArm, CostProtocol, measure_times, nets_ratio, pair_ratio
from pdenet.subjects.scaling.experiment import EIGHT, LATE, SCALING
from pdenet.subjects.scaling.measures import search
from pdenet.subjects.scaling.networks import DepthwiseBranch, ScaledNet, dilated
from pdenet.subjects.scaling.system import BARE, BASE, CHEAP, Shape
from pdenet.subjects.scaling.training import CanvasTraining, sets

pytestmark = pytest.mark.usefixtures("book_style")

SHORT = CanvasTraining(epochs=1, batch_size=10)


# Networks


@pytest.mark.parametrize("shape", [Shape(2, 4, 8), Shape(2, 4, 8, "depthwise"), Shape(2, 4, 8, dilation=2)])
def test_networks_side_by_side_are_the_networks_one_by_one(shape: Shape) -> None:
    images = torch.rand(5, 8, 8, generator=torch.Generator().manual_seed(1))
    together = ScaledNet(shape, (3, 5)).double()(images.double())
    for row, seed in enumerate((3, 5)):
        alone = ScaledNet(shape, (seed,)).double()(images.double())
        torch.testing.assert_close(together[row], alone[0], rtol=1e-9, atol=1e-9)


def test_a_stack_on_interleaved_grids_is_the_stack_with_dilated_kernels() -> None:
    """In train mode: a normalisation sees the same numbers either way."""
    stack = conv_stack(2, 3, (1, 2), skip=True).double()
    u = torch.randn(4, 6, 9, 12, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = dilated(stack, u, 3)
    for branch in stack.branches:
        inside = u
        assert isinstance(branch, ConvBranch)
        for norm, weight in zip(branch.norms, branch.weights, strict=True):
            kernels = weight.flatten(0, 1)
            inside = functional.conv2d(torch.relu(norm(inside)), kernels, padding=3, dilation=3, groups=2)
        u = u + inside
    torch.testing.assert_close(found, u)
    torch.testing.assert_close(dilated(stack, u, 1), stack(u))


def test_a_depthwise_branch_is_its_parts() -> None:
    branch = DepthwiseBranch(4, (6,)).double().eval()
    u = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    norm = (1 + 1e-5) ** -0.5  # of a normalisation that has seen nothing yet
    inside = functional.silu(norm * functional.conv2d(norm * u, branch.expand[0]))
    filtered = functional.conv2d(inside, branch.filter[0], padding=1, groups=16)
    filtered = functional.silu(norm * filtered)
    squeeze, excite = branch.squeeze[0], branch.excite[0]
    few = functional.silu(filtered.mean((2, 3)) @ squeeze[:-1] + squeeze[-1])
    gates = torch.sigmoid(few @ excite[:-1] + excite[-1])[:, :, None, None]
    torch.testing.assert_close(branch(u), functional.conv2d(filtered * gates, branch.project[0]))


def test_images_of_another_size_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"images must be 12 by 12 for the shape 2 x 10 x 12; got \(1, 9, 9\)"
    ):
        ScaledNet(BASE)(torch.zeros(1, 9, 9))


# What they are shown


def test_all_resolutions_show_the_same_digits_and_none_twice() -> None:
    data = load_images("digits").subset(50, 20)
    coarse, fine = (sets(data, CanvasTraining(), side) for side in (12, 24))
    assert (len(coarse.data.train_labels), len(coarse.held_labels), len(coarse.data.test_labels)) == (
        30,
        20,
        20,
    )
    assert torch.equal(torch.cat([coarse.data.train_labels, coarse.held_labels]), data.train_labels)
    means = functional.avg_pool2d(fine.data.test_images.double(), 2)
    assert (means - coarse.data.test_images).abs().max() <= 1  # both were rounded
    assert torch.equal(fine.held_labels, coarse.held_labels)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"held": 1.0}, "held"), ({"canvas": 0}, "canvas"), ({"smallest": 0.9, "largest": 0.5}, "largest")],
)
def test_training_that_cannot_be_is_refused(options: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        CanvasTraining(**options)  # type: ignore[arg-type]  # that is the test


def test_a_canvas_with_too_few_pixels_or_images_is_refused() -> None:
    data = load_images("digits").subset(50, 20)
    with pytest.raises(ValueError, match="side must be a whole number"):
        sets(data, CanvasTraining(), 37)
    with pytest.raises(ValueError, match="cannot be held back"):
        sets(data.subset(1, 1), CanvasTraining(), 12)


# What is recorded


def test_an_arm_records_tests_validation_and_the_untrained_network() -> None:
    arm = ShapeArm(shape=CHEAP, protocol=SHORT, shown=Images(50, 20))
    context = Context(images=load_images("digits"))
    (record,) = arm.run((2,), context)
    assert record.key == arm.key(2, context.images)
    assert len(record.history["test_accuracy"]) == 1
    assert 0 <= record.measured[VALIDATION] <= 100
    assert 0 <= record.measured[UNTRAINED] <= 100
    (again,) = arm.run((2,), context)
    assert again.history["test_accuracy"] == record.history["test_accuracy"]


def test_names_tell_arms_apart() -> None:
    assert arm_name(BASE) == "2 x 10 x 12"
    assert arm_name(Shape(1, 2, 4, "depthwise", 2), 3) == "1 x 2 x 4, depthwise, dilation 2, 3 epochs"


def test_times_are_measured_in_turn() -> None:
    seconds = measure_times(CostProtocol(batch=1, side=3, rounds=2))
    assert len(seconds) == 2 * len(WIDTHS) + 2
    assert {len(one) for one in seconds.values()} == {2}
    assert CostArm().model["kind"] == "block times"
    doubled = {name: [(2 if "pair" in name or "depthwise" in name else 1) * 0.5] * 3 for name in seconds}
    assert pair_ratio(doubled, 8).estimate == pytest.approx(2) == nets_ratio(doubled).estimate
    with pytest.raises(ValueError, match="rounds must be a whole number, at least 2; got 1"):
        CostProtocol(rounds=1)


def test_the_search_looks_at_validation_alone_and_chose_what_was_scaled_on() -> None:
    found = search(SCALING.results())
    assert found[0].shape == CHOSEN
    assert {one.n for one in found} == {4}
    assert [one.validation for one in found] == sorted((one.validation for one in found), reverse=True)
    assert search(Results(SCALING.arms("full"), [])) == ()


def test_fresh_seeds_are_none_that_were_seen() -> None:
    """SC14 was claimed when six seeds of each had been seen, SC18 when eight of one."""
    judged = SCALING.judged(SCALING.results())
    assert judged["SC14"].found.n == EIGHT
    assert LATE[DILATED] == SEEN + judged["SC18"].found.n
    assert LATE[QUADRUPLE["resolution"]] == LATE[QUADRUPLE["compound"]] == LONGER + EIGHT


def test_claims_are_judged_and_figures_drawn() -> None:
    results = SCALING.results()
    judged = SCALING.judged(results)
    assert list(judged) == [claim.id for claim in CLAIMS]
    for fig in (
        figures.draw_canvases(load_images("digits").subset(40, 20)),
        figures.draw_accuracy(results),
        figures.draw_interaction(results),
        figures.draw_seconds(results),
    ):
        assert fig.axes


def test_no_block_is_shown_to_be_worth_something() -> None:
    values = SCALING.results().values(arm_name(BARE))
    assert 10 < np.mean(values) < 40
