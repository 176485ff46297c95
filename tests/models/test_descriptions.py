"""What a network says of itself: one text whatever the kind of number; and what is refused by name."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from helpers.every_network import GENTLE, NETWORKS

from pdenet.models import ConvResNet, Init, PDENet, PlainConvNet, ResidualNet, StencilField
from pdenet.models.flow import Flow
from pdenet.models.named import spec as named
from pdenet.ops.ode.solvers import Adaptive, Fixed
from pdenet.subjects.adjoint import CostProtocol
from pdenet.subjects.adjoint import Problem as Gradients
from pdenet.subjects.depth.networks import DriftStartNet, arm_spec
from pdenet.subjects.depth.training import Steps
from pdenet.subjects.irregular.networks import DECODERS, SeriesNet
from pdenet.subjects.irregular.system import Sampling
from pdenet.subjects.irregular.training import SeriesTraining
from pdenet.subjects.ode_mnist.networks import ConvSpec, StencilSpec, describe_solver
from pdenet.subjects.performance.problem import Problem
from pdenet.subjects.remedies.networks import ScaledPDENet
from pdenet.subjects.remedies.networks import spec as remedy
from pdenet.symbolic import PDE1

# Each argument in other kinds: what comes of JSON, of NumPy, of torch.
USUAL: dict[str, Any] = {"widths": (8, 6), "image_shape": (9, 8), "classes": 3, "init": Init("uniform", 1.0)}
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "json": (2.0, {"widths": [8, 6.0], "image_shape": [9, 8], "classes": 3.0, "init": Init("uniform", 1)}),
    "numpy": (
        np.int64(2),
        {
            "widths": np.array([8, 6]),
            "image_shape": (np.int32(9), np.int16(8)),
            "classes": np.uint8(3),
            "init": Init(np.str_("uniform"), np.float64(1)),  # type: ignore[arg-type]
            "frozen": np.False_,
        },
    ),
    "torch": (
        torch.tensor(2),
        {
            "widths": torch.tensor([8, 6]),
            "image_shape": torch.Size([9, 8]),
            "classes": torch.tensor(3),
            "init": Init("uniform", torch.tensor(1.0), []),  # type: ignore[arg-type]
        },
    ),
}


def text(described: Any) -> str:
    """As a key would have it; it has to be plain data."""
    return json.dumps(described)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_says_the_same_whatever_the_kind_of_number(name: str, kind: str) -> None:
    make, (depth, options) = NETWORKS[name], KINDS[kind]
    one, other = make(2, **USUAL), make(depth, **options)
    if name == "frozen" and "frozen" in options:
        options = {**options, "frozen": np.True_}
        other = make(depth, **options)
    assert text(one.describe()) == text(other.describe())
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
    images = torch.rand(2, 9, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(one(images), other(images))


SPECS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "pde": (
        lambda: PDENet.spec(PDE1, 2, bias=True, frozen=True),
        lambda: PDENet.spec(PDE1, np.int64(2), bias=np.True_, frozen=np.True_, widths=[256.0, 128]),
    ),
    "resnet": (lambda: ConvResNet.spec(2), lambda: ConvResNet.spec(2.0, image_shape=[28, 28.0])),
    "plain": (lambda: PlainConvNet.spec(2, identity=True), lambda: PlainConvNet.spec(2.0, identity=np.True_)),
    "named": (lambda: named("pde2", 3), lambda: named("pde2", 3.0)),  # type: ignore[arg-type]
    "drift": (lambda: arm_spec("(40), start of (39)", 2), lambda: arm_spec("(40), start of (39)", 2.0)),  # type: ignore[arg-type]
    "drift, another": (
        lambda: DriftStartNet.spec(PDE1, 2, drift_start=2.0),
        lambda: DriftStartNet.spec(PDE1, 2, drift_start=np.float32(2)),
    ),
    "scaled": (
        lambda: ScaledPDENet.spec(PDE1, 2, time=3.0),
        lambda: ScaledPDENet.spec(PDE1, 2, time=np.int64(3)),
    ),
    "remedy": (lambda: remedy("implicit", 2), lambda: remedy("implicit", 2.0, widths=[64, 32])),  # type: ignore[arg-type]
    "conv net": (
        lambda: ConvSpec(2, 3, 4),
        lambda: ConvSpec(np.int64(2), 3.0, torch.tensor(4)),  # type: ignore[arg-type]
    ),
    "conv net, flow": (
        lambda: ConvSpec(Adaptive(rtol=1.0)),
        lambda: ConvSpec(Adaptive(rtol=1, atol=np.float64(1e-5))),
    ),
    "stencil net": (
        lambda: StencilSpec(PDE1, Fixed("rk4", 2), 3.0, (8,)),
        lambda: StencilSpec(PDE1, Fixed("rk4", 2.0), 3, [np.int64(8)]),  # type: ignore[arg-type]
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_network_that_is_not_drawn_says_the_same(name: str) -> None:
    one, other = (make() for make in SPECS[name])
    assert text(one.describe()) == text(other.describe())


@pytest.mark.parametrize("name", DECODERS)
def test_a_series_net_says_the_same(name: str) -> None:
    options: dict[str, Any] = {
        "latent ODE": {"state": 3, "step": 1.0},
        "recurrent": {"hidden": 3},
        "function of time": {"width": 3},
    }
    kinds: dict[str, Any] = {
        "latent ODE": {"state": np.int64(3), "step": 1},
        "recurrent": {"hidden": 3.0},
        "function of time": {"width": torch.tensor(3)},
    }
    one = SeriesNet(name, **options[name])
    for other in (SeriesNet.description(name, **kinds[name]), SeriesNet(name, **kinds[name]).describe()):
        assert text(one.describe()) == text(other)


def test_settings_are_the_same_whatever_the_kind_of_number() -> None:
    assert repr(Sampling("irregular", 9.0)) == repr(Sampling("irregular", 9))  # type: ignore[arg-type]
    assert repr(SeriesTraining(np.int64(9), 5.0, 1, 8)) == repr(SeriesTraining(9, 5, 1.0, 8))  # type: ignore[arg-type]
    assert repr(CostProtocol(8.0, [4, 16.0], np.int8(2))) == repr(CostProtocol(8, (4, 16), 2))  # type: ignore[arg-type]
    assert repr(Steps(1, 2, 3)) == repr(Steps(1.0, 2.0, 3.0))
    assert repr(Problem(9.0)) == repr(Problem(9))  # type: ignore[arg-type]
    assert repr(Gradients(8.0, duration=4)) == repr(Gradients(8))  # type: ignore[arg-type]


def test_a_solver_says_what_determines_its_steps() -> None:
    """Older records, whose steps went past the end, lack the word."""
    old = {"method": "dopri5", "rtol": 1e-3, "atol": 1e-3}
    assert describe_solver(Adaptive("dopri5", 1e-3, 1e-3, past_end=True)) == old
    assert describe_solver(Adaptive("dopri5", 1e-3, 1e-3)) == {**old, "past_end": False}
    assert describe_solver(Adaptive("dopri8", 1e-3, 1e-3)) == {**old, "method": "dopri8"}
    short = describe_solver(Adaptive("dopri5", 1e-3, 1e-3, max_step=1, past_end=True))
    assert text(short) == text({**old, "max_step": 1.0})


def pde(**options: Any) -> ResidualNet:
    return PDENet(PDE1, options.pop("depth", 1), **options)


def conv(**options: Any) -> ResidualNet:
    return ConvResNet(options.pop("depth", 1), **options)


def described(**options: Any) -> Any:
    return PDENet.spec(PDE1, options.pop("depth", 1), **options).describe()


@pytest.mark.parametrize("make", [pde, conv, described])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"frozen": "false"}, TypeError, "frozen must be True or False; got 'false'"),
        ({"frozen": 0}, TypeError, "frozen must be True or False; got 0"),
        ({"bias": "no"}, TypeError, "bias must be True or False; got 'no'"),
        ({"bias": None}, TypeError, "bias must be True or False; got None"),
        ({"depth": 2.5}, ValueError, "depth must be a whole number, at least 0; got 2.5"),
        ({"depth": float("nan")}, ValueError, "depth must be a whole number, at least 0; got nan"),
        ({"depth": "2"}, TypeError, "depth must be a whole number, at least 0; got '2'"),
        ({"depth": True}, TypeError, "depth must be a whole number, at least 0; got True"),
        ({"widths": "8"}, TypeError, "widths must be a sequence of whole numbers; got '8'"),
        ({"widths": 8}, TypeError, "widths must be a sequence of whole numbers; got 8"),
        ({"widths": (8.5,)}, ValueError, "each of widths must be a whole number, at least 1; got 8.5"),
        ({"image_shape": "28"}, TypeError, "image_shape must be a sequence of whole numbers; got '28'"),
        ({"image_shape": [28]}, ValueError, r"image_shape must be 2 whole numbers; got \[28\]"),
        ({"image_shape": (28, 0)}, ValueError, "each of image_shape must be a whole number, at least 1"),
        ({"classes": "10"}, TypeError, "classes must be a whole number, at least 1; got '10'"),
        ({"activation": "Relu"}, ValueError, r"activation must be .*; got 'Relu' \(did you mean 'relu'\?\)"),
        ({"activation": None}, TypeError, "activation must be .*; got None"),
        ({"backend": "nunba"}, ValueError, r"backend must be .*; got 'nunba' \(did you mean 'numba'\?\)"),
        ({"init": "normal"}, TypeError, r"init must be an Init\(law, scale, zero\), .*; got 'normal'"),
    ],
)
def test_text_and_other_kinds_are_refused_by_name(make: Any, options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make(**options)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Init("Normal"), ValueError, r"law must be .*; got 'Normal' \(did you mean 'normal'\?\)"),  # type: ignore[arg-type]
        (lambda: Init(None), TypeError, "law must be .*; got None"),  # type: ignore[arg-type]
        (lambda: Init("normal", "0.1"), TypeError, "scale must be a finite number, .*; got '0.1'"),  # type: ignore[arg-type]
        (lambda: Init("normal", float("inf")), ValueError, "scale must be a finite number, .*; got inf"),
        (lambda: Init("normal", zero="gamma"), TypeError, "zero must be a sequence of words; got 'gamma'"),  # type: ignore[arg-type]
        (lambda: PDENet("pde1", 2), TypeError, "pde must be an EvolutionPDE, .*; got 'pde1'"),  # type: ignore[arg-type]
        (lambda: PDENet.spec("pde1", 2).describe(), TypeError, "pde must be an EvolutionPDE, .*; got 'pde1'"),
        (lambda: StencilField("pde1"), TypeError, "pde must be an EvolutionPDE, .*; got 'pde1'"),  # type: ignore[arg-type]
        (lambda: StencilField(PDE1, init="normal"), TypeError, "init must be an Init"),  # type: ignore[arg-type]
        (lambda: PlainConvNet(2, identity="false"), TypeError, "identity must be True or False"),  # type: ignore[arg-type]
        (lambda: ConvResNet(2, taps="Cross"), ValueError, r"\(did you mean 'cross'\?\)"),  # type: ignore[arg-type]
        (lambda: ScaledPDENet(PDE1, 2, time="1"), TypeError, "time must be a finite number, .*'1'"),  # type: ignore[arg-type]
        (lambda: DriftStartNet(PDE1, 2, drift_start="8"), TypeError, "drift_start must be a finite number"),  # type: ignore[arg-type]
        (lambda: named("pde3", 2), ValueError, "model must be .*; got 'pde3'"),
        (lambda: remedy("implicid", 2), ValueError, r"network must be .*\(did you mean 'implicit'\?\)"),
        (lambda: SeriesNet("latent"), ValueError, "decoder must be .*; got 'latent'"),
        (lambda: SeriesNet.description("latent ODE", state="4"), TypeError, "state must be a whole number"),
        (
            lambda: SeriesNet("recurrent", gaps="inputs"),
            ValueError,
            r"gaps must be .*\(did you mean 'input'\?\)",
        ),
        (lambda: SeriesTraining(targets="other"), ValueError, r"\(did you mean 'others'\?\)"),  # type: ignore[arg-type]
        (lambda: SeriesTraining(steps=2.5), ValueError, "steps must be a whole number"),  # type: ignore[arg-type]
        (lambda: Sampling("irregular", "20"), TypeError, "count must be a whole number"),  # type: ignore[arg-type]
        (lambda: ConvSpec("6"), TypeError, "block must be a number of blocks .* or a solver; got '6'"),  # type: ignore[arg-type]
        (lambda: ConvSpec(True), TypeError, "block must be a number of blocks .* or a solver; got True"),
        (lambda: StencilSpec(PDE1, 1, "5"), TypeError, "time must be a finite number; got '5'"),  # type: ignore[arg-type]
        (lambda: StencilSpec(PDE1, 1, widths="8"), TypeError, "widths must be a sequence"),  # type: ignore[arg-type]
        (lambda: Flow(StencilField(PDE1), "1"), TypeError, "duration must be a finite number; got '1'"),  # type: ignore[arg-type]
        (lambda: Flow(StencilField(PDE1), 1.0, "rk4"), TypeError, "solver must be Fixed"),  # type: ignore[arg-type]
        (lambda: Flow(StencilField(PDE1), 1.0, gradient="adjiont"), ValueError, "mean 'adjoint'"),  # type: ignore[arg-type]
        (lambda: Flow(torch.relu, 1.0), TypeError, "the field must be a torch.nn.Module"),  # type: ignore[arg-type]
        (lambda: Problem(stencil="5-point"), ValueError, "stencil must be .*'five-point'"),  # type: ignore[arg-type]
    ],
)
def test_every_entrance_refuses_what_it_cannot_mean(make: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_an_init_is_the_same_whatever_the_kind() -> None:
    assert repr(Init(np.str_("normal"), 1, ["bias"])) == repr(Init("normal", 1.0, ("bias",)))  # type: ignore[arg-type]
    assert GENTLE.describe() == {"law": "symmetric", "scale": 0.1, "zero": []}
