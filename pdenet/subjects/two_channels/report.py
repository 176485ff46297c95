"""What the recorded runs of two channels say: what their layers do to waves, and the verdicts in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.models.two_channel_net import TwoChannelNet
from pdenet.page.tables import markdown_table
from pdenet.page.words import say
from pdenet.runs.table import recorded
from pdenet.subjects.two_channels.measures import extremes
from pdenet.subjects.two_channels.networks import ALONE, AT_ONCE, DEPTHS, FIRST, FREE, IN_TURN, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.page.words import Judged
    from pdenet.runs.table import CellResult, Place

SHALLOW, DEEP = DEPTHS[0], DEPTHS[-1]


def waves_table(cells: Mapping[Place, CellResult]) -> str:
    """What the trunks of two channels do to the waves of an image, at the start and after training.

    Sizes are the largest R^2 + I^2 over waves, medians over seeds.

    Parameters
    ----------
    cells
        The runs by place; a cell of which every seed diverged has no row.
    """
    rows = []
    for name in (IN_TURN, FREE, AT_ONCE):
        for depth in DEPTHS:
            result = cells.get((depth, name))
            if result is None or result.diverged == len(result.records):
                continue
            networks = recorded(result)
            row: list[object] = [name, depth]
            for network in (networks.start, networks.trained):
                if not isinstance(network, TwoChannelNet):
                    message = f"{name!r} must be a network of two channels; got {type(network).__name__}"
                    raise TypeError(message)
                found = extremes(network)
                bound = np.median(found.bound) if name == IN_TURN else np.inf
                row += [_short(np.median(found.largest)), _short(bound), f"{found.unstable.mean():.0%}"]
            rows.append(row)
    parts = ("largest size", "its bound", r"layers with $\lvert k\rvert > 2$")
    heads = [f"{part}, {when}" for when in ("start", "trained") for part in parts]
    return markdown_table(["network", "layers", *heads], rows)


def _short(value: float) -> str:
    if np.isinf(value):
        return "none"
    return f"{value:.1f}" if value < 1000 else f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def means(cells: Mapping[Place, CellResult]) -> str:
    """Mean accuracies of the deepest networks beside the classifier alone, in a sentence."""
    parts = [
        f"{name} {cells[DEEP, name].per_cent.mean():.1f} %"
        + _dead(cells[DEEP, name].learned, len(cells[DEEP, name].records))
        for name in (IN_TURN, FREE, AT_ONCE, FIRST, SECOND)
        if (DEEP, name) in cells
    ]
    if (0, ALONE) not in cells or not parts:
        return "Not all networks have been run yet."
    alone = cells[0, ALONE].per_cent.mean()
    return f"Of {DEEP} layers, means over all seeds: {'; '.join(parts)}. The classifier alone: {alone:.1f} %."


def _dead(learned: int, seeds: int) -> str:
    return "" if learned == seeds else f" ({learned} of {seeds} seeds learn)"


def reading(judged: Mapping[str, Judged]) -> str:
    """What the verdicts say together; of a claim without runs nothing.

    Parameters
    ----------
    judged
        The claims by id.
    """
    lines = [
        say(
            judged.get("2.5a"),
            f"In turn, {DEEP} layers lose less than a point against {SHALLOW}.",
            f"In turn, {DEEP} layers lose a point or more against {SHALLOW}.",
            f"Whether {DEEP} layers in turn lose less than a point against {SHALLOW} is not decided.",
        ),
        say(
            judged.get("2.5b"),
            f"They err less often than {FIRST} of that depth.",
            f"They err no less often than {FIRST} of that depth.",
            f"Whether they err less often than {FIRST} of that depth is not decided.",
        ),
        say(
            judged.get("2.5c"),
            f"They agree with {SECOND} to half a point.",
            f"They are more than half a point away from {SECOND}.",
            f"Whether they agree with {SECOND} to half a point is not decided.",
        ),
        say(
            judged.get("2.5d"),
            "The order of the two updates matters: at once, such layers err more often.",
            "The order of the two updates makes no difference that shows.",
            "Whether such layers err more often at once is not decided.",
        ),
        say(
            judged.get("2.5f"),
            "So do layers in turn without the bound on their parameters.",
            "Layers in turn without the bound on their parameters do not err more often.",
            "Of layers in turn without the bound on their parameters it is not decided.",
        ),
        say(
            judged.get("2.5g"),
            f"The $i$ helps: {SHALLOW} layers in turn are better than no layers",
            f"The $i$ is no help: {SHALLOW} layers in turn are worse than no layers",
            f"An $i$ that helps is not seen: {SHALLOW} layers in turn are not told apart from no layers",
        )
        + say(
            judged.get("2.5h"),
            f", and {DEEP} are better.",
            f", and {DEEP} are worse.",
            f", and of {DEEP} it is not decided.",
        ),
        say(
            judged.get("2.5i"),
            f"Read as squares, {SHALLOW} layers are better than none.",
            f"Read as squares, {SHALLOW} layers are worse than none.",
            f"Read as squares, whether {SHALLOW} layers are better than none is not decided.",
        ),
    ]
    return " ".join(line for line in lines if line.strip())
