"""Networks that cannot tell turns or orders apart, trained or not; those that can; how they are trained."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import pytest
import torch
from helpers.runs import killed

from pdenet.runs.loop import learn
from pdenet.subjects.rotation.arms import SECTOR, ListArm, PointArm
from pdenet.subjects.rotation.networks import (
    LIST_INPUTS,
    OFFERED,
    PLAIN,
    POOLED,
    RADIAL,
    SORTED,
    ListNet,
    PointNet,
)
from pdenet.subjects.rotation.particles import all_orders, draw_lists
from pdenet.subjects.rotation.system import draw, norm, radius, region, turned
from pdenet.subjects.rotation.training import ExampleTask, SymmetryTraining, moved

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.runs.loop import Progress

SEEDS = (4, 5)
SHORT = SymmetryTraining(steps=250, examples=50)
POINTS = draw(SEEDS, 40, region())


def learned(arm: PointArm | ListArm) -> PointNet | ListNet:
    """Networks of the arm after a short training, in double precision."""
    task = arm.task(SEEDS)
    learn(task)
    return task.net.double()


def _cut_short(arm: PointArm | ListArm, file: Path, progress: Progress) -> None:
    learn(arm.task(SEEDS), checkpoint=file, progress=progress)


def trained_or_not(reads: str, *, trained: bool, turns: int = 1) -> PointNet | ListNet:
    if not trained:
        return PointNet(reads, SEEDS, turns=turns).double()
    return learned(PointArm(title=reads, reads=reads, protocol=SHORT, seen=region(SECTOR), turns=turns))


@pytest.mark.parametrize("trained", [False, True])
def test_a_network_of_the_radius_is_even_for_any_turn(trained: bool) -> None:
    """A hundred random turns; what reads x and y is not, even if it reads the radius as well."""
    turns = torch.rand(100, dtype=torch.float64) * 7
    net, *others = (trained_or_not(reads, trained=trained) for reads in (RADIAL, PLAIN, OFFERED))
    with torch.no_grad():
        for angle in turns:
            assert (net(turned(POINTS, angle)) - net(POINTS)).abs().max() < 1e-12
        for other in others:
            assert (other(turned(POINTS, turns[0])) - other(POINTS)).abs().max() > 1e-3


def test_the_gradient_of_a_network_of_the_radius_is_radial_and_finite_at_the_centre() -> None:
    for reads, even in ((RADIAL, True), (PLAIN, False)):
        net = trained_or_not(reads, trained=True)
        points = POINTS.clone().requires_grad_()
        (slope,) = torch.autograd.grad(net(points).sum(), points)
        around = points[..., 0] * slope[..., 1] - points[..., 1] * slope[..., 0]
        assert (float(around.detach().abs().max()) < 1e-12) == even
        assert slope.abs().max() > 0.01
    centre = torch.zeros(2, 1, 2, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(trained_or_not(RADIAL, trained=False)(centre).sum(), centre)
    assert torch.equal(slope, torch.zeros_like(slope))
    (bare,) = torch.autograd.grad(centre.square().sum(-1).sqrt().sum(), centre)
    assert not bare.isfinite().all()  # what the radius would do without its last summand
    assert float(radius(torch.tensor([3.0, 4.0], dtype=torch.float64))) == pytest.approx(5, abs=1e-12)


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("count", [3, 8])
def test_an_average_over_turns_is_even_for_these_turns(trained: bool, count: int) -> None:
    net = trained_or_not(PLAIN, trained=trained, turns=count)
    with torch.no_grad():
        for k in range(1, count):
            angle = torch.tensor(2 * math.pi * k / count, dtype=torch.float64)
            assert (net(turned(POINTS, angle)) - net(POINTS)).abs().max() < 1e-12
        between = torch.tensor(math.pi / count, dtype=torch.float64)
        assert (net(turned(POINTS, between)) - net(POINTS)).abs().max() > 1e-7


def test_an_average_of_what_is_even_is_itself_and_of_what_is_not_the_mean() -> None:
    one, mean = (PointNet(RADIAL, SEEDS, turns=turns).double() for turns in (1, 8))
    with torch.no_grad():
        assert (one(POINTS) - mean(POINTS)).abs().max() < 1e-12
        plain, mean = (PointNet(PLAIN, SEEDS, turns=turns).double() for turns in (1, 4))
        by_hand = sum(plain(turned(POINTS, torch.tensor(k * math.pi / 2))) for k in range(4)) / 4
        assert (mean(POINTS) - by_hand).abs().max() < 1e-7
        assert (mean(POINTS) - plain(POINTS)).abs().max() > 1e-3


@pytest.mark.parametrize("trained", [False, True])
def test_which_lists_a_network_tells_apart(trained: bool) -> None:
    lists = all_orders(draw_lists(SEEDS, 4, ordered=True, test=True)).flatten(1, 2)
    for reads in LIST_INPUTS:
        arm = ListArm(title=reads, reads=reads, protocol=SHORT)
        net = learned(arm) if trained else ListNet(reads, SEEDS).double()
        with torch.no_grad():
            values = net(lists).unflatten(1, (4, -1))
        apart = float((values - values[..., :1]).abs().max())
        assert apart > 1e-3 if reads == PLAIN else apart < 1e-12
        if reads == SORTED:
            assert apart == 0


def test_deep_sets_are_a_mean_over_particles() -> None:
    net = ListNet(POOLED, SEEDS).double()
    lists = draw_lists(SEEDS, 6, ordered=False)
    with torch.no_grad():
        hidden = torch.stack([net.first(lists[..., k : k + 1]) for k in range(5)]).mean(0)
        assert (net(lists) - net.rest(hidden)).abs().max() < 1e-13
    counts = {reads: ListNet(reads).parameter_count() for reads in LIST_INPUTS}
    assert counts == {PLAIN: 4609, SORTED: 4609, POOLED: 4353}


def test_networks_of_one_seed_start_alike_side_by_side_or_alone() -> None:
    both, alone = PointNet(PLAIN, SEEDS), PointNet(PLAIN, (5,), bend="relu", turns=8)
    for together, single in zip(both.parameters(), alone.parameters(), strict=True):
        assert torch.equal(together[1:], single)
    assert [PointNet(reads).parameter_count() for reads in (PLAIN, RADIAL, OFFERED)] == [4417, 4353, 4481]


def test_training_goes_on_with_the_same_bits_after_a_kill(tmp_path: Path) -> None:
    freely = SymmetryTraining(steps=250, examples=20, augmented=True)
    for arm in (
        PointArm(title=PLAIN, reads=PLAIN, protocol=freely, seen=region(30)),
        ListArm(title=PLAIN, reads=PLAIN, protocol=freely),
    ):
        at_once, file = arm.task(SEEDS), tmp_path / arm.reads / type(arm).__name__
        file.parent.mkdir(exist_ok=True)
        whole = learn(at_once)
        killed(1, partial(_cut_short, arm, file))
        again = arm.task(SEEDS)
        course = learn(again, checkpoint=file, resume=True)
        assert course.losses == whole.losses
        assert all(map(torch.equal, again.net.parameters(), at_once.net.parameters()))


def test_a_network_learns_what_it_is_shown() -> None:
    arm = PointArm(title=RADIAL, reads=RADIAL, protocol=SymmetryTraining(steps=800, examples=100))
    course = learn(arm.task(SEEDS))
    assert max(course.losses[-1]) < 0.05 * norm() ** 2


def test_augmentation_moves_each_example_and_keeps_its_value() -> None:
    net, lists = PointNet(PLAIN, SEEDS), ListNet(PLAIN, SEEDS)
    first, second = (moved(net, POINTS, step) for step in (0, 1))
    assert (radius(first) - radius(POINTS)).abs().max() < 1e-7
    turns = torch.atan2(first[..., 1], first[..., 0]) - torch.atan2(POINTS[..., 1], POINTS[..., 0])
    whole = turns.remainder(2 * math.pi).std(1)
    assert (whole > 1).all()  # each its own turn, and all of them: the deviation is 2 pi / sqrt(12)
    assert not torch.equal(first, second)
    given = draw_lists(SEEDS, 30, ordered=True)
    assert torch.equal(moved(lists, given, 0).sort(-1).values, given)
    assert not torch.equal(moved(lists, given, 0), given)


def test_examples_move_from_step_to_step_and_the_rate_falls() -> None:
    for augmented in (False, True):
        protocol = SymmetryTraining(steps=150, examples=40, augmented=augmented)
        task = ExampleTask(PointNet(PLAIN, SEEDS), POINTS, POINTS[..., 0], protocol, {})
        (batch, *_), found = [*task.batches(0)], []
        for step in (0, 0, 7):
            task.step = step
            found.append(task.losses(batch).tolist())
        assert found[0] == found[1]
        assert (found[0] == found[2]) == (not augmented)
        rates = []
        for epoch in (0, 1):
            for _ in task.batches(epoch):
                task.adjust()
                rates.append(task.optimizer.param_groups[0]["lr"])
        wanted = [0.005 * (1 + math.cos(math.pi * step / 150)) / 2 for step in range(150)]
        assert rates == pytest.approx(wanted, rel=1e-12)


def test_what_cannot_be_trained_is_refused() -> None:
    freely = SymmetryTraining(augmented=True)
    with pytest.raises(ValueError, match=r"augmentation assumes an invariant target; got breaking 0\.2"):
        PointArm(title=PLAIN, reads=PLAIN, protocol=freely, breaking=0.2)
    with pytest.raises(ValueError, match="half_angle"):
        PointArm(title=PLAIN, reads=PLAIN, seen=region()._replace(half_angle=200.0))
    with pytest.raises(ValueError, match="reads must be 'plain' or 'radial' or 'offered'; got 'angular'"):
        PointNet("angular")
    with pytest.raises(ValueError, match="turns must be"):
        PointNet(PLAIN, turns=0)
    with pytest.raises(ValueError, match="bend must be"):
        PointNet(PLAIN, bend="sine")
    for wrong in ({"steps": 0}, {"examples": 0}, {"learning_rate": 0.0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            SymmetryTraining(**wrong)
    with pytest.raises(TypeError, match="augmented must be"):
        SymmetryTraining(augmented=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="training needs 50 examples"):
        ExampleTask(PointNet(PLAIN, SEEDS), POINTS, POINTS[..., 0], SHORT, {})
