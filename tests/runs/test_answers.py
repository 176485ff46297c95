"""What networks answer: counted by hand on images whose logits are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import torch

from pdenet.data import load_images
from pdenet.models import ConvResNet
from pdenet.runs.answers import SURE, Answers
from pdenet.runs.pixels import pixel_scale
from pdenet.runs.training import TrainingConfig, fit

if TYPE_CHECKING:
    from torch import Tensor

DIGITS = load_images("digits")


class Said:
    """A stand-in for networks whose logits are given: the grey level of an image is the line of the table."""

    def __init__(self, logits: Tensor) -> None:
        self.logits = logits  # (S, lines, classes)
        self.seeds = tuple(range(len(logits)))
        self.classifier = type("Head", (), {"weights": [torch.zeros(1, 1, logits.shape[-1])]})

    def __call__(self, images: Tensor) -> Tensor:
        return self.logits[:, images[:, 0, 0].round().long()]


def test_answers_are_counted_by_class_and_by_how_sure_they_are() -> None:
    sure, unsure = 20.0, 0.1
    table = torch.zeros(2, 4, 3)
    for line, (named, height) in enumerate([(0, sure), (1, sure), (1, unsure), (2, unsure)]):
        table[0, line, named] = height
    table[1, :, 2] = sure
    table[1, 3, 2] = torch.nan
    lines, labels = torch.tensor([0, 1, 2, 3, 0]), torch.tensor([0, 0, 1, 1, 2])
    images = lines.to(torch.uint8)[:, None, None].expand(-1, 2, 2)
    found = Answers.of(cast("Any", Said(table)), images, labels, (0.0, 1.0))
    assert found.confusion[0].tolist() == [[1, 1, 0], [0, 1, 1], [1, 0, 0]]
    assert found.sure[0].tolist() == [[1, 1, 0], [0, 0, 0], [1, 0, 0]]
    assert found.confusion[1].tolist() == [[0, 0, 2], [0, 0, 1], [0, 0, 1]], "NaN names nothing"
    assert found.named.tolist() == [[2, 2, 1], [0, 0, 4]]
    assert found.accuracy.tolist() == pytest.approx([2 / 5, 1 / 5])
    assert found.wrong_and_sure.tolist() == pytest.approx([2 / 5, 3 / 5])


def test_a_record_says_how_the_test_images_were_labelled() -> None:
    data = DIGITS.subset(200, 90)
    records = fit(ConvResNet(1, seeds=2), data, TrainingConfig(3, 20, 3e-3), device="cpu")
    for record in records:
        named, confusion = (torch.tensor(record.measured[name]) for name in ("named", "confusion"))
        assert named.shape == (3, 10)
        assert (named.sum(1) == 90).all()
        assert confusion.sum(0).tolist() == named[-1].tolist()
        assert int(confusion.diagonal().sum()) / 90 == pytest.approx(record.accuracy)
        assert len(record.measured["wrong_and_sure"]) == 3
        assert all(0 <= share <= 1 - accuracy for share, accuracy in _wrong(record))


def _wrong(record: Any) -> list[tuple[float, float]]:
    return list(zip(record.measured["wrong_and_sure"], record.history["test_accuracy"], strict=True))


def test_the_training_accuracy_is_that_of_the_images_as_they_are_learned() -> None:
    """With a rate of next to nothing it is the accuracy of the start, every image counted once."""
    data = DIGITS.subset(130, 50)
    network = ConvResNet(1, seeds=2)
    scale = pixel_scale(data, "unit")
    before = Answers.of(network, data.train_images, data.train_labels, scale).accuracy
    records = fit(network, data, TrainingConfig(2, 50, 1e-30), device="cpu")
    for record, expected in zip(records, before.tolist(), strict=True):
        assert record.history["train_accuracy"] == pytest.approx([expected] * 2)
    assert SURE == 0.99
