"""What the recorded PDE networks became: whether they are solutions of an ODE, and what their layers do.

Everything here is read off the records of Tables 4.1 and 4.2; nothing is trained.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pdenet.data.images import load_images
from pdenet.models.measures.layers import coefficients
from pdenet.models.measures.smoothness import change_by_splitting, roughness
from pdenet.runs.table import CellResult, Recorded, Table, cell_name, recorded
from pdenet.subjects.catalogue import experiment
from pdenet.symbolic import PDE1
from pdenet.symbolic.moments import depth_moments

COLUMNS = {"(39)": ("table-4.1", "PDE net"), "(40)": ("table-4.2", "PDE 2")}
DEPTHS = (15, 27, 50)
IMAGES = 40  # digits that are sent through

Place = tuple[str, int]  # equation, layers


@dataclass(frozen=True)
class Flow:
    """The trained networks of one equation and depth, their layers read as linear maps; one number a seed.

    Parameters
    ----------
    accuracies
        Per cent, after training.
    shift, variance
        Pixels by which the layers move an image, square pixels that they add to its variance along an axis.
    """

    accuracies: NDArray[np.float64]
    shift: NDArray[np.float64]
    variance: NDArray[np.float64]


@dataclass(frozen=True)
class Portrait(Flow):
    """The trained networks of one equation and depth, one number a seed.

    Parameters
    ----------
    rough
        Roughness over layers, mean over the equation's parameters; see `roughness`.
    halved_start, halved
        How far the last image moves if every step is halved, per cent of its size, median over images:
        before and after training.
    """

    rough: NDArray[np.float64]
    halved_start: NDArray[np.float64]
    halved: NDArray[np.float64]


@cache
def runs(place: Place) -> CellResult:
    """The recorded runs of one equation and depth."""
    equation, depth = place
    name, column = COLUMNS[equation]
    table = experiment(name)
    records = table.results().records(cell_name(depth, column))
    return CellResult(cast("Table", table).cell(depth, column), tuple(records))


@cache
def digits() -> Tensor:
    """The digits that are sent through, (B, H, W) between 0 and 1: those that come with scikit-learn."""
    return load_images("digits").test_images[:IMAGES].float() / 255


def flow(found: Recorded) -> Flow:
    """What the layers of trained networks do as linear maps."""
    path = depth_moments(PDE1, coefficients(found.trained.kernels()[0].detach()))
    return Flow(
        accuracies=100 * found.accuracies,
        shift=np.linalg.norm(path.place[:, -1], axis=1),
        variance=np.trace(path.covariance[:, -1], axis1=1, axis2=2) / 2,
    )


def portrait(result: CellResult) -> Portrait:
    """What the networks of a cell became.

    Raises
    ------
    ValueError
        If every seed diverged.
    """
    found = recorded(result)
    before, after = (net.kernels()[0].detach() for net in (found.start, found.trained))
    trunk = [values.detach().numpy() for values in found.trained.trunk().values()]
    halved_start, halved = (
        100 * np.nanmedian(change_by_splitting(kernels, digits()), axis=1) for kernels in (before, after)
    )
    return Portrait(
        **vars(flow(found)),
        rough=np.array([np.mean([roughness(p[s]) for p in trunk]) for s in range(len(after))]),
        halved_start=halved_start,
        halved=halved,
    )


@cache
def recorded_flow(place: Place) -> Flow:
    """What the layers of the recorded networks of one equation and depth do as linear maps."""
    return flow(recorded(runs(place)))


@cache
def recorded_portrait(place: Place) -> Portrait:
    """The portrait of the recorded networks of one equation and depth."""
    return portrait(runs(place))


def portraits(depths: Iterable[int] = DEPTHS) -> dict[Place, Portrait]:
    """The portraits of both equations by (equation, layers)."""
    return {
        (equation, depth): recorded_portrait((equation, depth)) for equation in COLUMNS for depth in depths
    }
