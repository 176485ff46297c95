"""Reversible stacks: gradients of plain differentiation, nothing kept between, what is refused, and when."""

from __future__ import annotations

import importlib.util
import math
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pdenet.models.measures.memory import saved_numbers
from pdenet.ops.reversible import (
    halves,
    rebuilding_bound,
    rebuilding_error,
    reversible_stack,
    undone,
)
from pdenet.ops.steppers import UnstableStepWarning, coupling
from pdenet.ops.turns import two_channel_layers

if TYPE_CHECKING:
    from collections.abc import Callable

Block = tuple[nn.Module, nn.Module]


class Tanh(nn.Module):
    """tanh(gain W u), W a rotation: of Lipschitz constant `gain`."""

    def __init__(self, seed: int, gain: float = 0.5, size: int = 4) -> None:
        super().__init__()
        draw = torch.randn(size, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        self.weight = nn.Parameter(torch.linalg.qr(draw).Q)
        self.gain = gain

    def forward(self, u: Tensor) -> Tensor:
        return torch.tanh(self.gain * (u @ self.weight.mT))


class Said(nn.Module):
    """A branch without parameters, by its formula."""

    def __init__(self, formula: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.formula = formula

    def forward(self, u: Tensor) -> Any:
        return self.formula(u)


NO_TENSORS: Any = ([1.0], [2.0])


def blocks(count: int, gain: float = 0.5) -> list[Block]:
    return [(Tanh(2 * n, gain), Tanh(2 * n + 1, gain)) for n in range(count)]


def states(*shape: int) -> tuple[Tensor, Tensor]:
    draw = torch.randn(2, *(shape or (5, 4)), generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    return draw[0].requires_grad_(), draw[1].requires_grad_()


def plain(stack: list[Block], first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """The definition, every state stored."""
    for f, g in stack:
        first = first + f(second)
        second = second + g(first)
    return first, second


def gradients(ends: tuple[Tensor, Tensor], asked: list[Tensor]) -> tuple[Tensor, ...]:
    return torch.autograd.grad(ends[0].square().sum() + ends[1].pow(3).sum(), asked, allow_unused=True)


@pytest.mark.parametrize("count", [1, 6])
def test_values_and_gradients_are_those_of_plain_differentiation(count: int) -> None:
    stack, (first, second) = blocks(count), states()
    asked = [first, second, *(p for f, g in stack for p in (*f.parameters(), *g.parameters()))]
    found, wanted = reversible_stack(stack, first, second), plain(stack, first, second)
    assert all(map(torch.equal, found, wanted))
    for a, b in zip(gradients(found, asked), gradients(wanted, asked), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


def test_gradients_are_those_of_differences() -> None:
    stack, (first, second) = blocks(2), states(2, 4)
    asked = [p for f, g in stack for p in (*f.parameters(), *g.parameters())]
    assert torch.autograd.gradcheck(lambda a, b, *_: reversible_stack(stack, a, b), (first, second, *asked))


def test_a_shared_branch_gets_the_sum_of_its_places() -> None:
    """One module as F and G of every block, and another that shares only a weight."""
    one, other, (first, second) = Tanh(0), Tanh(1), states()
    other.weight = one.weight
    stack: list[Block] = [(one, one), (one, other), (other, one)]
    asked = [first, second, one.weight]
    found = gradients(reversible_stack(stack, first, second), asked)
    for a, b in zip(found, gradients(plain(stack, first, second), asked), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


def test_as_much_is_kept_by_four_blocks_as_by_sixty_four() -> None:
    first, second = states()
    ends = first.numel() + second.numel()
    for count in (4, 64):
        stack = blocks(count)
        assert saved_numbers(partial(reversible_stack, stack, first, second)) == ends + 2 * count * 16
        assert saved_numbers(partial(plain, stack, first, second)) > 2 * count * (20 + 16)


def test_the_states_come_back_to_rounding() -> None:
    for gain in (0.1, 1.0):
        stack, pair = blocks(32, gain), states()
        back = undone(stack, *reversible_stack(stack, *pair))
        assert max(float((a - b).abs().max().detach()) for a, b in zip(back, pair, strict=True)) < 1e-12
        assert rebuilding_error(stack, *pair) < 1e-12


def test_a_block_keeps_volume() -> None:
    stack, (first, second) = blocks(1, gain=3.0), states(4)

    def block(u: Tensor) -> Tensor:
        return torch.cat(reversible_stack(stack, *halves(u, 0)))

    u = torch.cat([first, second]).detach()
    columns = [torch.autograd.grad(block(u.requires_grad_())[n], u)[0] for n in range(8)]
    assert abs(float(torch.linalg.det(torch.stack(columns))) - 1) < 1e-10
    assert float(torch.stack(columns).norm()) > 3


def test_force_and_velocity_make_it_the_symplectic_step() -> None:
    h, p, q = 0.1, np.array([[0.3, -0.2]]), np.array([[1.0, 0.4]])
    force, velocity = Said(lambda q: -h * torch.sin(q)), Said(lambda p: h * p)
    found = reversible_stack([(force, velocity)] * 50, torch.tensor(p), torch.tensor(q))
    for _ in range(50):
        p, q = coupling(lambda q: -np.sin(q), lambda p: p, (p, q), h)
    assert max(float(np.abs(a.numpy() - b).max()) for a, b in zip(found, (p, q), strict=True)) < 1e-14


def test_a_fused_layer_of_two_channels_is_a_block() -> None:
    kernel = torch.randn(1, 3, 3, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    r, i = states(1, 2, 5, 7)

    def branch(k: Tensor, sign: int) -> Said:
        return Said(
            lambda u: sign * nn.functional.conv2d(u.transpose(0, 1), k[None, None], padding=1).transpose(0, 1)
        )

    stack: list[Block] = [(branch(k, 1), branch(k, -1)) for k in kernel[0]]
    found = reversible_stack(stack, r, i)
    for a, b in zip(found, two_channel_layers(r, i, kernel), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-13, atol=1e-13)


def test_without_gradients_and_in_inference_it_is_the_same_stack() -> None:
    stack, pair = blocks(3), states()
    wanted = plain(stack, *pair)
    with torch.no_grad():
        assert all(map(torch.equal, reversible_stack(stack, *pair), wanted))
    with torch.inference_mode():
        assert all(map(torch.equal, reversible_stack(stack, *(u.clone() for u in pair)), wanted))


def test_parameters_that_are_frozen_or_unused_are_no_trouble() -> None:
    stack, (first, second) = blocks(2), states()
    stack[0][0].requires_grad_(False)
    idle = stack[1][1].idle = nn.Parameter(torch.ones(1))
    reversible_stack(stack, first.detach(), second)[0].sum().backward()
    assert first.grad is None
    assert second.grad is not None
    assert next(stack[0][0].parameters()).grad is None
    assert idle.grad is not None
    assert not idle.grad.any()


def test_what_autocast_rounds_is_rounded_on_the_way_back() -> None:
    """The branch works in bfloat16 both ways, so that the states come back to float32's rounding."""
    first, second = (u.detach().float().requires_grad_() for u in states(4, 8))
    layer = nn.Linear(8, 8)
    rows: list[Tensor] = []

    class Heard(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, u: Tensor) -> Tensor:
            rows.append(u.detach())
            found: Tensor = self.layer(u)
            return found

    with torch.autocast("cpu", torch.bfloat16):
        ends = reversible_stack([(Heard(), Heard())] * 3, first, second)
    ends[0].sum().backward()
    for there, back in zip(rows[:6], reversed(rows[6:]), strict=True):
        assert (there - back).abs().max() < 1e-5


def test_there_is_no_second_derivative() -> None:
    first, second = states()
    end = reversible_stack(blocks(2), first, second)[0].sum()
    with pytest.raises(RuntimeError, match="the reversible stack differentiates once; for higher"):
        torch.autograd.grad(end, first, create_graph=True)


def test_a_parameter_that_changed_in_between_is_noticed() -> None:
    stack, pair = blocks(2), states()
    end = reversible_stack(stack, *pair)[0].sum()
    with torch.no_grad():
        next(stack[0][0].parameters()).add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        end.backward()


@pytest.mark.parametrize(
    ("branch", "error", "message"),
    [
        (lambda u: u, TypeError, "a branch must be a torch.nn.Module.*; got function"),
        (Said(lambda u: (u,)), TypeError, "a branch must answer with a tensor; got tuple"),
        (Said(lambda u: u[:1]), ValueError, r"tensor like its input, \(5, 4\) of .*; got \(1, 4\) of"),
        (Said(lambda u: u.float()), ValueError, r"got \(5, 4\) of torch.float32"),
        (nn.Sequential(nn.ReLU(inplace=True)), ValueError, "Sequential changed its input in place"),
        (nn.Sequential(nn.Dropout()), ValueError, r"Dropout \(0\) draws anew: take it out, or call its eval"),
        (nn.RReLU(), ValueError, "RReLU draws anew"),
        (nn.BatchNorm1d(4), ValueError, r"BatchNorm1d would count its batch twice: use GroupNorm"),
        (nn.InstanceNorm1d(4, track_running_stats=True), ValueError, "InstanceNorm1d would count"),
        (Said(nn.functional.dropout), ValueError, "one of them drew random numbers"),
    ],
)
def test_a_branch_that_cannot_be_run_again_is_refused(branch: Any, error: Any, message: str) -> None:
    first, second = (u.detach() for u in states())
    with pytest.raises(error, match=message):
        reversible_stack([(Tanh(0), branch)], first, second)


def test_layers_that_answer_the_same_in_evaluation_are_taken() -> None:
    layers = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(), nn.Linear(4, 4)).double().eval()
    within = nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True)).double()  # in place, but not of its input
    assert rebuilding_error([(layers, within)], *states()) < 1e-14
    norms: list[Block] = [(nn.InstanceNorm1d(4), nn.GroupNorm(2, 4).double())]
    assert rebuilding_error(norms, *states(5, 4, 3)) < 1e-13


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: reversible_stack([], *states()), ValueError, "at least one block, a pair of branches; got"),
        (lambda: halves(torch.zeros(2, 5, 3)), ValueError, "so its channels must be even; got 5"),
        (lambda: reversible_stack(blocks(1), torch.ones(2, 4), torch.ones(3, 4)), ValueError, "one shape"),
        (lambda: reversible_stack(blocks(1), *NO_TENSORS), TypeError, "first must be a floating"),
        (lambda: rebuilding_bound([(1.0, -1.0)], torch.float32), ValueError, "a Lipschitz constant must be"),
    ],
)
def test_states_that_do_not_fit_are_refused(call: Callable[[], Any], error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_tensor_with_gradient_that_is_not_the_branch_s_own_is_refused() -> None:
    borrowed = torch.ones(4, dtype=torch.float64, requires_grad=True)
    end = reversible_stack([(Tanh(0), Said(lambda u: u * borrowed))], *states())[0].sum()
    with pytest.raises(ValueError, match=r"its own parameters only, .* others, of shape \(4,\)"):
        end.backward()


def test_a_way_back_that_gets_lost_is_told_beforehand() -> None:
    """With branches 3u a pair grows about elevenfold in a block, and as much again on the way back."""
    triple: list[Block] = [(Said(lambda u: 3 * u), Said(lambda u: 3 * u))]
    first, second = (u.float() for u in states())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rebuilding_error(triple, first, second)
    with pytest.warns(UnstableStepWarning, match=r"after 12 blocks and back the states are off by .*float32"):
        assert rebuilding_error(triple * 12, first, second) > 0.1
    with pytest.warns(UnstableStepWarning, match="off by nan"):
        rebuilding_error(triple * 400, first, second)


def test_the_bound_is_a_product_and_holds() -> None:
    assert rebuilding_bound([(1.0, 3.0), (0.0, 0.5)], torch.float64) == pytest.approx(12 * 2.0**-52)
    assert rebuilding_bound([(9.0, 9.0)] * 1000, torch.float32) == math.inf
    for gain, count in ((0.1, 8), (0.5, 32), (2.0, 8)):
        stack = blocks(count, gain)
        found = rebuilding_error(stack, *states())
        assert 0 < found < rebuilding_bound([(gain, gain)] * count, torch.float64)


@pytest.mark.skipif(not importlib.util.find_spec("memcnn"), reason="memcnn is not installed")
def test_gradients_are_those_of_memcnn() -> None:
    with warnings.catch_warnings(action="ignore"):  # it uses names that torch is about to drop
        import memcnn  # type: ignore[import-not-found]

    (f, g), (first, second) = blocks(1)[0], states()
    module = memcnn.InvertibleModuleWrapper(memcnn.AdditiveCoupling(f, g), keep_input=True)
    found = []
    for stack in (module, lambda u: torch.cat(reversible_stack([(f, g)], *halves(u)), 1)):
        u = torch.cat([first, second], 1).detach().requires_grad_()
        end = stack(u.clone())  # of a leaf itself memcnn doubles the gradient
        end.square().sum().backward()
        assert u.grad is not None
        found.append((end.detach(), u.grad))
    for theirs, ours in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.skipif(not importlib.util.find_spec("FrEIA"), reason="FrEIA is not installed")
def test_values_are_those_of_freia() -> None:
    from FrEIA.modules import NICECouplingBlock  # type: ignore[import-not-found]

    (f, g), (first, second) = blocks(1)[0], states()
    made = iter((f, g))
    theirs = NICECouplingBlock([(8,)], subnet_constructor=lambda inputs, outputs: next(made))
    ((end,), _) = theirs([torch.cat([first, second], 1)])
    torch.testing.assert_close(end, torch.cat(reversible_stack([(f, g)], first, second), 1))
