"""The twelve accuracies that the thesis prints, and how well the runs of a setting explain them.

A printed number is one run. It is compared with where one more run of a setting would lie: by Student's t
around the mean of those that learned, with a chance of its own that a run learns at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.runs.intervals import spread_of_a_draw
from pdenet.runs.table import CHANCE
from pdenet.subjects.depth.plan import CONTROLS
from pdenet.subjects.depth.settings import PRINTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.subjects.depth.settings import Network

TENTH = 0.1  # points: to which the thesis rounds


@dataclass(frozen=True)
class Number:
    """An accuracy that the thesis prints, per cent.

    Parameters
    ----------
    table
        ``"4.1"`` or ``"4.2"``.
    network, depth
        Which network, and its layers.
    accuracy
        What is printed.
    """

    table: str
    network: Network
    depth: int
    accuracy: float

    @property
    def name(self) -> str:
        """Network, layers and, where two tables differ, the table."""
        table = f" ({self.table})" if self.network == "c_ResNet" and self.depth in (27, 50) else ""
        return f"{self.network} {self.depth}{table}"


_CONTROL = {
    ("4.1", 5): 97.5,
    ("4.1", 15): 97.3,
    ("4.1", 27): 97.0,
    ("4.1", 50): 96.2,
    ("4.2", 27): 96.7,
    ("4.2", 50): 97.3,
}

TWELVE = (
    *(
        Number("4.1" if network == "(39)" else "4.2", network, depth, value)
        for (network, depth), value in PRINTED.items()
    ),
    *(Number(table, "c_ResNet", depth, value) for (table, depth), value in _CONTROL.items()),
)
"""In the order of the tables; what both print of (39) is one number."""

OF_PDE = len(PRINTED)
"""The first so many are of PDE networks, the others of the control."""

PLACES: tuple[tuple[Network, int], ...] = (*PRINTED, *CONTROLS)
"""The ten networks behind them."""


@dataclass(frozen=True)
class Fit:
    """A printed number beside the runs of a setting.

    Parameters
    ----------
    z
        Printed less the mean of the runs that learned, in standard deviations of one more run; NaN if fewer
        than two learned.
    log_likelihood
        Logarithm of the probability that one more run, rounded to a tenth, is what is printed.
    runs, learned
        How many runs there are, and how many learned.
    """

    z: float
    log_likelihood: float
    runs: int
    learned: int


def explain(printed: float, accuracies: NDArray[np.float64]) -> Fit | None:
    """How well runs explain the printed number of a network that learned; None for fewer than two runs.

    Where fewer than two learned nobody knows how well one would do that does: any accuracy is as likely.

    Parameters
    ----------
    printed
        Per cent.
    accuracies
        Of the runs, per cent, (seed,).
    """
    from scipy.stats import t  # half a second to import

    learned = accuracies[accuracies > 100 * CHANCE]
    n = len(learned)
    if len(accuracies) < 2:
        return None
    chance = (n + 1) / (len(accuracies) + 2)  # Laplace's rule: that the next one learns
    if n < 2:
        return Fit(math.nan, math.log(chance * TENTH / (100 - 100 * CHANCE)), len(accuracies), n)
    spread = max(spread_of_a_draw(learned), TENTH / math.sqrt(12))  # no sharper than what is printed
    z = (printed - float(learned.mean())) / spread
    density = float(t.logpdf(z, n - 1)) - math.log(spread)
    return Fit(z, math.log(chance * TENTH) + density, len(accuracies), n)


def explain_all(cells: Mapping[tuple[Network, int], NDArray[np.float64]]) -> list[Fit | None]:
    """The fit of each of the `TWELVE` to the runs of its network, by (network, layers)."""
    return [
        explain(number.accuracy, cells.get((number.network, number.depth), np.empty(0))) for number in TWELVE
    ]


def log_likelihood(fits: Iterable[Fit | None]) -> float:
    """Logarithm of the probability of these numbers together; NaN if one has no fit."""
    return sum((math.nan if one is None else one.log_likelihood) for one in fits)


def posterior(log_likelihoods: Sequence[float]) -> list[float]:
    """Probabilities of settings that were equally probable before the numbers were seen.

    They say which of these settings explains the numbers best. They do not say that one of them is right.

    Raises
    ------
    ValueError
        If there is none, or one is NaN.
    """
    found = np.asarray(log_likelihoods, dtype=float)
    if not len(found) or np.isnan(found).any():
        message = f"every setting needs the likelihood of all numbers; got {list(log_likelihoods)}"
        raise ValueError(message)
    weights = np.exp(found - found.max())
    shares: list[float] = (weights / weights.sum()).tolist()
    return shares
