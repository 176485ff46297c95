"""What the recorded PDE networks became: whether they are solutions of an ODE, and what their layers do.

Everything here is read off the records of Tables 4.1 and 4.2; nothing is trained.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from pdenet.data.images import load_images
from pdenet.models.measures.smoothness import change_by_splitting, roughness
from pdenet.runs.claims import Claim
from pdenet.runs.compare import Judged
from pdenet.runs.intervals import Interval, mean_interval, rank_interval
from pdenet.runs.table import CellResult, recorded
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.mechanism.layers import coefficients
from pdenet.subjects.tables.cells import TABLE_4_1, TABLE_4_2
from pdenet.symbolic import PDE1
from pdenet.symbolic.moments import depth_moments

COLUMNS = {"(39)": (TABLE_4_1, "PDE net"), "(40)": (TABLE_4_2, "PDE 2")}
DEPTHS = (15, 27, 50)
SMOOTH = 1.0  # roughness below which layers count as samples of a smooth function; 2 is random order
SMALL_STEP = 5.0  # per cent by which halved steps may move the last image
IMAGES = 40  # digits that are sent through

Place = tuple[str, int]  # equation, layers


@dataclass(frozen=True)
class Portrait:
    """The trained networks of one equation and depth, one number a seed.

    Parameters
    ----------
    accuracies
        Per cent, after training.
    rough
        Roughness over layers, mean over the equation's parameters; see `roughness`.
    halved_start, halved
        How far the last image moves if every step is halved, per cent of its size, median over images:
        before and after training.
    shift, variance
        Of the trained layers read as linear maps: pixels by which they move an image, square pixels that they
        add to its variance along an axis.
    """

    accuracies: NDArray[np.float64]
    rough: NDArray[np.float64]
    halved_start: NDArray[np.float64]
    halved: NDArray[np.float64]
    shift: NDArray[np.float64]
    variance: NDArray[np.float64]


def runs(place: Place) -> CellResult:
    """The recorded runs of one equation and depth."""
    equation, depth = place
    table, column = COLUMNS[equation]
    return table.results(table.recorded(), "mnist", TrainingConfig())[depth, column]


@cache
def digits() -> Tensor:
    """The digits that are sent through, (B, H, W) between 0 and 1: those that come with scikit-learn."""
    return load_images("digits").test_images[:IMAGES].float() / 255


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
    path = depth_moments(PDE1, coefficients(after))
    halved_start, halved = (
        100 * np.nanmedian(change_by_splitting(kernels, digits()), axis=1) for kernels in (before, after)
    )
    return Portrait(
        accuracies=100 * found.accuracies,
        rough=np.array([np.mean([roughness(p[s]) for p in trunk]) for s in range(len(after))]),
        halved_start=halved_start,
        halved=halved,
        shift=np.linalg.norm(path.place[:, -1], axis=1),
        variance=np.trace(path.covariance[:, -1], axis1=1, axis2=2) / 2,
    )


def portraits(depths: Iterable[int] = DEPTHS) -> dict[Place, Portrait]:
    """The portraits of both equations by (equation, layers)."""
    return {(equation, depth): portrait(runs((equation, depth))) for equation in COLUMNS for depth in depths}


def judge_trained(found: Mapping[Place, Portrait]) -> dict[str, Judged]:
    """Claims on whether the trained networks are ODEs, with what is measured for each, by the claim's id.

    Parameters
    ----------
    found
        As `portraits` returns them.
    """
    judged: dict[str, Judged] = {}

    def claim(name: str, text: str, measured: Interval, threshold: float, direction: str = "below") -> None:
        judged[name] = Claim(name, text, "comparison", threshold, direction), measured  # type: ignore[arg-type]

    for (equation, depth), net in found.items():
        what = f"{equation}, {depth} layers"
        text = f"{what}: parameters vary smoothly from layer to layer (roughness)"
        claim(f"5a {what}", text, mean_interval(net.rough), SMOOTH)
        text = f"{what}: halving every step moves the image little (per cent)"
        claim(f"5b {what}", text, mean_interval(net.halved), SMALL_STEP)
    return judged


def judge_layers(net: Portrait, depth: int) -> dict[str, Judged]:
    """Claims of the page on the mechanism about what trained layers of (39) do, by the claim's id.

    Within one equation: a rank correlation over both would mostly say that (40) moves images less and is more
    accurate, whatever the reason.

    Parameters
    ----------
    net
        The portrait of the networks of (39) of this depth.
    depth
        Their layers.
    """
    blur = Claim(
        "4.3g",
        f"the {depth} trained layers, were they linear, would spread a digit (pixels²)",
        "comparison",
        0.0,
    )
    drift = Claim(
        "4.3v",
        f"of {depth} layers of (39), networks with more shift after training end worse (rank correlation)",
        "comparison",
        0.0,
        "below",
    )
    return {
        blur.id: (blur, mean_interval(net.variance)),
        drift.id: (drift, rank_interval(net.shift, net.accuracies)),
    }
