"""What the recorded runs of remedies say, in words and tables, worked out from their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.page.claims import error_probability
from pdenet.page.tables import markdown_table
from pdenet.runs.claims import Judged, Verdict
from pdenet.runs.table import CellResult, Place, cell_name
from pdenet.subjects.remedies.claims import AGAINST_ALONE, DEEP, NONE
from pdenet.subjects.remedies.networks import (
    DEPTHS,
    IMPLICIT,
    NETWORKS,
    PERIODIC,
    PLAIN,
    POSITIVE,
    SCALED,
    SMALL,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from pdenet.runs.interval import Interval

Cells = dict[Place, CellResult]
WORDS = {
    Verdict.HOLDS: "better than no layers",
    Verdict.DOES_NOT_HOLD: "worse than no layers",
    Verdict.NOT_DECIDED: "not decided",
}
"""What a verdict on a claim of `AGAINST_ALONE` is called."""

# What the chapter derives, by remedy: growth, drift, blur, and which functions the network can compute.
THEORY = {
    SCALED: (
        r"at most $e^{T\bar\gamma}$; what is more falls as $1/L$",
        "$T$ times the mean",
        "$T$ times the mean, less a part that falls as $1/L$",
        "as before, in shorter steps",
    ),
    POSITIVE: ("none", r"at most $\alpha^2$ a layer", "always, adds up", "those of the classifier alone"),
    PERIODIC: ("nothing leaves, and what grows stays", "goes round", "as before", "as before"),
    IMPLICIT: (
        r"none, for any drift, if $\gamma \le 0$",
        "as before",
        r"$\alpha^2 + \beta^2$ a layer",
        "another step of the same equation",
    ),
    SMALL: ("little at first", "little at first", "little at first", "as before"),
}


def against_alone(judged: Mapping[str, Judged], depth: int | None = None) -> dict[Place, Judged]:
    """The verdicts whether layers are better than none, by place; of one depth, if it is given."""
    return {
        place: judged[claim.id]
        for place, claim in AGAINST_ALONE.items()
        if claim.id in judged and depth in (None, place[0])
    }


def in_short(cells: Cells, judged: Mapping[str, Judged]) -> str:
    """The chapter in a paragraph; what was not run is named."""
    if NONE not in cells:
        return "**In short.** The classifier alone has not been run yet; without it there is no yardstick."
    alone = cells[NONE].per_cent
    deep = {name: cells[DEEP, name].per_cent.mean() for name in NETWORKS if (DEEP, name) in cells}
    lines = [
        f"**In short.** The classifier alone is right on {alone.mean():.1f} % (mean over {len(alone)} seeds)."
    ]
    if PLAIN in deep:
        lines.append(f"Behind {DEEP} layers without a remedy it is right on {deep.pop(PLAIN):.1f} %.")
    if deep:
        shown = "; ".join(f"*{name}* {value:.1f}" for name, value in deep.items())
        lines.append(f"With a remedy, in per cent: {shown}.")
        lines.append(_apart(judged, DEEP))
    small = against_alone(judged, DEEP).get((DEEP, SMALL))
    if small is not None and small.verdict is Verdict.HOLDS:
        lines.append("What the small start gains [a brighter image may explain](#sec:brightness).")
    if missing := [name for name in NETWORKS if (DEEP, name) not in cells]:
        lines.append(f"Not run with {DEEP} layers yet: {'; '.join(missing)}.")
    return "\n".join(lines)


def _apart(judged: Mapping[str, Judged], depth: int) -> str:
    groups = _by_verdict(against_alone(judged, depth))
    said = [f"{WORDS[v].capitalize()}: {'; '.join(name for _, name in p)}." for v, p in groups.items() if p]
    return " ".join(said)


def _by_verdict(judged: Mapping[Place, Judged]) -> dict[Verdict, list[Place]]:
    return {verdict: [place for place, one in judged.items() if one.verdict is verdict] for verdict in WORDS}


def results_table(
    cells: Cells, judged: Mapping[str, Judged], strange: Mapping[Place, NDArray[np.float64]]
) -> str:
    """Accuracy, gain over the classifier alone, corrected error probability, verdict and strangeness.

    Parameters
    ----------
    cells, judged
        The runs by place, and their claims.
    strange
        Strangeness of the trained trunks, (seed,), by place.
    """
    helped = against_alone(judged)
    rows = [[NONE[1], "–", cells[NONE].text, "", "", "", "0"]] if NONE in cells else []
    for place in AGAINST_ALONE:
        depth, name = place
        if place not in cells:
            rows.append([name, str(depth), "not run yet", "", "", "", ""])
            continue
        one = helped.get(place)
        said = (
            ["", "", ""]
            if one is None
            else [f"{one.found:+.1f}", error_probability(one.adjusted), WORDS[one.verdict]]
        )
        rows.append([name, str(depth), cells[place].text, *said, f"{strange[place].mean():.2f}"])
    header = ["network", "layers", "accuracy (%)", "gain (points)", "p", "verdict", "strangeness"]
    return markdown_table(header, rows)


def repair(judged: Mapping[str, Judged]) -> str:
    """What the gains over the classifier alone say of the prediction that none is above zero."""
    helped = against_alone(judged)
    groups = _by_verdict(helped)
    better = groups[Verdict.HOLDS]
    counts = (
        f"Of {len(helped)} networks with layers, {len(better)} can be said to be better than the classifier "
        f"alone, {len(groups[Verdict.DOES_NOT_HOLD])} to be worse, and for "
        f"{len(groups[Verdict.NOT_DECIDED])} it is not decided; their error probabilities (p) are corrected "
        "for each other."
    )
    if not helped:
        return "The networks cannot be compared with the classifier alone yet."
    if not better:
        return f"{counts} **No remedy is more than repair:** at best it gives back what the layers had taken."
    names = "; ".join(cell_name(*place) for place in better)
    gain = max(helped[place].found.estimate for place in better)
    return (
        f"{counts} The prediction that none is better does not hold: {names}; the largest gain is "
        f"{gain:.1f} points. Whether the equation gains them is asked below."
    )


def lesson(judged: Mapping[str, Judged]) -> str:
    """What to make of growth against blur on a torus, 4.4k."""
    one = judged.get("4.4k")
    if one is None:
        return "Growth and blur on a torus cannot be compared yet."
    return "4.4k " + one.say(
        "holds: on a torus, where nothing leaves, layers that cannot grow are better than layers that do.",
        "does not hold, against what we expected: on a torus, where nothing leaves, layers that cannot grow "
        "are worse than layers that do.",
        "is not decided: growth or blur may be the worse ill on a torus.",
    )


def merit(order: Interval, calm: Mapping[str, float]) -> str:
    """What accuracy has to do with doing little.

    Parameters
    ----------
    order
        As `order_of_merit` finds it.
    calm
        Mean strangeness of the networks that are not worse than the classifier alone, by name.
    """
    if order.low > 0:
        verdict = "Who does less mostly scores higher."
    elif order.high < 0:
        verdict = "Who does less mostly scores lower."
    else:
        verdict = "Whether doing little explains the order of merit is not decided."
    listed = "; ".join(f"{name} ({value:.2f})" for name, value in calm.items())
    text = (
        f"Over {order.n} networks of {DEEP} layers, the rank correlation of nearness to the identity with "
        f"accuracy is {order:.2f}. {verdict}"
    )
    if not listed:
        return text
    return (
        f"{text} Those not worse than the classifier alone, with the strangeness of their layers: {listed}."
    )


def summary(cells: Cells, judged: Mapping[str, Judged]) -> str:
    """What is derived for each remedy, and what became of it in training, as a table."""
    helped = against_alone(judged)
    rows = [
        [name, *theory, *(_outcome(cells, helped, (depth, name)) for depth in DEPTHS)]
        for name, theory in THEORY.items()
    ]
    header = ["remedy", "growth", "drift", "blur", "functions", *(f"{depth} layers" for depth in DEPTHS)]
    return markdown_table(header, rows)


def _outcome(cells: Cells, helped: Mapping[Place, Judged], place: Place) -> str:
    if place not in helped:
        return "not run yet"
    return f"{cells[place].per_cent.mean():.1f} %: {WORDS[helped[place].verdict]}"
