"""Blocks of two states that take turns, stepped back on the way back: gradients without stored states.

A block is a step of `pdenet.ops.steppers.coupling`; its states are made again by `uncoupling`, so that a
stack of any depth keeps the two states at its end and its parameters. There is one implementation,
`take_turns`: stacks of blocks with branches of their own go through it, and so does `reversible_pair`.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real
from pdenet.ops.branches import Branch, answer, check_states, check_steady, refuse_draws, run_again
from pdenet.ops.steppers import UnstableStepWarning, coupling, uncoupling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Pair = tuple[Tensor, Tensor]
Block = tuple[nn.Module, nn.Module]
LOST = 1e-2
"""Relative error of a state that was made again from which on its gradients are not worth having."""


def reversible_stack(blocks: Iterable[Block], first: Tensor, second: Tensor) -> Pair:
    """Carry two states through blocks ``first += F(second)``, ``second += G(first)``, undone for gradients.

    Differentiable once. Kept for the gradient are the two states at the end and the parameters, at any number
    of blocks; each branch runs twice, and is differentiated once. The rounding of the states that are made
    again may grow on the way: `rebuilding_error` says how far.

    Parameters
    ----------
    blocks
        The branches F and G of each, modules that answer with a tensor like their input, the same each time.
        A module may stand in several blocks.
    first, second
        The two states, of one shape, dtype and device; `halves` makes them of one.

    Returns
    -------
    The two states behind the last block.

    Raises
    ------
    TypeError
        If a branch is no module or answers with no tensor, or a state is no tensor of floating point.
    RuntimeError
        If a second derivative is asked for.
    ValueError
        If there is no block, the states differ in shape, dtype or device, or a branch answers with another
        shape, changes its input in place, draws random numbers (on the CPU; on other devices such layers are
        known by their type), has a batch norm in training, or uses a tensor with gradient not its own.

    References
    ----------
    Dinh, Krueger and Bengio (2015); Gomez, Ren, Urtasun and Grosse (2017).
    """
    check_states(first, second)
    turns = [(_branch(f), _branch(g)) for f, g in blocks]
    if not turns:
        message = "a reversible stack needs at least one block, a pair of branches; got none"
        raise ValueError(message)
    return take_turns(turns, 1, first, second, called="the reversible stack")


def undone(blocks: Iterable[Block], first: Tensor, second: Tensor) -> Pair:
    """The two states before the blocks from those behind them, to rounding; plainly differentiable.

    Parameters
    ----------
    blocks, first, second
        As in `reversible_stack`.
    """
    check_states(first, second)
    pair = first, second
    for f, g in reversed([(_branch(f), _branch(g)) for f, g in blocks]):
        pair = uncoupling(f.rate, g.rate, pair, 1)
    return pair


def halves(u: Tensor, dim: int = 1) -> Pair:
    """A state as two, the first and the second half of its channels.

    Raises
    ------
    ValueError
        If their number is odd.
    """
    count = u.shape[dim]
    if count % 2:
        message = f"a state is split in two halves, so its channels must be even; got {count}"
        raise ValueError(message)
    first, second = u.split(count // 2, dim)
    return first, second


@torch.no_grad()
def rebuilding_error(blocks: Iterable[Block], first: Tensor, second: Tensor) -> float:
    """Relative error of these states after all blocks and back: what a backward pass through them will meet.

    Warns
    -----
    UnstableStepWarning
        If it is above `LOST`: then gradients are off by as much or more.
    """
    blocks = list(blocks)
    back = undone(blocks, *reversible_stack(blocks, first, second))
    off = torch.stack([(a - b).norm() for a, b in zip(back, (first, second), strict=True)]).norm()
    error = float(off / torch.stack([first.norm(), second.norm()]).norm())
    if not error <= LOST:  # also where it is no number
        message = (
            f"after {len(blocks)} blocks and back the states are off by {error:.1g} of their size, in "
            f"{first.dtype}: their gradients will be too; take smaller branches, fewer blocks or float64"
        )
        warnings.warn(message, UnstableStepWarning, stacklevel=2)
    return error


def rebuilding_bound(constants: Iterable[tuple[float, float]], dtype: torch.dtype) -> float:
    """How far one rounding of the end can grow on the way back: times all ``(1 + K_F)(1 + K_G)``.

    Relative to the states at the end. It lets every block stretch the worst difference fully, and so holds
    and is no forecast; `rebuilding_error` is one.

    Parameters
    ----------
    constants
        Lipschitz constants of F and G of each block.
    dtype
        Whose rounding.
    """
    powers = sum(
        math.log1p(real("a Lipschitz constant", k, least=0)) for pair in constants for k in pair
    ) + math.log(torch.finfo(dtype).eps)
    return math.exp(powers) if powers < math.log(torch.finfo(torch.float64).max) else math.inf


def take_turns(
    turns: Sequence[tuple[Branch, Branch]], h: float, first: Tensor, second: Tensor, *, called: str
) -> Pair:
    """The blocks as one operation: what `reversible_stack` and `reversible_pair` share.

    Parameters
    ----------
    turns
        The branches of each block, with the parameters that get gradients.
    h
        What a branch is multiplied by.
    first, second
        The states.
    called
        What this is, for a message.
    """
    own = list({id(p): p for turn in turns for branch in turn for p in branch.own}.values())
    result: Pair = _Turns.apply(turns, h, called, first, second, *own)
    return result


class _Turns(torch.autograd.Function):
    """All blocks as one operation, which keeps the two states at the end and the parameters."""

    @staticmethod
    def forward(
        ctx: Any,
        turns: Sequence[tuple[Branch, Branch]],
        h: float,
        called: str,
        first: Tensor,
        second: Tensor,
        *own: Tensor,
    ) -> Pair:
        pair = first, second
        with refuse_draws(called, first.device):
            for f, g in turns:
                pair = coupling(f.rate, g.rate, pair, h)
        ctx.turns, ctx.h, ctx.called, ctx.own = turns, h, called, own
        ctx.cast = _cast(first.device.type)
        ctx.save_for_backward(*pair, *own)  # the parameters so that a change of theirs is noticed
        return pair

    @staticmethod
    def backward(ctx: Any, of_first: Tensor, of_second: Tensor) -> tuple[Any, ...]:
        if torch.is_grad_enabled():  # only so under create_graph=True
            message = f"{ctx.called} differentiates once; for higher derivatives write out its steps"
            raise RuntimeError(message)
        first, second, *_ = ctx.saved_tensors
        back = _Back([of_first, of_second], {id(p): torch.zeros_like(p) for p in ctx.own}, ctx.h)
        pair = first, second
        with torch.autocast(first.device.type, **ctx.cast):
            for f, g in reversed(ctx.turns):
                pair = uncoupling(back.through(f, reads=1), back.through(g, reads=0), pair, ctx.h)
        return None, None, None, *back.of, *back.sums.values()


class _Back(NamedTuple):
    """What travels back along with the states: the cotangents of the two, and sums for the parameters."""

    of: list[Tensor]
    sums: dict[int, Tensor]
    h: float

    def through(self, branch: Branch, *, reads: int) -> Callable[[Tensor], Tensor]:
        """The branch, which as it is run again hands on the cotangent of the state it was added to."""

        def rate(u: Tensor) -> Tensor:
            found, of_u, of_own = run_again(branch, u, self.h * self.of[1 - reads])
            self.of[reads] = self.of[reads] + of_u
            for parameter, term in zip(branch.own, of_own, strict=True):
                self.sums[id(parameter)] += term
            return found

        return rate


def _cast(device: str) -> dict[str, Any]:
    """How numbers are cast here, so that the way back casts them the same."""
    return {"enabled": torch.is_autocast_enabled(device), "dtype": torch.get_autocast_dtype(device)}


def _branch(module: nn.Module) -> Branch:
    check_steady(module)
    return Branch(lambda u: answer(module, u), tuple(p for p in module.parameters() if p.requires_grad))
