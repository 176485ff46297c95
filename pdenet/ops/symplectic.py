"""Fields that keep an energy, and steps that keep the areas of phase space.

A state has positions first and momenta last on its last axis, n of each. A field that keeps an energy H is
J times the gradient of H, with J the matrix (0, 1; -1, 0) of blocks n by n.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.diverged import NotConverged
from pdenet.ops.steppers import coupling

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def halves(state: Tensor) -> tuple[Tensor, Tensor]:
    """Positions and momenta (..., n) of states (..., 2n).

    Raises
    ------
    ValueError
        If the last axis is odd, or there is none: then positions and momenta do not pair.
    """
    size = state.shape[-1] if state.dim() else 0
    if size < 2 or size % 2:
        message = (
            f"a state has as many momenta as positions, so its last axis is even; got shape "
            f"{tuple(state.shape)}; add what is missing, or learn a field without an energy"
        )
        raise ValueError(message)
    position, momentum = state.split(size // 2, -1)
    return position, momentum


def turned(gradient: Tensor) -> Tensor:
    """J times a gradient (..., 2n): a quarter turn of each pair, clockwise where momentum is up."""
    by_position, by_momentum = halves(gradient)
    return torch.cat([by_momentum, -by_position], -1)


def energy_rate(energy: Callable[[Tensor], Tensor], state: Tensor) -> Tensor:
    """The rate J grad H (..., 2n) of states (..., 2n), by backpropagation to the state.

    It can be differentiated in turn, by parameters of the energy or by the state.

    Parameters
    ----------
    energy
        H: states (..., 2n) to energies (...), each of its own state alone.
    state
        Of floats.

    Raises
    ------
    ValueError
        If the last axis is odd.
    RuntimeError
        If gradients are switched off, or the energy does not depend on the state.
    """
    halves(state)
    if not torch.is_grad_enabled():
        message = (
            "the rate is a gradient of the energy, and gradients are switched off here; leave "
            "torch.no_grad() or torch.inference_mode() out, and detach the result instead"
        )
        raise RuntimeError(message)
    there = state if state.requires_grad else state.detach().requires_grad_()
    values = energy(there)
    if not values.requires_grad:
        message = "the energy does not depend on the state: something in it detaches, or it is a constant"
        raise RuntimeError(message)
    (gradient,) = torch.autograd.grad(values.sum(), there, create_graph=True)
    return turned(gradient)


def leapfrog(
    force: Callable[[Any], Any], velocity: Callable[[Any], Any], pair: tuple[Any, Any], h: Any
) -> tuple[Any, Any]:
    """Momentum half a step, position a step, momentum half a step: for H = T(p) + V(q); of second order.

    Parameters
    ----------
    force, velocity
        ``-dV/dq`` of a position, and ``dT/dp`` of a momentum.
    pair
        Momentum and position, as in `coupling`.
    h
        The step.
    """
    momentum, position = coupling(lambda q: force(q) / 2, velocity, pair, h)
    return momentum + h / 2 * force(position), position


ROUNDS, CLOSE = 100, 1e-13


def implicit_midpoint(
    rate: Callable[[Tensor], Tensor], state: Tensor, h: float, *, rounds: int = ROUNDS, close: float = CLOSE
) -> Tensor:
    """A step along the rate halfway between the state and where it leads; of second order.

    It keeps areas whatever the energy, and energies that are quadratic. What is halfway is found by putting
    it in again and again, which converges where half a step times the steepest slope of the rate is below 1.

    Parameters
    ----------
    rate
        The right-hand side.
    state
        Tensors of any shape; all of them are repeated until the last one is near.
    h
        The step.
    rounds, close
        How often, at most, and how near: the largest change of a round, next to the largest of the state.

    Raises
    ------
    NotConverged
        If that many rounds do not bring it near.
    TypeError, ValueError
        If a number is none or out of range.
    """
    h, rounds, close = real("h", h), whole("rounds", rounds, least=1), real("close", close, above=0)
    near = close * max(1.0, float(state.abs().max()))
    middle, change = state, float("inf")
    for _ in range(rounds):
        following = state + h / 2 * rate(middle).detach()
        change, middle = float((following - middle).abs().max()), following
        if change <= near:
            return 2 * middle - state
    message = (
        f"the middle of a step of {h:g} still moves by {change:.1e} after {rounds} rounds; "
        "take a smaller step"
    )
    raise NotConverged(message)
