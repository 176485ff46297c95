"""The critical strength: the largest singular value of what inputs and answers have in common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.data import ImageData

SLOPES = {"linear": 1.0, "tanh": 1.0, "sine": 1.0, "arctan": 1.0, "erf": 2 / math.sqrt(math.pi)}
"""Slopes at zero of activations that vanish there."""
OTHERS = ("relu", "sigmoid", "softplus")
"""Activations that have no slope at zero, or do not vanish there."""


def one_hot(labels: NDArray[np.int64], classes: int = 10) -> NDArray[np.float64]:
    """(B, K): one where the class is, else zero."""
    hot: NDArray[np.float64] = np.eye(classes)[labels]
    return hot


def correlation(
    inputs: NDArray[np.float64], answers: NDArray[np.float64], *, bias: bool = False
) -> NDArray[np.float64]:
    """S (K, N), the mean of (y - c) x^T: minus the slope of the loss by V W, where V W is zero.

    Parameters
    ----------
    inputs
        x, (B, N).
    answers
        y, (B, K): one where the class is, for cross-entropy; centred, for squared error.
    bias
        Whether the output has a bias, so that c is the classes' frequencies; else the answers' mean over K.

    Raises
    ------
    ValueError
        If there are not as many answers as inputs, or none.
    """
    if inputs.ndim != 2 or answers.ndim != 2 or len(inputs) != len(answers) or not len(inputs):
        message = f"inputs are (B, N) and answers (B, K); got {inputs.shape} and {answers.shape}"
        raise ValueError(message)
    at_zero = answers.mean(0) if bias else answers.mean(1, keepdims=True)
    found: NDArray[np.float64] = (answers - at_zero).T @ inputs / len(inputs)
    return found


def critical_decay(found: NDArray[np.float64], activation: str = "tanh") -> float:
    """Strength of weight decay above which zero weights are stable, with one hidden layer of any width.

    Parameters
    ----------
    found
        S as of `correlation`.
    activation
        Of the hidden units: one that vanishes at zero and has a slope there.

    Raises
    ------
    NotImplementedError
        If the activation has no slope at zero or does not vanish there.
    ValueError
        If it is unknown, or S is no matrix of finite numbers.
    """
    activation = one_of("activation", activation, (*SLOPES, *OTHERS))
    if activation in OTHERS:
        message = (
            f"the formula is for activations that vanish at zero with a slope there ({', '.join(SLOPES)}); "
            f"got {activation!r}, for which the loss near zero is no quadratic form of the weights"
        )
        raise NotImplementedError(message)
    if found.ndim != 2 or not np.isfinite(found).all():
        message = f"S must be a matrix of finite numbers; got shape {found.shape}"
        raise ValueError(message)
    return SLOPES[activation] * float(np.linalg.svd(found, compute_uv=False)[0])


def stiffness(inputs: NDArray[np.float64], answers: NDArray[np.float64], hidden: int) -> float:
    """The u of loss = const - (critical - decay) r^2 + u r^4, r the size of W and of V: tanh, no bias.

    At rest r^2 is (critical - decay) / 2u; where u is not positive the transition is not continuous. W and V
    have the first singular vectors of S, in shares c of the units, with the sum of c^2 one. The fourth order
    is half the variance of the logits, and a third of what tanh takes away, which is least for equal shares.

    Parameters
    ----------
    inputs, answers
        As in `correlation`, for cross-entropy.
    hidden
        Hidden units.
    """
    hidden = whole("hidden", hidden, least=1)
    found = correlation(inputs, answers)
    left, _, right = np.linalg.svd(found)
    logits, sums = left[:, 0], inputs @ right[0]
    spread = float(logits.var() * (sums**2).mean()) / 2
    pull = (answers - answers.mean(1, keepdims=True)) @ logits
    bend = float((pull * sums**3).mean()) / 3
    return spread + min(bend / hidden, bend)


def hessian_at_zero(found: NDArray[np.float64], hidden: int, decay: float) -> NDArray[np.float64]:
    """Eigenvalues of the Hessian at zero weights, ascending: decay minus and plus each singular value.

    Parameters
    ----------
    found
        S (K, N).
    hidden
        Hidden units, each of which has all of them once.
    decay
        At least zero.

    Raises
    ------
    ValueError
        If the decay is negative.
    """
    decay = real("decay", decay, least=0)
    sizes = np.linalg.svd(found, compute_uv=False)
    rest = np.zeros(abs(found.shape[0] - found.shape[1]))
    one = decay + np.concatenate([-sizes, sizes, rest])
    return np.sort(np.tile(one, hidden))


def pooled(images: ImageData, part: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Images of a part as rows of 14 x 14 means, 0 to 1, and their labels.

    Parameters
    ----------
    images
        The set.
    part
        ``"train"`` or ``"test"``.
    """
    part = one_of("part", part, ("train", "test"))
    pixels = getattr(images, f"{part}_images").double() / 255
    means = pixels.reshape(len(pixels), 14, 2, 14, 2).mean((2, 4)).reshape(len(pixels), -1)
    return means.numpy(), getattr(images, f"{part}_labels").numpy()
