"""What is said of the saved runs: ranges over all of them, and each number beside what limits it."""

from typing import Any

import pytest
from helpers.bench import OLD, made

from pdenet.subjects.performance import findings
from pdenet.subjects.performance.report import DASH, saved_runs

RUNS = saved_runs()


def timed(**milliseconds: tuple[float, float, float]) -> dict[str, Any]:
    """A result of contenders with these median times, best times and median ratios."""
    rows = [
        {
            "contender": way,
            "what": way,
            "milliseconds": ms,
            "best_milliseconds": best,
            "ratio_to_fused": ratio,
        }
        for way, (ms, best, ratio) in milliseconds.items()
    ]
    return {**OLD, "rows": rows}


def test_a_ratio_is_a_range_over_runs_and_over_medians_and_best_times() -> None:
    runs = {
        "a": timed(fused=(2.0, 1.0, 1.0), slow=(20.0, 12.0, 10.0), near=(6.0, 4.0, 3.0)),
        "b": timed(fused=(1.0, 1.0, 1.0), slow=(15.0, 14.0, 15.0)),
    }
    found = findings.ratios(runs)
    assert [(one.what, one.least, one.most) for one in found] == [("near", 3, 4), ("slow", 10, 15)]
    assert findings.ratios({"c": timed(slow=(1.0, 1.0, 1.0))}) == []


def test_the_nearest_rival_comes_first_in_the_paragraph() -> None:
    text = findings.in_short(RUNS)
    listed = [one.what for one in findings.ratios(RUNS)]
    assert listed[0] == "shifted slices, torch.compile"
    assert [text.index(what) for what in listed] == sorted(text.index(what) for what in listed)
    assert "thesis" not in text
    assert "conv2d, eager: 152 to 208" in text
    assert "aim" not in text


def test_each_number_stands_beside_what_limits_it_and_not_beside_a_wish() -> None:
    rows = {what: (value, limit) for what, value, limit in findings.limits(made(0.51, 1.85, 0.7))}
    assert rows["share of the FMA peak, five-point"] == ("51.0%", "75%")
    assert rows["one thread's time over all threads', nine-point"] == ("1.85", "2.00")
    assert rows["memory that layers 6 to 500 add (MiB)"] == ("0.4", "189 if all were stored")
    share, bound = rows["the operator's share of an epoch"]
    assert share == "70.0%"
    # operator and classifier take 0.7 and 0.075: the operator is 0.09 times as fast
    ratio = 588_000 / 0.7 / (704_256 / 0.075)
    assert bound == f"{100 / (1 + 704_256 / (588_000 / ratio)):.1f}%"
    text = findings.limits_table(made(0.51, 1.85, 0.7))
    assert not any(word in text for word in ("met", "missed", "wanted"))


def test_what_an_old_result_does_not_say_is_a_dash() -> None:
    rows = findings.limits(OLD)
    assert [value for _, value, _ in rows] == [*[DASH] * 4, "0.4", DASH]
    assert findings.reasons(OLD).startswith("- **The ceiling")
    assert "does not know" in findings.roofs(OLD)
    with pytest.raises(ValueError, match="no saved run knows the peaks"):
        findings.newest_complete({"old": OLD})


def test_the_newest_run_that_knows_its_peaks_is_taken() -> None:
    new = made(0.5, 1.8, 0.7)
    assert findings.newest_complete({"old": OLD, "new": new}) == ("new", new)


def test_reasons_tell_a_busy_machine_from_an_idle_one() -> None:
    result = made(0.3, 1.5, 0.3)
    assert "15 useful multiply-adds a pixel and layer make 30% of the peak" in findings.reasons(result)
    assert "512 bits at the peak; LLVM gives a plain loop 256, half of it or less" in findings.reasons(result)
    assert "was busy" in findings.reasons({**result, "load_at_start": 1.8})
    assert "was idle" in findings.reasons({**result, "load_at_start": 0.1})


def test_the_roofs_are_those_of_memory_or_of_arithmetic() -> None:
    traffic = {"bytes": 1e6, "calls": 3}
    row = {**OLD["rows"][0], "gflops": 5.0, "traffic": traffic}  # in 2 ms: 10 operations a byte
    text = findings.roofs({**made(0.5, 1.8, 0.7), "rows": [row, {**row, "contender": "slow", "gflops": 0.1}]})
    assert "| fused | 3 | 1 | 100.0 | 5.0 | 5 |" in text
    assert "The ridge of this machine is at 20 operations a byte. Below half of the roof: slow." in text


def test_growth_is_that_of_the_last_stretch() -> None:
    points = [{"size": n, "milliseconds": {"fused": float(n), "slices": None}} for n in (14, 28, 56)]
    text = findings.growth_table({**OLD, "sweeps": {"size": {"points": points, "fixed": {}}}})
    assert "| size | fused | 28 to 56 | 4.0 | 2.0 |" in text
    assert "slices" not in text


def test_memory_epochs_and_cards_are_shown_where_they_were_measured() -> None:
    both = {"old": OLD, "new": made(0.5, 1.8, 0.7)}
    assert "| old | fused | 0.2 | 0.4 | 0.6 |" in findings.memory_table(both)
    table = findings.epoch_table(both)
    assert "| new |" in table
    assert "| old |" not in table
    assert "not measured yet" in findings.card_tables({})
    card = {**OLD, "rows": [{**OLD["rows"][0], "floor_milliseconds": 0.5}]}
    assert "- card: a step takes 4.0 times the arithmetic floor of 0.500 ms" in findings.card_tables(
        {"card": card}
    )


def test_the_summary_answers_with_numbers() -> None:
    text = findings.summary(RUNS)
    assert "shifted slices, torch.compile: 11 to 30 times the time" in text
    assert "30.5% of the peak, of 75% at most" in text
    assert "?" not in text
