"""The loss as a potential: work, kinks, forces that are no gradient, attacks, and what is refused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models.measures.attack import pgd
from pdenet.models.twin_net import TwinNet
from pdenet.ops.curves import bezier, circle, straight
from pdenet.ops.line_integral import line_integral, running_integral
from pdenet.runs.arm import Context
from pdenet.runs.shown import Images
from pdenet.subjects.adversarial_work import fields, measures
from pdenet.subjects.adversarial_work.arms import (
    COARSE,
    FINE,
    SPLIT,
    PotentialArm,
    at,
    small_digits,
)
from pdenet.subjects.adversarial_work.experiment import ADVERSARIAL_WORK
from pdenet.subjects.adversarial_work.fields import BY_PIXEL, KINDS, ON_THE_WAY, TRUE, LossField, field
from pdenet.subjects.adversarial_work.kinks import crossings, kinks
from pdenet.subjects.adversarial_work.measures import Setting, circulation, setting
from pdenet.subjects.adversarial_work.networks import BENDS, BentNet

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 6
SMOOTH = ("tanh", "softplus")


def steep(bend: str, seeds: int = 2, widths: tuple[int, ...] = (24, 16), by: float = 4.0) -> BentNet:
    """Networks as drawn, with weights large enough for logits that differ."""
    net = BentNet(bend, seeds, widths=widths).double().eval().requires_grad_(False)
    for weight in (*net.weights, net.classifier.weights[0]):
        weight.mul_(by)
    return net


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    return small_digits(load_images("digits"), COUNT)


@pytest.fixture(scope="module")
def one(digits: tuple[Tensor, Tensor]) -> dict[str, Setting]:
    found = {bend: setting(steep(bend), *digits) for bend in BENDS}
    return found | {"affine": setting(steep("relu", widths=()), *digits)}


def away(found: Setting, size: float = 1.0) -> Tensor:
    return found.start + size * found.drawn(99)


# Work


@pytest.mark.parametrize("bend", [*SMOOTH, "affine"])
def test_three_paths_do_one_work(one: dict[str, Setting], bend: str) -> None:
    errors = measures.quadrature_errors(one[bend], away(one[bend]), (1, 64))
    assert max(float(error[1].max()) for error in errors.values()) < 1e-12
    assert float(errors["bulged"][0].max()) > 1e-6  # there was something to converge


def test_the_force_is_the_gradient_of_the_loss_by_the_pixels(one: dict[str, Setting]) -> None:
    found = one["tanh"]
    points, h = torch.stack([found.start, away(found)]), 1e-5
    force = found.loss(points)
    for pixel in (0, 90, 195):
        step = torch.zeros(196, dtype=torch.float64)
        step[pixel] = h
        quotient = (found.loss.loss(points + step) - found.loss.loss(points - step)) / (2 * h)
        torch.testing.assert_close(force[..., pixel], quotient, rtol=1e-5, atol=1e-8)


def test_networks_and_images_are_each_on_their_own(
    one: dict[str, Setting], digits: tuple[Tensor, Tensor]
) -> None:
    """The second network alone, and the third image alone, have the forces they have among others."""
    found = one["relu"]
    force = found.loss(found.start[None])[0]
    alone = BentNet("relu", [1], widths=(24, 16)).double().eval().requires_grad_(False)
    for weight in (*alone.weights, alone.classifier.weights[0]):
        weight.mul_(4.0)
    images, labels = digits
    other = setting(alone, images[2:3], labels[2:3])
    torch.testing.assert_close(other.loss(other.start[None])[0, 0, 0], force[1, 2])


def test_of_an_affine_model_with_squared_error_gradient_and_hessian_are_all() -> None:
    stream = torch.Generator().manual_seed(0)
    weight, target = (torch.randn(shape, generator=stream).double() for shape in ((10, 196), (10,)))

    def potential(x: Tensor) -> Tensor:
        height: Tensor = 0.5 * (x @ weight.T - target).square().sum(-1)
        return height

    def force(x: Tensor) -> Tensor:
        slope: Tensor = (x @ weight.T - target) @ weight
        return slope

    start, end = torch.randn(2, 3, 196, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    change = end - start
    exact = (force(start) * change).sum(-1) + 0.5 * (change @ weight.T).square().sum(-1)
    found = line_integral(force, bezier(start, 0 * start, end), panels=2)
    torch.testing.assert_close(found, exact)
    torch.testing.assert_close(potential(end) - potential(start), exact)


def test_no_change_of_the_size_does_more_to_first_order_than_the_signs(one: dict[str, Setting]) -> None:
    found = one["relu"]
    slope, change = found.loss(found.start[None])[0], found.drawn(98)
    most = slope.abs().sum(-1)
    assert bool(((slope * change).sum(-1).abs() <= most * change.abs().amax(-1)).all())
    torch.testing.assert_close((slope * slope.sign()).sum(-1), most)


def test_integrated_gradients_add_up_to_the_difference() -> None:
    """The library's attributions of a straight line are this integral, pixel by pixel."""
    attr = pytest.importorskip("captum.attr", reason="captum is not installed")
    net = steep("tanh", 1)
    images, labels = small_digits(load_images("digits"), COUNT)
    found = setting(net, images, labels)

    def losses(flat: Tensor) -> Tensor:
        logits = net(flat.unflatten(-1, (14, 14)))[0]
        target = labels.repeat(len(flat) // len(labels))
        return functional.cross_entropy(logits, target, reduction="none")

    black = torch.zeros(COUNT, 196, dtype=torch.float64)
    shares = attr.IntegratedGradients(losses).attribute(images.flatten(1), black, n_steps=64)
    line = straight(black[None], found.start)
    whole = line_integral(found.loss, line, panels=16)[0]
    torch.testing.assert_close(shares.sum(-1), whole, rtol=0, atol=1e-7)  # its weights are of 32 bits


class Chain(nn.Module):
    """The same network of the library's modules, with its loss."""

    def __init__(self, net: BentNet, labels: Tensor) -> None:
        super().__init__()
        maps = [*zip(net.weights, net.biases, strict=True)]
        maps += [(net.classifier.weights[0], net.classifier.biases[0])]
        parts: list[nn.Module] = []
        for weight, bias in maps:
            affine = nn.Linear(weight.shape[1], weight.shape[2]).double()
            affine.weight.data, affine.bias.data = weight[0].T.clone(), bias[0, 0].clone()
            parts += [affine, nn.ReLU()]
        self.chain, self.labels = nn.Sequential(*parts[:-1]), labels

    def forward(self, flat: Tensor) -> Tensor:
        return functional.cross_entropy(self.chain(flat), self.labels, reduction="none")


@pytest.mark.filterwarnings("ignore:Setting backward hooks on ReLU activations")
def test_guided_backpropagation_is_that_of_the_library(digits: tuple[Tensor, Tensor]) -> None:
    attr = pytest.importorskip("captum.attr", reason="captum is not installed")
    net = steep("relu", 1)
    images, labels = digits
    found = setting(net, images, labels)
    theirs = attr.GuidedBackprop(Chain(net, labels)).attribute(images.flatten(1).requires_grad_())
    torch.testing.assert_close(field(fields.GUIDED, found.loss)(found.start[None])[0, 0], theirs)


# Kinks


def test_between_kinks_no_unit_switches(one: dict[str, Setting]) -> None:
    found = one["relu"]
    curve = measures.three_paths(found, away(found))["curved"]
    edges = kinks(found.net, curve)  # type: ignore[arg-type]
    assert bool((edges.diff(dim=0) >= 0).all())
    assert not edges[0].any()
    assert bool((edges[-1] == 1).all())
    for s in range(2):
        for b in range(COUNT):
            times = edges[:, s, b].unique()
            inside = torch.stack([times[:-1] + f * times.diff() for f in (1e-4, 0.5, 1 - 1e-4)])
            for place in inside.T[times.diff() > 1e-9]:
                points = curve.at(place)
                given = found.net.bent(points.transpose(0, 1).flatten(1, 2).unflatten(-1, (14, 14)))  # type: ignore[operator]
                on = torch.cat(given, -1)[s].unflatten(0, (3, COUNT))[:, b] > 0
                assert bool((on == on[1]).all())


def test_on_a_straight_line_a_first_layer_unit_switches_where_its_zero_is() -> None:
    net = BentNet("relu", 1, widths=(5,)).double().eval().requires_grad_(False)
    start, end = torch.randn(2, 1, 2, 196, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    first, last = (x[0] @ net.weights[0][0] + net.biases[0][0] for x in (start, end))
    exact = first / (first - last)
    edges = kinks(net, straight(start, end))
    for b in range(2):
        wanted = exact[b][(exact[b] > 0) & (exact[b] < 1)].sort()[0]
        inner = edges[:, 0, b]
        torch.testing.assert_close(inner[(inner > 0) & (inner < 1)], wanted, rtol=0, atol=1e-13)
        assert int(crossings(edges)[0, b]) == len(wanted) > 0


def test_panels_that_end_at_the_kinks_bring_the_order_back(one: dict[str, Setting]) -> None:
    found = one["relu"]
    end = away(found)
    whole = torch.cat([*measures.quadrature_errors(found, end, FINE).values()], -1)
    split = torch.cat([*measures.split_errors(found, end, (1, 16)).values()], -1)
    assert 0.6 < measures.order(FINE, whole) < 1.6
    assert float(whole[-1].max()) > 1e-5 > 1e-12 > float(split[-1].max())


def test_the_order_of_a_smooth_network_is_that_of_the_rule(one: dict[str, Setting]) -> None:
    found = one["softplus"]
    errors = torch.cat([*measures.quadrature_errors(found, away(found, 3.0), COARSE).values()], -1)
    assert measures.order(COARSE[:2], errors[:2]) > 7.5


def test_merged_edges_hold_both() -> None:
    edges = torch.tensor([0, 0.3, 1], dtype=torch.float64)
    assert measures.merged(edges, 4).tolist() == [0, 0.25, 0.3, 0.5, 0.75, 1]
    assert measures.merged(edges, 1).tolist() == edges.tolist()


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


# Refusals


class Dropped(nn.Module):
    """A network that draws."""

    seeds = (0,)

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part

    def forward(self, images: Tensor) -> Tensor:
        flat: Tensor = self.part(images.flatten(2)[..., :10])
        return flat


LABELS = torch.tensor([3, 1])


@pytest.mark.parametrize("part", [nn.Dropout(0.5), nn.BatchNorm1d(10)])
def test_a_random_field_is_refused_until_it_is_fixed(part: nn.Module) -> None:
    net = Dropped(part)
    with pytest.raises(ValueError, match=r"the field is random: conservative only for fixed masks.*part"):
        LossField(net, LABELS)
    LossField(net.eval(), LABELS)


def test_a_convolutional_network_of_whole_digits_has_a_potential_too() -> None:
    """Its normalisation is refused while it moves."""
    net = TwinNet(1, 1, skip=True)
    data = load_images("digits")
    images, labels = data.test_images[:3].double() / 255, data.test_labels[:3]
    with pytest.raises(ValueError, match="the field is random"):
        setting(net, images, labels)
    found = setting(net.eval().requires_grad_(False), images, labels)
    assert isinstance(found.loss, LossField)
    end = measures.climbed(found, 1.0)[-1]
    assert bool((found.rise(end) > 0).all())
    errors = measures.quadrature_errors(found, end, (8, 64))
    coarse, fine = (max(float(one[n].max()) for one in errors.values()) for n in (0, 1))
    assert fine < coarse
    assert fine < 0.01 * float(found.rise(end).max())


def _steep() -> LossField:
    return LossField(steep("tanh"), LABELS)


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (
        lambda: LossField(steep("tanh"), torch.tensor([3, 10])),
        ValueError,
        "labels must be from 0 to 9; got 3 to 10",
    ),
    (lambda: LossField(steep("tanh"), torch.tensor([-1])), ValueError, "labels must be"),
    (lambda: LossField(steep("tanh"), torch.tensor([1.0])), ValueError, "whole numbers"),
    (lambda: _steep()(torch.zeros(1, 2, 3, 196)), ValueError, r"points must be \(T, S, 2, 196\)"),
    (lambda: field("signs", _steep()), ValueError, "did you mean 'sign'"),
    (lambda: field(fields.GUIDED, _steep()), ValueError, "of a BentNet with ReLUs"),
    (lambda: field(fields.CLIPPED, _steep()), ValueError, "level must be a finite number, above 0"),
    (lambda: field(fields.CLIPPED, _steep(), torch.zeros(2, 2, 1)), ValueError, "level must be positive"),
    (lambda: BentNet("sine"), ValueError, "bend must be"),
    (lambda: BentNet("relu", widths=(0,)), ValueError, "widths"),
    (lambda: steep("tanh")(torch.zeros(2, 20, 20).double()), ValueError, "images must be 14x14"),
    (
        lambda: kinks(steep("tanh"), straight(torch.zeros(2, 1, 196), torch.ones(2, 1, 196))),
        ValueError,
        "only ReLUs have kinks; got a network with tanh",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD)
def test_what_makes_no_sense_is_refused(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize(("radius", "steps"), [(-0.1, 5), (math.nan, 5), (1.0, 0)])
def test_a_climb_needs_a_radius_and_steps(one: dict[str, Setting], radius: float, steps: int) -> None:
    with pytest.raises(ValueError, match=r"radius|steps"):
        measures.climbed(one["tanh"], radius, steps=steps)


def test_work_is_compared_between_the_same_points(one: dict[str, Setting]) -> None:
    found = one["tanh"]
    line = straight(found.start, away(found))
    with pytest.raises(ValueError, match=r"the curve's end is up to .* away from the point given"):
        running_integral(found.loss, line, between=(found.start, away(found, 0.9)))


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
