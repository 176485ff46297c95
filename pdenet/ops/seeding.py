"""Random streams: every use of randomness has a stream of its own, named by the seed and a few integers.

A network's initial trunk, its initial classifier and its data order in epoch e then do not depend on one
another, on the other seeds of a run, or on what was drawn before: a run resumed at epoch e draws what the
uninterrupted one would have drawn, and two models with one seed start from the same classifier.
"""

import reprlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any, TypeGuard

import numpy as np
import torch

from pdenet.checks.numbers import whole

TRUNK, CLASSIFIER, ORDER = range(3)

# More networks than any machine holds side by side: whoever asks for more has put another number here.
MOST_SEEDS = 10_000
LARGEST_SEED = 2**63 - 1  # what every reader of a record takes for a whole number


def generator(seed: int, *stream: int) -> torch.Generator:
    """A CPU generator for the stream `stream` (first one of the constants above) of seed `seed`."""
    state = np.random.SeedSequence(seed, spawn_key=stream).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state >> np.uint64(1)))


def as_seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """The seeds as a tuple of ints: a count n stands for 0, ..., n-1.

    Raises
    ------
    ValueError
        If there is none, one is negative, no whole number or above `LARGEST_SEED`, one appears twice, there
        are more than `MOST_SEEDS`, or they are text, or in no order (a set, a mapping).

    Examples
    --------
    >>> as_seeds(3), as_seeds([7, 5])
    ((0, 1, 2), (7, 5))
    """
    try:
        if _is_sequence(seeds):
            given = islice(seeds, MOST_SEEDS + 1)
            chosen = tuple(whole("seed", seed, least=0, most=LARGEST_SEED) for seed in given)
        else:
            chosen = tuple(range(whole("seeds", seeds, least=1, most=MOST_SEEDS)))
    except (TypeError, ValueError):
        chosen = ()
    if not chosen or len(chosen) > MOST_SEEDS or len(set(chosen)) != len(chosen):
        message = (
            f"seeds must be a positive count or distinct non-negative integers; got {reprlib.repr(seeds)} "
            f"(at most {MOST_SEEDS:,}, each below 2**63)"
        )
        raise ValueError(message)
    return chosen


def _is_sequence(seeds: Any) -> TypeGuard[Iterable[Any]]:
    """Whether these are several numbers in an order of their own."""
    unfit = isinstance(seeds, str | bytes | bytearray | memoryview | Mapping | AbstractSet)
    return isinstance(seeds, Iterable) and not unfit and getattr(seeds, "shape", None) != ()  # 0-d: a number
