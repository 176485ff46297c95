"""Shapes: what they cost, how far they see, which of them a budget allows, and the table of EfficientNet."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp
import torch
from torch import nn

from pdenet.models.measures.flops import cost, forward_flops
from pdenet.subjects.scaling import efficientnet
from pdenet.subjects.scaling.arms import (
    APART,
    BOTH,
    CHOSEN,
    DILATED,
    DOUBLE,
    EXTRAPOLATED,
    QUADRUPLE,
    SEARCHED,
)
from pdenet.subjects.scaling.measures import support
from pdenet.subjects.scaling.networks import ScaledNet
from pdenet.subjects.scaling.system import (
    BARE,
    BASE,
    CHEAP,
    PUBLISHED,
    SHARES,
    TOLERANCE,
    Shape,
    balance,
    depthwise_ratio,
    grid,
    growth,
    scaled,
    shares_of,
    within,
)

SHAPES = (BASE, BARE, CHEAP, DILATED, Shape(3, 7, 9), Shape(1, 3, 5, "depthwise"))


# What a shape costs


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_operations_and_numbers_in_closed_form_are_those_counted(shape: Shape) -> None:
    found = cost(ScaledNet(shape, (4, 7)), (shape.side, shape.side))
    assert (found.flops, found.parameters) == (shape.flops, shape.parameters)


def test_a_block_costs_in_proportion_to_depth_and_to_the_squares_of_width_and_side() -> None:
    blocks = [Shape(b, c, r).flops - Shape(0, c, r).flops for b, c, r in ((1, 4, 6), (3, 8, 18))]
    assert blocks[1] == 3 * 2**2 * 3**2 * blocks[0]


def test_the_pair_costs_what_the_formula_says() -> None:
    for kernel, inputs, outputs in ((3, 5, 7), (5, 4, 4)):
        single = nn.Conv2d(inputs, outputs, kernel, padding="same")
        pair = nn.Sequential(
            nn.Conv2d(inputs, inputs, kernel, groups=inputs, padding="same"), nn.Conv2d(inputs, outputs, 1)
        )
        image = torch.empty(1, inputs, 8, 8)
        ratio = forward_flops(pair, image) / forward_flops(single, image)
        assert ratio == pytest.approx(depthwise_ratio(kernel, outputs), rel=1e-12)


# How far it sees


@pytest.mark.parametrize(
    "shape",
    [Shape(0, 4, 15), Shape(1, 4, 15), Shape(2, 6, 21), Shape(3, 6, 31), Shape(2, 6, 32, dilation=2)],
    ids=lambda shape: f"{shape}, {shape.dilation}",
)
def test_the_field_is_the_support_of_the_gradient_of_one_place(shape: Shape) -> None:
    assert support(shape) == (shape.field, shape.field)


def test_gates_make_a_depthwise_block_see_all_of_the_image() -> None:
    shape = Shape(1, 4, 15, "depthwise")
    assert shape.field == 5 < support(shape)[0] == 15


# Which shape a budget allows


def test_the_published_numbers_double_the_operations_almost() -> None:
    alpha, beta, gamma = PUBLISHED
    assert alpha * beta**2 * gamma**2 == pytest.approx(1.92, abs=0.005)
    assert sum(shares_of(*PUBLISHED)) == pytest.approx(1)
    assert shares_of(2, 1, 1) == (1, 0, 0)
    assert shares_of(2, math.sqrt(2), math.sqrt(2)) == pytest.approx((1 / 3,) * 3)


def test_scaling_by_one_gives_the_base_itself() -> None:
    assert all(scaled(BASE, 1, shares) is BASE for shares in SHARES.values())


@pytest.mark.parametrize("factor", [2, 4, 8])
@pytest.mark.parametrize("strategy", SHARES)
def test_a_scaled_shape_meets_its_budget_and_grows_where_it_shall(strategy: str, factor: int) -> None:
    shape = scaled(BASE, factor, SHARES[strategy])
    assert abs(shape.flops / (factor * BASE.flops) - 1) <= TOLERANCE
    for grown, share in zip(growth(shape, BASE), SHARES[strategy], strict=True):
        assert grown >= 1
        assert share > 0 or grown == 1


@pytest.mark.parametrize("strategy", SHARES)
def test_rounding_is_monotone(strategy: str) -> None:
    shapes = [scaled(BASE, factor, SHARES[strategy]) for factor in (1, 2, 4, 8, 16)]
    for axis in ("blocks", "channels", "side"):
        values = [getattr(shape, axis) for shape in shapes]
        assert values == sorted(values)


def test_what_is_compared_at_one_budget_has_one_budget() -> None:
    for factor, shapes in (
        (2, (*DOUBLE.values(), *SEARCHED)),
        (4, (*QUADRUPLE.values(), EXTRAPOLATED, BOTH)),
    ):
        assert all(within(shape, factor * BASE.flops) for shape in shapes)
    assert within(CHEAP, BASE.flops)
    assert (DILATED.flops, DILATED.parameters) == (QUADRUPLE["resolution"].flops, BASE.parameters)
    assert (APART.flops, APART.parameters, APART.field) == (BASE.flops, BASE.parameters, DILATED.field)
    assert not within(replace(BASE, channels=11), BASE.flops)


def test_the_grid_has_every_shape_of_the_budget() -> None:
    assert CHOSEN in SEARCHED
    assert set(DOUBLE.values()) <= set(SEARCHED)
    wide = [Shape(b, c, r) for b in range(2, 9) for c in range(10, 25) for r in range(12, 30)]
    assert {shape for shape in wide if within(shape, 2 * BASE.flops)} == set(grid(BASE, 2))


def test_balance_is_best_if_and_only_if_the_interaction_exceeds_the_difference() -> None:
    a, b, c = sp.symbols("a b c", positive=True)
    best = balance(a, b, c)
    s = sp.Symbol("s")
    assert sp.simplify(sp.diff(a * s + b * (1 - s) + c * s * (1 - s), s).subs(s, best)) == 0
    assert balance(3.0, 1.0, 4.0) == 0.75
    assert balance(3.0, 1.0, 2.0) == 1.0


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((0.5, (1, 0, 0)), ValueError, "factor must be a finite number, at least 1; got 0.5"),
        ((2, (1, 1, 0)), ValueError, "sum to one"),
        ((2, (-1, 1, 1)), ValueError, "share must be a finite number, at least 0; got -1"),
        ((2, (1, 0)), ValueError, "shares must be three"),
        ((1.3, (1, 0, 0)), ValueError, "no shape with these shares has 1.3 times the 1,062,920 operations"),
        (("2", (1, 0, 0)), TypeError, "factor must be a finite number"),
    ],
)
def test_a_budget_that_is_none_or_cannot_be_met_is_refused(
    arguments: tuple[Any, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        scaled(BASE, *arguments)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: Shape(2, 10, 2), ValueError, "side must be a whole number, at least 3; got 2"),
        (lambda: Shape(-1, 10, 9), ValueError, "blocks must be a whole number, at least 0; got -1"),
        (lambda: Shape(1, 0, 9), ValueError, "channels must be a whole number, at least 1; got 0"),
        (lambda: Shape(1, 1, 9, "wide"), ValueError, "block"),  # type: ignore[arg-type]
        (lambda: Shape(1, 1, 9, dilation=2), ValueError, "the dilation must divide the side 9; got 2"),
        (lambda: shares_of(1.2, 0.9, 1), ValueError, "beta must be a finite number, at least 1; got 0.9"),
        (lambda: shares_of(1, 1, 1), ValueError, "all 1, which scales nothing"),
        (lambda: grid(BASE, 1), ValueError, "factor must be a finite number, above 1; got 1"),
        (lambda: balance(1.0, 1.0, -1.0), ValueError, "interaction must be a finite number, above 0"),
        (lambda: depthwise_ratio(0, 1), ValueError, "kernel"),
    ],
)
def test_bad_input_is_refused(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        call()


# EfficientNet-B0


def test_the_table_has_the_published_number_of_parameters() -> None:
    assert efficientnet.parameters() == 5_288_548


def test_its_blocks_are_those_of_the_library() -> None:
    models = pytest.importorskip("torchvision.models", reason="torchvision is not installed")
    net = models.efficientnet_b0(weights=None)
    assert sum(parameter.numel() for parameter in net.parameters()) == efficientnet.parameters()
    before = efficientnet.STEM
    for stage, blocks in zip(efficientnet.STAGES, net.features[1:-1], strict=True):
        assert len(blocks) == stage.blocks
        for block in blocks:
            own = sum(parameter.numel() for parameter in block.parameters())
            assert own == efficientnet.block_parameters(before, stage.channels, stage.expand, stage.kernel)
            before = stage.channels
