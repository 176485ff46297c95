"""Two graphs with one resolvent: an elastic chain that a link joins, and a deep network that a skip does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.ops.paths.resolvent import chain_links, green, kirchhoff, resolvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Skip = tuple[int, int]


def chain_correlation(nodes: int, ground: float, links: Sequence[Skip] = ()) -> Array:
    """Correlation of each node's place with the last one's over its own spread, (nodes,).

    Parameters
    ----------
    nodes
        Of a chain of springs of stiffness 1.
    ground
        Stiffness k0 of the spring that holds each node to its place.
    links
        Nodes that one more spring of stiffness 1 joins.
    """
    springs = [*chain_links(nodes), *((i, j, 1.0) for i, j in links)]
    found = green(kirchhoff(nodes, springs) + real("ground", ground, above=0) * np.eye(nodes))
    correlation: Array = found[:, -1] / found[-1, -1]
    return correlation


def decay(ground: float) -> float:
    """The factor by which the correlation of a long chain falls from node to node."""
    return float(np.exp(-np.arccosh(1 + real("ground", ground, above=0) / 2)))


def skip_weights(factors: Sequence[float] | Array, skips: Sequence[Skip] = ()) -> Array:
    """Weights of a network as a graph, (L + 1, L + 1): layer l multiplies by its factor, a skip by one."""
    weights = np.diag(np.asarray(factors, dtype=float), -1)
    for start, end in skips:
        weights[whole("end", end, least=0), whole("start", start, least=0, most=end - 1)] += 1.0
    return weights


def walks_to_output(factors: Sequence[float] | Array, skips: Sequence[Skip] = ()) -> Array:
    """What arrives at the output of what starts behind each layer, (L + 1,): a row of the resolvent."""
    arriving: Array = resolvent(skip_weights(factors, skips))[-1]
    return arriving


class DeepNet:
    """Random layers ``x <- tanh(W x)``, some of which add what a skip brings.

    Parameters
    ----------
    depth, width
        Layers, and units of each.
    gain
        Root of the width times the spread of a weight: the factor of a layer on a small signal.
    seed
        Of weights and input.
    """

    def __init__(self, depth: int, width: int, gain: float, seed: int = 0) -> None:
        depth, width = whole("depth", depth, least=1), whole("width", width, least=1)
        rng = np.random.default_rng([whole("seed", seed, least=0), 16])
        spread = real("gain", gain, above=0) / np.sqrt(width)
        self.weights = spread * rng.standard_normal((depth, width, width))
        self.input = rng.standard_normal(width)

    def gradients(self, skips: Sequence[Skip] = ()) -> tuple[Array, Array]:
        """How strongly the output depends on what is behind each layer, and the factor of each layer.

        Returns
        -------
        (L + 1,), (L,)
            Frobenius norms over the root of the width: of the derivative of the output by the state behind
            layer 0 (the input), 1, ..., L, and of the derivative of each layer by its own input.
        """
        depth, width = self.weights.shape[:2]
        states, layers = [self.input], []
        for number, weight in enumerate(self.weights, 1):
            inner = np.tanh(weight @ states[-1])
            layers.append((1 - inner[:, None] ** 2) * weight)
            states.append(inner + sum(states[start] for start, end in skips if end == number))
        backwards = [np.eye(width)] * (depth + 1)
        for number in range(depth - 1, -1, -1):
            found = backwards[number + 1] @ layers[number]
            backwards[number] = found + sum(backwards[end] for start, end in skips if start == number)
        root = np.sqrt(width)
        return (
            np.array([np.linalg.norm(one) for one in backwards]) / root,
            np.array([np.linalg.norm(one) for one in layers]) / root,
        )
