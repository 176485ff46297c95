"""A pair of states that can be stepped back: gradients without stored states or a backward solver."""

from typing import Literal

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real, whole
from pdenet.ops.branches import Branch, check_states
from pdenet.ops.ode.field import check_field, evaluate, refuse_borrowed
from pdenet.ops.reversible import take_turns


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
    own = tuple(p for p in rate.parameters() if p.requires_grad)

    def branch(number: int, sign: int) -> Branch:
        def at(u: Tensor) -> Tensor:
            found = evaluate(rate, _time(number * h, u), u)
            return found if sign == 1 else -found

        return Branch(at, own)

    turns = [(branch(number, 1), branch(number + 1, sign)) for number in range(steps)]
    return take_turns(turns, h, first, second, called="the reversible pair")


def _time(t: float, like: Tensor) -> Tensor:
    return torch.tensor(t, dtype=like.dtype, device=like.device)


def _check(rate: nn.Module, first: Tensor, second: Tensor, sign: int) -> None:
    check_field(rate)
    check_states(first, second)
    if isinstance(sign, bool) or sign not in (1, -1):
        message = f"sign must be 1 or -1; got {sign!r}"
        raise ValueError(message)
