"""Maps and what is reached on them: by breadth-first search, by SciPy's shortest paths, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path

from pdenet.subjects.inception.system import (
    asked,
    balanced_accuracy,
    by_distance,
    maps,
    path_lengths,
    reached,
    taxicab,
)


def scipy_lengths(open_cells: np.ndarray) -> np.ndarray:
    """Shortest paths from the middle, over a graph of the open cells; infinite where there is none."""
    side = len(open_cells)
    cells = np.arange(side**2).reshape(side, side)
    edges = [
        (cells[:-1][open_cells[:-1] & open_cells[1:]], cells[1:][open_cells[:-1] & open_cells[1:]]),
        (
            cells[:, :-1][open_cells[:, :-1] & open_cells[:, 1:]],
            cells[:, 1:][open_cells[:, :-1] & open_cells[:, 1:]],
        ),
    ]
    one, other = (np.concatenate(ends) for ends in zip(*edges, strict=True))
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(side**2, side**2)).tocsr()
    found: np.ndarray = shortest_path(graph, directed=False, unweighted=True, indices=side**2 // 2)
    return found.reshape(side, side)


@pytest.mark.parametrize("steps", [0, 1, 6, 12, 40])
def test_what_is_reached_is_what_a_search_finds(steps: int) -> None:
    drawn = maps(100, np.random.default_rng(3))
    by_scipy = np.array([scipy_lengths(one) for one in drawn]) <= steps
    lengths = np.array([path_lengths(one) for one in drawn])
    assert (reached(drawn, steps) == by_scipy).all()
    assert (by_scipy == ((lengths >= 0) & (lengths <= steps))).all()


def test_a_wall_is_gone_round() -> None:
    wall = np.ones((1, 5, 5), dtype=bool)
    wall[0, 1, :4] = False
    assert not reached(wall, 5)[0, 0, 2]  # two cells away, six steps
    assert path_lengths(wall[0])[0, 2] == 6 > taxicab(5)[0, 2] == 2


def test_without_a_closed_cell_the_taxicab_decides_and_nothing_is_beyond_it() -> None:
    free = np.ones((1, 15, 15), dtype=bool)
    assert (reached(free, 6)[0] == (taxicab() <= 6)).all()
    drawn = maps(50, np.random.default_rng(0))
    assert not (reached(drawn, 6) & (taxicab() > 6)).any()


def test_the_cells_that_are_asked_for_are_open_and_not_trivial() -> None:
    drawn = maps(200, np.random.default_rng(1))
    where, near = asked(drawn, 6), taxicab() <= 1
    assert not (where & ~drawn).any()
    assert not (where & near).any()
    assert (reached(drawn, 6)[:, near] == drawn[:, near]).all()  # why these are trivial
    assert drawn.mean() == pytest.approx(0.65, abs=0.01)


def test_chance_is_a_half_and_distance_alone_does_better_and_not_well() -> None:
    rng = np.random.default_rng(2)
    drawn = maps(500, rng)
    true, where = reached(drawn, 6), asked(drawn, 6)
    for said in (np.zeros_like(true), np.ones_like(true)):
        assert balanced_accuracy(said, true, where) == 0.5
    assert balanced_accuracy(true, true, where) == 1
    assert 0.6 < by_distance(500, 6, rng) < 0.85


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"side": 14}, ValueError, "side must be odd, so that a map has a middle; got 14"),
        ({"share": 1.2}, ValueError, "share must be"),
        ({"side": "15"}, TypeError, "side must be"),
    ],
)
def test_bad_maps(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        maps(3, np.random.default_rng(0), **options)


def test_steps_are_not_negative() -> None:
    with pytest.raises(ValueError, match="steps must be a whole number, at least 0"):
        reached(maps(1, np.random.default_rng(0)), -1)
