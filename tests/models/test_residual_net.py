"""What every network is: shapes, seeds, features, a description."""

from typing import Any

import pytest
import torch
from helpers.networks import KINDS, OTHER_STEPS, stack_of_kernels

from pdenet.models import ConvResNet, Init, PDENet, ResidualNet
from pdenet.ops.seeding import CLASSIFIER, TRUNK, as_seeds, generator
from pdenet.runs.record import Record
from pdenet.symbolic import PDE1, PDE2

NO_LAW: Any = "cauchy"  # what the types forbid, a page may still pass
IMAGES = torch.rand(5, 28, 28, generator=torch.Generator().manual_seed(0))


def networks() -> list[ResidualNet]:
    return [PDENet(PDE1, 4, seeds=3), ConvResNet(4, seeds=3), PDENet(PDE1, 4, seeds=3, bias=True)]


@pytest.mark.parametrize("model", networks(), ids=lambda m: type(m).__name__)
def test_shapes(model: ResidualNet) -> None:
    kernels, bias = model.kernels()
    assert kernels.shape == (3, 4, 3, 3)
    assert bias is None or bias.shape == (3, 4)
    assert model(IMAGES).shape == (3, 5, 10)
    assert model(IMAGES.expand(3, -1, -1, -1)).shape == (3, 5, 10)
    assert model.features(IMAGES).shape == (3, 5, 5, 28, 28)
    assert all(values.shape[:2] == (3, 4) for values in model.trunk().values())


def test_features_end_where_the_classifier_begins() -> None:
    model = ConvResNet(3, seeds=2)
    last = model.features(IMAGES)[:, -1]
    assert torch.allclose(model.classifier(last.flatten(2)), model(IMAGES), atol=1e-5)
    assert torch.equal(model.features(IMAGES, upto=0)[:, 0], IMAGES.expand(2, -1, -1, -1))
    assert torch.equal(model.features(IMAGES, upto=2), model.features(IMAGES)[:, :3])


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_images_are_what_the_classifier_is_given(kind: str) -> None:
    model = KINDS[kind](4, seeds=2)
    last = model.last(IMAGES)
    assert torch.equal(model.classifier(last.flatten(2)), model(IMAGES))
    assert torch.equal(last, model.last(IMAGES.expand(2, -1, -1, -1)))
    assert torch.allclose(last, model.features(IMAGES)[:, -1], atol=1e-5)
    kernels, bias = model.kernels()
    halfway = model.propagate(IMAGES, kernels[:, :2], None if bias is None else bias[:, :2])
    rest = model.propagate(halfway, kernels[:, 2:], None if bias is None else bias[:, 2:])
    assert torch.allclose(rest, last, atol=1e-5)
    stack = stack_of_kernels(model, IMAGES)
    assert bool((stack - last).norm() > 0.01 * last.norm()) is (kind in OTHER_STEPS)


def test_a_seed_starts_the_same_network_whatever_its_neighbours() -> None:
    three, one = PDENet(PDE1, 4, seeds=3), PDENet(PDE1, 4, seeds=[2])
    assert torch.equal(three.theta[2], one.theta[0])
    for a, b in zip(three.classifier.parameters(), one.classifier.parameters(), strict=True):
        assert torch.equal(a[2], b[0])


def test_models_of_one_seed_share_the_initial_classifier_and_not_the_trunk_stream() -> None:
    pde, control = PDENet(PDE1, 9), ConvResNet(2)
    for a, b in zip(pde.classifier.parameters(), control.classifier.parameters(), strict=True):
        assert torch.equal(a, b)
    draws = [torch.rand(4, generator=generator(0, stream)) for stream in (TRUNK, CLASSIFIER)]
    assert not torch.equal(*draws)


def test_depth_zero_is_the_classifier_on_raw_pixels() -> None:
    model = PDENet(PDE1, 0)
    assert torch.equal(model(IMAGES), model.classifier(IMAGES.flatten(1)[None]))
    assert model.parameter_count()["trunk"] == 0


def test_parameter_counts_are_those_of_one_network() -> None:
    classifier = 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10
    assert PDENet(PDE1, 50, seeds=3).parameter_count() == {"trunk": 250, "classifier": classifier}
    assert ConvResNet(50, seeds=3).parameter_count() == {"trunk": 500, "classifier": classifier}
    assert ConvResNet(50, bias=False).parameter_count() == {"trunk": 450, "classifier": classifier}


def test_description_is_plain_data_and_tells_networks_apart() -> None:
    described = [
        m.describe() for m in (*networks(), PDENet(PDE2, 4), PDENet(PDE1, 5), ConvResNet(4, bias=False))
    ]
    assert PDENet(PDE1, 4).describe()["pde"] == {
        "xx": "alpha**2/2",
        "x": "beta",
        "yy": "sigma**2/2",
        "y": "rho",
        "": "gamma",
    }
    for i, one in enumerate(described):
        assert all(one != other for other in described[:i])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PDENet(PDE1, -1), "depth must be a whole number, at least 0; got -1"),
        (
            lambda: PDENet(PDE1, 2, seeds=0),
            "seeds must be a positive count or distinct non-negative integers; got 0",
        ),
        (lambda: ConvResNet(2, seeds=[1, 1]), r"seeds must be .*; got \[1, 1\]"),
        (
            lambda: PDENet(PDE1, 2, init=Init(zero=("kappa",))),
            r"starts \['kappa'\] at zero, .* are \['alpha', 'beta'",
        ),
        (
            lambda: ConvResNet(2, bias=False, init=Init(zero=("bias",))),
            r"starts \['bias'\] at zero, but the parameters are \['weight'\]",
        ),
        (
            lambda: Init(NO_LAW),
            "law must be 'uniform' or 'symmetric' or 'normal' or 'constant'; got 'cauchy'",
        ),
        (lambda: Init(scale=float("nan")), "scale must be a finite number, at least 0; got nan"),
        (
            lambda: ConvResNet(2, activation="swish"),
            "activation must be 'relu' or 'tanh' or 'none'; got 'swish'",
        ),
        (
            lambda: ConvResNet(2, widths=(0,)),
            "each of widths must be a whole number, at least 1; got 0",
        ),
        (
            lambda: ConvResNet(2).features(IMAGES, upto=3),
            "upto must be a whole number, at least 0 and at most 2; got 3",
        ),
        (
            lambda: ConvResNet(2)(IMAGES[..., :20]),
            r"images must be \(B, 28, 28\) or \(1, B, 28, 28\), .* \(5, 28, 20\)",
        ),
        (lambda: ConvResNet(2)(IMAGES.expand(4, -1, -1, -1)), r"got \(4, 5, 28, 28\)"),
    ],
)
def test_bad_input_is_refused_in_words(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_seeds_as_a_count_or_a_choice() -> None:
    assert as_seeds(3) == (0, 1, 2)
    assert as_seeds([7, 2]) == (7, 2)


def record_of(network: ResidualNet, seed: int) -> Record:
    """What a file of records gives back of a trained network."""
    trunk = {name: values[seed].tolist() for name, values in network.trunk().items()}
    given: dict[str, Any] = {"model": {}, "training": {}, "machine": {}, "versions": {}}
    given["data"] = {"name": "digits", "checksum": "ab12"}
    record = Record(**given, seed=seed, history={}, seconds=0.0, date="2026-11-21", trunk=trunk)
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
