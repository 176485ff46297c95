"""Folding as a walk: detailed balance, times against a direct solution and against walks that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import diags_array
from scipy.sparse.csgraph import connected_components

from pdenet.subjects.staple.folding import flows, folding_time, mean_times, move_chances, passage
from pdenet.subjects.staple.lattice import conformations
from pdenet.subjects.staple.measures import LOOSE, drawn, link_times
from pdenet.subjects.staple.protein import Protein, designing

PROTEIN = Protein(designing(8)[0])
TEN = Protein(drawn(10)[0])


@pytest.mark.parametrize("together", [1, 2, 3, 4])
@pytest.mark.parametrize("residues", [5, 6, 9])
def test_moves_are_as_likely_there_as_back(residues: int, together: int) -> None:
    """Up to symmetry: the straight chain, its own mirror image, has twice the chance to be left."""
    chances, weights = move_chances(residues, together), conformations(residues).weights
    weighted = diags_array(weights) @ chances
    assert abs(weighted - weighted.T).max() < 1e-15
    assert chances.sum(1).max() <= 1
    assert not chances.diagonal().any()
    assert connected_components(chances, directed=False)[0] == 1


@pytest.mark.parametrize("together", [1, 2, 3])
def test_chances_are_those_of_a_count_of_all_chains_in_place(together: int) -> None:
    """Each chain turned and mirrored in all eight ways: which have the others in the same places?"""
    residues, every = 6, conformations(6)
    turns = [np.linalg.matrix_power(np.array([[0, 1], [-1, 0]]), n) for n in range(4)]
    symmetries = [turn @ mirror for turn in turns for mirror in (np.eye(2, dtype=int), np.diag([1, -1]))]
    chains = {
        tuple(map(tuple, (places.astype(int) @ one).tolist())): at
        for at, places in enumerate(every.places)
        for one in symmetries
    }
    assert len(chains) == 284
    runs = residues - together + 1
    expected = np.zeros((len(every), len(every)))
    for at, places in enumerate(every.places.astype(int).tolist()):
        for first in range(runs):
            kept = [i for i in range(residues) if not first <= i < first + together]
            fits = [
                to
                for chain, to in chains.items()
                if all(
                    (chain[i][0] - chain[kept[0]][0], chain[i][1] - chain[kept[0]][1])
                    == (places[i][0] - places[kept[0]][0], places[i][1] - places[kept[0]][1])
                    for i in kept
                )
            ]
            for to in fits:
                expected[at, to] += 1 / len(fits) / runs
    np.fill_diagonal(expected, 0)
    assert np.allclose(move_chances(residues, together).toarray(), expected, atol=1e-12)


def test_detailed_balance_holds_at_any_temperature() -> None:
    for temperature in (0.3, 1.5):
        flow = flows(PROTEIN, 1 / temperature)
        assert abs(flow - flow.T).max() <= 1e-15 * abs(flow).max()
        weights = PROTEIN.every.weights * np.exp(
            (PROTEIN.bonds - PROTEIN.bonds[PROTEIN.native]) / temperature
        )
        chances = (diags_array(1 / weights) @ flow).sum(1)
        assert chances.max() <= 1 + 1e-12, "a trial has one outcome"


@pytest.mark.parametrize(("temperature", "link"), [(0.2, None), (0.4, None), (0.4, "short"), (0.4, "long")])
def test_times_are_those_of_a_direct_solution(temperature: float, link: str | None) -> None:
    links = TEN.native_links
    chosen = {None: None, "short": links[0], "long": max(links, key=lambda one: one[1] - one[0])}[link]
    system = passage(TEN, temperature, chosen)
    direct = np.linalg.solve(system.matrix.toarray(), system.weights)
    assert np.allclose(mean_times(system), direct, rtol=1e-6)
    assert folding_time(TEN, temperature, chosen).time == pytest.approx(system.start @ direct, rel=1e-6)


def test_times_solve_the_equation_of_the_walk() -> None:
    """``(I - Q) tau = 1`` with the matrix of chances itself, not its symmetric form."""
    system = passage(PROTEIN, 0.5)
    chances = (
        flows(PROTEIN, 2.0).toarray()
        / (PROTEIN.every.weights * np.exp(2.0 * (PROTEIN.bonds - PROTEIN.bonds[PROTEIN.native])))[:, None]
    )
    np.fill_diagonal(chances, chances.diagonal() + 1 - chances.sum(1))
    inner = chances[np.ix_(system.which, system.which)]
    solved = np.linalg.solve(np.eye(len(inner)) - inner, np.ones(len(inner)))
    assert np.allclose(mean_times(system), solved, rtol=1e-7)


def test_times_are_those_of_walks_that_are_drawn() -> None:
    rng, beta, temperature, size = np.random.default_rng(0), 2.0, 0.5, 3000
    system = passage(PROTEIN, temperature)
    proposed = move_chances(8).toarray()
    bonds, native = PROTEIN.bonds, PROTEIN.native
    accept = np.minimum(1, np.exp(beta * (bonds[None] - bonds[:, None])))
    chances = proposed * accept
    np.fill_diagonal(chances, chances.diagonal() + 1 - chances.sum(1))
    sums = chances.cumsum(1)
    at = rng.choice(system.which, size, p=system.start)
    taken = np.zeros(size)
    while (going := at != native).any():
        drawn_to = (rng.random(going.sum())[:, None] > sums[at[going]]).sum(1)
        at[going] = np.minimum(drawn_to, len(proposed) - 1)
        taken[going] += 1
    exact = float(system.start @ mean_times(system))
    assert abs(taken.mean() - exact) < 3 * taken.std() / np.sqrt(size)


def test_what_cannot_reach_the_native_conformation_is_counted() -> None:
    """By hand: the pieces of the moves among conformations in which the two residues touch."""
    link = max(TEN.native_links, key=lambda one: one[1] - one[0])
    there = TEN.every.near(*link)
    linked = np.flatnonzero(there)
    _, piece = connected_components(move_chances(10, 2)[linked][:, linked], directed=False)
    home = piece == piece[np.searchsorted(linked, TEN.native)]
    weights = TEN.every.weights[linked]
    stranded = weights[~home].sum() / (weights.sum() - 1)
    assert folding_time(TEN, 0.4, link, together=2).stranded == pytest.approx(stranded)
    assert stranded > 0.5
    assert folding_time(TEN, 0.4, link, LOOSE, together=2).stranded < 0.05
    assert folding_time(TEN, 0.4, together=2).stranded == 0


@pytest.mark.parametrize("sequence", drawn(10))
def test_with_three_residues_at_once_everything_folds(sequence: str) -> None:
    assert [one.stranded for one in link_times(Protein(sequence), 0.4)] == [0] * len(
        Protein(sequence).native_links
    )


def test_a_link_that_holds_the_native_conformation_alone_never_folds() -> None:
    frozen = [
        (sequence, one.link)
        for sequence in drawn(10)
        for one in link_times(Protein(sequence), 0.4, together=2)
        if np.isnan(one.faster)
    ]
    (sequence, link), *_ = frozen
    assert folding_time(Protein(sequence), 0.4, link, together=2).time == np.inf
    assert folding_time(Protein(sequence), 0.4, link, together=2).stranded == 1


def test_a_tether_that_lets_three_bonds_do_as_they_like_changes_nothing() -> None:
    """Two residues three bonds apart are never further than that."""
    link = next(one for one in TEN.native_links if one[1] - one[0] == 3)
    assert folding_time(TEN, 0.4, link, 3).time == pytest.approx(folding_time(TEN, 0.4).time, rel=1e-7)


def test_ratios_are_those_of_times() -> None:
    free = folding_time(TEN, 0.4).time
    for one in link_times(TEN, 0.4):
        assert one.faster == pytest.approx(free / folding_time(TEN, 0.4, one.link).time, rel=1e-6)
        assert one.span == one.link[1] - one.link[0]
    assert all(one.span >= 7 for one in link_times(TEN, 0.4, least=7))


def test_what_does_not_fold_is_refused() -> None:
    wrong = next(pair for pair in TEN.every.pairs if pair not in TEN.native_links)
    with pytest.raises(ValueError, match="with this link none folds"):
        folding_time(TEN, 0.4, wrong)
    with pytest.raises(ValueError, match="temperature must be a finite number, above 0"):
        folding_time(TEN, -1.0)
    with pytest.raises(ValueError, match="never touch"):
        folding_time(TEN, 0.4, (0, 4))
    with pytest.raises(ValueError, match="together must be a whole number, at least 1 and at most 9"):
        folding_time(TEN, 0.4, together=10)
    with pytest.raises(RuntimeError, match="did not converge in 2 steps; take a higher temperature"):
        mean_times(passage(PROTEIN, 0.5), most=2)
