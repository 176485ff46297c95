"""Tables of the page: what the first look found, and how each setting explains the twelve numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.page.tables import markdown_table
from pdenet.runs.table import CHANCE
from pdenet.subjects.depth.printed import (
    OF_PDE,
    PLACES,
    TWELVE,
    explain,
    explain_all,
    log_likelihood,
    posterior,
)
from pdenet.subjects.depth.screening import out_of_reach
from pdenet.subjects.depth.settings import PRINTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pdenet.subjects.depth.diagram import Diagram
    from pdenet.subjects.depth.printed import Fit
    from pdenet.subjects.depth.settings import Setting


def screening_table(diagram: Diagram, settings: Sequence[Setting]) -> str:
    """The first look in Markdown: accuracies in per cent, in bold those by which a setting is dropped."""
    header = ["setting", *(f"{network} {depth}" for network, depth in PRINTED), ""]
    rows = [["*thesis*", *(f"{value:.1f}" for value in PRINTED.values()), ""]]
    for setting in settings:
        found = diagram.screened(setting)
        if len(found) < len(PRINTED):
            continue
        dropped = out_of_reach(found)
        cells = [
            f"**{found[place]:.1f}**" if place in dropped else f"{found[place]:.1f}" for place in PRINTED
        ]
        rows.append([setting.label, *cells, "dropped" if dropped else "stays"])
    return markdown_table(header, rows)


def complete(diagram: Diagram, settings: Sequence[Setting], numbers: int = len(TWELVE)) -> list[Setting]:
    """Those of the settings whose networks of the first so many numbers were run in full, twice or more."""
    return [
        setting
        for setting in settings
        if all(fit is not None for fit in explain_all(diagram.cells(setting, PLACES))[:numbers])
    ]


def odds(diagram: Diagram, settings: Sequence[Setting], numbers: int = len(TWELVE)) -> dict[Setting, float]:
    """Probabilities of the settings given the first so many numbers, all equal before; the largest first."""
    fits = [log_likelihood(explain_all(diagram.cells(setting, PLACES))[:numbers]) for setting in settings]
    shares = dict(zip(settings, posterior(fits), strict=True))
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def z_table(diagram: Diagram, settings: Mapping[str, Setting]) -> str:
    """The twelve numbers in Markdown, a line each: by setting the mean, the spread of one run and z.

    Parameters
    ----------
    diagram
        Whose runs.
    settings
        By their headings.
    """
    rows = []
    for number in TWELVE:
        row = [number.name, f"{number.accuracy:.1f}"]
        for setting in settings.values():
            accuracies = diagram.cell(setting, number.network, number.depth)
            row.append(_fit(number.accuracy, accuracies))
        rows.append(row)
    fits = [explain_all(diagram.cells(setting, PLACES)) for setting in settings.values()]
    heads = [f"{name} (n {_seeds(found)})" for name, found in zip(settings, fits, strict=True)]
    rows.append(["log-likelihood of the first six", "", *(f"{log_likelihood(f[:OF_PDE]):.1f}" for f in fits)])
    whole = ["–" if None in found else f"{log_likelihood(found):.1f}" for found in fits]
    rows.append(["of all twelve", "", *whole])
    return markdown_table(["number", "printed", *heads], rows)


def control_table(diagram: Diagram, settings: Mapping[str, Setting]) -> str:
    """The control in Markdown, a line a setting: what is printed of it, and what each setting made of it.

    Parameters
    ----------
    diagram
        Whose runs.
    settings
        By their names; those that were run with another equation only, or not at all, have dashes.
    """
    of_control = TWELVE[OF_PDE:]
    rows = [["*thesis*", *(f"{number.accuracy:.1f}" for number in of_control)]]
    for name, setting in settings.items():
        cells = [
            _fit(number.accuracy, diagram.cell(setting, number.network, number.depth))
            for number in of_control
        ]
        rows.append([name, *cells])
    return markdown_table(["control", *(number.name for number in of_control)], rows)


def _seeds(fits: Sequence[Fit | None]) -> str:
    """Numbers of runs behind the fits: one, or the fewest and the most."""
    counts = sorted({fit.runs for fit in fits if fit is not None})
    return " to ".join(map(str, dict.fromkeys((counts[0], counts[-1])))) if counts else "0"


def _fit(printed: float, accuracies: NDArray[np.float64]) -> str:
    found = explain(printed, accuracies)
    if found is None:
        return "–"
    dead = "" if found.learned == found.runs else f" ({found.learned} of {found.runs} learned)"
    if found.learned < 2:
        return f"**{found.learned} of {found.runs} learned**"
    learned = accuracies[accuracies > 100 * CHANCE]
    text = f"{learned.mean():.2f} ± {learned.std(ddof=1):.2f}{dead}, z {found.z:+.1f}"
    return f"**{text}**" if abs(found.z) > 3 else text
