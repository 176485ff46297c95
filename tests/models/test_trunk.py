"""A recorded trunk, put back into a network."""

from typing import Any

import pytest
import torch

from pdenet.models import ConvResNet, PDENet, ResidualNet
from pdenet.runs.record import Record
from pdenet.symbolic import PDE1

IMAGES = torch.rand(4, 28, 28, generator=torch.Generator().manual_seed(0))


def record_of(network: ResidualNet, seed: int) -> Record:
    """What a file of records gives back of a trained network."""
    trunk = {name: values[seed].tolist() for name, values in network.trunk().items()}
    empty: dict[str, Any] = {"model": {}, "training": {}, "data": {}, "machine": {}, "versions": {}}
    record = Record(**empty, seed=seed, history={}, seconds=0.0, date="2026-11-21", trunk=trunk)
    return Record.from_json(record.to_json())


@pytest.mark.parametrize(
    ("trained", "fresh"),
    [
        (PDENet(PDE1, 6, seeds=[4, 5]), PDENet(PDE1, 6, seeds=2)),
        (PDENet(PDE1, 3, seeds=[4, 5], bias=True), PDENet(PDE1, 3, seeds=2, bias=True)),
        (ConvResNet(6, seeds=[4, 5]), ConvResNet(6, seeds=2)),
        (PDENet(PDE1, 0, seeds=[4, 5]), PDENet(PDE1, 0, seeds=2)),
    ],
    ids=["pde", "pde with bias", "resnet", "no layers"],
)
def test_the_features_of_recorded_trunks_come_back(trained: ResidualNet, fresh: ResidualNet) -> None:
    recorded = [record_of(trained, seed).trunk for seed in range(2)]
    classifier = [p.clone() for p in fresh.classifier.parameters()]
    assert fresh.set_trunk({name: [trunk[name] for trunk in recorded] for name in recorded[0]}) is fresh
    # Records keep seven digits.
    torch.testing.assert_close(fresh.features(IMAGES), trained.features(IMAGES), rtol=1e-4, atol=1e-5)
    assert all(map(torch.equal, classifier, fresh.classifier.parameters()))


def test_one_trunk_serves_all_seeds_and_can_be_trained_on() -> None:
    network = PDENet(PDE1, 2, seeds=3).set_trunk(
        {name: [0.5, i / 10] for i, name in enumerate(("alpha", "beta", "sigma", "rho", "gamma"))}
    )
    assert torch.equal(network.theta[2], network.theta[0])
    assert network.theta[0, :, 3].tolist() == pytest.approx([0.5, 0.3])
    network(IMAGES).sum().backward()
    assert network.theta.grad is not None
    assert network.theta.grad.abs().max() > 0


@pytest.mark.parametrize(
    ("trunk", "message"),
    [
        ({}, "the trunk has the parameters weight, bias; got none"),
        ({"weight": 0, "beta": 0}, "the trunk has the parameters weight, bias; got weight, beta"),
        (
            {"weight": torch.zeros(2, 5, 3, 3), "bias": torch.zeros(2, 4)},
            r"weight must be \(2, 4, 3, 3\), seeds first, or \(4, 3, 3\); got \(2, 5, 3, 3\)",
        ),
        (
            {"weight": torch.zeros(4, 3, 3), "bias": [[0.0]]},
            r"bias must be \(2, 4\), seeds first, or \(4,\); got \(1, 1\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(trunk: dict[str, Any], message: str) -> None:
    network = ConvResNet(4, seeds=2)
    before = network.weight.clone()
    with pytest.raises(ValueError, match=message):
        network.set_trunk(trunk)
    assert torch.equal(network.weight, before)
