"""What is measured of networks under weight decay: heated, cooled, near the critical strength, trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pdenet.checks.numbers import whole
from pdenet.subjects.weight_decay.critical import correlation, critical_decay, one_hot, pooled
from pdenet.subjects.weight_decay.network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pdenet.data import ImageData

SWEEP = (0.01, 0.02, 0.05, *(round(0.05 * n, 2) for n in range(2, 20)), 1.05, 1.1, 1.2)
"""Strengths over the critical one of two layers, from weak to strong."""
NEAR = (0.03, 0.02, 0.014, 0.01, 0.007, 0.005, 0.003, 0.002)
"""Distances below the critical strength, over it."""
NEAREST = 0.01
"""Up to this distance the exponent is fitted."""
ABOVE = (1.01, 1.002)
BUDGETS, RATE = (100, 400), 0.02
"""Steps of Adam, and their rate."""
TRAINED = (0.0, *(round(0.05 * n, 2) for n in range(8, 25)))
"""Strengths over the critical one for Adam; the peak is looked for among those above zero."""
EVEN = tuple(round(0.05 * n, 2) for n in range(25))
"""The same from none at all, in even steps."""
START, TINY = 0.3, 0.01
"""Spread of the first weights: ordered from the start, or small."""
DEAD = 1e-3
"""A norm of all weights below which a network is at zero: its logits count as equal."""
SHARE_OF_A_MODE = 0.05
"""A mode is a singular value of the product of the matrices that is not below this share of the largest."""


class Data(NamedTuple):
    """Examples to learn from and to test with."""

    inputs: NDArray[np.float64]
    labels: NDArray[np.int64]
    test_inputs: NDArray[np.float64]
    test_labels: NDArray[np.int64]


def drawn(images: ImageData, seed: int, train: int = 1000, test: int = 1000) -> Data:
    """A part of an image set, or less where there is less, as 14 x 14 means.

    Parameters
    ----------
    images
        The set.
    seed
        Of the draw.
    train, test
        How many images.
    """
    sizes = min(train, len(images.train_labels)), min(test, len(images.test_labels))
    part = images.subset(*sizes, seed=seed)
    return Data(*pooled(part, "train"), *pooled(part, "test"))


@dataclass(frozen=True, eq=False)
class Subject:
    """A network and its data.

    Parameters
    ----------
    data
        Examples.
    hidden
        Widths of hidden layers.
    bias
        Whether the output has one.
    """

    data: Data
    hidden: tuple[int, ...] = (8,)
    bias: bool = False

    @property
    def network(self) -> Network:
        """The network on what it learns from."""
        return Network(self.data.inputs, self.data.labels, self.hidden, bias=self.bias)

    @property
    def critical(self) -> float:
        """The strength that is predicted for one hidden layer; for other depths a unit."""
        answers = one_hot(self.data.labels)
        return critical_decay(correlation(self.data.inputs, answers, bias=self.bias))

    def start(self, seed: int, spread: float) -> NDArray[np.float64]:
        """Weights drawn at random."""
        weights: NDArray[np.float64] = spread * np.random.default_rng(seed).standard_normal(self.network.size)
        return weights

    def state(self, weights: NDArray[np.float64], decay: float) -> dict[str, float]:
        """Norm of the weights, mean size of the last hidden layer, modes, loss, accuracy in per cent."""
        network = self.network
        matrices, _ = network.split(weights)
        norm = float(np.sqrt(sum((matrix**2).sum() for matrix in matrices)))
        states = network.states(weights, self.data.inputs)
        product = matrices[0]
        for matrix in matrices[1:]:
            product = matrix @ product
        sizes = np.linalg.svd(product, compute_uv=False)
        return {
            "norm": norm,
            "activity": float(np.abs(states[-2]).mean()) if self.hidden else float(np.abs(states[-1]).mean()),
            "modes": 0 if norm < DEAD else int((sizes >= SHARE_OF_A_MODE * sizes[0]).sum()),
            "loss": network.loss(weights, decay)[0],
            "accuracy": self.accuracy(weights, norm),
        }

    def accuracy(self, weights: NDArray[np.float64], norm: float) -> float:
        """Test images labelled right, in per cent; equal logits count as the first class.

        What is left of dying weights still has a largest logit, which would be taken for an answer.

        Parameters
        ----------
        weights
            In a row.
        norm
            Of the weights.
        """
        logits = self.network.states(weights, self.data.test_inputs)[-1]
        if norm < DEAD:
            logits = np.zeros_like(logits) + self.network.split(weights)[1]
        return 100 * float((logits.argmax(1) == self.data.test_labels).mean())


def swept(subject: Subject, seed: int, strengths: Sequence[float] = SWEEP) -> dict[str, Any]:
    """States on the way up from an ordered start, and down again from small weights, weak to strong both.

    Parameters
    ----------
    subject
        Network and data.
    seed
        Of first weights and noise.
    strengths
        Over the critical one, rising.
    """
    network, unit = subject.network, subject.critical
    decays = [unit * strength for strength in strengths]
    heated = network.follow(subject.start(seed, START), decays, seed)
    cooled = network.follow(subject.start(seed, TINY), decays[::-1], seed)[::-1]
    found: dict[str, Any] = {"critical": unit}
    for name, rests in (("heated", heated), ("cooled", cooled)):
        states = [subject.state(rest.weights, decay) for rest, decay in zip(rests, decays, strict=True)]
        found |= {f"{name} {what}": [state[what] for state in states] for what in states[0]}
    return found


def near(subject: Subject, seed: int, distances: Sequence[float] = NEAR) -> dict[str, Any]:
    """Squared weights next to the critical strength: where they vanish, and with which exponent.

    Parameters
    ----------
    subject
        Network and data.
    seed
        Of first weights and noise.
    distances
        Below the critical strength, over it, falling.
    """
    network, unit = subject.network, subject.critical
    strengths = [1 - distance for distance in distances]
    below = network.follow(subject.start(seed, START), [unit * x for x in strengths], seed)
    above = network.follow(below[-1].weights, [unit * x for x in sorted(ABOVE)], seed)
    norms, dead = ([subject.state(r.weights, 0.0)["norm"] for r in rests] for rests in (below, above))
    gaps = 1 - np.array(strengths)
    close = gaps < NEAREST * 1.001
    fit = np.polyfit(np.square(norms), strengths, 2)
    slope = np.polyfit(np.log(gaps[close]), np.log(np.array(norms)[close]), 1)
    return {
        "critical": unit,
        "norms": norms,
        "vanishes at": float(fit[-1]),
        "exponent": float(slope[0]),
        "norm above": dict(zip(map(str, sorted(ABOVE)), dead, strict=True)),
        "rounds": [rest.rounds for rest in below],
    }


def adam(
    network: Network, weights: NDArray[np.float64], decay: float, steps: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Weights after these numbers of steps of Adam on all examples at once.

    Parameters
    ----------
    network
        What is trained.
    weights
        First ones.
    decay
        At least zero; part of the loss.
    steps
        Ascending.
    """
    first, second, kept = np.zeros_like(weights), np.zeros_like(weights), []
    for step in range(1, whole("steps", steps[-1], least=1) + 1):
        gradient = network.loss(weights, decay)[1]
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        scale = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        weights = weights - RATE * first / (1 - 0.9**step) / scale
        if step in steps:
            kept.append(weights)
    return kept


def trained(subject: Subject, seed: int, strengths: Sequence[float] = TRAINED) -> dict[str, Any]:
    """States after a budget of steps from small weights, each strength anew.

    Parameters
    ----------
    subject
        Network and data.
    seed
        Of the first weights.
    strengths
        Over the critical one, rising, the first of which is zero.
    """
    network, unit = subject.network, subject.critical
    found: dict[str, Any] = {"critical": unit}
    for strength in strengths:
        decay = unit * strength
        for budget, weights in zip(
            BUDGETS, adam(network, subject.start(seed, TINY), decay, BUDGETS), strict=True
        ):
            for what, value in subject.state(weights, decay).items():
                found.setdefault(f"{what} after {budget}", []).append(value)
    for budget in BUDGETS:
        for what in ("norm", "activity"):
            found[f"peak of {what} after {budget}"] = peak(strengths[1:], found[f"{what} after {budget}"][1:])
    return found


def peak(strengths: Sequence[float], values: Sequence[float]) -> float:
    """Where values fall fastest: the middle of two strengths.

    Parameters
    ----------
    strengths
        Rising.
    values
        One each.
    """
    at, steps = np.asarray(strengths), np.diff(values) / np.diff(strengths)
    number = int(np.argmax(-steps))
    return float((at[number] + at[number + 1]) / 2)
