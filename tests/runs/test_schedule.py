"""Rates by step, masks that hold, and normalisation that knows a step from a test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch

from pdenet.data import load_images
from pdenet.models.twin_net import TwinNet
from pdenet.runs.loop import learn
from pdenet.runs.schedule import FallingRate, OneCycle, Scheduled, ScheduledTask

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

DATA = load_images("digits").subset(60, 30)
CPU = torch.device("cpu")


def task(
    config: Scheduled, *, masks: dict[str, Tensor] | None = None, last_only: bool = False
) -> ScheduledTask:
    net = TwinNet(1, 2, skip=True, channels=4)
    return ScheduledTask(net, DATA, config, CPU, masks=masks, last_only=last_only)


def rates(of: ScheduledTask) -> list[float]:
    found = []
    for epoch in range(of.epochs):
        for _ in of.batches(epoch):
            of.adjust()
            found.append(of.optimizer.param_groups[0]["lr"])
    return found


def test_one_cycle_rises_to_its_peak_and_falls_to_nothing() -> None:
    cycle = OneCycle(learning_rate=0.01, rise=0.25)
    assert [cycle.rate(share) for share in (0, 0.125, 0.25, 0.625, 1)] == pytest.approx(
        [0, 0.005, 0.01, 0.005, 0]
    )
    with pytest.raises(ValueError, match="rise must be"):
        OneCycle(rise=1)
    with pytest.raises(ValueError, match="learning_rate must be"):
        OneCycle(learning_rate=-1)


def test_a_step_has_the_rate_of_its_moment() -> None:
    falling = rates(task(FallingRate(epochs=2, batch_size=30)))
    assert falling == pytest.approx([5e-3 * (1 + math.cos(math.pi * n / 4)) / 2 for n in range(4)])
    cycle = OneCycle(epochs=2, batch_size=30)
    assert rates(task(cycle)) == pytest.approx([cycle.rate((n + 0.5) / 4) for n in range(4)])


def test_test_images_are_looked_at_when_they_should_be() -> None:
    config = FallingRate(epochs=3, batch_size=30)
    every, last = (learn(task(config, last_only=last_only)) for last_only in (False, True))
    assert [len(tests) for tests in every.tests] == [2, 2, 2]
    assert [len(tests) for tests in last.tests] == [0, 0, 2]
    assert every.tests[-1] == last.tests[-1]


def test_a_test_changes_no_running_mean_and_a_step_does() -> None:
    one = task(OneCycle(epochs=1, batch_size=30))
    mean = one.model.get_buffer("norm.running_mean")
    next(iter(one.batches(0)))
    assert one.model.training
    one.losses(torch.arange(30).expand(2, -1))
    seen = mean.clone()
    assert seen.abs().max() > 0
    one.test(0)
    assert not one.model.training
    assert torch.equal(mean, seen)


def test_masked_weights_stay_at_zero_and_the_rest_moves() -> None:
    name = "stack.branches.0.weights.1"
    shape = TwinNet(1, 2, skip=True, channels=4).get_parameter(name).shape
    mask = (torch.rand(shape, generator=torch.Generator().manual_seed(1)) < 0.5).float()
    one = task(OneCycle(epochs=2, batch_size=30), masks={name: mask})
    before = one.model.get_parameter(name).detach().clone()
    learn(one)
    after = one.model.get_parameter(name)
    assert not after[mask == 0].any()
    assert (after[mask == 1] != before[mask == 1]).float().mean() > 0.9


def test_a_mask_of_ones_trains_as_no_mask_does() -> None:
    name, config = "stem", OneCycle(epochs=1, batch_size=30)
    ones = torch.ones_like(TwinNet(1, 2, skip=True, channels=4).get_parameter(name))
    masked, free = task(config, masks={name: ones}), task(config)
    assert learn(masked).losses == learn(free).losses
    assert torch.equal(masked.model.get_parameter(name), free.model.get_parameter(name))
    assert masked.identity != free.identity


@pytest.mark.parametrize(
    ("masks", "message"),
    [
        ({"stalk": torch.ones(2)}, "has no parameter of that name"),
        ({"stem": torch.ones(2)}, "has no parameter of shape"),
        ({"stem": torch.full((2, 4, 1, 3, 3), 0.5)}, "0 and 1 and nothing else"),
    ],
)
def test_a_mask_that_fits_nothing_is_refused(masks: dict[str, Tensor], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        task(OneCycle(), masks=masks)


def test_a_run_that_was_broken_off_ends_with_the_same_bits(tmp_path: Path) -> None:
    config = OneCycle(epochs=3, batch_size=25)
    whole, broken, again = task(config), task(config), task(config)
    learn(whole)

    def stop(epoch: int, *_: object) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learn(broken, checkpoint=tmp_path / "one", progress=stop)
    learn(again, checkpoint=tmp_path / "one", resume=True)
    ours, theirs = whole.model.state_dict(), again.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
