"""Forces that are no gradient, attacks in terms of work, and the arms that measure both."""

from __future__ import annotations

import math

import pytest
import torch
from helpers.potentials import COUNT, SMOOTH, away
from torch import Tensor
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models.measures.attack import pgd
from pdenet.ops.curves import circle
from pdenet.ops.line_integral import line_integral
from pdenet.runs.arm import Context
from pdenet.runs.shown import Images
from pdenet.subjects.adversarial_work import fields, measures
from pdenet.subjects.adversarial_work.arms import (
    NEAR,
    SPLIT,
    NearArm,
    PotentialArm,
    at,
)
from pdenet.subjects.adversarial_work.experiment import ADVERSARIAL_WORK
from pdenet.subjects.adversarial_work.fields import BY_PIXEL, KINDS, ON_THE_WAY, TRUE, field
from pdenet.subjects.adversarial_work.measures import Setting, circulation

# Fields


def test_the_true_gradient_has_no_circulation_and_every_other_field_has(one: dict[str, Setting]) -> None:
    found = one["relu"]
    coarse, fine = (circulation(found, TRUE, k).abs().mean() for k in (100, 1600))
    assert float(fine) < float(coarse) / 4
    assert float(fine) < 1e-3
    for kind in (*BY_PIXEL, *ON_THE_WAY):
        share, finer = (measures.typical(circulation(found, kind, k)) for k in (200, 800))
        assert float(share.min()) > 0.01, kind
        torch.testing.assert_close(share, finer, rtol=0.1, atol=0.003)


@pytest.mark.parametrize("bend", [*SMOOTH, "affine"])
def test_on_a_smooth_loop_the_midpoint_rule_leaves_rounding(one: dict[str, Setting], bend: str) -> None:
    assert float(circulation(one[bend], TRUE, 200).abs().max()) < 1e-13
    assert float(measures.typical(circulation(one[bend], fields.SIGN, 200)).min()) > 0.02


@pytest.mark.parametrize("kind", [TRUE, fields.UNIT])
def test_a_small_loop_is_the_area_times_the_asymmetry_of_the_jacobian(
    one: dict[str, Setting], kind: str
) -> None:
    found = one["tanh"]
    across, up = found.drawn(90), found.drawn(91)
    up = functional.normalize(up - (up * across).sum(-1, keepdim=True) * across, dim=-1)
    force, h, radius = measures.force(found, kind), 1e-5, 1e-3

    def slope(way: Tensor) -> Tensor:
        forth, back = (force((found.start + sign * h * way)[None])[0] for sign in (1, -1))
        return (forth - back) / (2 * h)

    curl = (slope(across) * up - slope(up) * across).sum(-1)
    loop = circle(found.start, across, up, radius)
    found_curl = line_integral(force, loop, panels=12, rule="midpoint") / (math.pi * radius**2)
    torch.testing.assert_close(found_curl, curl, rtol=1e-3, atol=1e-6)
    assert (float(curl.abs().max()) < 1e-6) == (kind == TRUE)


def test_guided_and_stopped_leave_the_loss_as_it_is_and_change_the_way_back(one: dict[str, Setting]) -> None:
    found, net = one["relu"], one["relu"].net
    images = found.start.unflatten(-1, (14, 14))
    points, true = found.start[None], found.loss(found.start[None])
    for kind, bend in ((fields.GUIDED, fields.guided), (fields.STOPPED, fields.stopped)):
        torch.testing.assert_close(net.through(images, bend), net(images))  # type: ignore[operator]
        assert float((field(kind, found.loss)(points) - true).abs().max()) > 1e-3
    plain = found.loss.by(points, lambda x: net.through(x, lambda z, layer: z.relu()))  # type: ignore[operator]
    torch.testing.assert_close(plain, true)


def test_guided_backpropagation_lets_only_positive_slopes_through() -> None:
    z = torch.tensor([-1.0, 2.0, 3.0], requires_grad=True)
    (fields.guided(z, 0) * torch.tensor([1.0, -1.0, 1.0])).sum().backward()
    assert z.grad is not None
    assert z.grad.tolist() == [0, 0, 1]


def test_a_modified_force_does_another_work_on_each_path(one: dict[str, Setting]) -> None:
    found = one["relu"]
    end = away(found)
    for kind in (TRUE, fields.SIGN, fields.GUIDED):
        force = measures.force(found, kind)
        works = torch.stack(
            [line_integral(force, path, panels=64) for path in measures.three_paths(found, end).values()]
        )
        spread = ((works.amax(0) - works.amin(0)) / works.abs().amax(0)).median()
        assert (float(spread) < 0.01) == (kind == TRUE), kind


def test_clipping_cuts_and_the_unit_field_has_unit_length(one: dict[str, Setting]) -> None:
    found = one["tanh"]
    points, true = found.start[None], found.loss(found.start[None])
    level = float(true.abs().median())
    cut = field(fields.CLIPPED, found.loss, level)(points)
    assert float(cut.abs().max()) == level
    assert bool((cut.sign() == true.sign()).all())
    unit = field(fields.UNIT, found.loss)(points)
    torch.testing.assert_close(unit.norm(dim=-1), torch.ones(1, 2, COUNT, dtype=torch.float64))


# Attacks


def test_a_climb_ends_as_high_as_the_attack_of_the_other_page(one: dict[str, Setting]) -> None:
    found = one["tanh"]
    corners = measures.climbed(found, 0.5)
    images = found.start.unflatten(-1, (14, 14))
    attacked = pgd(found.net, images, found.loss.labels, 0.5, norm="l2", random=False, stop=False)
    highest = found.loss.loss(corners).amax(0)
    flipped = ~attacked.right | (found.net(images).argmax(-1) != found.loss.labels)
    same = attacked.loss - highest
    assert float(same[flipped].abs().max() if bool(flipped.any()) else 0) < 1e-9
    assert float((corners - corners[0]).norm(dim=-1).max()) <= 0.5 + 1e-12
    assert float(corners.min()) >= 0
    assert float(corners.max()) <= 1


def test_a_way_adds_up(one: dict[str, Setting]) -> None:
    found = one["softplus"]
    corners = measures.climbed(found, 0.5)
    way = measures.way(found, corners)
    torch.testing.assert_close(way.work, found.rise(corners[-1]))
    assert bool((way.directness <= 1 + 1e-12).all())
    assert bool((way.along.abs() <= 1.01).all())
    one_step = measures.way(found, corners[:2])
    torch.testing.assert_close(one_step.riemann, one_step.first_order)
    torch.testing.assert_close(one_step.directness, torch.ones_like(one_step.work))


def test_of_an_affine_model_the_tangent_of_the_logits_is_all(one: dict[str, Setting]) -> None:
    found = one["affine"]
    way = measures.way(found, measures.climbed(found, 1.0))
    torch.testing.assert_close(way.logits_linear, way.work)
    assert bool((way.first_order < way.work).all())  # the cross-entropy is convex in the logits
    bent = one["tanh"]
    other = measures.way(bent, measures.climbed(bent, 1.0))
    assert float((other.logits_linear - other.work).abs().max()) > 1e-3


def test_what_is_compared_has_one_length_and_stays_an_image(one: dict[str, Setting]) -> None:
    found = one["relu"]
    lengths = torch.full((2, COUNT), 0.7, dtype=torch.float64)
    for ahead in (found.drawn(97), found.loss(found.start[None])[0].sign()):
        end = measures.moved(found, ahead, lengths)
        assert float(end.min()) >= 0
        assert float(end.max()) <= 1
        torch.testing.assert_close((end - found.start).norm(dim=-1), lengths, rtol=0.02, atol=0)


def test_by_chance_a_slope_is_worth_the_root_of_the_pixels() -> None:
    """A random direction has the share sqrt(2 / (pi D)) of the slope, on the average of sizes."""
    slope = torch.zeros(196, dtype=torch.float64)
    slope[3] = 2.0
    ways = torch.randn(20_000, 196, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    shares = (functional.normalize(ways, dim=-1) @ slope).abs().mean() / 2
    assert abs(float(shares) * math.sqrt(math.pi * 196 / 2) - 1) < 0.02


# Arms


def test_an_arm_trains_and_measures_and_does_the_same_again() -> None:
    images = load_images("digits")
    for arm in ADVERSARIAL_WORK.arms("book"):
        if arm.name not in ("ReLU", "tanh, as drawn"):
            continue
        assert isinstance(arm, PotentialArm)
        small = PotentialArm(
            title=arm.title, bend=arm.bend, protocol=arm.protocol, shown=Images(200, 50), watched=3
        )
        first, again = (small.run((5,), Context(images=images))[0] for _ in range(2))
        assert first.measured == again.measured
        assert (first.history == {}) == ("drawn" in arm.name)
        assert first.measured["order"] > 0
        assert (f"error, {SPLIT[0]} panels and the kinks" in first.measured) == (arm.bend == "relu")
        assert first.measured[at("climb", 1.0)] > first.measured[at("random", 1.0)] > 0
        kinds = KINDS if arm.bend == "relu" else (TRUE, *BY_PIXEL)
        assert all(any(name.startswith(f"loop of {kind},") for name in first.measured) for kind in kinds)


def test_near_the_images_the_same_networks_are_attacked(one: dict[str, Setting]) -> None:
    found = one["tanh"]
    plain, near = PotentialArm(title="tanh"), NearArm(title="tanh")
    assert (plain.name, near.name) == ("tanh", "tanh, near")
    assert plain.model != near.model
    rises = near.look(found)
    wanted = found.rise(measures.climbed(found, 0.01)[-1]).mean(1)
    torch.testing.assert_close(rises[at("climb", NEAR)], wanted)
    # At so small a radius the rise is its first order, and all that is bent is left out.
    way = measures.way(found, measures.climbed(found, NEAR))
    torch.testing.assert_close(way.work, way.first_order, rtol=0.05, atol=0)
