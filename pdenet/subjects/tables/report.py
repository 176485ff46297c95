"""Tables of the page in Markdown: the thesis's beside ours, and each network beside no layers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pdenet.page.claims import error_probability
from pdenet.page.tables import markdown_table
from pdenet.runs.claims import Verdict
from pdenet.runs.intervals import mean_interval
from pdenet.runs.record import provenance
from pdenet.runs.results import late_accuracy
from pdenet.runs.table import cell_name
from pdenet.subjects.tables.claims import ALONE, against_alone, by_tail, printed_apart
from pdenet.subjects.tables.networks import FRESH, SEEDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pdenet.runs.claims import Judged
    from pdenet.runs.table import CellResult, Place, Table

WORDS = {Verdict.HOLDS: "better", Verdict.DOES_NOT_HOLD: "worse", Verdict.NOT_DECIDED: "not decided"}


def grid(table: Table, cells: Mapping[Place, CellResult]) -> str:
    """A table of the thesis with ours in it, and where our runs come from.

    Parameters
    ----------
    table
        Which.
    cells
        Our runs by place.
    """
    usual = Counter(len(found.records) for found in cells.values()).most_common(1)[0][0]
    rows = [
        [depth, *(_shown(cells.get((depth, column)), usual) for column in table.columns)]
        for depth in table.depths
    ]
    runs = [record for found in cells.values() for record in found.records]
    seeds = sorted({len(found.records) for found in cells.values()})
    each = " to ".join(map(str, dict.fromkeys((seeds[0], seeds[-1]))))
    hours = sum(record.seconds for record in runs) / 3600
    source = f"{provenance(runs)}; {each} seeds a cell; {hours:.1f} hours of training"
    body = markdown_table(["layers", *table.columns], rows)
    return f"{body}\n\n*Test accuracy in per cent after the last epoch, MNIST. {source}.*"


def _shown(found: CellResult | None, usual: int) -> str:
    """Our runs of a cell in per cent, their number if it is unusual, and where the thesis's value lies."""
    if found is None:
        return "–"
    learned, seeds = [100 * share for share in found.alive], len(found.records)
    text = f"**{sum(learned) / len(learned):.2f}**" if learned else "–"
    if len(learned) == seeds > 1:
        interval = mean_interval(learned)
        text += f"\n[{interval.low:.2f}, {interval.high:.2f}]"
    else:
        text += f"\n{len(learned)} of {seeds} learned"
    if len(learned) == seeds != usual:
        text += f"\n{seeds} seeds"
    if found.cell.thesis is None:
        return text
    return f"{text}\nthesis {100 * found.cell.thesis:.1f}, {found.thesis_lies or 'no interval'}"


def lies(cells: Mapping[Place, CellResult]) -> str:
    """A sentence: where the values of the thesis lie to one more run of ours."""
    found = [cell.thesis_lies for cell in cells.values() if cell.thesis_lies]
    inside, below, above = (found.count(which) for which in ("inside", "below", "above"))
    return (
        f"Of {len(found)} values that the thesis prints, {inside} lie where one more run of ours would,"
        f" {below} "
        f"below and {above} above."
    )


def ends(cells: Mapping[Place, CellResult], columns: Sequence[str]) -> str:
    """A sentence: the means of networks with 5 and with 50 layers, over the seeds that learned."""
    said = []
    for column in columns:
        first, last = (cells[depth, column].alive for depth in (5, 50))
        deep = f"{100 * sum(last) / len(last):.1f}" if last else "none that learned"
        said.append(f"{column} {100 * sum(first) / len(first):.1f} and {deep}")
    return f"With 5 and with 50 layers: {'; '.join(said)} %."


def alone_table(cells: Mapping[Place, CellResult]) -> str:
    """Every network with layers beside the classifier alone, best first; those that never learned last."""
    judged = against_alone(cells)
    rows: list[list[object]] = []
    for place, one in sorted(judged.items(), key=lambda item: -item[1].found.estimate):
        found = cells[place]
        learned = f"{found.learned} of {len(found.records)}"
        rows.append(
            [
                cell_name(*place),
                learned,
                f"{one.found:+.2f}",
                error_probability(one.adjusted),
                WORDS[one.verdict],
            ]
        )
    dead = [(place, found) for place, found in cells.items() if place[0] and place not in judged]
    rows += [
        [cell_name(*place), f"{found.learned} of {len(found.records)}", "", "", ""] for place, found in dead
    ]
    return markdown_table(["network", "learned", "points ahead of the classifier alone", "p", ""], rows)


def tails(cells: Mapping[Place, CellResult], places: Sequence[Place]) -> str:
    """How far networks are ahead of the classifier alone, by the number of last epochs that are read."""
    counts = (1, 5, 10, 20)
    rows = [
        [
            cell_name(*place),
            *(f"{one:+.2f}" if one else "–" for one in by_tail(cells[place], cells[ALONE], counts).values()),
        ]
        for place in places
    ]
    heads = ["last epoch", *(f"mean of the last {count}" for count in counts[1:])]
    return markdown_table(["network", *heads], rows)


def again(claims: Mapping[str, Judged]) -> str:
    """What fresh seeds say of (40), and what brightness alone does, in a paragraph."""
    fresh, alone, ahead = (claims[name] for name in ("F1", "G1", "G2"))
    return (
        f"That the second equation helps was found on seeds 0 to {SEEDS - 1}, by a reading that was chosen"
        f" after seeing them. Of 15 layers, seeds {SEEDS} to {SEEDS + FRESH - 1}, trained later, say alone:"
        f" {fresh.found:+.2f} points ahead of the classifier ({fresh.verdict}). The other depths were not"
        " asked again. And is it the equation that helps? Its trained layers also make the image"
        r" brighter ([above](#fig:features)). Layers that do only that, one number $\gamma$ a layer and no"
        f" neighbours, are ahead of the classifier by {alone.found:+.2f} points with 15 layers"
        f" ({alone.verdict}, n {alone.found.n}), and the second equation is ahead of them by"
        f" {ahead.found:+.2f} ({ahead.verdict}): "
        + ahead.say(
            "more than brightness.",
            "no more than brightness.",
            "whether it is more than brightness is open.",
        )
    )


def wider(claims: Mapping[str, Judged]) -> str:
    """What more channels do, in a sentence or two."""
    one, first, second = (claims[name] for name in ("H2", "H3", "H4"))
    return (
        f"Sixteen channels are ahead of one by {one.found:.2f} points ({one.verdict}), of the first equation"
        f" by {first.found:.2f} ({first.verdict}) and of the second by {second.found:.2f}"
        f" ({second.verdict}); each has {one.found.n} seeds. "
        + first.say(
            "That PDE nets and residual nets agree is said of a residual net with one channel.",
            "The one channel of the control is no handicap.",
            "Whether one channel is a handicap is open.",
        )
    )


def two_controls(claims: Mapping[str, Judged]) -> str:
    """The two controls that the thesis prints, beside how far apart two more of ours would be."""
    rows = []
    for depth in (27, 50):
        found = claims[f"T1, {depth}"].found
        rows.append([depth, f"{printed_apart(depth):.1f}", f"{found.high:.2f}", found.n])
    return markdown_table(
        ["layers", "apart in print", "two of ours, 95 % are within", "runs that learned"], rows
    )


def in_short(cells: Mapping[Place, CellResult], claims: Mapping[str, Judged]) -> str:
    """The page in a paragraph."""
    judged = against_alone(cells)
    count = {which: [one.verdict for one in judged.values()].count(which) for which in Verdict}
    better = [cell_name(*place) for place, one in judged.items() if one.verdict is Verdict.HOLDS]
    alone = mean_interval([late_accuracy(record) for record in cells[ALONE].records])
    gain, fall, rise = (claims[name].found for name in ("4.2k", "4.1e", "4.2i"))
    places = [found.thesis_lies for found in cells.values() if found.thesis_lies]
    below = places.count("below")
    controls = [found for (depth, column), found in cells.items() if depth and column == "c_ResNet"]
    among = sum(len(found.records) for found in controls)
    dead = among - sum(found.learned for found in controls)
    return (
        f"**In short.** The classifier alone, on raw pixels, is right on {alone:.2f} % of the test images. Of"
        f" {len(judged)} kinds of network with layers in front of it, **{count[Verdict.HOLDS]} are"
        " clearly better**"
        f" ({', '.join(better) or 'none'}), {count[Verdict.DOES_NOT_HOLD]} are clearly worse and"
        f" {count[Verdict.NOT_DECIDED]} cannot be told from it. Behind fifty layers of the second"
        " equation it gains"
        f" {gain:.2f} points. From 5 to 50 layers the first equation changes by {-fall.estimate:+.2f} points"
        f" [{-fall.high:+.2f}, {-fall.low:+.2f}], the second by {-rise.estimate:+.2f}"
        f" [{-rise.high:+.2f}, {-rise.low:+.2f}]. (All of these are means of the last ten epochs, paired"
        " by seed;"
        f" the tables show the last epoch.) Of {len(places)} values that the thesis prints, {below} lie"
        " below one"
        " more run of ours: [the next page](#ch:depth) finds a loss that explains those of the PDE"
        " networks. And"
        f" {dead} of {among} controls, started as PyTorch would start them, [never learned"
        " anything](#ch:blind)."
    )
