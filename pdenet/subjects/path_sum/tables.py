"""Tables of the page: cancellation by network and depth, the heaviest paths, draws with signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.page.tables import markdown_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pdenet.ops.paths.paths import Heaviest
    from pdenet.ops.paths.signed import SignedDraws
    from pdenet.subjects.path_sum.measures import ByLength, Cancelled

    Place = tuple[str, int]  # network, layers


def spread(values: NDArray[np.float64]) -> str:
    """Median and range, to two digits; nothing of what is not known."""
    known = values[np.isfinite(values)]
    if not known.size:
        return ""
    middle, low, high = map(two_digits, (np.median(known), known.min(), known.max()))
    return f"{middle} ({low} to {high})"


def two_digits(value: float) -> str:
    """A number to two digits, without an exponent below ten thousand: 0.79, 490, 1.4e9."""
    rounded = float(f"{value:.1e}")
    if 1e-3 <= abs(rounded) < 1e4:
        return f"{rounded:.0f}" if abs(rounded) >= 10 else f"{rounded:.2g}"
    mantissa, exponent = f"{rounded:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def cancellation_table(found: Mapping[tuple[str, int, str], Cancelled]) -> str:
    """Cancellation by network, layers and "start" or "trained": median and range over seeds."""
    header = ["network", "layers", "", "$C$, all outputs", "$C$, brightest pixel", "$C / P$"]
    rows = [
        [network, depth, state, *map(spread, (one.outputs, one.at_brightest, one.outputs / one.bound))]
        for (network, depth, state), one in found.items()
    ]
    return markdown_table(header, rows)


def heaviest_table(found: Mapping[Place, Sequence[Heaviest]], paths: int) -> str:
    """Of the heaviest paths into the brightest pixel: absolute share, and signed sum over output."""
    header = ["network", "layers", f"share of the first {paths}", "their sum / output", "$C$"]
    rows = []
    for (network, depth), several in found.items():
        share = np.array([one.share[paths - 1] for one in several])
        total = np.array([one.partial_sums[paths - 1] / one.total for one in several])
        cancels = np.array([one.cancellation for one in several])
        rows.append([network, depth, *map(spread, (share, total, cancels))])
    return markdown_table(header, rows)


def signs_table(found: Mapping[Place, Sequence[tuple[SignedDraws, float]]]) -> str:
    """Draws with signs against the pixel: error predicted and found, and draws for one per cent."""
    header = ["network", "layers", "predicted error", "error found", "draws for one per cent"]
    rows = []
    for (network, depth), several in found.items():
        predicted = np.array([drawn.error(output) / output for drawn, output in several])
        errors = np.array([abs(drawn.estimate / output - 1) for drawn, output in several])
        needed = np.array([1e4 * ((drawn.absolute / output) ** 2 - 1) for drawn, output in several])
        rows.append([network, depth, *map(spread, (predicted, errors, needed))])
    return markdown_table(header, rows)


def length_table(found: Mapping[str, ByLength]) -> str:
    """Share of the absolute sum, and part of the output, by length: medians over seeds."""
    lengths = range(next(iter(found.values())).count.shape[1])
    header = ["network", "", *(f"length {length}" for length in lengths)]
    rows = []
    for network, one in found.items():
        for name, values in (("share of the absolute sum", one.share), ("part of the output", one.part)):
            middle = np.round(np.median(values, axis=0), 2) + 0.0
            rows.append([network, name, *(f"{value:.2f}" for value in middle)])
    return markdown_table(header, rows)
