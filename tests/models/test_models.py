"""Networks: one stack, parametrised by a PDE or freely, seeds side by side."""

import pytest
import sympy as sp
import torch
from helpers.networks import KINDS, OTHER_STEPS, stack_of_kernels
from torch.nn import functional

from pdenet.models import Classifier, ConvResNet, Init, PDENet, ResidualNet
from pdenet.ops.seeding import CLASSIFIER, TRUNK, as_seeds, generator
from pdenet.symbolic import PDE1, PDE2, PDE_1D, EvolutionPDE, alpha, psi, t, x, y

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


def test_a_pde_network_is_the_layer_of_equation_39() -> None:
    """One layer written with the thesis's two maps, horizontal and vertical, for each seed."""
    model = PDENet(PDE1, 1, seeds=2)
    got = model.features(IMAGES)[:, 1]
    u = IMAGES[:, None]
    for seed in range(2):
        a, b, s, r, g = model.theta[seed, 0]
        across = torch.stack([(a**2 - b) / 2, -(a**2), (a**2 + b) / 2]).view(1, 1, 1, 3)
        down = torch.stack([(s**2 - r) / 2, -(s**2), (s**2 + r) / 2]).view(1, 1, 3, 1)
        maps = functional.conv2d(u, across, padding=(0, 1)) + functional.conv2d(u, down, padding=(1, 0))
        assert torch.allclose(got[seed], torch.relu(u + maps + g * u)[:, 0], atol=1e-6)


def test_equation_40_is_equation_39_with_other_drift() -> None:
    first, second = PDENet(PDE1, 6), PDENet(PDE2, 6)
    with torch.no_grad():
        second.theta.copy_(first.theta)
        second.theta[..., [1, 3]] *= -8
    assert torch.equal(first(IMAGES), second(IMAGES))


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
    first, rest = (
        tuple(None if p is None else p[:, cut] for p in model.kernels()) for cut in (slice(1), slice(1, 4))
    )
    assert torch.allclose(model.propagate(model.propagate(IMAGES, *first), *rest), last, atol=1e-5)
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


def test_default_initial_laws() -> None:
    theta = PDENet(PDE1, 200, seeds=2).theta
    assert (theta[..., :4] >= 0).all()
    assert (theta[..., :4] < 1).all()
    assert abs(float(theta[..., :4].detach().mean()) - 0.5) < 0.05
    assert (theta[..., 4] == 0).all(), "gamma starts at zero"
    weight = ConvResNet(200, seeds=2).weight
    assert weight.abs().max() < 1 / 3
    assert abs(float(weight.detach().mean())) < 0.02


def test_initial_law_can_be_chosen() -> None:
    model = PDENet(PDE1, 300, init=Init("normal", 0.1, zero=("beta", "rho")))
    trunk = model.trunk()
    assert (trunk["beta"] == 0).all()
    assert (trunk["rho"] == 0).all()
    assert abs(float(trunk["gamma"].detach().std()) - 0.1) < 0.02
    assert model.describe()["init"] == {"law": "normal", "scale": 0.1, "zero": ["beta", "rho"]}


def test_a_control_can_start_without_biases_or_as_the_identity() -> None:
    plain, no_bias = (
        ConvResNet(4, seeds=2),
        ConvResNet(4, seeds=2, init=Init("symmetric", 1 / 3, zero=("bias",))),
    )
    assert torch.equal(no_bias.weight, plain.weight)
    assert no_bias.bias is not None
    assert (no_bias.bias == 0).all()
    identity = ConvResNet(4, init=Init("symmetric", 1 / 3, zero=("weight", "bias")))
    assert torch.equal(identity.features(IMAGES)[0, -1], IMAGES)


def test_any_linear_pde_makes_a_network() -> None:
    mixed = EvolutionPDE(sp.Eq(psi.diff(t), alpha * psi.diff(x, y)))
    model = PDENet(mixed, 3)
    assert model.support == "full"
    assert (model.kernels()[0][..., ::2, ::2] != 0).all()
    assert PDENet(PDE1, 3).support == "cross"
    fourth = PDENet(EvolutionPDE(sp.Eq(psi.diff(t), -alpha * psi.diff(x, 4))), 2)
    assert fourth.kernels()[0].shape == (1, 2, 5, 5)
    for network in (model, fourth, PDENet(PDE_1D, 3)):
        logits = network(IMAGES)
        logits.sum().backward()
        assert logits.shape == (1, 5, 10)
        assert network.theta.grad is not None
        assert (network.theta.grad != 0).any()


def test_a_pde_on_the_line_acts_along_rows() -> None:
    model = PDENet(PDE_1D, 1)
    kernels, _ = model.kernels()
    assert kernels.shape == (1, 1, 3, 3)
    assert (kernels[..., [0, 2], :] == 0).all()
    assert (kernels[..., 1, 0] != 0).all()


def test_depth_zero_is_the_classifier_on_raw_pixels() -> None:
    model = PDENet(PDE1, 0)
    assert torch.equal(model(IMAGES), model.classifier(IMAGES.flatten(1)[None]))
    assert model.parameter_count()["trunk"] == 0


def test_parameter_counts_are_those_of_one_network() -> None:
    classifier = 784 * 256 + 256 + 256 * 128 + 128 + 128 * 10 + 10
    assert PDENet(PDE1, 50, seeds=3).parameter_count() == {"trunk": 250, "classifier": classifier}
    assert ConvResNet(50, seeds=3).parameter_count() == {"trunk": 500, "classifier": classifier}
    assert ConvResNet(50, bias=False).parameter_count() == {"trunk": 450, "classifier": classifier}


def test_classifier_without_activation_is_one_linear_map() -> None:
    features = torch.randn(1, 7, 6, dtype=torch.float32)
    linear = Classifier((6, 5, 4), (0,), "none")
    zero = linear(torch.zeros(1, 1, 6))
    assert torch.allclose(linear(2 * features) - zero, 2 * (linear(features) - zero), atol=1e-5)
    bent = Classifier((6, 5, 4), (0,), "tanh")
    zero = bent(torch.zeros(1, 1, 6))
    assert not torch.allclose(bent(2 * features) - zero, 2 * (bent(features) - zero), atol=1e-3)


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
        (lambda: PDENet(PDE1, -1), "depth must be a number of layers, zero or more; got -1"),
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
        (lambda: Init("cauchy"), "law must be one of 'uniform', 'symmetric', 'normal'; got 'cauchy'"),
        (lambda: Init(scale=float("nan")), "scale must be a non-negative number; got nan"),
        (
            lambda: ConvResNet(2, activation="swish"),
            "activation must be one of 'relu', 'tanh', 'none'; got 'swish'",
        ),
        (
            lambda: ConvResNet(2, widths=(0,)),
            r"sizes must be two or more positive integers; got \(784, 0, 10\)",
        ),
        (lambda: ConvResNet(2).features(IMAGES, upto=3), "upto must be between 0 and the depth 2; got 3"),
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
