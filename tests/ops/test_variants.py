"""The steps on a torus and the implicit ones: what they compute, and that the fused loops agree."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from pdenet.ops import residual_stack
from pdenet.ops.variants import implicit_stack, periodic_stack, split_taps, step_inverse
from pdenet.symbolic import PDE1, growth

STACKS = [periodic_stack, implicit_stack]


def some_kernels(seeds: int, layers: int, scale: float = 0.5) -> Tensor:
    theta = scale * torch.rand(seeds, layers, 5, generator=torch.Generator().manual_seed(0))
    theta[..., 4] = 0.1 * theta[..., 4] - 0.02  # a little growth or decay, so that its gradient is tested too
    return PDE1.stencil().kernels(theta)


def some_images(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1))


def outputs(stack: Callable[..., Tensor], u: Tensor, kernels: Tensor, dtype: torch.dtype) -> list[Tensor]:
    inputs = [tensor.detach().to(dtype, copy=True).requires_grad_() for tensor in (u, kernels)]
    out = stack(*inputs)
    weight = torch.randn(u.shape, generator=torch.Generator().manual_seed(2)).to(dtype)
    return [tensor.detach().double() for tensor in (out, *torch.autograd.grad((out * weight).sum(), inputs))]


@pytest.mark.parametrize("shape", [(9, 14), (28, 28), (1, 5)])
@pytest.mark.parametrize("stack", STACKS)
def test_the_fused_loops_agree_with_float64(stack: Callable[..., Tensor], shape: tuple[int, int]) -> None:
    u, kernels = some_images(2, 19, *shape), some_kernels(2, 35)  # a group of lanes and a part, two segments
    exact, fused = (outputs(stack, u, kernels, dtype) for dtype in (torch.float64, torch.float32))
    for expected, got in zip(exact, fused, strict=True):
        assert float((expected - got).abs().max() / expected.abs().max()) < 1e-5


@pytest.mark.parametrize("stack", STACKS)
def test_gradients_are_those_of_differences(stack: Callable[..., Tensor]) -> None:
    kernels = some_kernels(1, 2).double()
    taps = kernels[..., [0, 1, 1, 1, 2], [1, 0, 1, 2, 1]].requires_grad_()

    def of_taps(u: Tensor, taps: Tensor) -> Tensor:
        full = torch.zeros_like(kernels)
        full[..., [0, 1, 1, 1, 2], [1, 0, 1, 2, 1]] = taps
        return stack(u, full)

    u = some_images(1, 2, 3, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(of_taps, (u, taps))


def test_on_the_torus_a_shift_of_the_image_shifts_the_result() -> None:
    u, kernels = some_images(1, 3, 8, 9).double(), some_kernels(1, 20).double()
    moved = periodic_stack(u.roll((3, -2), (-2, -1)), kernels)
    assert torch.allclose(moved, periodic_stack(u, kernels).roll((3, -2), (-2, -1)), atol=1e-13)
    inside = torch.zeros(1, 1, 30, 30, dtype=torch.float64)
    inside[..., 14, 15] = 1  # as long as nothing has reached the edge there is no edge
    few = kernels[:, :10]
    assert torch.allclose(periodic_stack(inside, few), residual_stack(inside, few), atol=1e-15)


def test_pure_advection_by_a_pixel_a_layer_comes_back_round() -> None:
    """alpha^2 = beta = 1: the whole pixel goes to its left neighbour, and after W layers it is home."""
    theta = torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0], dtype=torch.float64)
    kernels = PDE1.stencil().kernels(theta).expand(1, 9, 3, 3)
    u = some_images(1, 2, 4, 9).double()
    assert torch.allclose(periodic_stack(u, kernels), u, atol=1e-14)


def test_the_parts_of_a_kernel_add_up_to_it_and_are_its_chains() -> None:
    theta = torch.tensor([0.6, 0.3, 0.5, -0.2, 0.1], dtype=torch.float64)
    kernel = PDE1.stencil().kernels(theta)
    taps = split_taps(kernel)
    assert torch.allclose(taps[1] + taps[4], kernel[1, 1])
    for part, (a, b) in ((taps[:3], (0.6, 0.3)), (taps[3:], (0.5, -0.2))):
        chain = growth.chain((a, b, 0.05), 7)  # I + A on a line
        assert np.abs(np.linalg.inv(step_inverse(part, 7).numpy()) - (2 * np.eye(7) - chain)).max() < 1e-12


def test_an_implicit_layer_solves_its_equation() -> None:
    """(I - A_x)(I - A_y) of the result is the image, checked with the explicit stencils and no matrix."""
    kernels, u = some_kernels(1, 1).double(), some_images(1, 4, 6, 7).double() + 1
    out = implicit_stack(u, kernels)
    assert (out > 0).all()  # no gate closed, so the layer can be undone
    left, own_x, right, up, own_y, down = split_taps(kernels)[0, 0]
    wide = torch.nn.functional.pad(out, (1, 1, 1, 1))
    state = (1 - own_y) * out - up * wide[..., :-2, 1:-1] - down * wide[..., 2:, 1:-1]
    wide = torch.nn.functional.pad(state, (1, 1, 1, 1))
    again = (1 - own_x) * state - left * wide[..., 1:-1, :-2] - right * wide[..., 1:-1, 2:]
    assert torch.allclose(again, u, atol=1e-13)


def test_implicit_layers_never_grow_whatever_the_drift_where_explicit_ones_do() -> None:
    theta = torch.tensor([0.3, 3.0, 0.3, -2.0, 0.0], dtype=torch.float64)  # far outside the stable region
    kernels = PDE1.stencil().kernels(theta).expand(1, 30, 3, 3)
    u = some_images(1, 3, 12, 12).double()
    one = implicit_stack(u, kernels[:, :1])
    assert one.norm() <= u.norm()
    assert implicit_stack(u, kernels).norm() <= one.norm()
    assert residual_stack(u, kernels[:, :10]).norm() > 100 * u.norm()


@pytest.mark.parametrize("stack", STACKS)
def test_what_does_not_fit_is_refused(stack: Callable[..., Tensor]) -> None:
    u, kernels = some_images(2, 3, 5, 5), some_kernels(2, 4)
    with pytest.raises(ValueError, match="one number of seeds"):
        stack(u, kernels[:1])
    with pytest.raises(ValueError, match="float32"):
        stack(u, kernels.double())
    with pytest.raises(ValueError, match="corner"):
        stack(u, kernels + 0.1)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_without_layers_is_the_image(stack: Callable[..., Tensor]) -> None:
    u = some_images(1, 3, 5, 5)
    assert torch.equal(stack(u, torch.zeros(1, 0, 3, 3)), u)


@pytest.mark.parametrize("stack", STACKS)
def test_no_layers_leave_the_images_as_they_are(stack: Callable[[Tensor, Tensor], Tensor]) -> None:
    images = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(0)).requires_grad_()
    last = stack(images, torch.zeros(2, 0, 3, 3))
    assert torch.equal(last, images)
    (gradient,) = torch.autograd.grad(last.sum(), images)
    assert (gradient == 1).all()
