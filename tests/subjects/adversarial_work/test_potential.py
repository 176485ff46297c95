"""Work on three paths, attributions, kinks, and what is no potential or no network for one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.potentials import COUNT, SMOOTH, away, steep
from torch import Tensor, nn
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models.twin_net import TwinNet
from pdenet.ops.curves import bezier, straight
from pdenet.ops.line_integral import line_integral, running_integral
from pdenet.subjects.adversarial_work import fields, measures
from pdenet.subjects.adversarial_work.arms import (
    COARSE,
    FINE,
    small_digits,
)
from pdenet.subjects.adversarial_work.fields import LossField, field
from pdenet.subjects.adversarial_work.kinks import crossings, kinks
from pdenet.subjects.adversarial_work.measures import Setting, setting
from pdenet.subjects.adversarial_work.networks import BentNet

if TYPE_CHECKING:
    from collections.abc import Callable

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
    (
        lambda: kinks(steep("relu", widths=()), straight(torch.zeros(2, 1, 196), torch.ones(2, 1, 196))),
        ValueError,
        "an affine network has no kinks",
    ),
    (lambda: LossField(steep("tanh"), torch.tensor([True, False])), ValueError, "whole numbers .*bool"),
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
