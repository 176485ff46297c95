"""What reversible stacks keep and cost, how far they come back, and networks that take turns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from pdenet.data import load_images
from pdenet.ops.reversible import halves, rebuilding_error, undone
from pdenet.runs.arm import Context
from pdenet.runs.claims import Verdict
from pdenet.runs.results import Results
from pdenet.runs.schedule import FallingRate
from pdenet.runs.shown import Images
from pdenet.subjects.reversible import figures, measures
from pdenet.subjects.reversible.arms import GAP, REBUILT, StackArm, stepped_back
from pdenet.subjects.reversible.claims import CLAIMS
from pdenet.subjects.reversible.costs import COSTS, CostProtocol, measure_times, time_ratio
from pdenet.subjects.reversible.experiment import REVERSIBLE
from pdenet.subjects.reversible.maps import MapArm, MapProtocol, place, recorded_map
from pdenet.subjects.reversible.measures import WayBack
from pdenet.subjects.reversible.networks import StackNet
from pdenet.subjects.reversible.system import (
    WAYS,
    ConvBranch,
    conv_blocks,
    gradients,
    images,
    norm_of,
    unit_kernels,
)

pytestmark = pytest.mark.usefixtures("book_style")

STATE = 16 * 16 * 14 * 14 * 4  # bytes of the images of the page


def test_a_stack_keeps_its_states_its_roots_or_its_end() -> None:
    found = measures.kept_by_depth((2, 4, 16, 64))
    assert [one.kept for one in found["reversible"].values()] == [STATE] * 4
    assert len({one.most for one in found["reversible"].values()}) == 1
    roots = {2: 1, 4: 2, 16: 4, 64: 8}  # parts
    assert {depth: one.kept for depth, one in found["checkpointed"].items()} == {
        depth: parts * STATE for depth, parts in roots.items()
    }
    powers = {way: measures.exponent({d: one.most for d, one in of.items()}) for way, of in found.items()}
    assert abs(powers["plain"] - 1) < 0.05
    assert abs(powers["checkpointed"] - 0.5) < 0.1
    assert abs(powers["reversible"]) < 0.02


def test_a_plain_block_adds_two_states() -> None:
    kept = {depth: measures.held("plain", depth).kept for depth in (2, 3, 9)}
    assert kept[3] - kept[2] == (kept[9] - kept[3]) / 6 == 2 * STATE
    assert kept[2] == 882 * 1024


def test_parameters_and_gradients_grow_with_the_depth() -> None:
    assert measures.parameter_bytes(6) == 6 * 2 * 8 * 8 * 9 * 4
    assert 2 * measures.parameter_bytes(128) > STATE


@pytest.mark.parametrize(("way", "each"), [("plain", 3), ("checkpointed", 4), ("reversible", 4)])
def test_a_branch_costs_three_convolutions_or_four(way: str, each: int) -> None:
    """There one, back two; and one more where it runs again."""
    assert measures.convolutions(way, 5) == 2 * 5 * each


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_ways_have_one_gradient(activation: str) -> None:
    blocks = conv_blocks(5, 0.5, activation, dtype=torch.float64)
    u = images(2, dtype=torch.float64)
    wanted = gradients("plain", blocks, u)
    for way in WAYS:
        for a, b in zip(gradients(way, blocks, u), wanted, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-16)


def test_gradients_agree_as_far_as_the_precision_and_a_kink_let_them() -> None:
    for depth in (8, 32):
        assert measures.gradient_gap(depth, 0.5, "tanh", torch.float64) < 1e-13
        assert measures.gradient_gap(depth, 0.5, "relu", torch.float64) < 1e-13
        assert 1e-8 < measures.gradient_gap(depth, 0.5, "tanh", torch.float32) < 1e-5
    assert measures.gradient_gap(64, 0.5, "relu", torch.float32, batch=16) > 1e-4


def test_the_norm_is_that_of_the_matrix_or_a_little_more() -> None:
    kernels = torch.randn(2, 2, 3, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    basis = torch.eye(2 * 36, dtype=torch.float64).view(-1, 2, 6, 6)
    matrix = torch.nn.functional.conv2d(basis, kernels, padding=1).flatten(1)
    exact = float(torch.linalg.matrix_norm(matrix, 2))
    assert exact < norm_of(kernels, 6) < 1.2 * exact
    assert norm_of(unit_kernels(0, 3, 1), 14) == pytest.approx(1)
    one = torch.zeros(1, 1, 3, 3)
    one[0, 0, 1, 1] = -3
    assert norm_of(one, 5) == pytest.approx(3)


def test_what_lives_at_once_grows_by_the_gradients_of_parameters_alone() -> None:
    alive = {depth: measures.alive("reversible", depth) for depth in (2, 16)}
    gradients_more = measures.parameter_bytes(16) - measures.parameter_bytes(2)
    assert alive[16] - alive[2] == gradients_more
    assert measures.alive("plain", 16) - measures.alive("plain", 2) >= 14 * 2 * STATE


def test_a_rounding_of_the_end_times_growth_and_stretch_is_what_a_way_back_loses() -> None:
    one = measures.way_back(32, 1.0, "relu", torch.float32)
    stretch = measures.stretch_back(32, 1.0, "relu", seeds=1)
    forecast = torch.finfo(torch.float32).eps * one.growth * stretch
    assert forecast / 10 < one.rebuilt < 10 * forecast
    assert one.rebuilt > 2 * torch.finfo(torch.float32).eps * one.growth  # growth alone does not tell


def test_a_branch_stretches_by_its_gain_at_most() -> None:
    branch = ConvBranch(unit_kernels(0, 0, 0), 2.0).double()
    a, b = (images(1, seed=s, dtype=torch.float64)[:, :8] for s in (1, 2))
    near = b + 1e-4 * a
    assert (branch(near) - branch(b)).norm() < 2 * (near - b).norm()
    with pytest.raises(ValueError, match="activation must be"):
        ConvBranch(unit_kernels(0, 0, 0), 1.0, "sigmoid")
    with pytest.raises(ValueError, match="gain must be"):
        ConvBranch(unit_kernels(0, 0, 0), -1.0)


def test_growing_states_are_lost_where_the_plain_gradient_is_not() -> None:
    found = measures.way_back(128, 0.5, "relu", torch.float32)
    assert found.growth > 1e3
    assert found.rebuilt > 0.1
    assert found.reversible > 0.5
    assert found.plain < 1e-4
    tame = measures.way_back(32, 0.5, "tanh", torch.float64)
    assert max(tame.rebuilt, tame.reversible) < 1e-13
    assert tame.rebuilt < tame.bound


# Networks


def net(kind: str, seeds: int | tuple[int, ...] = 2) -> StackNet:
    return StackNet(kind, seeds, blocks=4, channels=3)  # type: ignore[arg-type]


def some_images() -> Tensor:
    return torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))


def test_networks_have_as_many_numbers_within_a_hundredth() -> None:
    counts = {kind: StackNet(kind).parameter_count() for kind in ("in turn", "at once", "usual", "none")}
    assert counts["in turn"] == counts["at once"]
    assert abs(counts["usual"] / counts["in turn"] - 1) < 0.01
    assert counts["none"] == 1970


def test_blocks_in_turn_come_back_and_have_the_plain_gradients() -> None:
    turns = net("in turn").double()
    u = some_images().double()
    start = turns.start(u)
    back = undone(turns.pairs, *turns.behind(*start))
    for a, b in zip(back, start, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-14)
    own = list(turns.parameters())
    found = (torch.autograd.grad(turns(u, plainly=p).square().sum(), own) for p in (False, True))
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-14)


def test_at_once_reads_the_old_states_and_in_turn_the_new() -> None:
    turns, once = net("in turn"), net("at once")
    once.load_state_dict(turns.state_dict())
    first, second = turns.start(some_images())
    f, g = turns.pairs[0]
    for one in (turns, once):
        one.blocks = one.blocks[:2]
    ends = [one.behind(first, second, plainly=True) for one in (turns, once)]
    assert torch.equal(ends[0][0], ends[1][0])
    assert torch.equal(ends[0][1], second + g(first + f(second)))
    assert torch.equal(ends[1][1], second + g(first))


def test_a_usual_block_mixes_all_channels_of_its_own_network() -> None:
    usual = net("usual")
    assert usual.blocks[0].weight.shape == (2, 6, 6, 3, 3)
    u = some_images()
    alone = StackNet("usual", (1,), blocks=4, channels=3)
    torch.testing.assert_close(usual(u)[1:], alone(u), rtol=1e-5, atol=1e-6)
    whole_state = torch.cat(alone.start(u), 1)
    for branch in alone.blocks:
        whole_state = whole_state + branch(whole_state)
    torch.testing.assert_close(torch.cat(alone.behind(*alone.start(u)), 1), whole_state)


@pytest.mark.parametrize("kind", ["in turn", "at once", "none"])
def test_a_seed_does_not_depend_on_others(kind: str) -> None:
    both, alone = net(kind), net(kind, (1,))
    torch.testing.assert_close(both(some_images())[1:], alone(some_images()), rtol=1e-5, atol=1e-6)


def test_what_is_measured_of_a_trained_network_is_its_way_back() -> None:
    turns = net("in turn")
    with torch.no_grad():
        for parameter in turns.blocks.parameters():
            parameter[1] *= 6  # the second network's branches grow states
    found = stepped_back(turns, some_images(), torch.arange(5))
    assert found[REBUILT].shape == found[GAP].shape == (2,)
    alone = StackNet("in turn", (0,), blocks=4, channels=3)
    start = alone.start(some_images())
    assert float(found[REBUILT][0]) == pytest.approx(rebuilding_error(alone.pairs, *start), rel=0.3)
    assert found[REBUILT][1] > 2 * found[REBUILT][0]


def test_bad_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="kind must be"):
        net("backwards")
    with pytest.raises(
        ValueError, match="blocks must be even, since a usual one has the numbers of two; got 3"
    ):
        StackNet("in turn", blocks=3)
    with pytest.raises(ValueError, match="channels must be"):
        StackNet("in turn", channels=0)


# Runs


def test_an_arm_trains_and_says_what_it_found() -> None:
    arm = StackArm(kind="in turn", protocol=FallingRate(epochs=2), shown=Images(1200, 100))
    records = arm.run((0, 3), Context(images=load_images("digits")))
    assert [record.seed for record in records] == [0, 3]
    for record in records:
        assert len(record.history["train_loss"]) == 2
        assert len(record.history["test_accuracy"]) == 1
        first, last = record.history["train_loss"]
        assert first is not None
        assert last is not None
        assert last < first
        assert record.measured["untrained accuracy"] < 25 < 50 < 100 * record.accuracy
        assert 0 < record.measured[REBUILT] < 1e-3
    assert arm.key(3, load_images("digits")) == records[1].key


def test_a_map_is_recorded_by_its_places() -> None:
    arm = MapArm(activation="tanh", precision="float32", protocol=MapProtocol((0.5,), (2, 4)))
    (record,) = arm.run((0,), Context())
    direct = measures.way_back(4, 0.5, "tanh", torch.float32)
    assert record.measured[place(0.5, 4, "bound")] == pytest.approx(direct.bound)
    assert record.measured[place(0.5, 4, "growth")] == pytest.approx(direct.growth)
    with pytest.raises(ValueError, match="precision must be"):
        MapArm(activation="tanh", precision="float16")
    with pytest.raises(ValueError, match="depths must be"):
        MapProtocol(depths=(0,))


def test_times_are_taken_in_turn() -> None:
    found = measure_times(CostProtocol(depth=2, rounds=3))
    assert set(found) == {"wall", "processor"}
    assert all(len(seconds) == 3 and min(seconds) >= 0 for of in found.values() for seconds in of.values())
    with pytest.raises(ValueError, match="rounds must be"):
        CostProtocol(rounds=1)


# Records


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = REVERSIBLE.results()
    judged = REVERSIBLE.judged()
    assert judged.keys() == {claim.id for claim in CLAIMS}
    for kind in ("in turn", "at once", "usual", "none"):
        assert len(results.seeds(kind)) == REVERSIBLE.seeds
    for arm in COSTS:
        found = time_ratio(results, arm.name, "reversible")
        assert found is not None
        assert found.n == CostProtocol().rounds


def test_equality_is_decided_by_the_whole_interval() -> None:
    """The claim holds for a distance that is small, and is open for one that is not known well."""
    (same,) = (claim for claim in CLAIMS if claim.id == "RV1")
    from pdenet.runs.intervals import mean_interval

    near, far = (np.array([0.1, 0.2, 0.0, -0.1]) + shift for shift in (0.0, 2.0))
    assert same.judge(abs(mean_interval(near)), 0.01) is Verdict.HOLDS
    assert same.judge(abs(mean_interval(-far)), 0.01) is Verdict.DOES_NOT_HOLD
    assert same.judge(abs(mean_interval(np.array([-2.0, 2.0, 0.1]))), 0.01) is Verdict.NOT_DECIDED


def test_maps_are_read_back_and_drawn() -> None:
    results = REVERSIBLE.results()
    maps = {name: recorded_map(results, name) for name in ("tanh, float32", "relu, float64")}
    assert all(isinstance(one, WayBack) for found in maps.values() for one in found.values())
    assert len(figures.draw_maps(maps).axes) == 3
    assert len(figures.draw_accuracies(results, 0.5).axes) == 1


def test_figures_are_drawn() -> None:
    assert len(figures.draw_kept(measures.kept_by_depth((2, 4))).axes[0].lines) == 6
    assert len(figures.draw_way_back(images(1).detach()[0, 0], depth=2).axes) == 9
    assert isinstance(REVERSIBLE.results(), Results)
    assert halves(images(1))[0].shape == (1, 8, 14, 14)
