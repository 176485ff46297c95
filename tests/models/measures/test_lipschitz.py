"""Norms, bounds and certificates: against closed forms, one another, and pairs of inputs that break them."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from pdenet.models.measures.lipschitz import (
    LowerEstimate,
    UpperBound,
    branch_bound,
    certified_radius,
    convolution_norm,
    convolution_power_iteration,
    dense_norm,
    power_iteration,
    stack_bound,
)
from pdenet.ops.two_convolutions import largest_gain


def drawn(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def bound(*values: float) -> UpperBound:
    return UpperBound(torch.tensor(values, dtype=torch.float64))


# Norms


def test_the_norm_of_a_matrix_is_known_where_it_is() -> None:
    turn = torch.linalg.qr(drawn(5, 5))[0]
    stretched = turn @ torch.diag(torch.tensor([3.0, 2, 1, 0.5, 0], dtype=torch.float64))
    assert dense_norm(stretched).values.item() == pytest.approx(3, rel=1e-10)
    outer = drawn(4, 1) @ drawn(1, 7, seed=2)
    wanted = drawn(4).norm() * drawn(7, seed=2).norm()
    assert dense_norm(outer).values.item() == pytest.approx(wanted.item(), rel=1e-10)


def test_norms_stand_side_by_side_and_a_matrix_of_zeros_has_norm_zero() -> None:
    both = torch.stack([torch.zeros(3, 2), torch.ones(3, 2)])
    assert dense_norm(both).values.tolist() == pytest.approx([0, 6**0.5])
    assert power_iteration(torch.zeros(3, 2), 5).values.tolist() == [0]


def test_no_input_is_stretched_by_more_than_the_norm() -> None:
    weight = drawn(6, 4)
    inputs = drawn(4, 500, seed=2)
    stretch = (weight @ inputs).norm(dim=0) / inputs.norm(dim=0)
    assert stretch.max() <= dense_norm(weight).values.item()


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_a_convolution_s_norm_is_approached_from_below_by_the_iteration_and_from_above_by_its_waves(
    kernel: int,
) -> None:
    kernels = drawn(3, 2, kernel, kernel)
    exact = convolution_norm(kernels, 6, 6).values.item()
    steps = [convolution_power_iteration(kernels, 6, 6, n).values.item() for n in (1, 4, 200)]
    assert steps == sorted(steps)
    assert steps[0] < exact * (1 - 1e-3)
    assert steps[-1] == pytest.approx(exact, rel=1e-4)
    assert steps[-1] <= exact
    assert exact <= largest_gain(kernels, 256) * (1 + 1e-3)  # the border of zeros only takes


def test_a_convolution_that_only_adds_neighbours_has_the_norm_of_its_line() -> None:
    kernel = torch.tensor([[[[1.0, 0, 1]]]])
    wanted = 2 * math.cos(math.pi / 8)  # the largest eigenvalue of a path of seven points
    assert convolution_norm(kernel, 1, 7).values.item() == pytest.approx(wanted, rel=1e-10)
    several = torch.stack([kernel, 2 * kernel])
    assert convolution_norm(several, 1, 7).values.tolist() == pytest.approx([wanted, 2 * wanted])


def test_a_rectangular_kernel_is_padded_along_each_side_as_its_own() -> None:
    kernels = drawn(2, 1, 1, 3)
    exact = convolution_norm(kernels, 4, 5).values.item()
    assert convolution_power_iteration(kernels, 4, 5, 300).values.item() == pytest.approx(exact, rel=1e-4)


# Bounds


def test_a_block_s_bound_is_one_more_than_its_branch_s_and_a_plain_one_s_is_its_branch_s() -> None:
    branches = [bound(0.5, 2), bound(0.1, 3)]
    assert stack_bound(branches, skip=True).values.tolist() == pytest.approx([1.65, 12])
    assert stack_bound(branches, skip=False).values.tolist() == pytest.approx([0.05, 6])


def test_both_sides_of_the_block_s_bound_are_reached() -> None:
    """F(x) = K x and F(x) = -K x."""
    for sign in (1, -1):
        factor = 1 + sign * 0.3
        least, most = 1 - 0.3, stack_bound([bound(0.3)], skip=True).values.item()
        assert least - 1e-12 <= factor <= most
        assert min(abs(factor - least), abs(factor - most)) < 1e-10


def test_the_product_bounds_a_branch_with_relu() -> None:
    first, second = drawn(1, 4, 8), drawn(1, 8, 4, seed=2)
    most = branch_bound([first, second]).values.item()
    a, b = drawn(1000, 4, seed=3), drawn(1000, 4, seed=4)

    def branch(u: torch.Tensor) -> torch.Tensor:
        after: torch.Tensor = (u @ first[0]).relu() @ second[0]
        return after

    stretch = (branch(a) - branch(b)).norm(dim=1) / (a - b).norm(dim=1)
    assert stretch.max() <= most
    ours = dense_norm(first).values * dense_norm(second).values
    assert most == pytest.approx(ours.item())


# Certificates


def test_a_linear_classifier_of_two_is_certified_up_to_its_boundary_exactly() -> None:
    head = drawn(1, 3, 2)
    inputs = drawn(20, 3, seed=5)
    logits = (inputs @ head[0])[None]
    labels = logits[0].argmax(1)
    normal = head[0, :, 0] - head[0, :, 1]
    distance = (inputs @ normal).abs() / normal.norm()
    found = certified_radius(logits, labels, head, bound(1))
    assert torch.allclose(found[0], distance)
    assert torch.allclose(certified_radius(logits, labels, head, bound(4)), found / 4)
    assert certified_radius(logits, 1 - labels, head, bound(1)).tolist() == [[0.0] * 20]


def test_of_several_labels_the_nearest_boundary_counts() -> None:
    head = torch.eye(3, dtype=torch.float64)[None]
    logits = torch.tensor([[[5.0, 2, 1]]], dtype=torch.float64)
    assert certified_radius(logits, torch.tensor([0]), head, bound(1)).item() == pytest.approx(3 / 2**0.5)


def test_where_nothing_moves_the_logits_the_radius_is_infinite_and_a_tie_has_none() -> None:
    head = torch.ones(1, 2, 3, dtype=torch.float64)  # all labels have one column
    logits = torch.tensor([[[1.0, 0, 0], [1.0, 1.0, 0.0]]], dtype=torch.float64)
    labels = torch.tensor([0, 0])
    assert certified_radius(logits, labels, head, bound(1)).tolist() == [[math.inf, 0.0]]
    assert certified_radius(logits, labels, head, bound(0)).tolist() == [[math.inf, 0.0]]


def planted() -> tuple[torch.Tensor, torch.Tensor]:
    """A linear classifier that moves its second input by 10, and a start of the iteration far from there."""
    weight = torch.diag(torch.tensor([1.0, 10.0], dtype=torch.float64))
    head = torch.tensor([[1.0, -1.0], [1.0, -1.0]], dtype=torch.float64)
    return weight, head


def flipped_within(radius: float, weight: torch.Tensor, head: torch.Tensor, image: torch.Tensor) -> bool:
    """Whether a step of not quite this length, straight towards the boundary, changes the label."""
    normal = weight @ (head[:, 0] - head[:, 1])
    moved = image - normal / normal.norm() * radius * (1 - 1e-9)
    return int((moved @ weight @ head).argmax()) != int((image @ weight @ head).argmax())


def test_a_certificate_from_a_power_iteration_would_be_broken_and_is_refused() -> None:
    """The planted fault: a norm from one step is too small, and what it certifies does not hold."""
    weight, head = planted()
    image = torch.tensor([1.0, 0.05], dtype=torch.float64)
    logits, label = (image @ weight @ head)[None, None], torch.tensor([0])
    seed = next(n for n in range(100) if power_iteration(weight, 1, n).values.item() < 5)
    estimate, exact = power_iteration(weight, 1, seed), dense_norm(weight)
    assert estimate.values.item() < exact.values.item() / 2
    with pytest.raises(TypeError, match="estimate from below"):
        certified_radius(logits, label, head[None], estimate)  # type: ignore[arg-type]
    forged = certified_radius(logits, label, head[None], UpperBound(estimate.values)).item()
    sound = certified_radius(logits, label, head[None], exact).item()
    assert flipped_within(forged, weight, head, image)
    assert not flipped_within(sound, weight, head, image)


def test_an_estimate_gets_into_no_bound() -> None:
    estimate = power_iteration(drawn(3, 3))
    for make in (
        lambda: stack_bound([estimate], skip=True),  # type: ignore[list-item]
        lambda: bound(1) * estimate,  # type: ignore[operator]
        lambda: bound(1) * 0.5,  # type: ignore[operator]
    ):
        with pytest.raises(TypeError, match="must be an UpperBound"):
            make()
    assert not isinstance(estimate, UpperBound)


def test_pytorch_s_spectral_norm_is_such_an_estimate() -> None:
    """What it divides by after one step is too small, so that the layer it makes has a norm above one."""
    torch.manual_seed(0)
    layer = nn.Linear(30, 30, bias=False)
    torch.nn.utils.parametrizations.spectral_norm(layer, n_power_iterations=1)
    with torch.no_grad():
        layer.get_parameter("parametrizations.weight.original").copy_(torch.randn(30, 30))  # a large step
        layer(torch.ones(1, 30))  # one more iteration
        layer.eval()
    assert dense_norm(layer.weight).values.item() > 1.05


# Bad input


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (1.0, TypeError, r"norms must be a tensor \(S,\); got float"),
        (torch.tensor([-1.0]), ValueError, "none negative or NaN"),
        (torch.tensor([math.nan]), ValueError, "none negative or NaN"),
        (torch.tensor(1.0), ValueError, r"norms must be \(S,\)"),
    ],
)
@pytest.mark.parametrize("kind", [UpperBound, LowerEstimate])
def test_what_is_no_norm_is_refused(kind: type, values: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        kind(values)


def test_matrices_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"matrices must be \(S, m, n\) or \(m, n\)"):
        dense_norm(torch.ones(3))
    with pytest.raises(ValueError, match="matrices must be finite"):
        dense_norm(torch.full((2, 2), math.nan))
    with pytest.raises(ValueError, match="steps must be"):
        power_iteration(torch.ones(2, 2), 0)
    with pytest.raises(ValueError, match="odd rows and columns"):
        convolution_norm(torch.ones(1, 1, 2, 2), 4, 4)
    with pytest.raises(ValueError, match="the number of matrices must be"):
        branch_bound([])
    with pytest.raises(ValueError, match="the number of branches must be"):
        stack_bound([], skip=True)


def test_logits_labels_and_heads_that_do_not_fit_are_refused() -> None:
    logits, labels, head = drawn(1, 4, 3), torch.tensor([0, 1, 2, 0]), drawn(1, 5, 3)
    with pytest.raises(ValueError, match=r"logits must be \(S, B, C\)"):
        certified_radius(logits, labels[:3], head, bound(1))
    with pytest.raises(ValueError, match=r"logits must be \(S, B, C\)"):
        certified_radius(logits, labels, head, bound(1, 1))
    with pytest.raises(ValueError, match="labels must be 0 to 2; got 0 to 3"):
        certified_radius(logits, torch.tensor([0, 1, 3, 0]), head, bound(1))
    with pytest.raises(ValueError, match="logits must be finite"):
        certified_radius(logits / 0, labels, head, bound(1))
