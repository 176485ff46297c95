"""Random streams: every use of randomness has a stream of its own, named by the seed and a few integers.

A network's initial trunk, its initial classifier and its data order in epoch e then do not depend on one
another, on the other seeds of a run, or on what was drawn before: a run resumed at epoch e draws what the
uninterrupted one would have drawn, and two models with one seed start from the same classifier.
"""

from collections.abc import Iterable

import numpy as np
import torch

TRUNK, CLASSIFIER, ORDER = range(3)


def generator(seed: int, *stream: int) -> torch.Generator:
    """A CPU generator for the stream `stream` (first one of the constants above) of seed `seed`."""
    state = np.random.SeedSequence(seed, spawn_key=stream).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state >> np.uint64(1)))


def as_seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """The seeds as a tuple: a count n stands for 0, ..., n-1.

    Raises
    ------
    ValueError
        If there is none, one is negative, or one appears twice.

    Examples
    --------
    >>> as_seeds(3), as_seeds([7, 5])
    ((0, 1, 2), (7, 5))
    """
    chosen = tuple(range(seeds)) if isinstance(seeds, int) else tuple(int(seed) for seed in seeds)
    if not chosen or min(chosen) < 0 or len(set(chosen)) != len(chosen):
        message = f"seeds must be a positive count or distinct non-negative integers; got {seeds!r}"
        raise ValueError(message)
    return chosen
