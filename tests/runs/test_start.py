"""A key says what determines a run, where it starts included: what starts elsewhere is another run."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
import torch
from helpers.runs import killed

from pdenet.data import load_images
from pdenet.models import ConvResNet, Init, PDENet
from pdenet.models.plain_net import PlainConvNet
from pdenet.runs.files import read
from pdenet.runs.loop import CheckpointError
from pdenet.runs.runner import train_and_record
from pdenet.runs.start import starts
from pdenet.runs.training import TrainingConfig, fit, run_keys
from pdenet.subjects.depth.networks import DriftStartNet
from pdenet.subjects.remedies.networks import (
    ImplicitPDENet,
    PeriodicPDENet,
    PeriodicPositivePDENet,
    PositivePDENet,
    ScaledPDENet,
)
from pdenet.symbolic import PDE1, PDE2

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.models import ResidualNet
    from pdenet.runs.record import Record

SMALL = load_images("digits").subset(train=200, test=50)
SHORT = TrainingConfig(epochs=2, batch_size=50)


def train(network: ResidualNet) -> list[Record]:
    return fit(network, SMALL, SHORT, device="cpu")


@pytest.mark.parametrize(
    "network",
    [
        PDENet(PDE1, 2, seeds=[3, 1]),
        PDENet(PDE2, 0, widths=(8,), activation="tanh"),
        PDENet(
            PDE1,
            2,
            init=Init("normal", 0.1, ("beta",)),
            bias=True,
            frozen=True,
            image_shape=(6, 5),
            classes=3,
        ),
        ConvResNet(2, seeds=2, taps="cross", bias=False),
        PlainConvNet(2, identity=True),
        PlainConvNet(2).double(),
        ScaledPDENet(PDE1, 3, time=2.0),
        PositivePDENet(2),
        PeriodicPDENet(PDE1, 2),
        PeriodicPositivePDENet(2),
        ImplicitPDENet(PDE2, 2),
        DriftStartNet(PDE1, 2, drift_start=-0.125),
    ],
    ids=lambda network: type(network).__name__,
)
def test_a_network_as_it_was_built_is_at_its_start(network: ResidualNet) -> None:
    state = torch.random.get_rng_state()
    assert starts(network) == (None,) * len(network.seeds)
    assert torch.equal(torch.random.get_rng_state(), state), "nothing is drawn from the user's stream"
    assert "start" not in network.describe()


def test_a_second_training_of_a_network_is_refused_and_says_what_to_do() -> None:
    network = PDENet(PDE1, 2)
    (first,) = train(network)
    after = copy.deepcopy(network.state_dict())
    with pytest.raises(
        ValueError, match=r"was trained before, .* build it afresh, resume from its checkpoint"
    ):
        train(network)
    assert all(torch.equal(value, after[name]) for name, value in network.state_dict().items())
    assert run_keys(network, SMALL, SHORT) == [first.key], "the run that it has had"
    with torch.no_grad():
        network.theta.mul_(2)
    with pytest.raises(ValueError, match="was trained before"):
        train(network)


def test_a_network_that_was_set_back_to_its_start_is_trained_as_the_first_time() -> None:
    network = ConvResNet(2, seeds=2)
    start = copy.deepcopy(network.state_dict())
    first = train(network)
    network.load_state_dict(start)
    assert [(r.key, r.history) for r in train(network)] == [(r.key, r.history) for r in first]


def test_a_trained_state_in_a_fresh_network_is_another_run() -> None:
    trained, fresh = PDENet(PDE1, 2), PDENet(PDE1, 2)
    (first,) = train(trained)
    fresh.load_state_dict(trained.state_dict())
    copied = copy.deepcopy(trained)
    expected = run_keys(fresh, SMALL, SHORT)
    (second,), (third,) = train(fresh), train(copied)
    assert second.history != first.history
    assert [second.key] == [third.key] == expected != [first.key]
    assert second.model == {**first.model, "start": second.model["start"]}
    assert second.history == third.history, "one key, one run"


def test_what_was_set_by_hand_is_said_of_the_seeds_that_it_changes() -> None:
    network = PDENet(PDE1, 2, seeds=2)
    with torch.no_grad():
        network.theta[1, 0] *= 0.5
    expected = run_keys(network, SMALL, SHORT)
    as_drawn, changed = train(network)
    plain = train(PDENet(PDE1, 2, seeds=2))
    assert as_drawn.key == plain[0].key
    assert changed.key != plain[1].key
    assert [as_drawn.key, changed.key] == expected
    same = PDENet(PDE1, 2, seeds=2)
    with torch.no_grad():
        same.theta[1, 0] *= 0.5
    assert run_keys(same, SMALL, SHORT) == expected


def test_parameters_that_were_frozen_by_hand_make_another_run() -> None:
    network = PDENet(PDE1, 1)
    network.classifier.requires_grad_(requires_grad=False)
    assert run_keys(network, SMALL, SHORT) != run_keys(PDENet(PDE1, 1), SMALL, SHORT)


def test_a_class_that_cannot_be_called_again_is_recorded_by_its_parameters() -> None:
    class Own(PDENet):
        def __init__(self, seeds: int, strength: float) -> None:
            super().__init__(PDE1, 1, seeds)
            with torch.no_grad():
                self.theta.fill_(strength)

    one, other = Own(1, 0.1), Own(1, 0.2)
    assert None not in starts(one)
    assert starts(one) != starts(other)
    assert starts(one) == starts(Own(1, 0.1))


def test_an_interrupted_network_goes_on_from_its_checkpoint_and_not_without(tmp_path: Path) -> None:
    """As when a cell is interrupted and run again."""
    path, network = tmp_path / "run.pt", PDENet(PDE1, 2)
    (straight,) = train(PDENet(PDE1, 2))
    killed(1, lambda kill: fit(network, SMALL, SHORT, device="cpu", checkpoint=path, progress=kill))
    with pytest.raises(ValueError, match="was trained before"):
        train(network)
    (record,) = fit(network, SMALL, SHORT, device="cpu", checkpoint=path, resume=True)
    assert (record.key, record.history, record.trunk) == (straight.key, straight.history, straight.trunk)


def test_an_interrupted_network_is_recorded_as_the_run_that_it_began(tmp_path: Path) -> None:
    out, network = tmp_path / "runs.jsonl", PDENet(PDE1, 2)
    killed(1, lambda kill: train_and_record(network, SMALL, SHORT, device="cpu", out=out, progress=kill))
    train_and_record(network, SMALL, SHORT, device="cpu", out=out, resume=True)
    (straight,) = train(PDENet(PDE1, 2))
    assert [(r.key, r.history) for r in read(out)] == [(straight.key, straight.history)]


def test_a_checkpoint_of_another_start_is_of_another_run(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"

    def halved() -> PDENet:
        network = PDENet(PDE1, 2)
        with torch.no_grad():
            network.theta.mul_(0.5)
        return network

    killed(1, lambda kill: fit(halved(), SMALL, SHORT, device="cpu", checkpoint=path, progress=kill))
    with pytest.raises(CheckpointError, match="belongs to another run: model differ"):
        fit(PDENet(PDE1, 2), SMALL, SHORT, device="cpu", checkpoint=path, resume=True)
    (resumed,) = fit(halved(), SMALL, SHORT, device="cpu", checkpoint=path, resume=True)
    (straight,) = train(halved())
    assert (resumed.key, resumed.history) == (straight.key, straight.history)
