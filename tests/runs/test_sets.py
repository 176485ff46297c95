"""Runs on other images of the same name are never averaged with the others: the checksum decides."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
from helpers.tables import record_of, tiny_cell, tiny_table

from pdenet.data import load_images
from pdenet.runs.files import RecordWarning
from pdenet.runs.results import Results
from pdenet.runs.shown import Images, sizes_of

DIGITS = load_images("digits")
FIRST = DIGITS.subset(100, 50)
SECOND = replace(DIGITS.subset(100, 50, seed=1), name=FIRST.name)  # a set that somebody else drew
CELL, OTHER = (replace(tiny_cell(depth), shown=Images(100, 50)) for depth in (1, 2))
RUNS = [
    record_of(CELL, SECOND, 0, 0.1),
    *(record_of(CELL, FIRST, seed, 0.9) for seed in (0, 1, 2, 3)),
    record_of(OTHER, SECOND, 1, 0.2),
    record_of(OTHER, SECOND, 2, 0.2),
]


def test_of_two_sets_of_one_name_the_one_that_most_runs_are_of_counts_in_all_arms() -> None:
    assert FIRST.name == SECOND.name
    with pytest.warns(
        RecordWarning, match=rf"3 runs on digits\[100\+50\] with checksum {SECOND.checksum[:12]}"
    ):
        found = Results([CELL, OTHER], RUNS, "digits")
    assert found.values(CELL.name).tolist() == [90.0] * 4
    assert OTHER.name not in found, "or a difference would be one of images"
    assert found.ahead(CELL.name, OTHER.name) is None


def test_the_set_itself_chooses_without_a_word() -> None:
    found = Results([CELL, OTHER], RUNS, DIGITS)
    assert found.values(CELL.name).tolist() == [90.0] * 4, "a subset is drawn with seed 0"
    assert OTHER.name not in found
    whole = replace(CELL, shown=Images())
    assert Results([whole], RUNS, SECOND).seeds(CELL.name) == [0]
    assert Results([whole], RUNS, DIGITS).seeds(CELL.name) == []


def test_a_table_says_what_it_left_out() -> None:
    table = tiny_table(CELL)
    with pytest.warns(RecordWarning, match="1 run on digits"):
        cells = table.found(table.results(RUNS, "digits"))
    assert {record.data["checksum"] for record in cells[1, "PDE net"].records} == {FIRST.checksum}


def test_of_two_parts_of_a_set_the_larger_counts() -> None:
    smaller = [record_of(CELL, DIGITS.subset(80, 50), seed, 0.5) for seed in range(6)]
    found = Results([CELL], [*smaller, *RUNS[1:5]], "digits")
    assert found.values(CELL.name).tolist() == [90.0] * 4
    assert Results([CELL], smaller, "digits").seeds(CELL.name) == [0, 1, 2, 3, 4, 5], "all of a smaller set"


def test_of_two_records_of_one_run_the_first_counts() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = Results([CELL], [*RUNS[1:5], record_of(CELL, FIRST, 1, 0.3)], "digits")
    assert found.values(CELL.name).tolist() == [90.0] * 4


def test_settings_are_the_same_whatever_kind_their_numbers_are() -> None:
    """As those of a file that another program wrote."""
    record = RUNS[1]
    training = {name: float(x) if isinstance(x, int) else x for name, x in record.training.items()}
    assert Results([CELL], [replace(record, training=training)], "digits").seeds(CELL.name) == [0]


@pytest.mark.parametrize("value", ["0.5", True, [0.5], {"a": 0.5}, None], ids=repr)
def test_what_is_no_number_is_not_averaged(value: object) -> None:
    runs = [replace(record, measured={"error": 0.5}) for record in RUNS[1:3]]
    runs.append(replace(RUNS[3], measured={"error": value}))
    assert Results([CELL], runs[:2], "digits").interval(CELL.name, "error") is not None
    assert Results([CELL], runs, "digits").interval(CELL.name, "error") is None


@pytest.mark.parametrize(
    ("part", "name", "sizes"),
    [
        ("digits[100+50]", "digits", (100, 50)),
        ("digits[100+50]", "digits[200+50]", (100, 50)),
        ("digits", "digits", None),
        ("digits[x]", "digits", None),
        ("digits[1+2+3]", "digits", None),
        ("digits[100+50]", "mnist", None),
        ("", "digits", None),
    ],
)
def test_a_part_is_known_by_its_name(part: str, name: str, sizes: tuple[int, int] | None) -> None:
    assert sizes_of(part, name) == sizes
    assert Images(100, 50).fits({"name": part, "checksum": "-"}, name) == (sizes is not None)
