"""The settings of a network as a configuration gives them: one kind of number and of list, and limits."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.models import ConvResNet, Init, PDENet
from pdenet.models.named import build, spec
from pdenet.runs.record import run_key
from pdenet.symbolic import PDE1

PLAIN: dict[str, Any] = {"widths": (16, 8), "classes": 10, "init": Init("uniform", 1.0, ("gamma",))}
OTHER_KINDS: list[dict[str, Any]] = [
    {"depth": np.int64(2), "widths": np.array([16, 8]), "classes": np.int32(10)},
    {"depth": 2.0, "widths": [16.0, 8.0], "classes": 10.0, "init": Init("uniform", 1, ["gamma"])},  # type: ignore[arg-type]
    {"depth": torch.tensor(2), "init": Init("uniform", np.float32(1), ("gamma",))},  # type: ignore[arg-type]
    {"init": Init(np.str_("uniform"), True + 0.0, ("gamma",))},  # type: ignore[arg-type]
]


def key(model: dict[str, Any]) -> str:
    return run_key(model, {}, 0, "images", "0")


@pytest.mark.parametrize("given", OTHER_KINDS)
def test_settings_of_any_kind_are_one_network(given: dict[str, Any]) -> None:
    """Before it is drawn and after, and with the same numbers in it."""
    options = {**PLAIN, **given}
    depth = options.pop("depth", 2)
    plain, other = PDENet(PDE1, 2, **PLAIN), PDENet(PDE1, depth, **options)
    assert key(other.describe()) == key(plain.describe())
    assert key(spec("pde1", depth, **options).describe()) == key(plain.describe())
    assert torch.equal(other.theta, plain.theta)
    assert type(other.depth) is int


@pytest.mark.parametrize("law", [{}, {"init": Init("normal", np.float64(0.5))}])
def test_so_are_those_of_free_kernels(law: dict[str, Any]) -> None:
    two: Any = np.int64(2)
    assert key(ConvResNet(two, **law).describe()) == key(ConvResNet(2, **law).describe())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": "2"}, "depth must be a whole number, .* got '2'"),
        ({"depth": 2.5}, "depth must be a whole number, .* got 2.5"),
        ({"depth": True}, "depth must be a whole number, .* got True"),
        ({"depth": None}, "depth must be a whole number, .* got None"),
        ({"depth": math.nan}, "depth must be a whole number, .* got nan"),
        ({"depth": 99_999_999_999}, "depth must be .* at most 100,000; got 99999999999"),
        ({"seeds": 3_000_000}, "seeds must be .*at most 10,000"),
        ({"widths": "256,128"}, "widths must be a sequence of whole numbers, .* got '256,128'"),
        ({"widths": 256}, "widths must be a sequence of whole numbers, .* got 256"),
        ({"widths": (8.5,)}, "a width must be a whole number, .* got 8.5"),
        ({"widths": ("8",)}, "a width must be a whole number, .* got '8'"),
        ({"widths": (99_999_999_999,)}, "a width must be .* at most 1,000,000; got 99999999999"),
        ({"classes": 99_999_999_999}, "classes must be .* at most 1,000,000; got 99999999999"),
        ({"classes": 0}, "classes must be .* at least 1"),
    ],
)
def test_what_is_no_setting_or_beyond_all_limits_is_refused(options: dict[str, Any], message: str) -> None:
    given = {"depth": 1, **options}
    with pytest.raises((TypeError, ValueError), match=message):
        build("resnet", **given)
    described = {name: value for name, value in given.items() if name != "seeds"}
    if "seeds" not in options:
        with pytest.raises((TypeError, ValueError), match=message):
            ConvResNet.description(**described)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"law": "norml"}, "did you mean 'normal'"),
        ({"law": None}, "law must be 'uniform' or"),
        ({"scale": "0.1"}, "scale must be a finite number, at least 0; got '0.1'"),
        ({"scale": math.inf}, "scale must be a finite number, at least 0; got inf"),
        ({"scale": True}, "scale must be a finite number, at least 0; got True"),
        ({"zero": "gamma"}, "zero must be names of parameters, .* got 'gamma'"),
        ({"zero": (1,)}, "zero must be names of parameters"),
        ({"zero": None}, "zero must be names of parameters"),
    ],
)
def test_what_is_no_law_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        Init(**options)
