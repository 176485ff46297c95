"""The claims about the tables: measured from the cells they name, judged on the right side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from helpers.tables import record_of

from pdenet.data import load_images
from pdenet.runs.claims import Judged, Verdict
from pdenet.runs.intervals import Interval
from pdenet.runs.results import Results
from pdenet.runs.table import Cell, CellResult, Table
from pdenet.subjects.tables.claims import ALONE, DEEP, against_alone, standard_errors
from pdenet.subjects.tables.experiment import CONTROLS, TABLE_4_1, TABLE_4_2, TABLES

if TYPE_CHECKING:
    from pdenet.runs.record import Record

DIGITS = load_images("digits")
SPREAD = (-0.001, -0.0005, 0.0, 0.0005, 0.001)


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
    measured = judged({(50, "PDE net"): 0.9})["4.1e"].found
    assert measured.estimate == pytest.approx(8.0)
    assert measured.high - measured.low == pytest.approx(0.0, abs=1e-9), "equal spreads cancel in pairs"


def test_the_falls_are_those_of_the_printed_table() -> None:
    claims = {claim.id: claim for claim in TABLE_4_1.claims}
    assert claims["4.1f"].threshold == 8.2, "97.4 to 89.2"
    assert claims["4.1g"].threshold == 1.6, "97.4 to 95.8"
    assert claims["4.1a"].threshold == 97.5


def test_a_diverged_seed_counts_as_nothing_right() -> None:
    cell = TABLE_4_1.cells[0]
    assert CellResult(cell, tuple(records_of(cell, [0.98, None]))).per_cent.tolist() == [98.0, 0.0]
    found = TABLE_4_1.judged(TABLE_4_1.results(records_of(cell, [0.98, None]), "digits"))
    assert found["4.1a"].found.estimate == pytest.approx(49.0)


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
    claims = {claim.id: claim for claim in TABLE_4_2.claims}
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


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_claims_about_cells_without_runs_are_left_out(table: Table) -> None:
    def ours(records: list[Record]) -> list[str]:
        found = table.judged(table.results(records, "digits"))
        return [name for name in found if not name.startswith("T1")]

    assert ours([]) == []
    alone = records_of(TABLE_4_1.cell(*ALONE), [0.98, 0.98])
    assert ours(alone) == (["4.1a"] if table is TABLE_4_1 else [])


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


def test_the_two_controls_of_the_thesis_are_compared_as_printed() -> None:
    found = TABLE_4_1.judged(Results([], []))
    assert {name: round(one.found.estimate, 1) for name, one in found.items()} == {
        "T1, 27": 1.2,
        "T1, 50": 4.4,
    }
    assert found["T1, 27"].verdict == Verdict.DOES_NOT_HOLD
    assert found["T1, 50"].verdict == Verdict.HOLDS
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
