"""Attacks: exact on affine networks, inside ball and box, as strong as they can be, and what is refused."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models.measures.attack import fgsm, pgd, smallest_radius, unfinished
from pdenet.models.measures.balls import Norm
from pdenet.ops.diverged import DivergedError

BOTH: tuple[Norm, ...] = ("linf", "l2")


class Affine(nn.Module):
    """Logits that are affine in the pixels, S networks."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight), nn.Parameter(bias)  # (S, C, H, W), (S, 1, C)

    def forward(self, images: Tensor) -> Tensor:
        flat = images.expand(len(self.weight), *images.shape[-3:]).flatten(2)
        return flat @ self.weight.flatten(2).mT + self.bias


class Bent(Affine):
    """The same with a ReLU layer between."""

    def __init__(self, weight: Tensor, bias: Tensor, head: Tensor) -> None:
        super().__init__(weight, bias)
        self.head = nn.Parameter(head)

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images).relu() @ self.head


Learned = tuple["Bent", Tensor, Tensor]


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def two_classes() -> tuple[Affine, Tensor, Tensor]:
    """Three networks of two classes, and grey images far from black and white, labelled as the first says."""
    weight = drawn(3, 2, 5, 5)
    middle = -0.5 * weight.sum((-1, -2))[:, None]  # equal logits for the grey in the middle
    net = Affine(weight, middle + 0.2 * drawn(3, 1, 2, seed=1)).eval()
    images = 0.5 + 0.05 * drawn(40, 5, 5, seed=2).clamp(-2, 2)
    return net, images, net(images)[0].argmax(-1)


@pytest.fixture(scope="module")
def learned() -> Learned:
    """Two small networks of digits, trained for a moment, and digits, most of whose pixels are black."""
    data = load_images("digits")
    images = functional.avg_pool2d(data.train_images.float() / 255, 2)
    net = Bent(0.1 * drawn(2, 32, 14, 14), torch.zeros(2, 1, 32), 0.3 * drawn(2, 32, 10, seed=1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
    for _ in range(150):
        loss = functional.cross_entropy(net(images).flatten(0, 1), data.train_labels.repeat(2))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval(), functional.avg_pool2d(data.test_images[:200].float() / 255, 2), data.test_labels[:200]


@pytest.mark.parametrize("norm", BOTH)
def test_an_affine_network_of_two_classes_is_flipped_at_the_distance_of_its_boundary(norm: Norm) -> None:
    net, images, labels = two_classes()
    logits = net(images)
    margin = (logits[..., 0] - logits[..., 1]) * (1 - 2 * labels)
    normal = (net.weight[:, 0] - net.weight[:, 1]).flatten(1)
    size = normal.abs().sum(1) if norm == "linf" else normal.norm(dim=1)
    exact = (margin / size[:, None]).clamp(min=0).double()
    found = smallest_radius(net, images, labels, most=0.5, norm=norm, rounds=14, random=False)
    assert 0.02 < exact.max() < 0.35  # the box is not in the way
    torch.testing.assert_close(found, exact, atol=2e-4, rtol=5e-3)
    assert (found[exact == 0] == 0).all()
    assert (found >= exact - 1e-6).all()


@pytest.mark.parametrize("norm", BOTH)
def test_one_step_is_the_best_one_of_an_affine_network(norm: Norm) -> None:
    net, images, labels = two_classes()
    one, many = (attack(net, images, labels, 0.02, norm=norm) for attack in (fgsm, pgd))
    assert torch.equal(one.right, many.right)
    torch.testing.assert_close(one.loss[one.right], many.loss[one.right], atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize("norm", BOTH)
def test_what_is_found_lies_in_ball_and_box_and_is_what_it_is_called(norm: Norm, learned: Learned) -> None:
    net, images, labels = learned
    radius = 0.1 if norm == "linf" else 1.0
    found = pgd(net, images, labels, radius, norm=norm, stop=False)
    change = (found.images - images).flatten(2)
    size = change.abs().amax(-1) if norm == "linf" else change.norm(dim=-1)
    assert size.max() <= radius + 1e-6
    assert size.min() > 0.5 * radius
    assert found.images.min() >= 0
    assert found.images.max() <= 1
    logits = net(found.images)
    assert torch.equal(logits.argmax(-1) == labels, found.right)
    losses = functional.cross_entropy(logits.flatten(0, 1), labels.repeat(2), reduction="none")
    torch.testing.assert_close(losses.view(2, -1).double(), found.loss, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("norm", BOTH)
def test_the_sanity_of_an_attack(norm: Norm, learned: Learned) -> None:
    """Nothing is lost at radius 0, all at the whole range; never more right at more radius, steps, starts."""
    net, images, labels = learned
    clean = net(images).argmax(-1) == labels
    assert clean.float().mean() > 0.85
    unit = 1.0 if norm == "linf" else 10.0

    def right(radius: float, **options: Any) -> Tensor:
        return pgd(net, images, labels, radius * unit, norm=norm, **options).right.double().mean(1)

    assert torch.equal(pgd(net, images, labels, 0.0, norm=norm).right, clean)
    by_radius = torch.stack([right(radius) for radius in (0, 0.02, 0.05, 0.1, 0.2)])
    assert (by_radius.diff(dim=0) <= 0.005).all()
    assert (right(1.0) < 0.02).all()
    by_steps = torch.stack([right(0.05, steps=steps) for steps in (2, 5, 10, 40)])
    assert (by_steps.diff(dim=0) <= 0.005).all()
    one, three = (pgd(net, images, labels, 0.05 * unit, norm=norm, restarts=n) for n in (1, 3))
    assert not (three.right & ~one.right).any()
    assert (three.right.sum() <= one.right.sum()).all()
    assert not (one.right & ~clean).any()


@pytest.mark.parametrize("norm", BOTH)
def test_steps_do_better_than_one_step_and_than_chance(norm: Norm, learned: Learned) -> None:
    net, images, labels = learned
    images, labels = images[:50], labels[:50]
    radius = 0.05 if norm == "linf" else 0.5
    many = pgd(net, images, labels, radius, norm=norm).right
    assert many.sum() <= fgsm(net, images, labels, radius, norm=norm).right.sum()
    lucky = torch.zeros_like(many)
    for seed in range(1000):
        noise = drawn(50, 14, 14, seed=seed)
        size = noise.flatten(1).norm(dim=1)[:, None, None]
        change = noise.sign() if norm == "linf" else noise / size
        lucky |= net((images + radius * change).clamp(0, 1)).argmax(-1) != labels
    assert many.double().mean() < (~lucky).double().mean() - 0.1


def test_networks_side_by_side_are_those_one_at_a_time(learned: Learned) -> None:
    net, images, labels = learned
    together = pgd(net, images, labels, 0.04, stop=False)
    for row in range(2):
        weights = (net.weight[row : row + 1], net.bias[row : row + 1], net.head[row : row + 1])
        alone = Bent(*(one.detach() for one in weights)).eval()
        found = pgd(alone, images, labels, 0.04, stop=False)
        assert torch.equal(found.right[0], together.right[row])
        torch.testing.assert_close(found.loss[0], together.loss[row])


def test_images_of_each_network_of_its_own_and_radii_by_image(learned: Learned) -> None:
    net, images, labels = learned
    whole = pgd(net, images, labels, 0.04)
    assert torch.equal(pgd(net, images[None], labels, 0.04).images, whole.images)
    assert torch.equal(pgd(net, images.repeat(2, 1, 1, 1), labels, 0.04).images, whole.images)
    assert torch.equal(pgd(net, images, labels.expand(2, -1), 0.04).images, whole.images)
    other = torch.stack([labels, (labels + 1) % 10])  # the second network is told other labels
    found = pgd(net, images, other, 0.04)
    assert torch.equal(found.right[0], whole.right[0])
    assert not found.right[1].any()
    radii = torch.full((2, 200), 0.04)
    radii[:, ::2] = 0
    found = pgd(net, images, labels, radii)
    assert torch.equal(found.images[:, ::2], images[::2].expand(2, -1, -1, -1))
    assert torch.equal(found.right[:, 1::2], whole.right[:, 1::2])


def test_to_stop_at_the_first_flip_changes_no_label_and_to_go_on_raises_the_loss(learned: Learned) -> None:
    net, images, labels = learned
    first, last = (pgd(net, images, labels, 0.05, stop=stop) for stop in (True, False))
    assert (first.right != last.right).double().mean() < 0.01  # smaller batches are rounded another way
    assert (last.loss >= first.loss - 1e-4).all()
    assert last.loss.mean() > 1.5 * first.loss.mean()


def test_the_smallest_radius_is_where_the_accuracy_falls(learned: Learned) -> None:
    net, images, labels = learned
    radii = smallest_radius(net, images, labels, most=0.2)
    assert torch.equal(radii == 0, net(images).argmax(-1) != labels)
    for radius in (0.02, 0.04, 0.08):
        share = pgd(net, images, labels, radius).right.double().mean(1)
        torch.testing.assert_close((radii > radius).double().mean(1), share, atol=0.02, rtol=0)
    tiny = smallest_radius(net, images, labels, most=1e-4)
    assert tiny.isinf().float().mean() > 0.7


def test_a_network_that_is_sure_is_attacked_all_the_same(learned: Learned) -> None:
    """Logits a thousand times as large are the same labels; the loss's own gradient is zero there."""
    net, images, labels = learned
    sure = Bent(net.weight.detach(), net.bias.detach(), 1000 * net.head.detach()).eval()
    asked = images.repeat(2, 1, 1, 1).requires_grad_()
    loss = functional.cross_entropy(sure(asked).flatten(0, 1), labels.repeat(2), reduction="sum")
    flat = torch.autograd.grad(loss, asked)[0].flatten(2).abs().amax(-1) == 0
    assert flat.double().mean() > 0.8
    here, there = (pgd(one, images, labels, 0.05).right.double().mean() for one in (net, sure))
    assert there < here + 0.1  # its gradient is that of the margin alone


# Planted faults: attacks that are too weak, and networks that must not be attacked.


def clamped_inside(net: nn.Module, images: Tensor, labels: Tensor, radius: float, steps: int = 20) -> Tensor:
    """The trap: the range of pixels is enforced inside what is differentiated."""
    change = radius * (2 * torch.rand(2, *images.shape, generator=torch.Generator().manual_seed(0)) - 1)
    for _ in range(steps):
        change.requires_grad_()
        logits = net((images + change).clamp(0, 1))
        loss = functional.cross_entropy(logits.flatten(0, 1), labels.repeat(2), reduction="sum")
        uphill = torch.autograd.grad(loss, change)[0].sign()
        change = (change.detach() + 2.5 * radius / steps * uphill).clamp(-radius, radius)
    return (images + change).clamp(0, 1)


def test_a_clamp_inside_the_graph_is_a_weak_attack_and_is_caught(learned: Learned) -> None:
    net, images, labels = learned
    weak = clamped_inside(net, images, labels, 0.05)
    strong = pgd(net, images, labels, 0.05)
    weakly = (net(weak).argmax(-1) == labels).double().mean(1)
    assert (weakly > strong.right.double().mean(1) + 0.1).all()
    assert (unfinished(net, images, labels, 0.05, weak) > 0.1).all()
    assert (unfinished(net, images, labels, 0.05, strong.images) < 0.03).all()


@pytest.mark.parametrize("norm", BOTH)
def test_a_step_too_small_is_caught(norm: Norm, learned: Learned) -> None:
    net, images, labels = learned
    radius = 0.05 if norm == "linf" else 0.7
    weak = pgd(net, images, labels, radius, norm=norm, step=0.005)
    assert (unfinished(net, images, labels, radius, weak.images, norm=norm) > 0.1).all()


def test_a_network_in_training_mode_is_refused(learned: Learned) -> None:
    net, images, labels = learned
    net.train()
    try:
        with pytest.raises(ValueError, match=r"must be in evaluation mode.*call net\.eval\(\)"):
            pgd(net, images, labels, 0.1)
    finally:
        net.eval()
    part = nn.Sequential(net, nn.BatchNorm1d(200)).eval()
    part[1].train()
    with pytest.raises(ValueError, match="1 is in training mode"):
        fgsm(part, images, labels, 0.1)


def test_what_lies_outside_the_ball_is_no_attack(learned: Learned) -> None:
    net, images, labels = learned
    found = pgd(net, images, labels, 0.06, stop=False).images
    with pytest.raises(ValueError, match="outside the ball"):
        unfinished(net, images, labels, 0.05, found)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"radius": -0.1}, ValueError, "radius must be a finite number, at least 0; got -0.1"),
        ({"radius": math.nan}, ValueError, "radius must be"),
        ({"radius": "0.1"}, TypeError, "radius must be"),
        ({"radius": torch.zeros(40)}, ValueError, r"number or \(S, B\) = \(3, 40\); got \(40,\)"),
        ({"radius": -torch.ones(3, 40)}, ValueError, "at least 0; the smallest is -1"),
        ({"images": torch.zeros(40, 5, 5, dtype=torch.uint8)}, TypeError, "uint8; divide by 255"),
        ({"images": torch.full((40, 5, 5), 1.5)}, ValueError, "between 0 and 1; got 1.5 to 1.5"),
        ({"images": torch.full((40, 5, 5), math.nan)}, ValueError, "between 0 and 1; got nan"),
        (
            {"images": torch.zeros(39, 5, 5)},
            ValueError,
            r"labels \(B,\) or \(S, B\); got \(39, 5, 5\) and \(40,\)",
        ),
        ({"labels": torch.full((40,), 2)}, ValueError, "from 0 to 1; got torch.int64, 2 to 2"),
        ({"labels": torch.full((40,), -1)}, ValueError, "from 0 to 1"),
        ({"labels": torch.zeros(40)}, ValueError, "whole numbers"),
        ({"norm": "l1"}, ValueError, "norm must be"),
        ({"steps": 0}, ValueError, "steps must be"),
        ({"step": 0}, ValueError, "step must be a finite number, above 0; got 0"),
        ({"restarts": 0}, ValueError, "restarts must be"),
        ({"random": 1}, TypeError, "random"),
        ({"start": torch.zeros(40, 5, 5)}, ValueError, r"must be \(3, 40, 5, 5\); got \(40, 5, 5\)"),
    ],
)
def test_what_is_refused(options: dict[str, object], error: type[Exception], message: str) -> None:
    net, images, labels = two_classes()
    given = {"images": images, "labels": labels, "radius": 0.1} | options
    with pytest.raises(error, match=message):
        pgd(net, **given)  # type: ignore[arg-type]


def test_a_network_that_is_not_finite_is_refused() -> None:
    net, images, labels = two_classes()
    with torch.no_grad():
        net.bias[1] = math.inf
    with pytest.raises(DivergedError, match="logit is not finite"):
        pgd(net, images, labels, 0.1)
    with pytest.raises(ValueError, match=r"logits must be \(S, B, C\)"):
        pgd(nn.Flatten(1).eval(), images, labels, 0.1)


def test_a_gradient_that_is_not_finite_is_refused() -> None:
    net, images, labels = two_classes()

    class Root(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return net(images) + (images * 0).sum((-1, -2))[..., None].sqrt()  # type: ignore[no-any-return]

    with pytest.raises(DivergedError, match="gradient by the pixels is not finite"):
        pgd(Root().eval(), images, labels, 0.1)


def test_bisection_needs_a_largest_radius() -> None:
    net, images, labels = two_classes()
    with pytest.raises(ValueError, match="most must be a finite number, above 0"):
        smallest_radius(net, images, labels, most=0)
