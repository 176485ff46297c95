"""The claims about the tables: measured from the cells they name, judged on the right side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from helpers.tables import record_of

from pdenet.data import load_images
from pdenet.runs.claims import Judged, Verdict
from pdenet.runs.interval import Interval
from pdenet.runs.table import Cell, CellResult, Table
from pdenet.subjects.tables.claims import (
    ALONE,
    DEEP,
    SHALLOW,
    against_alone,
    by_tail,
    printed_apart,
    standard_errors,
)
from pdenet.subjects.tables.experiment import CONTROLS, TABLE_4_1, TABLE_4_2, TABLES

if TYPE_CHECKING:
    from pdenet.runs.record import Record

DIGITS = load_images("digits")
SPREAD = tuple(0.0002 * step for step in range(-5, 5))


Places = dict[tuple[int, str], float]


def records_of(cell: Cell, accuracies: list[float | None], seeds: list[int] | None = None) -> list[Record]:
    return [
        record_of(cell, DIGITS, seed, accuracy)
        for seed, accuracy in zip(seeds or range(len(accuracies)), accuracies, strict=True)
    ]


def runs(values: Places, of: Table = TABLE_4_1) -> list[Record]:
    """Every cell at 98 % but those given, with the same small spread over seeds.

    A cell that two tables have is one: the last one given counts.
    """
    return [
        record
        for cell in of.cells
        for record in records_of(cell, [values.get((cell.depth, cell.column), 0.98) + d for d in SPREAD])
    ]


def judged(values: Places, of: Table = TABLE_4_1) -> dict[str, Judged]:
    """The claims about runs, those about print left out."""
    found = of.judged(of.results(runs(values, of), "digits"))
    return {name: one for name, one in found.items() if not name.startswith("T1")}


def verdicts(values: Places, of: Table = TABLE_4_1) -> dict[str, Verdict]:
    return {name: one.verdict for name, one in judged(values, of).items()}


def test_where_all_cells_are_equal_nothing_helps_and_nothing_hurts() -> None:
    found = verdicts({})
    assert found["4.1c"] == found["4.1d"] == Verdict.HOLDS
    assert all(found[f"4.1{letter}"] == Verdict.NOT_DECIDED for letter in "behi"), "no difference at all"


@pytest.mark.parametrize(
    ("place", "value", "name", "verdict"),
    [
        ((0, "PDE net"), 0.97, "4.1b", Verdict.HOLDS),
        ((5, "c_ResNet"), 0.99, "4.1c", Verdict.DOES_NOT_HOLD),
        ((5, "c_ResNet, small start"), 0.97, "4.1d", Verdict.DOES_NOT_HOLD),
        ((50, "PDE net"), 0.9, "4.1e", Verdict.HOLDS),
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
    measured = judged({(50, "PDE net"): 0.9})["4.1e"].found
    assert measured.estimate == pytest.approx(8.0)
    assert measured.high - measured.low == pytest.approx(0.0, abs=1e-9), "equal spreads cancel in pairs"


def test_a_diverged_seed_counts_as_nothing_right() -> None:
    cell = TABLE_4_1.cells[0]
    assert CellResult(cell, tuple(records_of(cell, [0.98, None]))).per_cent.tolist() == [98.0, 0.0]
    deep = records_of(TABLE_4_1.cell(*SHALLOW), [0.98, 0.98])
    found = TABLE_4_1.judged(TABLE_4_1.results([*records_of(cell, [0.98, None]), *deep], "digits"))
    assert found["4.1b"].found.estimate == pytest.approx(49.0)


def test_where_all_cells_of_table_4_2_are_equal_no_equation_is_better() -> None:
    found = verdicts({}, TABLE_4_2)
    assert list(found) == [f"4.2{letter}" for letter in "abefghijklm"]
    assert all(found[f"4.2{letter}"] == Verdict.NOT_DECIDED for letter in "abefghiklm"), "no difference"
    assert found["4.2j"] == Verdict.HOLDS


@pytest.mark.parametrize(
    ("place", "value", "changed"),
    [
        ((27, "PDE 2"), 0.99, "aeg"),
        ((27, "PDE 1"), 0.96, "a"),
        ((50, "PDE 1"), 0.90, "b"),
        ((50, "PDE 2"), 0.97, "bfhijk"),
        ((50, "PDE 2"), 0.99, "bfhijk"),
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


@pytest.mark.parametrize(
    ("place", "value", "changed"),
    [
        ((0, "PDE net"), 0.97, "12"),
        ((0, "PDE net"), 0.99, "12"),
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


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_claims_about_cells_without_runs_are_left_out(table: Table) -> None:
    def ours(records: list[Record]) -> list[str]:
        found = table.judged(table.results(records, "digits"))
        return [name for name in found if not name.startswith("T1")]

    assert ours([]) == []
    assert ours(records_of(TABLE_4_1.cell(*ALONE), [0.98, 0.98])) == []


def test_pairs_are_of_the_seeds_that_both_cells_have() -> None:
    first, deep = TABLE_4_1.cell(5, "PDE net"), TABLE_4_1.cell(*DEEP)
    of_the_first = records_of(first, [0.5, 0.7, 0.9], [1, 2, 3])
    results = TABLE_4_1.results([*of_the_first, *records_of(deep, [0.6, 0.3], [3, 1])], "digits")
    measured = TABLE_4_1.judged(results)["4.1e"].found
    assert measured.estimate == pytest.approx((20 + 30) / 2), "seed 1: 50 - 30, seed 3: 90 - 60, in points"
    assert measured.n == 2
    for others in (records_of(deep, [0.6], [9]), []):
        assert "4.1e" not in TABLE_4_1.judged(TABLE_4_1.results([*of_the_first, *others], "digits"))


def test_only_where_it_is_asked_for_do_networks_count_that_learned() -> None:
    """Claims 4.2e and f name those that learned; the others count everyone."""
    second, free = TABLE_4_2.cell(27, "PDE 2"), TABLE_4_2.cell(27, "c_ResNet")
    records = records_of(second, [0.98, 0.98, 0.11]) + records_of(free, [0.96, None, 0.98])
    measured = TABLE_4_2.judged(TABLE_4_2.results(records, "digits"))["4.2e"].found
    assert measured.n == 1
    assert measured.estimate == pytest.approx(2.0)
    first = replace(free, column="PDE 1", spec=TABLE_4_2.cell(27, "PDE 1").spec)
    everyone = records_of(second, [0.98, 0.98, 0.11]) + records_of(first, [0.96, None, 0.98])
    found = TABLE_4_2.judged(TABLE_4_2.results(everyone, "digits"))["4.2a"].found
    assert found.estimate == pytest.approx((2 + 98 - 87) / 3)


def test_the_two_controls_of_the_thesis_are_compared_with_two_of_ours() -> None:
    cell = TABLE_4_1.cell(50, "c_ResNet")

    def verdict(accuracies: list[float | None]) -> Verdict:
        found = TABLE_4_1.judged(TABLE_4_1.results(records_of(cell, accuracies), "digits"))
        return found["T1, 50"].verdict

    assert verdict([0.97, 0.9701, 0.9702, 0.1]) == Verdict.HOLDS, "seeds that learn differ by a hundredth"
    assert verdict([0.96, 0.97, 0.98]) == Verdict.NOT_DECIDED, "two more may well be 1.1 points apart"
    assert (printed_apart(27), printed_apart(50)) == (0.3, 1.1)
    assert standard_errors(0.5, 0.6, 100) == pytest.approx(0.1 / (0.49 / 100) ** 0.5)


def test_every_trunk_is_compared_with_none() -> None:
    records = runs({(5, "PDE net"): 0.99, (50, "PDE net"): 0.9})
    found = against_alone(TABLE_4_1.found(TABLE_4_1.results(records, "digits")))
    assert len(found) == len(TABLE_4_1.cells) - 1
    assert found[5, "PDE net"].verdict == Verdict.HOLDS
    assert found[50, "PDE net"].verdict == Verdict.DOES_NOT_HOLD
    ahead = found[50, "PDE net"].found
    assert isinstance(ahead, Interval)
    assert ahead.estimate == pytest.approx(-8)


def test_of_a_cell_only_the_seeds_that_learned_are_compared_with_no_layers() -> None:
    alone = CellResult(TABLE_4_1.cell(*ALONE), tuple(records_of(TABLE_4_1.cell(*ALONE), [0.98] * 3)))
    control = TABLE_4_1.cell(50, "c_ResNet")

    def ahead(accuracies: list[float | None]) -> dict[tuple[int, str], Judged]:
        cells = {ALONE: alone, (50, "c_ResNet"): CellResult(control, tuple(records_of(control, accuracies)))}
        return against_alone(cells)

    (one,) = ahead([0.97, None, 0.96]).values()
    assert one.found.n == 2
    assert one.found.estimate == pytest.approx(-1.5)
    assert ahead([0.97, None, 0.1]) == {}


def test_a_tail_is_the_mean_of_so_many_last_epochs() -> None:
    def cell(place: tuple[int, str], course: list[float | None]) -> CellResult:
        made = TABLE_4_1.cell(*place)
        runs = records_of(made, [0.9, 0.9])
        return CellResult(made, tuple(replace(one, history={"test_accuracy": course}) for one in runs))

    ahead = by_tail(cell(SHALLOW, [0.5, 0.7, 0.9]), cell(ALONE, [0.5, 0.5, 0.5]), tails=(1, 2, 20))
    assert [one.estimate for one in ahead.values() if one] == pytest.approx([40, 30, 20])
