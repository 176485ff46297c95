"""Networks under a cap: caps hold exactly, bounds hold for pairs of inputs, and certificates for attacks."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch.nn import functional

from pdenet.data import load_images
from pdenet.models.blocks import BlockStack
from pdenet.models.measures.attack import smallest_radius
from pdenet.models.measures.lipschitz import (
    UpperBound,
    certified_radius,
    dense_norm,
    power_iteration,
    stack_bound,
)
from pdenet.runs.loop import learn
from pdenet.subjects.lipschitz.measures import radii, rescaled, robustness, stretch, tightness, training_loss
from pdenet.subjects.lipschitz.networks import CappedAffine, CappedNet, Kind, ReluBranch
from pdenet.subjects.lipschitz.training import CappedTask, PenaltyCycle

DATA = load_images("digits").subset(500, 60)
CPU = torch.device("cpu")
EXACTLY = "donot_use_mm_for_euclid_dist"


@cache
def trained(kind: Kind, cap: float | None, penalty: float = 0.0) -> CappedNet:
    net = CappedNet(kind, cap, 2, width=16, blocks=2)
    learn(CappedTask(net, DATA, PenaltyCycle(epochs=3, batch_size=20, penalty=penalty), CPU))
    return net


def learned(kind: Kind, cap: float | None, penalty: float = 0.0) -> CappedNet:
    """Trained and settled, for one test alone."""
    return trained(kind, cap, penalty).settled()


def shown(net: CappedNet) -> tuple[torch.Tensor, torch.Tensor]:
    return net.pooled(DATA.test_images.double() / 255), DATA.test_labels


# Caps


@pytest.mark.parametrize("cap", [0.0, 0.3, 1.0])
def test_after_training_no_branch_has_a_k_above_its_cap(cap: float) -> None:
    net = trained("residual", cap)
    assert not net.training  # as the last test has left it
    for one in (net, net.settled()):
        for branch in one.branches:
            assert branch.bound().values.max() <= cap * (1 + 1e-6)
        assert dense_norm(one.entry.matrix()).values.max() <= 1 + 1e-6


def test_a_settled_network_says_the_same_and_is_capped_no_more() -> None:
    net = trained("residual", 0.3)
    settled = net.settled()
    images, _ = shown(net)
    assert torch.allclose(net(images.float()).double(), settled(images), atol=1e-4)
    assert all(one.cap is None for one in settled.modules() if isinstance(one, CappedAffine))
    assert torch.equal(settled.settled()(images), settled(images))


def test_a_step_of_training_never_divides_by_too_much_and_gets_there() -> None:
    affine = CappedAffine(12, 8, [torch.Generator().manual_seed(n) for n in (0, 1)], cap=0.1)
    exact = dense_norm(affine.weight).values
    assert (exact > 0.1).all()
    affine.train()
    found = [dense_norm(affine.matrix()).values for _ in range(40)]
    assert all((one >= 0.1 * (1 - 1e-5)).all() for one in found)  # estimates are from below
    assert (found[0] > 0.1 * (1 + 1e-3)).any()
    assert torch.allclose(found[-1], torch.full((2,), 0.1, dtype=torch.float64), rtol=1e-3)
    assert torch.allclose(affine.eval().matrix().norm(p=2), affine.matrix().norm(p=2))
    assert torch.allclose(dense_norm(affine.matrix()).values, torch.full((2,), 0.1).double(), rtol=1e-6)


def test_a_matrix_of_zeros_is_within_any_cap_and_a_cap_of_zero_leaves_nothing() -> None:
    branch = ReluBranch(4, [torch.Generator().manual_seed(0)], cap=0.0)
    assert not branch.first.matrix().any()
    with torch.no_grad():
        branch.first.weight.zero_()
    for mode in (True, False):
        assert branch.train(mode)(torch.ones(1, 3, 4)).isfinite().all()
    assert branch.bound().values.tolist() == [0]


def test_with_a_cap_of_zero_the_network_is_a_linear_classifier() -> None:
    net = learned("residual", 0.0).settled()
    a, b = torch.rand(2, 5, 14, 14, dtype=torch.float64)
    middle = net((a + b) / 2)
    assert torch.allclose(middle, (net(a) + net(b)) / 2)
    assert net.features_bound().values.max() <= 1 + 1e-9


def test_twins_start_from_the_same_tensors() -> None:
    plain, residual = (CappedNet(kind, 0.3, (3,)).state_dict() for kind in ("plain", "residual"))
    assert plain.keys() == residual.keys()
    assert all(torch.equal(plain[name], residual[name]) for name in plain)


def test_rotations_have_norm_one() -> None:
    net = CappedNet("plain", None, 2, start="orthogonal", width=8, blocks=2).eval()
    for branch in net.branches:
        assert torch.allclose(branch.bound().values, torch.ones(2, dtype=torch.float64), atol=1e-5)


def test_an_open_start_is_linear_and_keeps_every_length() -> None:
    branch = ReluBranch(8, [torch.Generator().manual_seed(1)], 1.0, "open").double().eval()
    a, b = 0.2 * torch.randn(2, 1, 20, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert torch.allclose(branch((a + b) / 2), (branch(a) + branch(b)) / 2)
    assert torch.allclose(branch(a).norm(dim=2), a.norm(dim=2), rtol=1e-5)


# Bounds


@pytest.mark.parametrize("kind", ["residual", "plain", "none"])
@pytest.mark.parametrize("cap", [0.3, None])
def test_no_pair_of_images_is_moved_apart_by_more_than_the_bound(kind: Kind, cap: float | None) -> None:
    net = learned(kind, cap)
    images, _ = shown(net)
    with torch.no_grad():
        features = net.stack(net.read(images))
    moved = torch.cdist(features, features, compute_mode=EXACTLY)
    apart = torch.cdist(images.flatten(1), images.flatten(1), compute_mode=EXACTLY)
    assert (moved <= net.features_bound().values[:, None, None] * apart + 1e-9).all()


def test_a_block_s_stretch_lies_between_one_less_k_and_one_more() -> None:
    net = learned("residual", 0.3)
    assert isinstance(net.stack, BlockStack)
    k = net.branches[0].bound().values[:, None]
    a, b = torch.randn(2, 2, 300, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ratio = (net.stack.block(0, a) - net.stack.block(0, b)).norm(dim=2) / (a - b).norm(dim=2)
    assert (ratio <= 1 + k).all()
    assert (ratio >= 1 - k).all()


@pytest.mark.parametrize(("kind", "cap"), [("residual", 0.3), ("residual", None), ("plain", 2.0)])
def test_what_is_found_lies_within_the_bounds(kind: Kind, cap: float | None) -> None:
    net = learned(kind, cap)
    found = stretch(net, shown(net)[0][:20])
    assert (found.block <= found.block_bound + 1e-9).all()
    assert (found.floor >= found.floor_bound - 1e-9).all()
    assert (found.whole <= found.whole_bound + 1e-9).all()
    named = tightness(net, shown(net)[0][:20])
    assert (named["bound over stretch"] >= 1).all()
    assert (named["block bound over stretch"] >= 1).all()
    assert not named["floors broken"].any()


def test_the_largest_stretch_is_that_of_a_small_change() -> None:
    net = learned("residual", None)
    image = shown(net)[0][:1]
    jacobian = torch.autograd.functional.jacobian(lambda v: net.stack(net.read(v))[1, 0], image)
    wanted = torch.linalg.matrix_norm(jacobian.reshape(16, -1), 2)
    assert stretch(net, image).whole[1].item() == pytest.approx(wanted.item(), rel=1e-9)


def test_a_plain_network_s_cap_scales_it_and_changes_nothing_it_can_say() -> None:
    """relu(cx) = c relu(x): smaller matrices and biases in the blocks, a larger head, the same logits."""
    net = learned("plain", 1.0)
    images, labels = shown(net)
    other = rescaled(net, 0.5)
    assert all(branch.bound().values.max() <= 0.25 * (1 + 1e-9) for branch in other.branches)
    assert torch.allclose(other(images), net(images))
    assert torch.allclose(radii(other, images, labels), radii(net, images, labels))
    with pytest.raises(ValueError, match="through plain blocks alone"):
        rescaled(learned("residual", 0.3), 0.5)
    with pytest.raises(ValueError, match="factor must be"):
        rescaled(net, 0)


# Certificates


@pytest.mark.parametrize(("kind", "cap"), [("none", None), ("residual", 0.3), ("plain", 1.0)])
def test_no_certificate_reaches_beyond_the_nearest_flip_that_an_attack_finds(
    kind: Kind, cap: float | None
) -> None:
    net = learned(kind, cap)
    images, labels = shown(net)
    certified = radii(net, images, labels)
    nearest = smallest_radius(net, images, labels, most=6.0, norm="l2", rounds=8, steps=40)
    sure = certified > 0
    assert sure.double().mean() > 0.2
    assert nearest.isfinite().double().mean() > 0.5
    assert (certified <= nearest)[sure].all()


def test_without_a_block_the_attack_comes_near_the_certificate_s_own_distance() -> None:
    """Where all is linear the distance to the boundary is known, and the product of norms is no more."""
    net = learned("none", None)
    images, labels = shown(net)
    both = net.entry.matrix() @ net.head  # (S, 196, C)
    logits = net(images)
    exact = certified_radius(logits, labels, both, UpperBound(torch.ones(2)))
    ours = radii(net, images, labels)
    assert (ours <= exact + 1e-9).all()
    nearest = smallest_radius(net, images, labels, most=6.0, norm="l2", rounds=8, steps=40)
    sure = (exact > 0) & nearest.isfinite()
    assert (exact <= nearest + 1e-9)[sure].all()
    assert (nearest / exact)[sure].median() < 2  # pixels end at 0 and 1, so that not every step is open


def test_a_certificate_from_one_power_iteration_is_broken_by_images_of_its_own() -> None:
    """The planted fault on a network: the same formula with an estimate certifies what a short step flips."""
    net = learned("none", None)
    weight, head = net.entry.weight.detach()[0], net.head.detach()[0]
    with torch.no_grad():  # one direction matters, which a random start hardly has
        left, sizes, right = torch.linalg.svd(weight, full_matrices=False)
        sizes[1:] *= 0.05
        weight.copy_(left @ torch.diag(sizes) @ right)
        head.copy_(right[:1].T @ head[:1])  # labels depend on that direction alone
    images, _ = shown(net)
    labels = net(images)[0].argmax(1)
    exact = dense_norm(weight)
    estimate = min(
        (power_iteration(weight, 1, seed) for seed in range(30)), key=lambda one: one.values.item()
    )
    assert estimate.values.item() < 0.9 * exact.values.item()
    logits = net(images)[:1]
    with pytest.raises(TypeError, match="estimate from below"):
        certified_radius(logits, labels, head[None], estimate)  # type: ignore[arg-type]

    def flipped(norm: UpperBound) -> int:
        """Labels that change by a straight step, not quite as long as certified, towards another label."""
        far = certified_radius(logits, labels, head[None], norm)[0][:, None]
        count = 0
        for other in range(10):
            ways = (weight @ (head[:, other, None] - head[:, labels])).T
            moved = images.flatten(1) + far * (1 - 1e-9) * functional.normalize(ways, dim=1)
            count += int((net(moved.view_as(images))[0].argmax(1) != labels).sum())
        return count

    assert flipped(exact) == 0
    assert flipped(UpperBound(estimate.values)) > 0


def test_a_network_in_training_gives_no_bound() -> None:
    net = CappedNet("residual", 0.3, width=8, blocks=1)
    with pytest.raises(ValueError, match="estimates its norms from below"):
        net.features_bound()
    assert isinstance(net.eval().features_bound(), UpperBound)
    branches = [branch.bound() for branch in net.branches]
    entry = dense_norm(net.entry.matrix()).values
    wanted = stack_bound(branches, skip=True).values * entry
    assert torch.allclose(net.features_bound().values, wanted)


# What is recorded


def test_what_is_measured_agrees_with_itself() -> None:
    net = learned("residual", 0.3)
    images, labels = shown(net)
    found = robustness(net, images, labels)
    certified = radii(net, images, labels)
    assert torch.allclose(found["certified 0.25"], 100 * (certified > 0.25).double().mean(1))
    clean = 100 * (net(images).argmax(-1) == labels).double().mean(1)
    names = ["certified 0.5", "PGD 0.5"]
    low, high = (found[name] for name in names)
    assert (low <= high).all()
    assert (high <= clean).all()
    assert (found["PGD 1"] <= found["PGD 0.5"]).all()
    assert (found["flip over certificate"] >= 1).all()
    assert not found["certificates broken"].any()
    loss = functional.cross_entropy(net(images)[1], labels)
    assert training_loss(net, images, labels)[1].item() == pytest.approx(loss.item())


def test_a_penalty_makes_norms_smaller_and_is_what_it_says() -> None:
    free, held = learned("residual", None), learned("residual", None, 0.1)
    assert (held.features_bound().values < free.features_bound().values / 2).all()
    net = CappedNet("residual", None, 2, width=8, blocks=1).train()
    for _ in range(60):  # until the estimates are the norms
        net.branches[0].first.estimate(), net.branches[0].second.estimate()
    batch = torch.arange(20).expand(2, -1)
    tasks = [CappedTask(net, DATA, PenaltyCycle(epochs=1, penalty=p), CPU) for p in (0.0, 0.5)]
    bare, more = (task.losses(batch) for task in tasks)
    both = torch.cat([net.branches[0].first.weight, net.branches[0].second.weight])
    squares = dense_norm(both).values.view(2, 2).square().sum(0)
    assert torch.allclose((more - bare).double(), 0.5 * squares, rtol=1e-3)


def test_images_of_both_sizes_are_read_and_others_are_refused() -> None:
    net = CappedNet("residual", 1.0, 2, width=8, blocks=1).eval()
    images = torch.rand(3, 28, 28)
    assert torch.allclose(net(images), net(net.pooled(images)))
    with pytest.raises(ValueError, match="28 or 14 rows and columns"):
        net(torch.rand(3, 27, 28))
    with pytest.raises(ValueError, match="has no block to measure"):
        stretch(CappedNet("none"), torch.rand(1, 14, 14))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "skip"}, "kind must be"),
        ({"kind": "plain", "cap": -1}, "cap must be"),
        ({"kind": "plain", "cap": float("nan")}, "cap must be"),
        ({"kind": "plain", "start": "zero"}, "start must be"),
        ({"kind": "plain", "blocks": 0}, "blocks must be"),
    ],
)
def test_settings_that_mean_nothing_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CappedNet(**arguments)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="penalty must be"):
        PenaltyCycle(penalty=-1)
