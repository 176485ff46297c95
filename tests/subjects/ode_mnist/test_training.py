"""How a network with a flow is trained: as `fit` does, its evaluations counted, a killed run gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from helpers.runs import killed

from pdenet.data import load_images
from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs.loop import learn
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.ode_mnist.networks import StencilSpec
from pdenet.subjects.ode_mnist.settings import FLOW, STENCIL, TIED, euler
from pdenet.subjects.ode_mnist.training import FlowTask
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from pathlib import Path

DATA = load_images("digits").subset(64, 20)
SHORT = TrainingConfig(epochs=3, batch_size=24)  # of which the last batch has sixteen images


def task(member: str = FLOW, *, only_last: bool = False) -> FlowTask:
    net = STENCIL.members[member].build(2)
    return FlowTask(net, DATA, SHORT, torch.device("cpu"), only_last=only_last)


def test_without_layers_it_is_the_classifier_alone_that_fit_trains() -> None:
    """The same network in two guises: one seed's losses are the same numbers."""
    from pdenet.models import PDENet

    net = StencilSpec(PDE1, 0, widths=(8,)).build(2)
    course = learn(FlowTask(net, DATA, SHORT, torch.device("cpu")))
    (record,) = fit(PDENet(PDE1, 0, [2], widths=(8,)), DATA, SHORT, device="cpu")
    losses, tests = course.of_seed(0)
    assert losses == pytest.approx(record.history["train_loss"], rel=1e-5)
    assert tests == pytest.approx(record.history["test_accuracy"])


def test_evaluations_are_means_over_the_steps_of_an_epoch() -> None:
    one = task(euler(2))
    learn(one)
    assert one.memory["evaluations"] == [[2, 2, 2]] * 3
    found = one.mean_evaluations()
    assert found == [2.0, 2.0, 2.0]
    assert all(isinstance(value, float) for value in found)
    one.memory["evaluations"] = [[4, 5], []]
    assert one.mean_evaluations() == [4.5, 0.0], "an epoch that broke off at once has none"


def test_the_test_images_are_looked_at_as_often_as_is_asked_for() -> None:
    assert [len(test) for test in learn(task(TIED)).tests] == [1, 1, 1]
    assert [len(test) for test in learn(task(TIED, only_last=True)).tests] == [0, 0, 1]


@pytest.mark.parametrize("epoch", [1, 2])
def test_a_killed_training_goes_on_to_the_same_bits(epoch: int, tmp_path: Path) -> None:
    """Evaluations included, which an adaptive solver chooses by itself."""
    path = tmp_path / "run.pt"
    killed(epoch, lambda kill: learn(task(), checkpoint=path, progress=kill))
    again, straight = task(), task()
    course, expected = learn(again, checkpoint=path, resume=True), learn(straight)
    assert (course.losses, course.tests) == (expected.losses, expected.tests)
    assert again.memory == straight.memory
    assert len(again.mean_evaluations()) == 3
    for part, wanted in zip(again.net.state_dict().values(), straight.net.state_dict().values(), strict=True):
        assert torch.equal(part, wanted)


def test_a_flow_that_runs_away_ends_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    one = task(euler(1))
    losses = one.losses

    def runs_away(batch: torch.Tensor) -> torch.Tensor:
        if sum(map(len, one.memory["evaluations"])) == 4:
            message = "it ran away"
            raise DivergedError(message)
        return losses(batch)

    monkeypatch.setattr(one, "losses", runs_away)
    course = learn(one)
    assert (course.broke_off, course.diverged_at(0), course.epoch) == (2, 2, 2)
    assert one.mean_evaluations() == [1.0, 1.0], "of the steps that there were"


def test_training_moves_every_part_of_the_network() -> None:
    one = task(euler(1))
    before = [part.detach().clone() for part in one.net.parameters()]
    learn(one)
    assert not any(torch.equal(a, b) for a, b in zip(before, one.net.parameters(), strict=True))
