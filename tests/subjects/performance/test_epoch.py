"""The parts of an epoch are those of a training epoch."""

from typing import Any

import pytest
import torch

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.subjects.performance import epoch as epoch_parts
from pdenet.symbolic import PDE1


def test_the_multiply_adds_of_a_network_are_those_of_its_layers() -> None:
    model = PDENet(PDE1, depth=50)
    assert epoch_parts.operator_multiply_adds(model) == 15 * 784 * 50
    assert epoch_parts.classifier_multiply_adds(model) == 3 * (784 * 256 + 256 * 128 + 128 * 10)


def test_the_bound_falls_with_the_operators_rate() -> None:
    assert epoch_parts.share_bound(1, 1) == 0.5
    assert epoch_parts.share_bound(1, 1, rate=3) == 0.25
    assert epoch_parts.share_bound(588_000, 704_256) < 2 / 3


def test_the_parts_of_an_epoch_are_a_training_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cut-open steps must end with the parameters that `fit` ends with, or something else was timed."""
    from pdenet.runs import training

    data, models = load_images("digits"), []

    def build(*arguments: Any) -> PDENet:
        models.append(PDENet(*arguments))
        return models[-1]

    # both take the images in the same order: one after another
    monkeypatch.setattr(torch, "randperm", lambda n, **_: torch.arange(n))
    monkeypatch.setattr(epoch_parts, "PDENet", build)
    found = epoch_parts.epoch_parts(3, 32, seeds=2, steps=4, images=data)
    assert vars(epoch_parts)["fit"] is training.fit
    _, by_fit, in_parts = models
    for want, got in zip(by_fit.parameters(), in_parts.parameters(), strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-6)
    assert found["images"] == 4 * 32
    assert found["seconds"].keys() == {"data", "stencil", "operator", "classifier", "optimiser"}
    assert sum(found["share"].values()) == pytest.approx(1)
    assert min(found["seconds"].values()) > 0
