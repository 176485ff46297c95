"""Walks and conformations against published counts, and against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pdenet.subjects.staple.enumeration import count_walks
from pdenet.subjects.staple.lattice import conformations, contact_maps
from pdenet.subjects.staple.protein import designing, letters, lowest, once

if TYPE_CHECKING:
    from collections.abc import Callable

SQUARE = [4, 12, 36, 100, 284, 780, 2172, 5916, 16268, 44100, 120292, 324932, 881500, 2374444, 6416596]
"""Self-avoiding walks of 1, 2, ... steps: A001411 of the OEIS."""
CUBIC = [6, 30, 150, 726, 3534, 16926, 81390, 387966, 1853886]
"""A001412."""
POLYGONS = {4: 1, 6: 2, 8: 7, 10: 28, 12: 124, 14: 588, 16: 2938}
"""By steps, up to translation: A002931."""
DESIGNING = {4: 4, 5: 0, 6: 7, 7: 10, 8: 7, 9: 6, 10: 6, 11: 62, 12: 87, 13: 173, 14: 386}
"""Sequences with one conformation of lowest energy (Irbäck and Troein 2002), directions counted."""


def test_walks_are_as_many_as_published() -> None:
    assert count_walks(15)[0].tolist() == [1, *SQUARE]
    assert count_walks(9, 3)[0].tolist() == [1, *CUBIC]


def test_walks_that_close_are_polygons() -> None:
    """A polygon of n + 1 steps is cut open at any of its bonds, in either direction."""
    loops = count_walks(15)[1]
    for steps, polygons in POLYGONS.items():
        assert loops[steps - 1] == 2 * steps * polygons
    assert not loops[2::2].any(), "the lattice is bipartite"


@pytest.mark.parametrize("residues", range(2, 12))
def test_conformations_are_the_walks_up_to_symmetry(residues: int) -> None:
    every = conformations(residues)
    walks = count_walks(residues - 1)[0][-1]
    assert len(every) == (walks + 4) / 8
    assert 8 * every.weights.sum() == walks
    assert (np.diff(every.codes) > 0).all()
    assert (np.abs(np.diff(every.places, axis=1)).sum(2) == 1).all()


@pytest.mark.parametrize("residues", [4, 7, 10])
def test_no_two_residues_are_in_one_place(residues: int) -> None:
    places = conformations(residues).places.astype(int)
    apart = np.abs(places[:, :, None] - places[:, None]).sum(3)
    assert ((apart > 0) | np.eye(residues, dtype=bool)).all()


def test_contacts_are_of_neighbours_on_the_lattice_that_are_none_along_the_chain() -> None:
    every = conformations(8)
    places = every.places.astype(int)
    touching = np.abs(places[:, :, None] - places[:, None]).sum(3) == 1
    for bit, (i, j) in enumerate(every.pairs):
        assert np.array_equal(every.contacts[:, bit], touching[:, i, j])
    assert touching.sum() == 2 * (every.contacts.sum() + 7 * len(every)), "no contact is left out"
    assert np.array_equal(every.near(0, 5), every.contacts[:, every.pair(5, 0)])
    apart = np.abs(places[:, 0] - places[:, 5]).sum(1)
    assert np.array_equal(every.near(0, 5, 3), apart <= 3)


def test_maps_hold_every_conformation_once() -> None:
    every, maps = conformations(10), contact_maps(10)
    assert maps.counts.sum() == len(every)
    assert maps.weights.sum() == every.weights.sum()
    assert len({row.tobytes() for row in every.contacts}) == len(maps.counts)
    assert np.array_equal(every.contacts[maps.first], maps.contacts.astype(bool))


@pytest.mark.parametrize(("residues", "count"), DESIGNING.items())
def test_sequences_that_fold_are_as_many_as_published(residues: int, count: int) -> None:
    assert len(designing(residues)) == count


def test_ground_states_are_those_of_a_plain_search() -> None:
    every = conformations(8)
    bonds, ways = lowest(8)
    for number in range(0, 256, 7):
        sequence = letters(number, 8)
        attract = [sequence[i] == sequence[j] == "H" for i, j in every.pairs]
        found = every.contacts[:, attract].sum(1)
        assert (bonds[number], ways[number]) == (found.max(), (found == found.max()).sum())


def test_a_sequence_and_its_reverse_are_one_protein() -> None:
    sequences = designing(12)
    assert {one[::-1] for one in sequences} == set(sequences)
    assert {*once(sequences), *(one[::-1] for one in once(sequences))} == set(sequences)
    assert len(once(sequences)) == (87 + sum(one == one[::-1] for one in sequences)) / 2


def test_the_published_number_of_proteins_folds_by_near_contacts() -> None:
    """All of 2^14 sequences: without contacts over more than three bonds next to none has a native state."""
    assert (lowest(14, 3)[1] == 1).sum() < 10
    assert np.array_equal(lowest(14, 13)[1], lowest(14)[1])


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: count_walks(19), r"steps must be at most 18 in 2 dimensions; got 19, .*1e\+08 walks"),
        (lambda: count_walks(13, 3), "at most 12 in 3 dimensions"),
        (lambda: count_walks(0), "steps must be a whole number, at least 1"),
        (lambda: count_walks(4, 4), "dimension must be a whole number, at least 2 and at most 3"),
        (lambda: conformations(17), r"residues must be at most 16; got 17, .*2e\+06 conformations"),
        (lambda: conformations(1), "residues must be a whole number, at least 2"),
        (lambda: conformations(8).near(0, 4), "residues 0 and 4 of 8 never touch .* odd number of bonds"),
        (lambda: conformations(8).near(2, 3), "never touch"),
        (lambda: conformations(8).near(0, 9), "from 0 to 7"),
        (lambda: conformations(8).near(0, 5, 0), "reach must be"),
    ],
)
def test_what_cannot_be_enumerated_is_refused(call: Callable[[], Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        call()
