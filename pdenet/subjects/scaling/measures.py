"""What is measured on a network before it is trained, and read from the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from pdenet.ops.seeding import TRUNK, generator
from pdenet.subjects.scaling.arms import SEARCHED, VALIDATION, arm_name
from pdenet.subjects.scaling.networks import ScaledNet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pdenet.runs.results import Results
    from pdenet.subjects.scaling.system import Shape

SEEN = 8  # images: where a ReLU is shut for one it is open for another


def support(shape: Shape, seed: int = 0) -> tuple[int, int]:
    """Rows and columns of the pixels that the place in the middle of the last state depends on.

    By the gradient of that place, over some images; a normalisation does not mix places here.

    Parameters
    ----------
    shape
        Large enough that the field does not reach the border.
    seed
        Of network and images.
    """
    net = ScaledNet(shape, (seed,)).double().eval()
    stream = generator(seed, TRUNK, shape.blocks)
    images = torch.rand(SEEN, shape.side, shape.side, generator=stream, dtype=torch.float64)
    images.requires_grad_()
    middle = shape.side // 2
    (gradient,) = torch.autograd.grad(net.last(images)[:, :, middle, middle].sum(), images)
    touched = (gradient != 0).any(0)
    return tuple(_span(touched.any(axis)) for axis in (1, 0))  # type: ignore[return-value]  # two of them


def _span(touched: torch.Tensor) -> int:
    places = touched.nonzero().flatten()
    return int(places[-1] - places[0]) + 1 if len(places) else 0


class Searched(NamedTuple):
    """A shape that the search looked at."""

    shape: Shape
    validation: float
    """Mean accuracy on the images held back, per cent."""
    n: int
    """Of so many networks."""


def search(results: Results, seeds: Sequence[int] = range(4)) -> tuple[Searched, ...]:
    """The shapes with twice the base's operations, the best on images for validation first.

    Parameters
    ----------
    results
        Runs of the experiment.
    seeds
        Those that all shapes have.
    """
    found = []
    for shape in SEARCHED:
        records = [one for one in results.records(arm_name(shape)) if one.seed in seeds]
        if records:
            values = [one.measured[VALIDATION] for one in records]
            found.append(Searched(shape, float(np.mean(values)), len(values)))
    return tuple(sorted(found, key=lambda one: -one.validation))
