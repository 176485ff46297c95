"""Which settings a first look with one seed leaves in the race: the rule was written before the look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pdenet.subjects.depth.settings import PRINTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.subjects.depth.settings import Network

ABOVE, BELOW = 0.5, 2.0
"""Points by which a screened setting may lie above or below what is printed, in all cells but (39), 50.

Fixed before the screening, which reads the mean of its last five epochs. From there to the last ten of fifty
our networks of Tables 4.1 and 4.2 gained 0.05 to 0.62 points in these cells, so that one that is too high
already will not come down; a mistaken loss learns more slowly, so that more is granted below."""
LEARNED = 50.0
"""Per cent that (39) of 50 layers must reach; by how much it misses, one seed cannot say."""

NOISY: tuple[Network, int] = ("(39)", 50)
"""The network whose seeds differ by points, so that one of them says little."""


def out_of_reach(found: Mapping[tuple[Network, int], float]) -> list[tuple[Network, int]]:
    """The places by which a setting is dropped; none if it stays.

    Parameters
    ----------
    found
        Accuracies of the first look in per cent, one for each place that is printed.

    Raises
    ------
    ValueError
        If a place is missing: half a look drops nobody.
    """
    if missing := [place for place in PRINTED if place not in found]:
        message = f"the first look lacks {missing}; it needs all {len(PRINTED)} places"
        raise ValueError(message)
    dropped = []
    for place, printed in PRINTED.items():
        high, low = (found[place] - printed > ABOVE, printed - found[place] > BELOW)
        if found[place] < LEARNED if place == NOISY else high or low:
            dropped.append(place)
    return dropped
