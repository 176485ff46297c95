"""The resolvent of a weighted graph: all walks from one node to another, summed at once.

A walk's weight is the product of the weights of its edges, so that the walks of n edges are the entries of
the n-th power of the matrix of weights A, and all of them together those of (I - A)^-1. Layers with skips are
such a graph, and so is a chain of springs; one more edge or link changes the resolvent by a matrix of rank
one.

In a matrix of weights the row is the node that an edge enters, the column the one that it leaves, as in
`pdenet.ops.paths.gates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import solve_triangular
from scipy.sparse.csgraph import connected_components

from pdenet.checks.numbers import real, whole
from pdenet.ops.arrays import finite

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

_SINGULAR = 1e-13
"""Reciprocal condition number below which an inverse has no digit left."""


def resolvent(weights: ArrayLike) -> Array:
    """The inverse (I - A)^-1, (n, n); where the walks' sum converges, it is that sum.

    Parameters
    ----------
    weights : (n, n)
        A: weight of the edge from the column's node to the row's; zero where there is none.

    Raises
    ------
    TypeError, ValueError
        If `weights` is no square matrix of finite numbers, or A has the eigenvalue 1, so that there is no
        inverse.

    Examples
    --------
    >>> resolvent([[0, 0, 0], [2, 0, 0], [5, 3, 0]])[2, 0]  # one edge of 5, or two of 2 and 3
    np.float64(11.0)
    """
    matrix = _square("weights", weights)
    if (
        order := _in_order(matrix)
    ) is not None:  # forwards, node by node: no digit is lost, whatever the weights
        ahead, place = matrix[np.ix_(order, order)], np.argsort(order)
        one = np.eye(len(matrix))
        found: Array = solve_triangular(one - ahead, one, lower=True, unit_diagonal=True)
        return found[np.ix_(place, place)]
    return _inverse(np.eye(len(matrix)) - matrix, "I - A", "A has the eigenvalue 1; make its weights smaller")


def walk_sum(weights: ArrayLike, longest: int | None = None) -> Array:
    """The sum of the weights of all walks, (n, n): those of at most `longest` edges, or all of them.

    Parameters
    ----------
    weights : (n, n)
        As in `resolvent`.
    longest : int, optional
        Edges of the longest walk; all walks unless given.

    Raises
    ------
    TypeError, ValueError
        If `weights` is no square matrix of finite numbers, `longest` is negative, or all walks are asked for
        and their sum does not converge: there is a cycle, and the spectral radius is 1 or more.
    """
    matrix = _square("weights", weights)
    if longest is None:
        if not acyclic(matrix) and (radius := spectral_radius(matrix)) >= 1:
            message = (
                "the walks do not add up: the spectral radius of the weights must be below 1, got"
                f" {radius:.4g}; give the longest walk, or take the inverse by `resolvent`"
            )
            raise ValueError(message)
        return resolvent(matrix)
    term = total = np.eye(len(matrix))
    for _ in range(whole("longest", longest, least=0)):
        term = matrix @ term
        total = total + term
    return total


def walks_by_length(weights: ArrayLike, start: int, end: int, longest: int) -> Array:
    """The weights of the walks between two nodes, summed by their number of edges, (longest + 1,).

    Parameters
    ----------
    weights : (n, n)
        As in `resolvent`.
    start, end
        Where the walks begin and end.
    longest
        Edges of the longest.

    Raises
    ------
    TypeError, ValueError
        If `weights` is no square matrix of finite numbers, or a node is none of its nodes.
    """
    matrix = _square("weights", weights)
    start, end = (_node(name, at, matrix) for name, at in (("start", start), ("end", end)))
    found, here = np.zeros(whole("longest", longest, least=0) + 1), np.eye(len(matrix))[start]
    for length in range(len(found)):
        found[length] = here[end]
        here = matrix @ here
    return found


def acyclic(weights: ArrayLike) -> bool:
    """Whether no walk comes back to where it was; then every sum of walks is finite."""
    return _in_order(_square("weights", weights)) is not None


def spectral_radius(weights: ArrayLike) -> float:
    """The size of the largest eigenvalue: the sum of all walks converges if it is below 1."""
    return float(np.abs(np.linalg.eigvals(_square("weights", weights))).max())


def with_edge(inverse: ArrayLike, start: int, end: int, weight: float) -> Array:
    """The resolvent after one more edge, (n, n), from the one before it (Sherman and Morrison).

    What is added is a walk to `start`, the edge, and a walk from `end`; the denominator counts those that
    take the edge again and again.

    Parameters
    ----------
    inverse : (n, n)
        (I - A)^-1 without the edge.
    start, end
        Nodes that the edge leaves and enters.
    weight
        Its weight, which is added to that of an edge already there.

    Raises
    ------
    TypeError, ValueError
        If shapes or nodes do not fit, or the weight closes a loop of the total weight 1, so that there is no
        inverse.
    """
    matrix = _square("inverse", inverse)
    start, end = (_node(name, at, matrix) for name, at in (("start", start), ("end", end)))
    return _updated(matrix, matrix[:, end], matrix[start], -real("weight", weight), matrix[start, end])


def kirchhoff(nodes: int, links: Iterable[tuple[int, int, float]]) -> Array:
    """Kirchhoff's matrix of springs or conductors, (nodes, nodes): its rows sum to zero.

    Parameters
    ----------
    nodes
        How many there are.
    links
        Two nodes and the stiffness (conductance) between them; what links one pair is added.

    Raises
    ------
    TypeError, ValueError
        If a link is not of two different nodes that are there, or its stiffness is not positive.

    Examples
    --------
    >>> kirchhoff(3, [(0, 1, 1), (1, 2, 2)])
    array([[ 1., -1.,  0.],
           [-1.,  3., -2.],
           [ 0., -2.,  2.]])
    """
    matrix = np.zeros((whole("nodes", nodes, least=1),) * 2)
    for i, j, stiffness in links:
        ends = _link(i, j, matrix)
        matrix += real("stiffness", stiffness, above=0) * np.outer(ends, ends)
    return matrix


def chain_links(nodes: int, stiffness: float = 1.0) -> list[tuple[int, int, float]]:
    """The links of a chain, one between each node and the next."""
    return [(i, i + 1, stiffness) for i in range(whole("nodes", nodes, least=1) - 1)]


def green(matrix: ArrayLike) -> Array:
    """The inverse of a Kirchhoff matrix that something holds to the ground, (n, n).

    Raises
    ------
    TypeError, ValueError
        If it is no square matrix of finite numbers, or singular, as one without a ground is.
    """
    return _inverse(
        _square("matrix", matrix),
        "the matrix",
        "nothing holds it to the ground; add k0 I, or ask for `effective_resistance`",
    )


def with_link(inverse: ArrayLike, i: int, j: int, stiffness: float) -> Array:
    """The inverse of a Kirchhoff matrix after one more link, (n, n), from the one before it.

    ``G' = G - k G e (G e)^T / (1 + k e^T G e)``, where e is 1 at i and -1 at j; the pseudo-inverse of a
    connected graph without a ground obeys it as well.

    Parameters
    ----------
    inverse : (n, n)
        G, symmetric.
    i, j
        Two different nodes.
    stiffness
        k of the link; a negative one takes it away.

    Raises
    ------
    TypeError, ValueError
        If shapes or nodes do not fit, `inverse` is not symmetric, or the link that is taken away was all that
        held two parts together, so that there is no inverse.
    """
    matrix = _square("inverse", inverse)
    _symmetric("inverse", matrix)
    column = matrix @ (ends := _link(i, j, matrix))
    return _updated(matrix, column, column, real("stiffness", stiffness), float(ends @ column))


def effective_resistance(matrix: ArrayLike) -> Array:
    """The resistance between every two nodes of a net of conductors, (n, n).

    Parameters
    ----------
    matrix : (n, n)
        Kirchhoff's matrix of a connected graph, as `kirchhoff` makes it.

    Raises
    ------
    TypeError, ValueError
        If it is not square, finite and symmetric with rows that sum to zero, or the graph is in pieces.
    """
    found = _square("matrix", matrix)
    _symmetric("matrix", found)
    size = np.abs(found).max(initial=0.0)
    if np.abs(found.sum(0)).max() > 1e-9 * max(size, 1e-300):
        message = "the rows of Kirchhoff's matrix must sum to zero; one that is grounded has no resistances"
        raise ValueError(message)
    pieces, _ = connected_components(np.abs(found) > 1e-12 * size, directed=False)
    if pieces > 1:
        message = (
            f"the graph must be connected; got {pieces} pieces, and no current flows from one to another"
        )
        raise ValueError(message)
    # With the constant vector held the inverse is the pseudo-inverse and a constant, which drops out.
    inverse = np.linalg.inv(found + max(size, 1.0) / len(found))
    diagonal = inverse.diagonal()
    resistance: Array = diagonal[:, None] + diagonal - inverse - inverse.T
    np.fill_diagonal(resistance, 0.0)
    return resistance


def _in_order(matrix: Array) -> list[int] | None:
    """The nodes in an order in which every edge goes forwards (Kahn); None where there is a cycle."""
    edges = matrix != 0
    entering = edges.sum(1)
    order = [int(node) for node in np.flatnonzero(entering == 0)]
    for node in order:  # grows while it is read
        ahead = np.flatnonzero(edges[:, node])
        entering[ahead] -= 1
        order.extend(int(one) for one in ahead if entering[one] == 0)
    return order if len(order) == len(matrix) else None


def _updated(inverse: Array, column: Array, row: Array, factor: float, overlap: float) -> Array:
    """The inverse of ``M + factor u v^T``: column is G u, row is v^T G, overlap is v^T G u."""
    denominator = 1 + factor * overlap
    if abs(denominator) <= _SINGULAR * (1 + abs(factor * overlap)):
        message = (
            f"with this edge there is no inverse: one plus weight times overlap must not vanish, got"
            f" {denominator:.1e}; change the weight"
        )
        raise ValueError(message)
    changed: Array = inverse - factor / denominator * np.outer(column, row)
    return changed


def _square(name: str, values: ArrayLike) -> Array:
    matrix = finite(name, values)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        message = f"{name} must be a square matrix (n, n); got shape {matrix.shape}"
        raise ValueError(message)
    return matrix


def _symmetric(name: str, matrix: Array) -> None:
    if np.abs(matrix - matrix.T).max() > 1e-9 * np.abs(matrix).max():
        message = f"{name} must be symmetric: what links i to j links j to i"
        raise ValueError(message)


def _node(name: str, at: Any, matrix: Array) -> int:
    return whole(name, at, least=0, most=len(matrix) - 1)


def _link(i: Any, j: Any, matrix: Array) -> Array:
    i, j = _node("i", i, matrix), _node("j", j, matrix)
    if i == j:
        message = f"a link must be between two different nodes; got {i} twice"
        raise ValueError(message)
    ends = np.zeros(len(matrix))
    ends[[i, j]] = 1.0, -1.0
    return ends


def _inverse(matrix: Array, name: str, cure: str) -> Array:
    try:
        inverse = np.linalg.inv(matrix).astype(float)
    except np.linalg.LinAlgError:
        inverse = np.full_like(matrix, np.nan)
    condition = float(np.linalg.norm(matrix, 1)) * float(np.linalg.norm(inverse, 1))
    if not condition <= 1 / _SINGULAR:  # or NaN
        message = f"{name} has no inverse: {cure}"
        raise ValueError(message)
    return inverse
