"""Networks without hidden bias under weight decay, and how they are brought to rest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize

from pdenet.checks.numbers import real, whole
from pdenet.checks.sequences import wholes
from pdenet.checks.words import flag
from pdenet.ops.diverged import NotConverged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROUNDS, SMALL_GRADIENT = 4000, 1e-9
NUDGE = 1e-4
"""Noise on the last solution before the next strength, so that a state that is no longer stable is left."""


class Rest(NamedTuple):
    """Where a descent has come to."""

    weights: NDArray[np.float64]
    """All parameters in a row."""
    gradient: float
    """The largest entry of the gradient there."""
    rounds: int


@dataclass(frozen=True, eq=False)
class Network:
    """Matrices with tanh between them, and a bias on the last or none; the loss is cross-entropy.

    Parameters
    ----------
    inputs
        (B, N).
    labels
        (B,), classes from 0.
    hidden
        Widths of the hidden layers; none is softmax regression, one is V tanh(W x).
    classes
        Number of classes.
    bias
        Whether the output has a bias, on which there is no decay.

    Raises
    ------
    ValueError
        If shapes do not fit, or a label is none of the classes.
    """

    inputs: NDArray[np.float64]
    labels: NDArray[np.int64]
    hidden: tuple[int, ...]
    classes: int = 10
    bias: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", wholes("hidden", self.hidden, least=1))
        object.__setattr__(self, "classes", whole("classes", self.classes, least=2))
        object.__setattr__(self, "bias", flag("bias", self.bias))
        inputs, labels = np.asarray(self.inputs), np.asarray(self.labels)
        if inputs.ndim != 2 or labels.shape != inputs.shape[:1] or not len(inputs):
            message = f"inputs are (B, N) and labels (B,); got {inputs.shape} and {labels.shape}"
            raise ValueError(message)
        if labels.min() < 0 or labels.max() >= self.classes:
            message = f"labels are 0 to {self.classes - 1}; got {labels.min()} to {labels.max()}"
            raise ValueError(message)

    @property
    def widths(self) -> tuple[int, ...]:
        """From the inputs to the classes."""
        return (self.inputs.shape[1], *self.hidden, self.classes)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(i * o for i, o in pairwise(self.widths)) + self.bias * self.classes

    def split(self, weights: NDArray[np.float64]) -> tuple[list[NDArray[np.float64]], NDArray[np.float64]]:
        """The matrices, (outputs, inputs) each, and the bias (K,), zero where there is none.

        Raises
        ------
        ValueError
            If there are not as many weights as parameters.
        """
        if weights.shape != (self.size,):
            message = f"this network has {self.size} parameters in a row; got shape {weights.shape}"
            raise ValueError(message)
        matrices, start = [], 0
        for i, o in pairwise(self.widths):
            matrices.append(weights[start : start + i * o].reshape(o, i))
            start += i * o
        return matrices, weights[start:] if self.bias else np.zeros(self.classes)

    def states(self, weights: NDArray[np.float64], inputs: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        """Inputs (B, N), each hidden layer, and the logits (B, K)."""
        (*inner, last), bias = self.split(weights)
        states = [inputs]
        for matrix in inner:
            states.append(np.tanh(states[-1] @ matrix.T))
        return [*states, states[-1] @ last.T + bias]

    def loss(self, weights: NDArray[np.float64], decay: float) -> tuple[float, NDArray[np.float64]]:
        """Mean cross-entropy plus half the decay times the squared weights, with its gradient.

        Parameters
        ----------
        weights
            In a row.
        decay
            At least zero.

        Raises
        ------
        ValueError
            If the decay is negative.
        """
        decay = real("decay", decay, least=0)
        matrices, _ = self.split(weights)
        *states, logits = self.states(weights, self.inputs)
        logits = logits - logits.max(1, keepdims=True)
        shares = np.exp(logits)
        total = shares.sum(1, keepdims=True)
        rows, count = np.arange(len(self.labels)), len(self.labels)
        value = float((np.log(total[:, 0]) - logits[rows, self.labels]).mean())
        value += decay / 2 * sum(float((matrix**2).sum()) for matrix in matrices)
        back = shares / total
        back[rows, self.labels] -= 1
        back /= count
        parts = [back.sum(0)] if self.bias else []
        for matrix, state in zip(reversed(matrices), reversed(states), strict=True):
            parts.append((back.T @ state + decay * matrix).ravel())
            back = (back @ matrix) * (1 - state**2)
        return value, np.concatenate(parts[::-1])

    def settle(self, weights: NDArray[np.float64], decay: float, *, rounds: int = ROUNDS) -> Rest:
        """Go down by L-BFGS to where the gradient vanishes.

        Parameters
        ----------
        weights
            Where to start.
        decay
            At least zero.
        rounds
            At most.

        Raises
        ------
        NotConverged
            If the gradient is not small after so many rounds.
        """
        options = {"maxiter": whole("rounds", rounds, least=1), "maxfun": 2 * rounds, "maxcor": 30} | {
            "ftol": 0.0,
            "gtol": SMALL_GRADIENT,
        }
        found = minimize(self.loss, weights, (decay,), "L-BFGS-B", jac=True, options=options)
        steepest = float(np.abs(found.jac).max())
        if steepest > 100 * SMALL_GRADIENT:
            message = (
                f"the gradient is {steepest:.1e} after {found.nit} rounds at decay {decay:.4g}, not below "
                f"{100 * SMALL_GRADIENT:.0e}; give more rounds, or stay further from the critical strength"
            )
            raise NotConverged(message)
        return Rest(found.x, steepest, int(found.nit))

    def follow(
        self, weights: NDArray[np.float64], decays: Sequence[float], seed: int, *, rounds: int = ROUNDS
    ) -> list[Rest]:
        """Come to rest at one strength after another, each from the last with a little noise.

        Parameters
        ----------
        weights
            Where to start.
        decays
            All rising (heating) or all falling (cooling).
        seed
            Of the noise.
        rounds
            At most, at each.

        Raises
        ------
        ValueError
            If the strengths neither all rise nor all fall, or one is negative.
        """
        found: list[Rest] = []
        generator = np.random.default_rng(seed)
        for decay in one_way(decays):
            start = weights + NUDGE * generator.standard_normal(self.size)
            found.append(self.settle(start, decay, rounds=rounds))
            weights = found[-1].weights
        return found


def one_way(decays: Sequence[float]) -> tuple[float, ...]:
    """The strengths, if they all rise or all fall.

    Parameters
    ----------
    decays
        At least zero.

    Raises
    ------
    ValueError
        If they neither all rise nor all fall, or one is negative.
    """
    strengths = tuple(real("each decay", decay, least=0) for decay in decays)
    steps = np.diff(strengths)
    if not ((steps > 0).all() or (steps < 0).all()):
        message = f"decays must all rise (heating) or all fall (cooling), each once; got {[*strengths]}"
        raise ValueError(message)
    return strengths
