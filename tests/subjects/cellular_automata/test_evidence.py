"""What histories, frames and noisy counts determine, against enumeration and sampling."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from pdenet.data.image_data import DataError
from pdenet.subjects.cellular_automata.evidence import (
    LARGEST_RING,
    counts,
    determined_starts,
    fitting,
    read_rule,
    ring_masks,
    share_of_rows,
)
from pdenet.subjects.cellular_automata.frames import groups, iterates, known, labels, windows
from pdenet.subjects.cellular_automata.noise import (
    breaking,
    breaking_points,
    channel,
    corrected,
    flipped,
    leanings,
    plain,
)
from pdenet.subjects.cellular_automata.system import (
    RULES,
    alike,
    codes,
    complemented,
    drawn,
    history,
    number,
    one_cell,
    table,
    tables,
)

RANDOM = np.random.default_rng(1)


def test_counts_are_those_of_a_loop() -> None:
    rows = history(110, drawn(RANDOM, 9), 5)
    found = np.zeros((8, 2), dtype=int)
    for before, after in pairwise(rows):
        for i in range(9):
            found[4 * before[i - 1] + 2 * before[i] + before[(i + 1) % 9], after[i]] += 1
    assert np.array_equal(counts(rows), found)
    assert counts(history(110, drawn(RANDOM, 4, 9), 5)).sum() == 4 * 9 * 5


@pytest.mark.parametrize("rule", range(0, RULES, 5))
def test_what_a_history_says_is_what_all_rules_that_make_it_share(rule: int) -> None:
    for start in (one_cell(12), drawn(RANDOM, 12)):
        rows = history(rule, start, 8)
        read, possible = read_rule(rows), fitting(rows)
        assert rule in possible
        assert len(possible) == 2 ** sum(outcome is None for outcome in read)
        shared = [{int(table(other)[code]) for other in possible} for code in range(8)]
        assert [None if len(one) == 2 else one.pop() for one in shared] == read


def test_one_live_cell_leaves_408_outcomes_unseen() -> None:
    unseen = [read_rule(history(rule, one_cell(64), 32)).count(None) for rule in range(RULES)]
    assert (unseen.count(0), sum(unseen)) == (120, 408)
    assert np.bincount(unseen).tolist() == [120, 24, 16, 32, 64]
    later = [read_rule(history(rule, one_cell(64), 200)).count(None) for rule in range(RULES)]
    assert (later.count(0), sum(later)) == (124, 404)


@pytest.mark.parametrize("cells", [3, 5, 7, 8, 10])
def test_the_share_of_rows_is_that_of_all_rows(cells: int) -> None:
    rows = product((0, 1), repeat=cells)
    full = sum(len({(row[i - 1], row[i], row[(i + 1) % cells]) for i in range(cells)}) == 8 for row in rows)
    assert share_of_rows(cells) == Fraction(full, 2**cells)
    assert (ring_masks(cells) == 255).sum() == full


def test_a_row_of_eight_has_all_neighbourhoods_in_two_orders() -> None:
    """De Bruijn's cycles of eight: two, each from eight places."""
    assert share_of_rows(8) * 2**8 == 16
    assert share_of_rows(7) == 0


@pytest.mark.parametrize("rule", [0, 30, 90, 110, 204])
def test_starts_are_followed_until_they_repeat(rule: int) -> None:
    rows = history(rule, np.array([*product((0, 1), repeat=8)]), 2**8)  # (time, start, cell)
    met = [set(codes(rows[:, start]).ravel().tolist()) for start in range(2**8)]
    by_hand = sum(len(one) == 8 for one in met)
    assert determined_starts(8)[rule] == by_hand
    if rule == 204:  # nothing comes after the first row
        assert by_hand == 16


def test_rules_that_are_alike_are_determined_alike() -> None:
    found = determined_starts(9)
    assert all(len({int(found[other]) for other in alike(rule)}) == 1 for rule in range(RULES))


def test_a_contradiction_is_named() -> None:
    rows = history(30, one_cell(16), 6)
    rows[3, 8] ^= 1
    with pytest.raises(DataError, match=r"neighbourhood [01]{3}.* is followed by 0 and by 1"):
        read_rule(rows)
    with pytest.raises(DataError, match="followed by 0 and by 1"):
        read_rule(history(30, one_cell(64), 20)[::2])
    assert fitting(rows) == []
    once = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 1, 1]]  # 000 is followed once by 0 and once by 1
    with pytest.raises(DataError, match=r"neighbourhood 000 is followed"):
        read_rule(once)


@pytest.mark.parametrize("rows", [[[0, 1, 0]], [0, 1, 0]])
def test_one_row_says_nothing(rows: list[int]) -> None:
    for read in (counts, read_rule, fitting):
        with pytest.raises(ValueError, match="two rows at least"):
            read(rows)


def test_rings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        determined_starts(LARGEST_RING + 1)
    with pytest.raises(ValueError, match="cells"):
        share_of_rows(2)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_an_iterate_is_what_the_middle_of_a_long_row_becomes(k: int) -> None:
    shown = windows(k)
    padded = np.concatenate([drawn(RANDOM, len(shown), 5), shown, drawn(RANDOM, len(shown), 5)], axis=1)
    for rule in range(0, RULES, 17):
        assert np.array_equal(iterates(k)[rule], history(rule, padded, k)[-1][:, 5 + k])


def test_frames_tell_so_many_rules_apart() -> None:
    assert [known(k)[:2] for k in range(1, 7)] == [
        (256, 256),
        (244, 234),
        (252, 250),
        (244, 234),
        (252, 250),
        (244, 234),
    ]
    assert known(2, 3)[:2] == (252, 250)
    assert known(2).by_chance == (234 + 8 * 4 + 2 * 9) / 256
    assert labels(1).tolist() != labels(2).tolist()


def test_self_dual_rules_share_even_frames_with_their_opposites() -> None:
    dual = [rule for rule in range(RULES) if complemented(rule) == rule]
    pairs = {tuple(sorted((rule, RULES - 1 - rule))) for rule in dual}
    assert (len(dual), len(pairs)) == (16, 8)
    triples = {(0, 8, 64), (239, 253, 255)}
    assert set(groups(2)) == set(groups(4)) == pairs | triples
    assert set(groups(3)) == set(groups(5)) == triples


@pytest.mark.parametrize("k", [0, 7])
def test_a_gap_out_of_range_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="k must be"):
        iterates(k)


def test_noise_flips_that_share() -> None:
    rows = np.zeros((200, 200), dtype=np.uint8)
    assert flipped(rows, 0.3, RANDOM).mean() == pytest.approx(0.3, abs=0.01)
    assert np.array_equal(flipped(rows, 0.0, RANDOM), rows)
    with pytest.raises(ValueError, match="cells are 0 or 1"):
        flipped([0.7, 1.0, 0.0], 0.1, RANDOM)


def test_counts_are_corrected_exactly_in_the_mean() -> None:
    """True chances of a neighbourhood and what follows, through the channel and back."""
    for rule in (30, 128, 204):
        true = np.zeros((8, 2))
        true[np.arange(8), table(rule)] = RANDOM.dirichlet(np.ones(8))
        read = (channel(0.3, 4) @ true.ravel()).reshape(8, 2)
        assert np.allclose(corrected(read, 0.3), true, atol=1e-13)
    assert plain(np.array([[2, 1], [1, 2], [1, 1]])).tolist() == [0, 1, 0]


@pytest.mark.parametrize("p", [0.05, 0.2, 0.22, 0.3, 0.45])
def test_leanings_are_those_of_the_channel(p: float) -> None:
    """All rows equally likely: of what is read, the right outcome's chance less the other's, over 1 - 2p."""
    for rule in range(0, RULES, 31):
        true = np.zeros((8, 2))
        true[np.arange(8), table(rule)] = 1 / 8
        read = 8 * (channel(p, 4) @ true.ravel()).reshape(8, 2)
        signs = 2.0 * table(rule) - 1
        assert np.allclose(signs * (read[:, 1] - read[:, 0]) / (1 - 2 * p), leanings(p)[rule])
    assert np.array_equal((leanings(p) > 0).all(1), breaking_points() > p)


def test_counting_breaks_where_an_outcome_stands_alone() -> None:
    alone = 1 - 2 ** (-1 / 3)
    points = breaking_points()
    assert points.min() == pytest.approx(alone, abs=1e-12)
    lonely = [rule for rule in range(RULES) if rule.bit_count() in {1, 7}]
    assert [rule for rule in range(RULES) if points[rule] < alone + 1e-9] == lonely
    assert breaking(90) == breaking(150) == breaking(204) == 0.5
    assert (points == 0.5).sum() == 48


def test_many_counts_agree_with_the_limit() -> None:
    """Rule 128 at 0.25: its lonely outcome is lost by plain counts and kept by corrected ones."""
    rows = history(128, drawn(RANDOM, 3000, 64), 1)
    found = counts(flipped(rows, 0.25, RANDOM))
    assert number(plain(found)) == 0
    assert number(plain(corrected(found, 0.25))) == 128
    assert tables()[128].sum() == 1


@pytest.mark.parametrize("p", [-0.1, 0.5, 0.9])
def test_a_chance_out_of_range_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="p must be"):
        corrected(np.zeros((8, 2)), p)
