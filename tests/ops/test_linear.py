"""Linear layers side by side: the numbers of the batched product, on either path, and their gradients."""

import pytest
import torch
from torch import Tensor

from pdenet.ops import linear
from pdenet.ops.linear import seed_linear


def problem(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    shapes = ((3, 7, 20), (3, 20, 5), (3, 1, 5))
    x, weight, bias = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in shapes)
    return tuple(t.to(dtype).requires_grad_() for t in (x, weight, bias))  # type: ignore[return-value]


@pytest.mark.parametrize("onednn", [True, False])
def test_float32_agrees_with_the_batched_product(onednn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if onednn and not linear.ONEDNN:
        pytest.skip("PyTorch has no oneDNN linear layer here")
    monkeypatch.setattr(linear, "ONEDNN", onednn)
    single, double = problem(torch.float32), problem(torch.float64)
    with torch.no_grad():
        for s, d in zip(single, double, strict=True):
            d.copy_(s)
    weights = torch.randn(3, 7, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    got, expected = seed_linear(*single), torch.baddbmm(double[2], double[0], double[1])
    assert (got - expected).abs().max() < 1e-5
    got_gradients = torch.autograd.grad((got * weights.float()).sum(), single)
    expected_gradients = torch.autograd.grad((expected * weights).sum(), double)
    for g, e in zip(got_gradients, expected_gradients, strict=True):
        assert g.shape == e.shape
        assert (g - e).abs().max() < 2e-5


def test_transposed_views_and_inputs_without_gradient_are_fine() -> None:
    x, weight, bias = problem(torch.float32)
    turned = x.detach().mT.contiguous().mT  # same numbers, other memory order
    out = seed_linear(turned, weight, bias)
    assert torch.allclose(out, seed_linear(x, weight, bias), atol=1e-6)
    out.sum().backward()
    assert weight.grad is not None
    assert torch.allclose(weight.grad, x.detach().sum(1)[..., None].expand_as(weight), atol=1e-5)


def test_second_derivatives_are_those_of_the_batched_product() -> None:
    x, weight, bias = problem(torch.float32)
    (gradient,) = torch.autograd.grad(seed_linear(x, weight, bias).pow(3).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(gradient.sum(), weight)
    (gradient,) = torch.autograd.grad(torch.baddbmm(bias, x, weight).pow(3).sum(), x, create_graph=True)
    (expected,) = torch.autograd.grad(gradient.sum(), weight)
    assert torch.allclose(second, expected, rtol=1e-4, atol=1e-3)


def test_float64_takes_the_batched_product() -> None:
    x, weight, bias = problem(torch.float64)
    assert torch.autograd.gradcheck(seed_linear, (x, weight, bias))
    assert torch.equal(seed_linear(x, weight, bias), torch.baddbmm(bias, x, weight))


def test_only_float32_on_the_cpu_goes_by_a_product_a_seed() -> None:
    """The batched product is slower there, and its last bits are others than those of the records."""
    assert type(seed_linear(*problem(torch.float32)).grad_fn).__name__ == "_SeedLinearBackward"
    assert type(seed_linear(*problem(torch.float64)).grad_fn).__name__ == "BaddbmmBackward0"
