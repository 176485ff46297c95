"""What the page says of the learned equations, counted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table
from pdenet.subjects.learned_equations.measures import Traits, gathered, of_noise
from pdenet.symbolic.converse import kernel_coefficients

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.subjects.learned_equations.measures import Controls

    Floats = NDArray[np.float64]
    Groups = Mapping[str, Mapping[int, Controls]]


def survivors(groups: Groups) -> str:
    """A table: how many networks of each start and depth learned, and how well they label."""
    depths = list(next(iter(groups.values())))
    rows = [
        [
            name,
            *(f"{len(one.seeds)} of {one.of}: {100 * one.accuracies.mean():.2f}" for one in group.values()),
        ]
        for name, group in groups.items()
    ]
    table = markdown_table(["start", *(f"{depth} layers" for depth in depths)], rows)
    return f"Networks that learned, and their mean test accuracy in per cent:\n\n{table}"


def noise_table(groups: Groups, widths: Mapping[str, float], orders: Sequence[tuple[int, int]]) -> str:
    """A table: spread of every coefficient over learned kernels, in units of that of the start's noise.

    Parameters
    ----------
    groups
        Name of a start -> depth -> controls.
    widths
        Name of a start -> half the width of the uniform law from which its taps were drawn.
    orders
        The coefficients (i, j), in the order of the columns.
    """
    noise = of_noise()
    rows = []
    for name, group in groups.items():
        spread = coefficient_spread(group, widths[name])
        rows.append([name, *(f"{spread[order]:.2f}" for order in orders)])
    heads = [f"$a_{{{i}{j}}}$" for i, j in orders]
    by_noise = ["noise, tap of deviation 1", *(f"{noise[order]:.2f}" for order in orders)]
    return markdown_table(["deviation", *heads], [by_noise, *rows])


def coefficient_spread(group: Mapping[int, Controls], width: float) -> Floats:
    """Standard deviations (3, 3) of learned coefficients over those of uniform noise of that half width."""
    deviation = width / 3**0.5
    spread: Floats = kernel_coefficients(gathered(group, "trained")).std(axis=0) / (of_noise() * deviation)
    return spread


def together(group: Mapping[int, Traits]) -> Traits:
    """The traits of all networks of a group, depth after depth."""
    parts = [asdict(one) for one in group.values()]
    return Traits(**{name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def counts(first: Traits, last: Traits, sharpens: float) -> dict[str, int]:
    """How many networks did what, by what it was.

    Parameters
    ----------
    first, last
        Traits of the same networks before and after training.
    sharpens
        Share of layers of noise that sharpen along both axes.
    """
    did = {
        "moved towards (39)": last.reach > first.reach,
        "moved, the centre tap left out": last.around > first.around,
        "at the start sharpen in more layers than chance": first.sharpens > sharpens,
        "trained sharpen in more layers than chance": last.sharpens > sharpens,
        "sharpen in more layers than at the start": last.sharpens > first.sharpens,
        "in fewer": last.sharpens < first.sharpens,
        "at the start add negative variance": first.variance < 0,
        "trained add negative variance": last.variance < 0,
    }
    return {what: int(which.sum()) for what, which in did.items()}


def counts_table(first: Mapping[str, Traits], last: Mapping[str, Traits], sharpens: float) -> str:
    """The counts as a table: a row what was counted, a column a group of networks."""
    found = {name: counts(first[name], last[name], sharpens) for name in first}
    of = {name: len(one.reach) for name, one in last.items()}
    rows = [
        [what, *(f"{found[name][what]} of {of[name]}" for name in found)]
        for what in next(iter(found.values()))
    ]
    return markdown_table(["networks that", *found], rows)


def growth_words(controls: Mapping[int, Controls], after: Mapping[int, Traits], depth: int) -> str:
    """A phrase: the network of a depth whose total growth is furthest from zero."""
    growth = after[depth].growth
    worst = int(np.abs(growth).argmax())
    seed, accuracy = controls[depth].seeds[worst], 100 * controls[depth].accuracies[worst]
    return f"{depth} layers, seed {seed}: {growth[worst]:.1f}, and {accuracy:.1f} % of the digits right"
