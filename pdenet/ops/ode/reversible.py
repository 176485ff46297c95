"""A pair of states that can be stepped back: gradients without stored states or a backward solver."""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real, whole
from pdenet.ops.ode.field import check_field, evaluate, refuse_borrowed


def reversible_pair(
    rate: nn.Module,
    first: Tensor,
    second: Tensor,
    duration: float,
    steps: int,
    *,
    sign: Literal[1, -1] = 1,
) -> tuple[Tensor, Tensor]:
    r"""Carry two states through ``u1 += h rate(u2)``, ``u2 += sign h rate(u1)``, with h = duration / steps.

    Each line changes one state and reads the other. It is undone by subtracting what it added, so that the
    backward pass makes the states again from the two at the end, to rounding, and keeps nothing in between.
    The rounding may grow on the way back as the field makes it grow.

    Parameters
    ----------
    rate
        The field: ``rate(t, u)``, t a 0-d tensor, returns a tensor like u. The same value for the same input,
        every time: no dropout, no statistics of the batch.
    first, second
        The two states at time 0, of one shape, dtype and device.
    duration
        Time, in units of layers.
    steps
        Steps of the pair, at least 1; each evaluates the field twice.
    sign
        1: du1/dt = rate(u2), du2/dt = rate(u1); then u1 + u2 follows the field and u1 - u2 its negative.
        -1: du2/dt = -rate(u1), a rotation where the field is symmetric: real and imaginary part of a
        Schrödinger equation.

    Returns
    -------
    The two states at `duration`.

    Raises
    ------
    TypeError
        If `rate` is not a module, a state no tensor of floating point, or a number of another kind.
    RuntimeError
        If a second derivative is asked for.
    ValueError
        If the states differ in shape, dtype or device, the time is not finite, there is no step, `sign` is
        another number, the rate is not like the state, or the field uses a tensor with gradient that it does
        not own.

    References
    ----------
    Gomez, Ren, Urtasun and Grosse (2017); Chang, Meng, Haber, Ruthotto, Begert and Holtham (2018).
    """
    duration, steps = real("duration", duration), whole("steps", steps, least=1)
    _check(rate, first, second, sign)
    h = duration / steps
    refuse_borrowed(rate, second, _time(0.0, second), "the reversible pair")
    own = [p for p in rate.parameters() if p.requires_grad]
    result: tuple[Tensor, Tensor] = _Pair.apply(rate, h, steps, sign, first, second, *own)
    return result


class _Pair(torch.autograd.Function):
    """All steps as one operation, which keeps the two states at the end and the parameters."""

    @staticmethod
    def forward(
        ctx: Any,
        rate: nn.Module,
        h: float,
        steps: int,
        sign: int,
        first: Tensor,
        second: Tensor,
        *own: Tensor,
    ) -> tuple[Tensor, Tensor]:
        for number in range(steps):
            first = first + h * evaluate(rate, _time(number * h, first), second)
            second = second + sign * h * evaluate(rate, _time((number + 1) * h, first), first)
        ctx.rate, ctx.h, ctx.steps, ctx.sign = rate, h, steps, sign
        ctx.save_for_backward(first, second, *own)
        return first, second

    @staticmethod
    def backward(ctx: Any, of_first: Tensor, of_second: Tensor) -> tuple[Any, ...]:
        if torch.is_grad_enabled():  # only so under create_graph=True
            message = "the reversible pair differentiates once; for higher derivatives write out its steps"
            raise RuntimeError(message)
        first, second, *own = ctx.saved_tensors
        sums = [torch.zeros_like(p) for p in own]
        for number in reversed(range(ctx.steps)):
            added, pulled = _transposed(
                ctx.rate, (number + 1) * ctx.h, first, ctx.sign * ctx.h * of_second, own
            )
            second = second - ctx.sign * ctx.h * added
            of_first = of_first + pulled[0]
            _add(sums, pulled[1:])
            added, pulled = _transposed(ctx.rate, number * ctx.h, second, ctx.h * of_first, own)
            first = first - ctx.h * added
            of_second = of_second + pulled[0]
            _add(sums, pulled[1:])
        return None, None, None, None, of_first, of_second, *sums


def _transposed(
    rate: nn.Module, t: float, u: Tensor, cotangent: Tensor, own: list[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    """The rate at `u`, and the products of the cotangent with its derivatives by `u` and the parameters."""
    u = u.detach().requires_grad_()
    with torch.enable_grad():
        found = evaluate(rate, _time(t, u), u)
    if not found.requires_grad:
        return found, [torch.zeros_like(x) for x in (u, *own)]
    pulled = torch.autograd.grad(found, [u, *own], cotangent, allow_unused=True, materialize_grads=True)
    return found.detach(), list(pulled)


def _add(sums: list[Tensor], terms: list[Tensor]) -> None:
    for total, term in zip(sums, terms, strict=True):
        total += term


def _time(t: float, like: Tensor) -> Tensor:
    return torch.tensor(t, dtype=like.dtype, device=like.device)


def _check(rate: nn.Module, first: Tensor, second: Tensor, sign: int) -> None:
    check_field(rate)
    for name, state in (("first", first), ("second", second)):
        if not isinstance(state, Tensor) or not state.dtype.is_floating_point:
            message = f"{name} must be a floating point tensor; got {state!r}"
            raise TypeError(message)
    kinds = [(tuple(state.shape), state.dtype, str(state.device)) for state in (first, second)]
    if kinds[0] != kinds[1]:
        message = f"the two states must have one shape, dtype and device; got {kinds[0]} and {kinds[1]}"
        raise ValueError(message)
    if isinstance(sign, bool) or sign not in (1, -1):
        message = f"sign must be 1 or -1; got {sign!r}"
        raise ValueError(message)
