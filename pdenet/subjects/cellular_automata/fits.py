"""Three descents on a rule, for all 256 side by side: a table, a few units, a table unrolled in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from pdenet.checks.numbers import whole
from pdenet.ops.seeding import TRUNK, generator
from pdenet.subjects.cellular_automata.frames import iterates, windows
from pdenet.subjects.cellular_automata.system import CODES, RULES, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

TABLE_RATE, TABLE_STEPS = 0.1, 300
UNIT_RATE, UNIT_STEPS = 0.05, 600
FRAME_RATE, FRAME_STEPS = 0.1, 250
LEAST = 1e-6
"""A probability is kept this far from 0 and 1, where the logarithm ends."""


class Descent(NamedTuple):
    """Where a descent ends, for each of several rules."""

    outcomes: NDArray[np.uint8]
    """The rules it found, (rule, 8): by code, the likelier outcome."""
    losses: NDArray[np.float64]
    """Cross-entropy in nats, (rule,)."""


def descend(parameters: list[Tensor], losses: Callable[[], Tensor], rate: float, steps: int) -> Tensor:
    """Adam on the sum of losses that have no parameter in common; returns the losses at the end.

    Parameters
    ----------
    parameters
        Leaves that are changed in place.
    losses
        Gives one loss a rule, (rule,).
    rate, steps
        Of Adam.
    """
    optimiser = torch.optim.Adam(parameters, lr=rate)
    for _ in range(whole("steps", steps, least=0)):
        optimiser.zero_grad()
        losses().sum().backward()
        optimiser.step()
    with torch.no_grad():
        return losses()


def descend_table(found: ArrayLike, steps: int = TABLE_STEPS) -> Tensor:
    """Logits of the outcome 1, (rule, 8), from 0 down the cross-entropy of counted outcomes.

    Parameters
    ----------
    found
        Counts, (rule, 8, 2): how often each outcome followed each neighbourhood.
    steps
        Of Adam.
    """
    counted = torch.as_tensor(np.asarray(found), dtype=torch.float64)
    logits = torch.zeros(counted.shape[:2], dtype=torch.float64, requires_grad=True)
    whole_count = counted.sum((1, 2))

    def losses() -> Tensor:
        one, zero = (torch.nn.functional.logsigmoid(sign * logits) for sign in (1, -1))
        return -(counted[..., 1] * one + counted[..., 0] * zero).sum(1) / whole_count

    descend([logits], losses, TABLE_RATE, steps)
    return logits.detach()


def descend_units(units: int, seed: int, steps: int = UNIT_STEPS) -> Descent:
    """A network 3-h-1 of tanh for each rule, shown all eight neighbourhoods equally often.

    Parameters
    ----------
    units
        h, of the hidden layer.
    seed
        Of the first weights: normal, variance one over the inputs of a unit; thresholds start at 0.
    steps
        Of Adam.
    """
    units = whole("units", units, least=1)
    drawn = generator(seed, TRUNK)
    shown = torch.tensor(windows(1), dtype=torch.float32)
    wanted = torch.tensor(tables(), dtype=torch.float32)
    inner = torch.randn(RULES, 3, units, generator=drawn) / 3**0.5
    outer = torch.randn(RULES, units, 1, generator=drawn) / units**0.5
    parameters = [inner, torch.zeros(RULES, 1, units), outer, torch.zeros(RULES, 1, 1)]
    for parameter in parameters:
        parameter.requires_grad_()

    def logits() -> Tensor:
        first, threshold, last, level = parameters
        found: Tensor = torch.tanh(shown @ first + threshold) @ last + level
        return found[..., 0]

    def losses() -> Tensor:
        return binary_cross_entropy_with_logits(logits(), wanted, reduction="none").mean(1)

    ends = descend(parameters, losses, UNIT_RATE, steps)
    with torch.no_grad():
        outcomes = (logits() > 0).to(torch.uint8).numpy()
    return Descent(outcomes, ends.double().numpy())


def unrolled(chances: Tensor, steps: int) -> Tensor:
    """Chances of 1 after steps of the soft automaton, for all windows, (rule, 2^(2k+1)).

    One step takes chances l, c, r of three cells to the table's mean over independent draws of them, which is
    linear in each; at cells 0 and 1 it looks the table up. A cell after j steps depends on 2j + 1 cells, so
    that there are 2^(2j+1) values of it, each worked out once.

    Parameters
    ----------
    chances
        Of the outcome 1, (rule, 8) by code.
    steps
        k.
    """
    cells = chances  # the first step: its cells are 0 or 1
    corners = [chances[:, code, None] for code in range(CODES)]
    for step in range(2, steps + 1):
        window = torch.arange(2 ** (2 * step + 1))
        inner = 2 ** (2 * step - 1)  # windows of the step before: the first, the middle, the last of three
        left, centre, right = (cells[:, (window >> shift) % inner] for shift in (2, 1, 0))
        edges = [low + right * (high - low) for low, high in zip(corners[::2], corners[1::2], strict=True)]
        low, high = (edges[i] + centre * (edges[i + 1] - edges[i]) for i in (0, 2))
        cells = low + left * (high - low)
    return cells


def first_logits(seed: int) -> Tensor:
    """Normal logits for all rules, (256, 8)."""
    return torch.randn(RULES, CODES, generator=generator(seed, TRUNK))


def frame_losses(logits: Tensor, k: int) -> Tensor:
    """Cross-entropy of the k-th frame over all windows equally often, (rule,).

    Parameters
    ----------
    logits
        Of the outcome 1, (256, 8): one table for each true rule.
    k
        Steps from one frame that is seen to the next.
    """
    wanted = torch.tensor(iterates(k), dtype=logits.dtype)
    chances = unrolled(logits.sigmoid(), k).clamp(LEAST, 1 - LEAST)
    return binary_cross_entropy(chances, wanted, reduction="none").mean(1)


def descend_frames(k: int, seed: int, steps: int = FRAME_STEPS) -> Descent:
    """The soft automaton unrolled over k steps, for each rule, shown what every window becomes.

    Parameters
    ----------
    k
        Steps from one frame that is seen to the next.
    seed
        Of the first logits.
    steps
        Of Adam.
    """
    logits = first_logits(seed).requires_grad_()
    ends = descend([logits], lambda: frame_losses(logits, k), FRAME_RATE, steps)
    return Descent((logits.detach() > 0).to(torch.uint8).numpy(), ends.double().numpy())
