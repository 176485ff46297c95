"""Faint images are not lost in loops that flush tiny numbers, whatever stands beside them."""

from typing import Any

import pytest
import torch
from torch import Tensor

from pdenet.ops import residual_stack
from pdenet.ops.fused.faint import is_faint
from pdenet.ops.variants import implicit_stack, periodic_stack

KERNELS = torch.rand(1, 3, 3, 3, generator=torch.Generator().manual_seed(0)) / 9


def images(*sizes: float) -> Tensor:
    drawn = torch.rand(1, len(sizes), 5, 6, generator=torch.Generator().manual_seed(1)) + 0.1
    return drawn * torch.tensor(sizes)[:, None, None]


@pytest.mark.parametrize("size", [1e-18, 1e-26, 1e-30, 1e-37])
@pytest.mark.parametrize("backend", ["auto", "numba"])
def test_faint_images_and_their_gradients_are_those_of_pytorch(size: float, backend: Any) -> None:
    u = images(size, 1.0, 0.0, -size)
    results = []
    for one in (backend, "torch"):
        inputs = [u.clone().requires_grad_(), KERNELS.clone().requires_grad_()]
        out = residual_stack(*inputs, backend=one)
        results.append([out, *torch.autograd.grad(out.sum(), inputs)])
    assert (results[0][0][0, 0] > 0).all()
    for got, expected in zip(*results, strict=True):
        assert torch.allclose(got, expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize("stack", [periodic_stack, implicit_stack])
def test_other_steps_keep_faint_images_too(stack: Any) -> None:
    u = images(1e-26)
    assert torch.equal(stack(u, torch.zeros(1, 1, 3, 3)), u)


@pytest.mark.parametrize(
    ("u", "bias", "faint"),
    [
        (images(1.0, 1.0), None, False),
        (images(1.0, 0.0), None, False),
        (images(1.0, 9e-18), None, True),
        (images(1.0, 9e-18), torch.tensor([[0.0, -0.1]]), False),
        (images(1.0, 9e-18), torch.tensor([[1e-20, 0.0]]), True),
        (images(0.0), torch.tensor([[1e-20, 0.0]]), True),
        (images(0.0), torch.tensor([[0.0, 0.0]]), False),
        (images(-1e-20), None, True),
        (images(float("nan")), None, False),
        (images()[:, :0], None, False),
        (images(1e-20).expand(2, -1, -1, -1), torch.tensor([[1.0], [0.0]]), True),
        (images(1e-20).expand(2, -1, -1, -1), torch.tensor([[1.0], [1.0]]), False),
        (images(1e-20).mT, None, True),
    ],
)
def test_what_is_faint(u: Tensor, bias: Tensor | None, faint: bool) -> None:
    assert is_faint(u, bias) == faint


def test_one_bright_pixel_anywhere_is_enough() -> None:
    for pixel in range(30):
        u = images(1e-20)
        u.view(-1)[pixel] = 1.0
        assert not is_faint(u, None)


def test_biases_alone_are_not_lost() -> None:
    bias = torch.full((1, 3), 1e-28)
    out = residual_stack(images(0.0), torch.zeros(1, 3, 3, 3), bias)
    assert torch.allclose(out, torch.tensor(3e-28), rtol=1e-6, atol=0)
