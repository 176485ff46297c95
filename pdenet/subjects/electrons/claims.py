"""What is claimed of the long runs; committed before them, the spacing 0.2 alone having been looked at.

No seed draws anything: intervals are of the grid.
Where three spacings were computed, the estimate is what they say of the spacing zero, and the ends of its
interval are as far away as the last two of them and the first two disagree.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from pdenet.runs.claims import Claim
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import exact_interval
from pdenet.subjects.electrons.arms import CN_STEP, EULER_STEPS, SPACINGS, grid_name, run_name
from pdenet.subjects.electrons.measures import extrapolated
from pdenet.subjects.electrons.propagators import VISSCHER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pdenet.runs.results import Results

OFF = 1e-3
"""How far off a norm may be for the cost of a method."""


def on_grids(results: Results, value: Callable[[Mapping[str, float]], float]) -> Interval | None:
    """A value by the records of all spacings, as it would be on the finest of grids."""
    records = [record for spacing in SPACINGS for record in results.records(grid_name(spacing))]
    if len(records) != len(SPACINGS):
        return None
    last, apart = extrapolated(SPACINGS, [value(record.measured) for record in records])
    return Interval(last, last - apart, last + apart, len(SPACINGS))


def _most(results: Results, value: Callable[[Mapping[str, float]], float]) -> Interval | None:
    """The largest of a value over the spacings."""
    records = [record for spacing in SPACINGS for record in results.records(grid_name(spacing))]
    if len(records) != len(SPACINGS):
        return None
    return exact_interval(max(value(record.measured) for record in records), len(records))


def _run(dt: float, results: Results) -> Mapping[str, float] | None:
    records = results.records(run_name("Euler", dt))
    return records[0].measured if records else None


def cost_ratio(results: Results) -> Interval | None:
    """Steps that Euler needs to stay within `OFF`, by the growth that was measured, for one of the others'.

    The growth over a time is in proportion to the step, as the theorem has it.
    """
    found = _run(EULER_STEPS[1], results)
    if found is None or "growth" not in found:
        return None
    allowed = EULER_STEPS[1] * math.log1p(OFF) / math.log1p(found["growth"])
    return exact_interval(CN_STEP / allowed)


def _foreseen(dt: float, what: str, results: Results) -> Interval | None:
    """How far what was foreseen is from what was measured, relative."""
    found = _run(dt, results)
    if found is None or what not in found or f"foreseen {what}" not in found:
        return None
    return exact_interval(abs(found[f"foreseen {what}"] / found[what] - 1))


def above_exact(found: Mapping[str, float]) -> float:
    """How far exact exchange's line lies above that of the pair, per cent."""
    return 100 * (found["Crank-Nicolson line"] / found["exact line"] - 1)


def threshold_above_line(found: Mapping[str, float]) -> float:
    """How far above the pair's line local exchange lets an electron go, hartree."""
    return -found["local exchange level"] - found["exact line"]


def methods_apart(found: Mapping[str, float]) -> float:
    """How far the lines of two propagators are apart, per cent."""
    return 100 * abs(found[f"{VISSCHER} line"] / found["Crank-Nicolson line"] - 1)


CLAIMS = (
    Claim(
        "EL1",
        "to keep the norm within 0.1 % up to t = 400, Euler needs more than a hundred times the steps of"
        " Crank and Nicolson (ratio)",
        threshold=100.0,
        measure=cost_ratio,
    ),
    Claim(
        "EL2",
        "how much Euler's norm grows by then is foreseen to a hundredth by the theorem for a field at rest"
        " (relative deviation)",
        kind="prediction",
        threshold=0.01,
        direction="below",
        measure=partial(_foreseen, EULER_STEPS[1], "growth"),
    ),
    Claim(
        "EL3",
        "the time at which a run of longer steps runs away is foreseen to a hundredth (relative deviation)",
        kind="prediction",
        threshold=0.01,
        direction="below",
        measure=partial(_foreseen, EULER_STEPS[0], "runaway"),
    ),
    Claim(
        "EL4",
        "Crank and Nicolson's norm is off by rounding alone, on every grid",
        kind="identity",
        threshold=1e-10,
        direction="below",
        measure=partial(_most, value=lambda found: found["Crank-Nicolson norm off"]),
    ),
    Claim(
        "EL5",
        "the lines of Crank-Nicolson and of Visscher are less than 0.1 % apart, on every grid (per cent)",
        threshold=0.1,
        direction="below",
        measure=partial(_most, value=methods_apart),
    ),
    Claim(
        "EL6",
        "with exact exchange the first line is less than 5 % above that of the exact pair (per cent)",
        threshold=5.0,
        direction="below",
        measure=partial(on_grids, value=above_exact),
    ),
    Claim(
        "EL7",
        "with local exchange an electron is set free below that line, which is lost"
        " (threshold less line, hartree)",
        threshold=0.0,
        direction="below",
        measure=partial(on_grids, value=threshold_above_line),
    ),
)
"""What a step of Euler's costs an electron, and whether the physics that the better steps show is right."""
