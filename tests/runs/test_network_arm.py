"""An arm of networks is known before they are drawn, and trains what it says on the images that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from helpers.runs import killed, refuse

from pdenet.data import load_images
from pdenet.models.named import spec
from pdenet.models.residual_net import Spec
from pdenet.runs.arm import Context
from pdenet.runs.network_arm import NetworkArm
from pdenet.runs.shown import Drawn, Images
from pdenet.runs.training import TrainingConfig, fit

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = load_images("digits")
ARM = NetworkArm(
    spec=spec("pde1", 2, widths=(8,)),
    protocol=TrainingConfig(epochs=2, batch_size=100),
    title="two layers",
    shown=Images(200, 50),
)


def test_it_is_known_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    described = ARM.build(1).describe()
    monkeypatch.setattr(Spec, "build", refuse)
    assert ARM.model == described
    assert ARM.name == "two layers"
    assert ARM.training == {"epochs": 2, "batch_size": 100, "learning_rate": 1e-3, "pixels": "unit"}
    assert len(ARM.key(0, IMAGES)) == 64


def test_its_records_are_those_of_fit_on_its_part_of_the_images() -> None:
    found = ARM.run((4, 2), Context(IMAGES, "cpu"))
    expected = fit(ARM.build((4, 2)), IMAGES.subset(200, 50), ARM.protocol, device="cpu")
    assert [(r.key, r.history, r.trunk) for r in found] == [(r.key, r.history, r.trunk) for r in expected]
    assert [r.key for r in found] == [ARM.key(seed, IMAGES) for seed in (4, 2)]
    assert found[0].data["name"] == "digits[200+50]"


def test_it_goes_on_from_a_checkpoint_and_tells_its_epochs(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    killed(1, lambda kill: ARM.run((0,), Context(IMAGES, "cpu", path, kill)))
    told: list[int] = []
    (resumed,) = ARM.run((0,), Context(IMAGES, "cpu", path, lambda epoch, *_: told.append(epoch)))
    assert told == [2]
    (straight,) = ARM.run((0,), Context(IMAGES, "cpu"))
    assert (resumed.history, resumed.trunk) == (straight.history, straight.trunk)


def test_an_arm_may_insist_on_its_device() -> None:
    insists = NetworkArm(spec=ARM.spec, protocol=ARM.protocol, shown=ARM.shown, device="cpu")
    (record,) = insists.run((0,), Context(IMAGES, "abacus"))
    assert record.machine["device"] == torch.device("cpu").type
    with pytest.raises(ValueError, match="device must be"):
        ARM.run((0,), Context(IMAGES, "abacus"))


def test_without_images_it_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="this arm reads images; give the context an image set"):
        ARM.run((0,), Context(None, "cpu"))
    with pytest.raises(ValueError, match="this arm reads images"):
        Context(IMAGES).part(Drawn("noise"))
