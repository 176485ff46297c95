"""The reversible pair: gradients of plain differentiation, nothing kept between, every error by its words."""

import math
from functools import partial
from typing import Any

import pytest
import torch
from helpers.fields import Given
from torch import Tensor, nn

from pdenet.models import StencilField
from pdenet.models.measures.memory import saved_numbers
from pdenet.ops.ode.reversible import reversible_pair
from pdenet.symbolic import PDE1


class Wave(nn.Module):
    """tanh(W u) cos t, with an offset that is not used."""

    def __init__(self) -> None:
        super().__init__()
        draw = torch.randn(3, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        self.weight = nn.Parameter(draw)
        self.unused = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        return torch.tanh(u @ self.weight.mT) * torch.cos(t)


def states(dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    draw = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(1), dtype=dtype)
    return draw[0].requires_grad_(), draw[1].requires_grad_()


def plain(
    rate: nn.Module, first: Tensor, second: Tensor, duration: float, steps: int, sign: int
) -> tuple[Tensor, Tensor]:
    """The definition, every state stored."""
    h = duration / steps
    for k in range(steps):
        first = first + h * rate(torch.tensor(k * h, dtype=first.dtype), second)
        second = second + sign * h * rate(torch.tensor((k + 1) * h, dtype=first.dtype), first)
    return first, second


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("steps", [1, 7])
def test_values_and_gradients_are_those_of_plain_differentiation(sign: Any, steps: int) -> None:
    rate, (first, second) = Wave(), states()
    asked = (first, second, rate.weight)
    found = reversible_pair(rate, first, second, 2.0, steps, sign=sign)
    wanted = plain(rate, first, second, 2.0, steps, sign)
    for a, b in zip(found, wanted, strict=True):
        assert torch.equal(a, b)
    weights = torch.arange(15.0, dtype=torch.float64).reshape(5, 3)
    losses = [(weights * a.square()).sum() + b.pow(3).sum() for a, b in (found, wanted)]
    for a, b in zip(*(torch.autograd.grad(loss, asked) for loss in losses), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-11, atol=1e-12)


def test_gradients_are_those_of_differences() -> None:
    rate, (first, second) = Wave(), states()

    def ends(first: Tensor, second: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        return reversible_pair(rate, first, second, 1.0, 3)

    assert torch.autograd.gradcheck(ends, (first, second, rate.weight))


def test_only_the_ends_and_the_parameters_are_kept() -> None:
    rate, (first, second) = Wave(), states()
    for steps in (1, 10, 100):
        kept = saved_numbers(partial(reversible_pair, rate, first, second, 1.0, steps))
        assert kept == 2 * 15 + 9 + 2
    short = saved_numbers(lambda: plain(rate, first, second, 1.0, 10, 1))
    assert saved_numbers(lambda: plain(rate, first, second, 1.0, 20, 1)) > 1.8 * short


def test_what_is_not_asked_for_gets_no_gradient() -> None:
    rate, (first, second) = Wave(), states()
    rate.weight.requires_grad_(False)
    reversible_pair(rate, first, second.detach(), 1.0, 3)[0].sum().backward()
    assert first.grad is not None
    assert second.grad is None
    assert rate.weight.grad is None
    assert rate.unused.grad is not None
    assert not rate.unused.grad.any()


def test_a_constant_rate_passes_gradients_on() -> None:
    first, second = states()
    ones = Given(lambda t, u: torch.ones_like(u))
    ends = reversible_pair(ones, first, second, 1.0, 4)
    torch.testing.assert_close(ends[0], first + 1)
    (found,) = torch.autograd.grad(ends[0].sum(), first)
    torch.testing.assert_close(found, torch.ones_like(first))


def test_the_minus_sign_turns_and_the_plus_sign_grows() -> None:
    """Field -u: a rotation by the time as angle, or growth and decay by its exponential."""
    minus = Given(lambda t, u: -u)
    one, zero = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    turned = reversible_pair(minus, one, zero, math.pi / 2, 2000, sign=-1)
    torch.testing.assert_close(turned[0], zero, atol=2e-3, rtol=0)
    torch.testing.assert_close(turned[1], one, atol=2e-3, rtol=0)
    grown = reversible_pair(minus, one, -one, 3.0, 3000)
    torch.testing.assert_close(grown[0], one * math.exp(3), rtol=2e-3, atol=0)


def test_float32_images_through_a_stencil() -> None:
    field = StencilField(PDE1)
    u = torch.rand(1, 2, 8, 8, generator=torch.Generator().manual_seed(0)).requires_grad_()
    asked = (u, field.theta)
    found = torch.autograd.grad(reversible_pair(field, u, u, 1.0, 8)[1].sum(), asked)
    wanted = torch.autograd.grad(plain(field, u, u, 1.0, 8, 1)[1].sum(), asked)
    for a, b in zip(found, wanted, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"rate": lambda t, u: u}, TypeError, "the field must be a torch.nn.Module .*; got function"),
        (
            {"second": torch.zeros(5, 2)},
            ValueError,
            r"two states must have one shape, dtype and device; got \(\(5, 3\), .*\(\(5, 2\), .*float32",
        ),
        ({"steps": 0}, ValueError, "steps must be a whole number, at least 1; got 0"),
        ({"steps": 1.5}, ValueError, "steps must be a whole number, at least 1; got 1.5"),
        ({"steps": "2"}, TypeError, "steps must be a whole number, at least 1; got '2'"),
        ({"duration": math.inf}, ValueError, "duration must be a finite number; got inf"),
        ({"duration": "1"}, TypeError, "duration must be a finite number; got '1'"),
        ({"first": [1.0]}, TypeError, r"first must be a floating point tensor; got \[1.0\]"),
        ({"sign": True}, ValueError, "sign must be 1 or -1; got True"),
        ({"sign": 2}, ValueError, "sign must be 1 or -1; got 2"),
        ({"rate": Given(lambda t, u: u[:1])}, ValueError, "the field must return du/dt like the state"),
        ({"rate": Given(lambda t, u: (u,))}, TypeError, "the field must return a tensor, du/dt; got tuple"),
        (
            {"rate": Given(lambda t, u: u * torch.ones(3, requires_grad=True).double())},
            ValueError,
            "the reversible pair gives gradients to parameters of the field only",
        ),
    ],
)
def test_bad_input_is_refused_in_words(changes: Any, error: Any, message: str) -> None:
    first, second = states()
    given = {"rate": Wave(), "first": first, "second": second, "duration": 1.0, "steps": 2}
    with pytest.raises(error, match=message):
        reversible_pair(**given | changes)


def test_there_is_no_second_derivative() -> None:
    rate, (first, second) = Wave(), states()
    end = reversible_pair(rate, first, second, 1.0, 3)[0].sum()
    with pytest.raises(RuntimeError, match="the reversible pair differentiates once; for higher derivatives"):
        torch.autograd.grad(end, first, create_graph=True)
