"""What the page says follows from the runs and the verdicts, whichever they are."""

from __future__ import annotations

from dataclasses import replace

from pdenet.runs.claims import Judged
from pdenet.runs.intervals import exact_interval
from pdenet.subjects.two_channels import report
from pdenet.subjects.two_channels.claims import CLAIMS
from pdenet.subjects.two_channels.experiment import TWO_CHANNELS
from pdenet.subjects.two_channels.networks import ALONE, AT_ONCE, DEPTHS, IN_TURN, SECOND

CELLS = TWO_CHANNELS.found()


def judged(sign: int) -> dict[str, Judged]:
    """All claims with a measure on the right side of the threshold, or on the wrong one."""
    return {
        claim.id: Judged(
            claim,
            exact_interval(claim.threshold + sign * (0.1 if claim.direction == "above" else -0.1)),
            1e-3,
        )
        for claim in CLAIMS
    }


def test_the_table_has_a_line_for_each_trunk_of_two_channels() -> None:
    lines = report.waves_table(CELLS).splitlines()
    assert len(lines) == 2 + 3 * len(DEPTHS)
    (turn,) = [line for line in lines if line.startswith("| in turn | 50 |")]
    assert turn.split("|")[5].strip() == "0%"
    (once,) = [line for line in lines if line.startswith("| at once | 50 |")]
    assert [cell.strip() for cell in once.split("|")][4] == "none"
    assert "e9" in once
    first = CELLS[5, IN_TURN]
    dead = replace(first, records=tuple(replace(record, diverged_at=1) for record in first.records))
    assert len(report.waves_table({(5, IN_TURN): dead}).splitlines()) == 2


def test_means_name_who_does_not_learn() -> None:
    text = report.means(CELLS)
    assert text.startswith(f"Of 50 layers, means over all seeds: {IN_TURN} ")
    assert text.endswith(f"The classifier alone: {CELLS[0, ALONE].per_cent.mean():.1f} %.")
    assert (f"of {len(CELLS[50, AT_ONCE].records)} seeds learn" in text) == any(
        CELLS[50, name].learned < 10 for name in (IN_TURN, AT_ONCE, SECOND, "(39)", "in turn, unbounded")
    )
    assert "have been run yet" in report.means({})


def test_the_reading_follows_the_verdicts() -> None:
    good, bad = (report.reading(judged(sign)) for sign in (1, -1))
    assert "lose less than a point" in good
    assert "5 layers in turn are better than no layers, and 50 are better." in good
    assert "agree with (40) to half a point" in good
    assert good.endswith("Read as squares, 5 layers are better than none.")
    assert "lose a point or more" in bad
    assert "5 layers in turn are worse than no layers, and 50 are worse." in bad
    assert "more than half a point away from (40)" in bad
    assert bad.endswith("Read as squares, 5 layers are worse than none.")
    open_ones = {name: one._replace(adjusted=0.5) for name, one in judged(1).items()}
    assert report.reading(open_ones).count("not decided") == 7
    assert report.reading({}) == ""
