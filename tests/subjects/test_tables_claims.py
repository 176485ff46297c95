"""The claims about the tables: measured from the cells they name, judged on the right side."""

from collections.abc import Callable

import pytest
from helpers.records import made

from pdenet.runs.claims import Verdict
from pdenet.runs.compare import Judged, gain, per_cent, standard_errors, verdict
from pdenet.runs.intervals import Interval
from pdenet.runs.table import CellResult, Table
from pdenet.subjects.tables.cells import CONTROLS, TABLE_4_1, TABLE_4_2
from pdenet.subjects.tables.claims import (
    ALONE,
    DEEP,
    against_alone,
    judge_controls,
    judge_printed,
    judge_table_4_1,
    judge_table_4_2,
)

SPREAD = (-0.001, -0.0005, 0.0, 0.0005, 0.001)


Places = dict[tuple[int, str], float]


def result(cell: object, accuracies: list[float | None], seeds: list[int] | None = None) -> CellResult:
    records = tuple(
        made([accuracy], seed=seed)
        for seed, accuracy in zip(seeds or range(len(accuracies)), accuracies, strict=True)
    )
    return CellResult(cell, records)  # type: ignore[arg-type]


def table(values: Places, of: Table = TABLE_4_1) -> dict[tuple[int, str], CellResult]:
    """Every cell at 98 % but those given, with the same small spread over seeds."""
    return {
        (cell.depth, cell.column): result(
            cell, [values.get((cell.depth, cell.column), 0.98) + d for d in SPREAD]
        )
        for cell in of.cells
    }


def verdicts(values: Places, of: Table = TABLE_4_1) -> dict[str, Verdict]:
    judge = {"table-4.1": judge_table_4_1, "table-4.2": judge_table_4_2, "controls": judge_controls}[of.name]
    return {name: verdict(judged) for name, judged in judge(table(values, of)).items()}


def test_where_all_cells_are_equal_nothing_helps_and_nothing_hurts() -> None:
    found = verdicts({})
    assert found["4.1a"] == Verdict.HOLDS, "98 is more than 97.5, the best that the thesis prints"
    assert found["4.1c"] == found["4.1d"] == Verdict.HOLDS
    assert found["4.1e"] == found["4.1h"] == found["4.1i"] == Verdict.DOES_NOT_HOLD
    assert found["4.1f"] == found["4.1g"] == Verdict.HOLDS


@pytest.mark.parametrize(
    ("place", "value", "name", "verdict"),
    [
        ((0, "PDE net"), 0.97, "4.1a", Verdict.DOES_NOT_HOLD),
        ((0, "PDE net"), 0.97, "4.1b", Verdict.HOLDS),
        ((5, "c_ResNet"), 0.99, "4.1c", Verdict.DOES_NOT_HOLD),
        ((5, "c_ResNet, small start"), 0.97, "4.1d", Verdict.DOES_NOT_HOLD),
        ((50, "PDE net"), 0.9, "4.1e", Verdict.HOLDS),
        ((50, "PDE net"), 0.89, "4.1f", Verdict.DOES_NOT_HOLD),
        ((27, "PDE net"), 0.96, "4.1g", Verdict.DOES_NOT_HOLD),
        ((50, "PDE net"), 0.9, "4.1i", Verdict.HOLDS),
        ((50, "c_ResNet, small start"), 0.9, "4.1h", Verdict.HOLDS),
    ],
)
def test_a_changed_cell_changes_its_verdict(
    place: tuple[int, str], value: float, name: str, verdict: Verdict
) -> None:
    assert verdicts({})[name] != verdict
    assert verdicts({place: value})[name] == verdict


def test_differences_are_paired_by_seed_and_in_points() -> None:
    _, measured = judge_table_4_1(table({(50, "PDE net"): 0.9}))["4.1e"]
    assert measured.estimate == pytest.approx(8.0)
    assert measured.high - measured.low == pytest.approx(0.0, abs=1e-9), "equal spreads cancel in pairs"


def test_the_falls_are_those_of_the_printed_table() -> None:
    claims = {name: claim for name, (claim, _) in judge_table_4_1(table({})).items()}
    assert claims["4.1f"].threshold == 8.2, "97.4 to 89.2"
    assert claims["4.1g"].threshold == 1.6, "97.4 to 95.8"
    assert claims["4.1a"].threshold == 97.5


def test_a_diverged_seed_counts_as_nothing_right() -> None:
    assert per_cent(result(TABLE_4_1.cells[0], [0.98, None])).tolist() == [98.0, 0.0]


def test_where_all_cells_of_table_4_2_are_equal_no_equation_is_better() -> None:
    found = verdicts({}, TABLE_4_2)
    assert list(found) == [f"4.2{letter}" for letter in "abcdefghijk"]
    assert all(found[f"4.2{letter}"] == Verdict.DOES_NOT_HOLD for letter in "abefghik")
    assert all(found[f"4.2{letter}"] == Verdict.HOLDS for letter in "cdj")


@pytest.mark.parametrize(
    ("place", "value", "changed"),
    [
        ((27, "PDE 2"), 0.99, "aeg"),
        ((27, "PDE 1"), 0.96, "ac"),
        ((50, "PDE 1"), 0.90, "bd"),
        ((50, "PDE 2"), 0.97, "fhij"),
        ((50, "PDE 2"), 0.99, "bjk"),
        ((27, "c_ResNet"), 0.97, "e"),
        ((50, "c_ResNet"), 0.99, "f"),
        ((27, "c_ResNet, small start"), 0.97, "g"),
        ((50, "c_ResNet, small start"), 0.99, "h"),
        ((5, "PDE 2"), 0.99, "ij"),
        ((0, "PDE 1"), 0.97, "k"),
    ],
)
def test_a_changed_cell_of_table_4_2_changes_its_verdicts_and_no_other(
    place: tuple[int, str], value: float, changed: str
) -> None:
    before, after = verdicts({}, TABLE_4_2), verdicts({place: value}, TABLE_4_2)
    assert "".join(name[-1] for name in before if before[name] != after[name]) == changed


def test_the_leads_are_those_of_the_printed_table() -> None:
    claims = {name: claim for name, (claim, _) in judge_table_4_2(table({}, TABLE_4_2)).items()}
    assert claims["4.2c"].threshold == 1.2, "95.8 to 97.0"
    assert claims["4.2d"].threshold == 7.7, "89.2 to 96.9"


@pytest.mark.parametrize(
    ("place", "value", "changed"),
    [
        ((0, "PDE net"), 0.97, "1"),
        ((0, "PDE net"), 0.99, "2"),
        ((1, "PDE net"), 0.99, "1"),
        ((5, "PDE net, frozen"), 0.97, "23"),
        ((50, "PDE net, frozen"), 0.97, "4"),
        ((5, "five free taps"), 0.97, "5"),
        ((50, "five free taps"), 0.99, "67"),
        ((5, "no skip"), 0.11, "8"),
        ((50, "no skip"), 0.11, "9"),
    ],
)
def test_a_changed_control_changes_its_verdicts_and_no_other(
    place: tuple[int, str], value: float, changed: str
) -> None:
    before, after = verdicts({}, CONTROLS), verdicts({place: value}, CONTROLS)
    assert "".join(name[-1] for name in before if before[name] != after[name]) == changed


@pytest.mark.parametrize("judge", [judge_table_4_1, judge_table_4_2, judge_controls])
def test_claims_about_cells_without_runs_are_left_out(judge: Callable[..., dict[str, Judged]]) -> None:
    assert judge({}) == {}
    cell = next(c for c in TABLE_4_1.cells if c.depth == 0)
    alone = result(cell, [0.98, 0.98])
    assert list(judge({ALONE: alone})) == (["4.1a"] if judge is judge_table_4_1 else [])


def test_pairs_are_of_the_seeds_that_both_cells_have() -> None:
    cell = TABLE_4_1.cells[0]
    results = {ALONE: result(cell, [0.5, 0.7, 0.9], [1, 2, 3]), DEEP: result(cell, [0.6, 0.3], [3, 1])}
    measured = gain(results, ALONE, DEEP)
    assert measured is not None
    assert measured.estimate == pytest.approx((20 + 30) / 2), "seed 1: 50 - 30, seed 3: 90 - 60, in points"
    assert measured.n == 2
    assert gain({**results, DEEP: result(cell, [0.6], [9])}, ALONE, DEEP) is None
    assert gain({ALONE: results[ALONE]}, ALONE, DEEP) is None


def test_only_where_it_is_asked_for_do_networks_count_that_learned() -> None:
    cell = TABLE_4_1.cells[0]
    results = {ALONE: result(cell, [0.98, 0.98, 0.11]), DEEP: result(cell, [0.96, None, 0.98])}
    measured = gain(results, ALONE, DEEP, learned=True)
    assert measured is not None
    assert (measured.n, measured.estimate) == (1, pytest.approx(2.0))
    everyone = gain(results, ALONE, DEEP)
    assert everyone is not None
    assert everyone.estimate == pytest.approx((2 + 98 - 87) / 3)


def test_the_two_controls_of_the_thesis_are_compared_as_printed() -> None:
    judged = judge_printed()
    assert {name: round(found.estimate, 1) for name, (_, found) in judged.items()} == {
        "T1, 27": 1.2,
        "T1, 50": 4.4,
    }
    assert verdict(judged["T1, 27"]) == Verdict.DOES_NOT_HOLD
    assert verdict(judged["T1, 50"]) == Verdict.HOLDS
    assert standard_errors(0.5, 0.6, 100) == pytest.approx(0.1 / (0.49 / 100) ** 0.5)


def test_every_trunk_is_compared_with_none() -> None:
    found = against_alone(table({(5, "PDE net"): 0.99, (50, "PDE net"): 0.9}))
    assert len(found) == len(TABLE_4_1.cells) - 1
    assert found[5, "PDE net"][1] == Verdict.HOLDS
    assert found[50, "PDE net"][1] == Verdict.DOES_NOT_HOLD
    ahead, _ = found[50, "PDE net"]
    assert isinstance(ahead, Interval)
    assert ahead.estimate == pytest.approx(-8)
