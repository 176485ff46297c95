"""Networks of two families: what they cost, how far they see, and that each stands alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from pdenet.models.measures.flops import convolution_flops, matched
from pdenet.runs.arm import Context
from pdenet.subjects.inception.arms import (
    BARE,
    FAMILIES,
    INCEPTION,
    MAP_NETS,
    NO_BLOCK,
    RESIDUAL,
    canvas_arms,
    map_arms,
)
from pdenet.subjects.inception.networks import Design, FamilyNet, InceptionBranch

ALL = {**FAMILIES, **MAP_NETS, "no block": NO_BLOCK}


def test_the_counter_finds_the_closed_form() -> None:
    arms = canvas_arms((RESIDUAL, INCEPTION))
    stem, head = convolution_flops(3, 1, 1, 16, 16), 2 * 10
    expected = {
        RESIDUAL: 3 * 2 * convolution_flops(3, 12, 12, 16, 16) + 12 * (stem + head),
        INCEPTION: 3
        * (
            convolution_flops(1, 20, 20, 16, 16)
            + sum(convolution_flops(kernel, 5, 5, 16, 16) for kernel in (3, 5, 7))
        )
        + 20 * (stem + head),
    }
    for title, flops in expected.items():
        assert arms[0].costs()[title].flops == flops


@pytest.mark.parametrize("arm", [*canvas_arms(FAMILIES)[:1], *map_arms((6,))[:1]], ids=lambda arm: arm.name)
def test_all_that_is_compared_costs_the_same_within_five_per_cent(arm: Any) -> None:
    costs = arm.costs()
    assert len(costs) == len(arm.budget)
    assert matched(costs) is costs
    with pytest.raises(ValueError, match="not within 3 %"):
        matched(costs, 0.03)  # it is near the limit, so that the check has something to say


@pytest.mark.parametrize("arm", [canvas_arms((INCEPTION,))[0], map_arms((6,))[3]], ids=lambda arm: arm.name)
def test_an_arm_that_costs_more_is_refused_before_it_is_trained(
    arm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: one channel more in each branch."""
    fat = replace(arm, design=replace(arm.design, widths=tuple(n + 1 for n in arm.design.widths)))
    monkeypatch.setattr("pdenet.subjects.inception.arms.learn", lambda *a, **k: pytest.fail("it was trained"))
    with pytest.raises(ValueError, match="not within 5 %") as caught:
        fat.run((0,), Context())
    assert f"{arm.title} has " in str(caught.value)
    for count in fat._cost(fat.design):
        assert f"{count:,.0f}" in str(caught.value)


def test_a_baseline_without_a_block_costs_next_to_nothing() -> None:
    (bare, _), (deep, _) = canvas_arms((BARE,)), canvas_arms((RESIDUAL,))
    assert bare.costs()[BARE].flops < 0.02 * deep.costs()[RESIDUAL].flops
    assert "widths" not in bare.model["design"]


@pytest.mark.parametrize("title", ALL)
def test_a_cell_depends_on_what_it_sees_and_on_nothing_else(title: str) -> None:
    """The support of a gradient against the count of cells; a normalisation in a test mixes nothing."""
    design, side = ALL[title], 61
    net = FamilyNet(design, "cells", 1).double().eval()
    for name, values in net.named_parameters():
        if not name.startswith(("norm", "stack.branches.0.norm")):
            values.data.abs_()  # nothing cancels
    image = torch.rand(1, side, side, dtype=torch.float64, requires_grad=True)
    net(image)[0, 0, side // 2, side // 2].backward()
    assert image.grad is not None
    seen = image.grad[0, side // 2].nonzero().flatten()
    assert (int(seen.min()), int(seen.max())) == (side // 2 - design.sees, side // 2 + design.sees)


def test_a_branch_is_the_concatenation_of_pytorchs_layers() -> None:
    branch = InceptionBranch((2, 3), (1, 5)).double().train()
    u = torch.randn(4, 5, 9, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    before = functional.relu(nn.BatchNorm2d(5).double()(u))
    narrow = functional.conv2d(before, branch.first[0][0])
    middle = functional.relu(nn.BatchNorm2d(3).double()(functional.conv2d(before, branch.first[1][0])))
    wide = functional.conv2d(middle, branch.second[0][0], padding=2)
    assert torch.allclose(branch(u), torch.cat([narrow, wide], 1), atol=1e-12)


@pytest.mark.parametrize("title", [RESIDUAL, INCEPTION])
@pytest.mark.parametrize("head", ["classes", "cells"])
def test_networks_side_by_side_are_networks_alone(title: str, head: Any) -> None:
    together = FamilyNet(FAMILIES[title], head, (3, 5)).train()
    images = torch.rand(2, 4, 32, 32, generator=torch.Generator().manual_seed(1))
    found = together(images)
    for row, seed in enumerate((3, 5)):
        alone = FamilyNet(FAMILIES[title], head, (seed,)).train()
        assert torch.allclose(alone(images[row : row + 1])[0], found[row], atol=1e-4)
    assert found.shape == ((2, 4, 10) if head == "classes" else (2, 4, 32, 32))


def test_stages_are_convolutions_that_look_at_neighbours() -> None:
    stages = {title: design.stages for title, design in MAP_NETS.items()}
    assert stages == {
        "residual, 6 blocks": 13,
        "residual, 2 blocks": 5,
        "residual, 1 block": 3,
        "inception, 6 blocks": 7,
        "inception, 3 blocks": 4,
        "inception, 1 block": 2,
        "residual, 1 block, 11x11": 3,
    }
    assert MAP_NETS["residual, 1 block, 11x11"].sees >= 12
    assert NO_BLOCK.stages == 1


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"blocks": -1, "widths": (4,)}, ValueError, "blocks must be"),
        ({"blocks": 1, "widths": (4, 4)}, ValueError, r"each branch has a width and a kernel; got \(4, 4\)"),
        ({"blocks": 1, "widths": (4,), "kernels": (4,)}, ValueError, "kernel must be odd"),
        ({"blocks": 1, "widths": (0,)}, ValueError, "widths"),
        ({"blocks": 1, "widths": (4,), "stem": 2}, ValueError, "stem must be odd"),
        ({"blocks": "1", "widths": (4,)}, TypeError, "blocks must be"),
    ],
)
def test_bad_designs(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Design(**options)


def test_an_unknown_head() -> None:
    with pytest.raises(ValueError, match="head must be 'classes' or 'cells'; got 'pixels'"):
        FamilyNet(NO_BLOCK, "pixels")  # type: ignore[arg-type]
