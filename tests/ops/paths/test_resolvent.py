"""The resolvent of a graph: walks, resistances and updates against inverses, series and another library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sympy as sp

from pdenet.ops.paths.resolvent import (
    acyclic,
    chain_links,
    effective_resistance,
    green,
    kirchhoff,
    resolvent,
    spectral_radius,
    walk_sum,
    walks_by_length,
    with_edge,
    with_link,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def layered(nodes: int, seed: int = 0) -> np.ndarray[Any, Any]:
    """Random weights of a graph without cycles, its nodes in no order."""
    rng = np.random.default_rng(seed)
    weights = np.tril(rng.normal(size=(nodes, nodes)), -1)
    order = rng.permutation(nodes)
    return weights[np.ix_(order, order)]


def tangled(nodes: int, radius: float, seed: int = 1) -> np.ndarray[Any, Any]:
    weights = np.random.default_rng(seed).normal(size=(nodes, nodes))
    return weights * radius / spectral_radius(weights)


# Walks


def test_the_resolvent_is_the_inverse_and_the_sum_of_all_walks() -> None:
    for weights in (layered(9), tangled(9, 0.7)):
        inverse = np.linalg.inv(np.eye(9) - weights)
        assert np.allclose(resolvent(weights), inverse, atol=1e-12)
        assert np.allclose(walk_sum(weights), inverse, atol=1e-12)
    assert np.allclose(walk_sum(layered(9), 8), walk_sum(layered(9)), atol=1e-12), "no walk has nine edges"
    assert np.allclose(walk_sum(tangled(9, 0.7), 150), walk_sum(tangled(9, 0.7)), atol=1e-12)
    assert np.array_equal(walk_sum(tangled(3, 2.0), 0), np.eye(3))


def test_walks_are_counted() -> None:
    """With skips of one and two layers the walks from end to end are Fibonacci's numbers."""
    steps = np.eye(11, k=-1) + np.eye(11, k=-2)
    assert resolvent(steps)[10, 0] == 89
    counts = walks_by_length(steps, 0, 10, 12)
    assert counts.tolist() == [0, 0, 0, 0, 0, 1, 15, 35, 28, 9, 1, 0, 0]
    assert counts.sum() == 89


def test_weights_of_any_size_keep_their_digits_where_there_is_no_cycle() -> None:
    """A chain of 64 factors of 2, and of 1/2: the inverse of a matrix that is as good as singular."""
    for factor in (2.0, 0.5):
        assert resolvent(factor * np.eye(65, k=-1))[64, 0] == factor**64
    assert resolvent(layered(30))[np.ix_([3], [7])] == pytest.approx(
        walk_sum(layered(30), 29)[3, 7], rel=1e-9
    )


def test_walks_that_do_not_add_up_still_have_an_inverse() -> None:
    weights = tangled(6, 1.5)
    with pytest.raises(ValueError, match=r"spectral radius of the weights must be below 1, got 1\.5"):
        walk_sum(weights)
    assert np.allclose(resolvent(weights) @ (np.eye(6) - weights), np.eye(6), atol=1e-12)


def test_cycles_are_seen() -> None:
    assert acyclic(layered(7))
    assert acyclic(np.zeros((2, 2)))
    assert not acyclic(layered(7) + np.diag([0, 0, 1, 0, 0, 0, 0]))
    assert not acyclic([[0, 1], [-1, 0]])


# Springs and conductors


def test_the_resistance_along_a_chain_is_the_distance() -> None:
    found = effective_resistance(kirchhoff(12, chain_links(12)))
    places = np.arange(12)
    assert np.abs(found - np.abs(places[:, None] - places)).max() < 1e-12
    halved = effective_resistance(kirchhoff(12, chain_links(12, 2.0)))
    assert np.allclose(halved, found / 2, atol=1e-12)


def test_links_side_by_side_add_their_conductances() -> None:
    links = [*chain_links(8), (2, 6, 0.3)]
    before = effective_resistance(kirchhoff(8, links))
    after = effective_resistance(kirchhoff(8, [*links, (1, 7, 0.7)]))
    assert 1 / after[1, 7] == pytest.approx(1 / before[1, 7] + 0.7, rel=1e-12)
    assert (after <= before + 1e-12).all(), "a link never raises a resistance (Rayleigh)"


def test_resistances_are_those_of_networkx() -> None:
    networkx = pytest.importorskip("networkx", reason="networkx is not installed")
    graph = networkx.connected_watts_strogatz_graph(20, 4, 0.3, seed=3)
    rng = np.random.default_rng(0)
    links = [
        (i, j, float(k)) for (i, j), k in zip(graph.edges, rng.uniform(0.5, 2, graph.size()), strict=True)
    ]
    for i, j, k in links:
        graph.edges[i, j]["weight"] = k
    theirs = networkx.resistance_distance(graph, weight="weight", invert_weight=False)
    found = effective_resistance(kirchhoff(20, links))
    assert all(found[i, j] == pytest.approx(theirs[i][j], abs=1e-9) for i in graph for j in graph)


def test_a_chain_held_to_the_ground_forgets_exponentially() -> None:
    """Away from the ends G falls by e^(-1/xi) a link, where cosh(1/xi) = 1 + k0 / 2k."""
    stiffness, ground = 1.7, 0.4
    inverse = green(kirchhoff(200, chain_links(200, stiffness)) + ground * np.eye(200))
    ratio = inverse[100, 60] / inverse[100, 61]
    assert np.cosh(np.log(ratio)) == pytest.approx(1 + ground / (2 * stiffness), rel=1e-12)


# One more edge


def test_a_link_is_an_update_of_rank_one() -> None:
    matrix = kirchhoff(30, chain_links(30)) + 0.1 * np.eye(30)
    linked = matrix + kirchhoff(30, [(3, 25, 2.5)])
    updated = with_link(green(matrix), 3, 25, 2.5)
    assert np.abs(updated - np.linalg.inv(linked)).max() < 1e-12
    assert np.abs(with_link(updated, 25, 3, -2.5) - green(matrix)).max() < 1e-12, "taken away again"
    assert np.linalg.matrix_rank(updated - green(matrix), tol=1e-10) == 1


def test_an_edge_is_an_update_of_rank_one() -> None:
    for weights in (layered(10), tangled(10, 0.6)):
        more = weights.copy()
        more[7, 2] += 0.9
        updated = with_edge(resolvent(weights), 2, 7, 0.9)
        assert np.abs(updated - np.linalg.inv(np.eye(10) - more)).max() < 1e-12 * np.abs(updated).max()


def test_a_skip_over_a_chain_adds_one_path() -> None:
    before = resolvent(0.5 * np.eye(9, k=-1))
    after = with_edge(before, 2, 6, 1.0)
    assert after[8, 0] == pytest.approx(0.5**8 + 0.5**4, rel=1e-12)


# Bad input


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: resolvent([[1.0]]), ValueError, "I - A has no inverse: A has the eigenvalue 1"),
        (lambda: resolvent([[0.0, 2.0], [0.5, 0.0]]), ValueError, "has no inverse"),
        (lambda: resolvent(np.ones((2, 3))), ValueError, r"weights must be a square matrix .*2, 3"),
        (lambda: resolvent(np.ones((0, 0))), ValueError, "square matrix"),
        (lambda: walk_sum([[np.nan]]), ValueError, "finite"),
        (lambda: walk_sum([["a"]]), TypeError, "real numbers"),
        (lambda: walk_sum([[0.5]], -1), ValueError, "longest must be a whole number, at least 0"),
        (lambda: walk_sum([[-1.0]]), ValueError, "do not add up"),
        (lambda: walks_by_length([[0.5]], 0, 1, 3), ValueError, "end must be a whole number, at least 0"),
        (lambda: green(kirchhoff(4, chain_links(4))), ValueError, "nothing holds it to the ground"),
        (lambda: kirchhoff(3, [(1, 1, 1.0)]), ValueError, "two different nodes; got 1 twice"),
        (lambda: kirchhoff(3, [(0, 3, 1.0)]), ValueError, "j must be .* at most 2; got 3"),
        (lambda: kirchhoff(3, [(0, 1, 0.0)]), ValueError, "stiffness must be .* above 0"),
        (lambda: effective_resistance(kirchhoff(4, [(0, 1, 1), (2, 3, 1)])), ValueError, "got 2 pieces"),
        (lambda: effective_resistance(kirchhoff(2, [])), ValueError, "got 2 pieces"),
        (lambda: effective_resistance(np.eye(3)), ValueError, "must sum to zero"),
        (lambda: effective_resistance([[1, -1], [0, 0]]), ValueError, "symmetric"),
        (lambda: with_link(layered(4), 0, 1, 1.0), ValueError, "inverse must be symmetric"),
        (lambda: with_link(np.eye(2), 0, 1, -0.5), ValueError, "with this edge there is no inverse"),
        (lambda: with_edge(np.eye(2), 0, 0, 1.0), ValueError, "change the weight"),
        (lambda: with_edge(np.eye(2), 0, 2, 1.0), ValueError, "end must be"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_an_error_that_says_why(
    call: Callable[[], Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        call()


def test_one_node_alone_has_no_resistance_to_itself() -> None:
    assert effective_resistance([[0.0]]).tolist() == [[0.0]]


def test_one_more_link_is_the_exact_inverse_in_symbols() -> None:
    """Sherman and Morrison's formula for three beads, any stiffnesses; and ours for some of them."""
    a, b, c, ground = stiffnesses = sp.symbols("a b c k_0", positive=True)
    chain = sp.Matrix([[a, -a, 0], [-a, a + b, -b], [0, -b, b]]) + ground * sp.eye(3)
    ends = sp.Matrix([1, 0, -1])
    column = chain.inv() * ends
    updated = chain.inv() - c * column * column.T / (1 + c * (ends.T * column)[0])
    assert sp.simplify(updated * (chain + c * ends * ends.T) - sp.eye(3)) == sp.zeros(3)
    values = dict(zip(stiffnesses, (2.0, 3.0, 5.0, 0.5), strict=True))
    ours = with_link(np.array(chain.subs(values).inv(), dtype=float), 0, 2, 5.0)
    assert ours == pytest.approx(np.array(updated.subs(values), dtype=float), abs=1e-14)
