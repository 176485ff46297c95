"""Rules, rows and rings, against look-up by hand and what is known of single rules."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pdenet.subjects.cellular_automata.system import (
    CODES,
    RULES,
    alike,
    check_cells,
    check_rule,
    codes,
    complemented,
    drawn,
    history,
    mirrored,
    number,
    one_cell,
    relabelled,
    separable,
    table,
    tables,
)

RANDOM = np.random.default_rng(0)


def by_hand(rule: int, row: str) -> str:
    """A step on text, as a reader would do it."""
    digits, around = f"{rule:08b}", row[-1] + row + row[0]
    return "".join(digits[7 - int(around[i : i + 3], 2)] for i in range(len(row)))


@pytest.mark.parametrize("rule", range(RULES))
def test_a_rule_is_its_number_and_steps_as_by_hand(rule: int) -> None:
    assert number(table(rule)) == rule
    start = drawn(RANDOM, 11)
    text, rows = "".join(map(str, start)), history(rule, start, 3)
    for row in rows[1:]:
        text = by_hand(rule, text)
        assert "".join(map(str, row)) == text


def test_rules_have_their_classes() -> None:
    assert len({alike(rule) for rule in range(RULES)}) == 88
    assert len({relabelled(rule) for rule in range(RULES)}) == 14
    assert alike(110) == (110, 124, 137, 193)
    assert all(mirrored(mirrored(rule)) == complemented(complemented(rule)) == rule for rule in range(RULES))


def test_a_mirror_and_exchanged_cells_do_the_same() -> None:
    start = drawn(RANDOM, 4, 9)
    for rule in (30, 110, 184):
        there = history(rule, start, 4)
        assert np.array_equal(history(mirrored(rule), start[:, ::-1], 4), there[..., ::-1])
        assert np.array_equal(history(complemented(rule), 1 - start, 4), 1 - there)


def test_known_rules_do_what_is_known() -> None:
    start = drawn(RANDOM, 5, 12)
    assert np.array_equal(history(90, start, 1)[1], np.roll(start, 1, -1) ^ np.roll(start, -1, -1))
    assert len(set(history(184, start[0], 20).sum(-1).tolist())) == 1
    assert np.array_equal(history(204, start, 1)[1], start)
    assert np.array_equal(history(170, start, 1)[1], np.roll(start, -1, -1))
    middle = history(30, one_cell(65), 15)[:, 32]
    assert middle.tolist() == [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1]  # OEIS A051023
    pascal = history(90, one_cell(33), 8)[8, 8:25:2]
    assert pascal.tolist() == [math.comb(8, k) % 2 for k in range(9)]


def test_one_unit_has_the_rules_of_a_weighted_sum() -> None:
    """Of three inputs 104 functions are; both exclusive ors are none, nor is what has one relabelled."""
    found = separable()
    assert len(found) == 104
    assert not {90, 105, 150, 102} & set(found)
    assert all(relabelled(rule) <= set(found) for rule in found)


def test_codes_are_of_left_cell_and_right() -> None:
    assert codes([0, 1, 1, 0]).tolist() == [1, 3, 6, 4]
    assert tables().shape == (RULES, CODES)


@pytest.mark.parametrize("rule", [-1, 256, 300])
def test_a_rule_out_of_range_is_refused(rule: int) -> None:
    with pytest.raises(ValueError, match="rule must be a whole number"):
        check_rule(rule)


def test_a_rule_is_a_whole_number() -> None:
    with pytest.raises(ValueError, match="rule must be a whole number"):
        table(30.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rule must be a whole number"):
        table("30")  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [[0, 1], 1, []])
def test_a_short_row_is_refused(row: object) -> None:
    with pytest.raises(ValueError, match="a row has 3 cells at least"):
        check_cells(row)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [[0, 1, 2], [-1, 1, 1], [0.5, 0, 1], [math.nan, 0, 1]])
def test_cells_that_are_no_bits_are_refused(row: list[float]) -> None:
    with pytest.raises(ValueError, match="cells are 0 or 1; got"):
        history(30, row, 1)


def test_a_table_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="eight outcomes"):
        number([0] * 9)
    with pytest.raises(ValueError, match="8 cells at least"):
        number([0] * 7)
    with pytest.raises(ValueError, match="steps"):
        history(30, [0, 1, 0], -1)
