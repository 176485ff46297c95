"""Losses: each beside what a user of PyTorch would have written, and the floor of the second softmax."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from pdenet.data import load_images
from pdenet.models import ConvResNet
from pdenet.runs.losses import LOSSES
from pdenet.runs.training import TrainingConfig, fit

LOGITS = torch.linspace(-4, 5, 60).view(6, 10).sin().mul(7)
LABELS = torch.tensor([0, 3, 9, 3, 5, 1])

IN_PYTORCH = {
    "cross-entropy": lambda z, y: nn.CrossEntropyLoss()(z, y),
    "double softmax": lambda z, y: nn.CrossEntropyLoss()(nn.Softmax(-1)(z), y),
    "minus probability": lambda z, y: nn.NLLLoss()(nn.Softmax(-1)(z), y),
    "squared error": lambda z, y: nn.MSELoss()(nn.Softmax(-1)(z), nn.functional.one_hot(y, 10).float()),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_what_a_user_of_pytorch_would_have_written(name: str) -> None:
    z = LOGITS.clone().requires_grad_()
    found = LOSSES[name](z, LABELS)
    assert found.shape == LABELS.shape
    (gradient,) = torch.autograd.grad(found.mean(), z)
    z = LOGITS.clone().requires_grad_()
    written = IN_PYTORCH[name](z, LABELS)
    torch.testing.assert_close(gradient, torch.autograd.grad(written, z)[0])
    assert found.mean().item() == pytest.approx(written.item(), rel=1e-6)


def test_the_second_softmax_leaves_a_floor_and_a_ceiling() -> None:
    right, wrong = torch.zeros(2, 10), torch.zeros(2, 10)
    right[:, 4], wrong[:, 5] = 1000, 1000
    labels = torch.tensor([4, 4])
    floor, ceiling = math.log(math.e + 9) - 1, math.log(math.e + 9)
    assert LOSSES["double softmax"](right, labels).tolist() == pytest.approx([floor] * 2)
    assert LOSSES["double softmax"](wrong, labels).tolist() == pytest.approx([ceiling] * 2)
    assert floor == pytest.approx(1.4612, abs=1e-4)


def test_who_is_sure_and_wrong_learns_nothing_from_it() -> None:
    sure = torch.zeros(1, 10)
    sure[0, 5] = 30
    steep = {}
    for name, loss in LOSSES.items():
        z = sure.clone().requires_grad_()
        steep[name] = float(torch.autograd.grad(loss(z, torch.tensor([4])).sum(), z)[0].abs().max())
    assert steep["cross-entropy"] == pytest.approx(1)
    assert all(value < 1e-10 for name, value in steep.items() if name != "cross-entropy"), steep


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_trains_and_is_part_of_the_key_unless_it_is_the_right_one(name: str) -> None:
    data = load_images("digits").subset(300, 100)
    config = TrainingConfig(4, 20, 3e-3, loss=name)  # type: ignore[arg-type]
    (record,) = fit(ConvResNet(1), data, config, device="cpu")
    assert record.accuracy > 0.6
    assert record.training.get("loss", "cross-entropy") == name
    assert ("loss" in record.training) == (name != "cross-entropy")


def test_the_optimiser_has_the_epsilon_of_the_protocol() -> None:
    """An epsilon that is huge beside every gradient leaves nothing to learn with."""
    data = load_images("digits").subset(300, 100)
    (still,) = fit(ConvResNet(1), data, TrainingConfig(2, 20, epsilon=1e9), device="cpu")
    losses = [loss for loss in still.history["train_loss"] if loss is not None]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert still.training["epsilon"] == 1e9


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "entropy"}, "loss must be 'cross-entropy' or 'double softmax' or"),
        ({"epsilon": -1.0}, "epsilon must be a finite number, at least 0; got -1.0"),
    ],
)
def test_what_is_no_loss_and_no_epsilon_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainingConfig(**changes)  # type: ignore[arg-type]
