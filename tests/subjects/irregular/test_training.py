"""How a net learns: its loss falls, seeds do not touch, and a killed training goes on to the same bits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.runs import killed

from pdenet.runs.loop import CheckpointError, learn
from pdenet.subjects.irregular.arms import series_arm
from pdenet.subjects.irregular.networks import GRU, ODE, SeriesNet
from pdenet.subjects.irregular.system import Sampling, draw
from pdenet.subjects.irregular.training import SeriesTask, SeriesTraining, train_series

if TYPE_CHECKING:
    from pathlib import Path

MAIN = Sampling("irregular", 20)
TINY = SeriesTraining(steps=11, batch=4, series=6)  # of which the last epoch has three steps


@pytest.mark.parametrize("targets", ["others", "seen"])
def test_training_lowers_the_loss_and_seeds_do_not_touch(targets: Any) -> None:
    training = SeriesTraining(steps=12, batch=6, series=12, targets=targets)
    net = series_arm(GRU).build([4, 7])
    losses = train_series(net, draw(MAIN, [4, 7], 12), training, every=4)
    assert [len(one) for one in losses] == [3, 3]
    assert all(one[-1] < one[0] for one in losses)
    alone = train_series(series_arm(GRU).build([7]), draw(MAIN, [7], 12), training, every=4)
    assert losses[1] == pytest.approx(alone[0], rel=1e-3)


def task(name: str, training: SeriesTraining = TINY, label: str = "") -> SeriesTask:
    net = series_arm(name).build([4, 7])
    return SeriesTask(net, draw(MAIN, [4, 7], training.series), training, every=4, label=label)


@pytest.mark.parametrize("name", [ODE, GRU])
@pytest.mark.parametrize("epoch", [1, 2])
def test_a_killed_training_goes_on_to_the_same_bits(name: str, epoch: int, tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    killed(epoch, lambda kill: learn(task(name), checkpoint=path, progress=kill))
    again, straight = task(name), task(name)
    course, expected = learn(again, checkpoint=path, resume=True), learn(straight)
    assert course.losses == expected.losses
    assert len(course.losses) == 3
    for part, wanted in zip(again.net.state_dict().values(), straight.net.state_dict().values(), strict=True):
        assert torch.equal(part, wanted)


def test_a_checkpoint_of_other_series_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    learn(task(GRU, label="irregular, 20"), checkpoint=path)
    with pytest.raises(CheckpointError, match="belongs to another run: data differ"):
        learn(task(GRU, label="regular, 20"), checkpoint=path, resume=True)


def test_the_rate_falls_along_half_a_cosine_and_gradients_are_cut_for_each_seed() -> None:
    one = task(GRU)
    parameters = [*one.net.parameters()]
    for part in parameters:
        part.grad = torch.full_like(part, 100.0)
        part.grad[1] = 1e-6
    small = [part.grad[1].clone() for part in parameters if part.grad is not None]
    one.step = 4
    one.adjust()
    (group,) = one.optimizer.param_groups
    assert group["lr"] == pytest.approx(TINY.learning_rate * (1 + math.cos(math.pi * 4 / 11)) / 2)
    gradients = [part.grad for part in parameters if part.grad is not None]
    assert float(sum(g[0].square().sum() for g in gradients)) == pytest.approx(1, rel=1e-4)
    assert all(torch.equal(g[1], before) for g, before in zip(gradients, small, strict=True))


def test_what_cannot_be_trained_is_refused() -> None:
    with pytest.raises(ValueError, match="200 series for each of 2 nets"):
        train_series(series_arm(GRU).build(2), draw(MAIN, 2, 5))
    with pytest.raises(ValueError, match="6 series for each of 1 nets; got 6 for 2"):
        train_series(SeriesNet("recurrent"), draw(MAIN, 2, 6), TINY)
    with pytest.raises(ValueError, match="batch must be a whole number, at least 1 and at most 200; got 300"):
        SeriesTraining(batch=300)
    with pytest.raises(ValueError, match="learning_rate"):
        SeriesTraining(learning_rate=0)
