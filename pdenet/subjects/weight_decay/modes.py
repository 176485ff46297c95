"""A linear network of two layers under weight decay: modes of the data appear one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import brentq, minimize

from pdenet.checks.numbers import real, whole
from pdenet.ops.diverged import NotConverged
from pdenet.subjects.weight_decay.critical import one_hot, pooled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pdenet.data import ImageData

    Array = NDArray[np.float64]

COMPONENTS = 20
KEPT = 1e-9
"""A singular value above this is a mode."""


class Task(NamedTuple):
    """Linear regression of answers on inputs, as far as the loss can see."""

    common: NDArray[np.float64]
    """S (K, N), the mean of y x^T."""
    spread: NDArray[np.float64]
    """C (N, N), the mean of x x^T; the identity for white inputs."""


class Digits(NamedTuple):
    """Digits as a regression: classes by components, centred."""

    task: Task
    test_inputs: NDArray[np.float64]
    test_labels: NDArray[np.int64]

    def accuracy(self, product: Array) -> float:
        """Test images of which the largest answer is right, in per cent; zeros name the first class."""
        answers = self.test_inputs @ product.T
        return 100 * float((answers.argmax(1) == self.test_labels).mean())


def digits_task(images: ImageData, *, white: bool = True, components: int = COMPONENTS) -> Digits:
    """Digits by their first principal components.

    Parameters
    ----------
    images
        The set.
    white
        Whether each component is divided by its spread.
    components
        How many.
    """
    train, labels = pooled(images, "train")
    test, test_labels = pooled(images, "test")
    mean = train.mean(0)
    _, sizes, ways = np.linalg.svd(train - mean, full_matrices=False)
    kept = ways[: whole("components", components, least=1, most=len(ways))]
    scale = sizes[: len(kept)] / np.sqrt(len(train)) if white else np.ones(len(kept))
    inputs, tests = ((part - mean) @ kept.T / scale for part in (train, test))
    answers = one_hot(labels)
    answers = answers - answers.mean(0)
    task = Task(answers.T @ inputs / len(inputs), inputs.T @ inputs / len(inputs))
    return Digits(task, tests, test_labels)


def thresholded(common: Array, decay: float) -> Array:
    """The product V W of lowest energy for white inputs: each singular value less the decay, or zero.

    Parameters
    ----------
    common
        S (K, N).
    decay
        At least zero.

    Raises
    ------
    ValueError
        If the decay is negative.
    """
    decay = real("decay", decay, least=0)
    left, sizes, right = np.linalg.svd(common, full_matrices=False)
    product: Array = (left * np.maximum(sizes - decay, 0)) @ right
    return product


def loss(weights: Array, task: Task, hidden: int, decay: float) -> tuple[float, Array]:
    """Half the squared error of V W, up to a constant, plus half the decay times the squared weights.

    Parameters
    ----------
    weights
        W (H, N) and V (K, H) in a row.
    task
        What is learned.
    hidden
        H.
    decay
        At least zero.

    Raises
    ------
    ValueError
        If the decay is negative.
    """
    decay = real("decay", decay, least=0)
    into, out = matrices(weights, task, hidden)
    product = out @ into
    pulled = product @ task.spread
    value = float((pulled * product).sum() / 2 - (task.common * product).sum())
    value += decay / 2 * float((weights**2).sum())
    slope = pulled - task.common
    parts = [(out.T @ slope + decay * into).ravel(), (slope @ into.T + decay * out).ravel()]
    return value, np.concatenate(parts)


def matrices(weights: Array, task: Task, hidden: int) -> tuple[Array, Array]:
    """W (H, N) and V (K, H) of weights in a row."""
    answers, inputs = task.common.shape
    return weights[: hidden * inputs].reshape(hidden, inputs), weights[hidden * inputs :].reshape(
        answers, hidden
    )


def trained_weights(task: Task, hidden: int, decay: float, seed: int = 0) -> Array:
    """W and V in a row after L-BFGS from random weights.

    Parameters
    ----------
    task
        What is learned.
    hidden
        Units.
    decay
        At least zero.
    seed
        Of the first weights.

    Raises
    ------
    NotConverged
        If the slope is not small at the end.
    """
    hidden = whole("hidden", hidden, least=1)
    size = hidden * sum(task.common.shape)
    start = 0.3 * np.random.default_rng(seed).standard_normal(size)
    options = {"maxiter": 5000, "maxfun": 10_000, "ftol": 0.0, "gtol": 1e-10, "maxcor": 30}
    found = minimize(loss, start, (task, hidden, decay), "L-BFGS-B", jac=True, options=options)
    if (steepest := float(np.abs(found.jac).max())) > 1e-7:
        message = f"the slope is {steepest:.1e} after {found.nit} rounds at decay {decay:.4g}, not below 1e-7"
        raise NotConverged(message)
    weights: Array = found.x
    return weights


def nuclear_minimum(task: Task, decay: float, rounds: int = 20_000) -> Array:
    """The matrix M of lowest squared error plus decay times its singular values, by proximal steps.

    It knows of no layers: that two layers find the same is what their decay amounts to.

    Parameters
    ----------
    task
        What is learned.
    decay
        At least zero.
    rounds
        At most.

    Raises
    ------
    NotConverged
        If it still moves after so many rounds.
    """
    step = 1 / float(np.linalg.eigvalsh(task.spread)[-1])
    now, ahead, pace = np.zeros_like(task.common), np.zeros_like(task.common), 1.0
    for _ in range(whole("rounds", rounds, least=1)):
        new = thresholded(ahead - step * (ahead @ task.spread - task.common), step * decay)
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = new + (pace - 1) / faster * (new - now)
        if float(np.abs(new - now).max()) < 1e-13:
            return new
        now, pace = new, faster
    message = f"the matrix still moves after {rounds} rounds; give more"
    raise NotConverged(message)


def next_mode(product: Array, task: Task, decay: float) -> float:
    """The largest singular value of what is left of S beside the modes that M has: of S - M C without them.

    At rest each mode that M has is left with a singular value of just the decay; a further one grows if what
    is left beside them is more than that.

    Parameters
    ----------
    product
        M (K, N) at rest.
    task
        What is learned.
    decay
        At which it is at rest.
    """
    left, sizes, right = np.linalg.svd(product, full_matrices=False)
    kept = sizes > KEPT
    taken = decay * left[:, kept] @ right[kept]
    return float(np.linalg.svd(task.common - product @ task.spread - taken, compute_uv=False)[0])


def second_critical(task: Task) -> float:
    """Strength at which a network with one mode takes up another: where what is left has that singular value.

    Parameters
    ----------
    task
        What is learned.

    Raises
    ------
    ValueError
        If that is at less than a tenth of the first critical strength.
    """
    first = float(np.linalg.svd(task.common, compute_uv=False)[0])

    def beyond(decay: float) -> float:
        into, out = matrices(trained_weights(task, 1, decay), task, 1)
        return next_mode(out @ into, task, decay) - decay

    if beyond(0.1 * first) < 0:
        message = f"no second mode appears down to a tenth of the first critical strength, {0.1 * first:.4g}"
        raise ValueError(message)
    return float(brentq(beyond, 0.1 * first, 0.999 * first, xtol=1e-9))
