"""Loops, staples and the two resolvents: against formulas, and against the general pieces they use."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pdenet.data.crambin import crambin
from pdenet.ops.paths.resolvent import chain_links, effective_resistance, kirchhoff
from pdenet.subjects.staple.loops import closing_chance, loop_entropy, pace_entropy, shared_bonds
from pdenet.subjects.staple.measures import random_skips, ranks_agree
from pdenet.subjects.staple.resolvents import DeepNet, chain_correlation, decay, walks_to_output
from pdenet.subjects.staple.stapled import (
    contact_network,
    end_to_end,
    everywhere,
    fluctuations,
)

if TYPE_CHECKING:
    from collections.abc import Callable


# Loops


@pytest.mark.parametrize("bonds", [4, 25, 60])
def test_one_loop_costs_what_the_rule_of_pace_says(bonds: int) -> None:
    assert loop_entropy([(3, 3 + bonds)]) == pytest.approx(pace_entropy(bonds), abs=5e-3)


def test_loops_that_share_nothing_cost_their_sum() -> None:
    apart = loop_entropy([(0, 5), (9, 20)])
    assert apart == pytest.approx(loop_entropy([(0, 5)]) + loop_entropy([(9, 20)]), rel=1e-12)


def test_a_loop_within_a_loop_costs_less_than_its_sum() -> None:
    """det = 10 * 4 - 4^2: what is left of the large loop has six bonds."""
    nested = closing_chance([(0, 10), (3, 7)])
    assert nested == pytest.approx(closing_chance([(0, 6), (10, 14)]), rel=1e-12)
    assert nested > closing_chance([(0, 10), (20, 24)])


def test_shared_bonds_are_counted() -> None:
    assert shared_bonds([(0, 6), (4, 10), (9, 2)]).tolist() == [[6, 2, 4], [2, 6, 5], [4, 5, 7]]


def test_a_gaussian_chain_closes_as_often_as_the_formula_says() -> None:
    """Three dimensions, a small volume; within three standard errors of what is drawn."""
    rng, bonds, size, volume = np.random.default_rng(1), 6, 400_000, 1.0
    ends = rng.normal(size=(size, 3)) * np.sqrt(bonds / 3)
    radius = (3 * volume / (4 * np.pi)) ** (1 / 3)
    share = (np.linalg.norm(ends, axis=1) < radius).mean()
    exact = closing_chance([(0, bonds)], bond=1.0, volume=volume)
    assert share == pytest.approx(exact, rel=0.06), "the density falls by a few per cent within the volume"


# Staples


def test_the_resistance_by_shared_bonds_is_that_of_the_net() -> None:
    for links in ([(3, 40), (4, 32), (16, 26)], [(0, 45)], [(1, 8), (6, 20), (15, 44)]):
        springs = [*chain_links(46), *((i, j, 1.0) for i, j in links)]
        assert end_to_end(46, links) == pytest.approx(
            effective_resistance(kirchhoff(46, springs))[0, -1], rel=1e-12
        )


def test_staples_are_put_everywhere_once() -> None:
    found = everywhere(7, (3, 2))
    every = [((i, i + 3), (j, j + 2)) for i, j in product(range(4), range(5))]
    assert found == [links for links in every if len({*links[0], *links[1]}) == 4]


def test_staples_of_crambin_shorten_it_as_others_would() -> None:
    protein = crambin()
    spans = [j - i for i, j in protein.staples]
    own = end_to_end(46, protein.staples)
    others = np.array([end_to_end(46, links) for links in everywhere(46, spans)])
    assert own == pytest.approx(8.9, abs=0.05)
    assert others.mean() < own < 46 - 1
    assert others.max() <= own + 1e-9, "loops within loops share the most"


def test_the_network_of_crambin_moves_as_its_atoms_do() -> None:
    protein = crambin()
    moved = fluctuations(contact_network(protein))
    assert np.corrcoef(moved, protein.b_factors)[0, 1] == pytest.approx(0.69, abs=0.01)


def test_the_network_of_crambin_is_that_of_prody() -> None:
    prody = pytest.importorskip("prody", reason="ProDy is not installed")
    theirs = prody.GNM("crambin")
    theirs.buildKirchhoff(crambin().places, cutoff=7.0)
    assert np.array_equal(theirs.getKirchhoff(), contact_network(crambin()))


# Resolvents


def test_a_chain_without_a_link_forgets_at_its_rate() -> None:
    found = chain_correlation(64, 0.1)
    assert found[30] / found[31] == pytest.approx(decay(0.1), rel=1e-6)
    assert found[0] < 1e-8
    assert chain_correlation(64, 0.1, [(0, 63)])[0] == pytest.approx(decay(0.1), rel=1e-6)


def test_walks_through_a_network_are_paths_with_and_without_the_skip() -> None:
    factors = np.linspace(0.5, 0.9, 8)
    found = walks_to_output(factors, [(2, 6)])
    plain = np.prod(factors)
    assert found[0] == pytest.approx(plain + np.prod(factors[:2]) * np.prod(factors[6:]), rel=1e-12)
    assert found[4] == pytest.approx(np.prod(factors[4:]), rel=1e-12), "the skip is not passed from inside"
    assert found[-1] == 1


def test_gradients_of_layers_are_their_derivatives() -> None:
    """Against central differences of the network itself."""
    net, skips = DeepNet(5, 6, 0.9, seed=3), [(1, 4)]

    def run(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        states = [x]
        for weight in net.weights:
            states.append(np.tanh(weight @ states[-1]))
            if len(states) == 5:
                states[4] = states[4] + states[1]
        return states[-1]

    small = 1e-5
    derivative = [(run(net.input + small * e) - run(net.input - small * e)) / (2 * small) for e in np.eye(6)]
    assert net.gradients(skips)[0][0] == pytest.approx(np.linalg.norm(derivative) / np.sqrt(6), rel=1e-7)


def test_gradients_of_random_layers_are_near_the_sum_over_walks() -> None:
    """Of their squares: signs are random, so that paths add like independent errors."""
    for seed in range(3):
        net = DeepNet(64, 64, decay(0.1), seed)
        for skips in ((), [(16, 48)], [(8, 24), (30, 60)]):
            found, factors = net.gradients(skips)
            ratio = found[0] / np.sqrt(walks_to_output(factors**2, skips)[0])
            assert 0.3 < ratio < 2.0


def test_a_skip_at_a_random_place_is_a_path_more() -> None:
    net = DeepNet(20, 32, 0.7)
    plain, skipped = random_skips(net, 12)
    assert plain == net.gradients()[0][0]
    assert (skipped > 0.5 * plain).all()
    assert np.median(skipped) > 3 * plain


def test_ranks_share_what_is_equal() -> None:
    assert ranks_agree([1, 2, 3, 4], [1, 4, 9, 16]) == pytest.approx(1)
    assert ranks_agree([1, 2, 2, 3], [4, 3, 3, 1]) == pytest.approx(-1)
    assert np.isnan(ranks_agree([1, 2], [3, 3]))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: loop_entropy([]), "links must be pairs of two different residues"),
        (lambda: loop_entropy([(4, 4)]), "two different residues"),
        (lambda: loop_entropy([(0, 4), (4, 0)]), "no link may follow from the others"),
        (lambda: closing_chance([(0, 4)], bond=0), "bond must be .* above 0"),
        (lambda: closing_chance([(0, 4)], volume=-1), "volume must be .* above 0"),
        (lambda: pace_entropy(0), "bonds must be a whole number, at least 1"),
        (lambda: chain_correlation(8, 0.0), "ground must be .* above 0"),
        (lambda: chain_correlation(8, 0.1, [(2, 8)]), "j must be"),
        (lambda: walks_to_output([0.5, 0.5], [(2, 1)]), "start must be .* at most 0; got 2"),
        (lambda: DeepNet(0, 4, 1.0), "depth must be"),
        (lambda: contact_network(crambin(), 0), "cutoff must be"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Callable[[], Any], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        call()
