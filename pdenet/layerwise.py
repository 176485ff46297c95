"""What a residual stack does to images layer by layer: moments, gates, growth, probes, gradients.

All of it takes the kernels of a network and real images, so that what the symbols predict can be set beside
what is measured. A seed is an axis, S; layers are L, images B, rows H, columns W.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor
from torch.nn import functional

from pdenet.experiments import CellResult
from pdenet.models import ResidualNet
from pdenet.ops import residual_stack
from pdenet.symbolic.moments import Moments, image_moments

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recorded:
    """The recorded networks of one configuration: as they started, as they ended, and how well they did.

    `accuracies` are shares between 0 and 1, one a seed. The classifiers are those of the start: a record
    holds none.
    """

    start: ResidualNet
    trained: ResidualNet
    accuracies: Floats


def recorded(result: CellResult) -> Recorded:
    """The networks of a cell of a table, rebuilt from its records; a seed that diverged is left out.

    Raises
    ------
    ValueError
        If every seed diverged.
    """
    runs = [run for run in result.records if run.diverged_at is None]
    if not runs:
        cell = result.cell
        raise ValueError(f"all seeds of {cell.column} with {cell.depth} layers diverged; no trunk to look at")
    seeds = [run.seed for run in runs]
    trunk = {name: [run.trunk[name] for run in runs] for name in runs[0].trunk}
    start, trained = (result.cell.build(seeds) for _ in range(2))
    return Recorded(start, trained.set_trunk(trunk), np.array([run.accuracy for run in runs]))


def coefficients(kernels: Tensor) -> Floats:
    """Parameters of equation (39) that have these five-point kernels, whatever equation they came from.

    Parameters
    ----------
    kernels : (..., 3, 3)
        Kernels without the skip.

    Returns
    -------
    (..., 5)
        alpha, beta, sigma, rho, gamma with alpha and sigma not negative. For a kernel of (40) beta and rho
        are those that act, -1/8 of its own.

    Raises
    ------
    ValueError
        If a kernel has a corner, or needs a negative diffusion (then no real alpha has it).
    """
    k = kernels.detach().double().numpy()
    if k.shape[-2:] != (3, 3) or np.abs(k[..., ::2, ::2]).max(initial=0.0) > 0:
        raise ValueError(f"kernels must be (..., 3, 3) with empty corners; got the shape {k.shape}")
    a, c = k[..., 1, 2] + k[..., 1, 0], k[..., 2, 1] + k[..., 0, 1]
    if min(a.min(initial=0.0), c.min(initial=0.0)) < -1e-6:
        raise ValueError("a kernel has a negative diffusion; equation (39) has none of that kind")
    alpha, sigma = np.sqrt(np.maximum(a, 0)), np.sqrt(np.maximum(c, 0))
    drift = k[..., 1, 2] - k[..., 1, 0], k[..., 2, 1] - k[..., 0, 1]
    return np.stack([alpha, drift[0], sigma, drift[1], k.sum((-2, -1))], axis=-1)


def without_drift(kernels: Tensor) -> Tensor:
    """The kernels less their odd part: in equation (39), beta = rho = 0. Shape (..., 3, 3)."""
    return (kernels + kernels.flip(-2, -1)) / 2


def without_diffusion(kernels: Tensor) -> Tensor:
    """The kernels less their even part, growth kept: in equation (39), alpha = sigma = 0. (..., 3, 3)."""
    left = (kernels - kernels.flip(-2, -1)) / 2
    left[..., 1, 1] += kernels.sum((-2, -1))
    return left


def mirrored(kernels: Tensor) -> Tensor:
    """The kernels (..., L, 3, 3) with every second layer turned by 180 degrees.

    In equation (39) that is beta -> -beta, rho -> -rho in layers 2, 4, 6, ...: each layer keeps its growth,
    its diffusion, its largest gain and the size of its drift, and only the drift's direction alternates.
    """
    turned = kernels.clone()
    turned[..., 1::2, :, :] = kernels[..., 1::2, :, :].flip(-2, -1)
    return turned


@dataclass(frozen=True)
class Course:
    """What images undergo from layer to layer.

    Parameters
    ----------
    positive : (S, L) of bool
        Whether skip plus kernel has no negative tap.
    cut : (S, L)
        Share of closed gates: negative arguments of the ReLU among those that are not zero.
    added : (S, L)
        What the ReLU cuts off, as a share of what it lets pass: by so much clipping raises the total.
    growth : (S, L)
        Largest factor, over the images, by which the layer changes the root of the sum of squares.
    moments : Moments, leading axes (S, L + 1)
        Mass, place and covariance of all images laid on top of each other. A sum of images is an image, so
        that linear layers change these as they change those of one image.
    pile : (S, L + 1, H, W)
        The sum of all images.
    """

    positive: NDArray[np.bool_]
    cut: Floats
    added: Floats
    growth: Floats
    moments: Moments
    pile: Floats


@torch.no_grad()
def course(kernels: Tensor, images: Tensor) -> Course:
    """Measure what the layers u <- relu(u + K_l * u), zero outside the frame, do to images.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
    images : (B, H, W), not negative

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    if kernels.dim() != 4 or images.dim() != 3:
        raise ValueError(
            f"kernels must be (S, L, 3, 3) and images (B, H, W); got {(*kernels.shape,)}, {(*images.shape,)}"
        )
    skip = torch.zeros(3, 3).to(kernels)
    skip[1, 1] = 1
    state = images.expand(len(kernels), *images.shape)
    piles, cut, added, growth = [state.double().sum(1)], [], [], []
    for layer in range(kernels.shape[1]):
        kernel = kernels[:, layer : layer + 1]
        passed = residual_stack(state, kernel)
        held = residual_stack(state, -kernel - 2 * skip)  # relu of minus the argument
        negative, positive = (part.gt(0).sum((1, 2, 3)) for part in (held, passed))
        cut.append(negative / (negative + positive).clamp(min=1))
        totals = [part.double().sum((1, 2, 3)) for part in (held, passed)]
        added.append(totals[0] / totals[1].clamp(min=1e-300))
        before, after = (part.double().square().sum((2, 3)).sqrt() for part in (state, passed))
        growth.append((after / before.clamp(min=1e-300)).where(before > 1e-20, 0.0).amax(1))
        piles.append(passed.double().sum(1))
        state = passed
    pile = torch.stack(piles, dim=1).numpy()
    steps = kernels + skip
    shares = [torch.stack(values, dim=1).double().numpy() for values in (cut, added, growth)]
    positive_steps = (steps >= 0).flatten(2).all(2).numpy()
    return Course(positive_steps, shares[0], shares[1], shares[2], image_moments(pile), pile)


@torch.no_grad()
def follow(kernels: Tensor, images: Tensor, places: Any, margin: int) -> Tensor:
    """The last layer in a frame with room around it, through a window of the old size that may be moved.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
    images : (B, H, W)
    places : (S, 2)
        How far each seed's window is moved along x and y, whole pixels, `margin` at most.
    margin : int
        Pixels of room on every side; what gets further is lost.

    Returns
    -------
    (S, B, H, W)

    Raises
    ------
    ValueError
        If a window leaves the room.
    """
    moves = np.asarray(places, dtype=int)
    if moves.shape != (len(kernels), 2) or np.abs(moves).max(initial=0) > margin:
        raise ValueError(
            f"places must be (S, 2) = ({len(kernels)}, 2), each within {margin} pixels; got {moves.tolist()}"
        )
    rows, columns = images.shape[-2:]
    room = functional.pad(images, (margin,) * 4)
    windows = []
    for kernel, (right, down) in zip(kernels, moves, strict=True):  # a seed at a time: the room is large
        last = residual_stack(room, kernel)
        top, left = margin + down, margin + right
        windows.append(last[:, top : top + rows, left : left + columns].clone())
    return torch.stack(windows)


def shifted(images: Tensor, moves: Any) -> Tensor:
    """The images moved rigidly, with zeros coming in from outside: what a drift alone would make of them.

    Parameters
    ----------
    images : (B, H, W)
    moves : (..., 2)
        Shifts along x and y in pixels, rounded to whole ones.

    Returns
    -------
    (..., B, H, W)
    """
    steps = np.rint(np.asarray(moves, dtype=float)).astype(int)
    rows, columns = images.shape[-2:]
    moved = []
    for right, down in steps.reshape(-1, 2):
        right, down = int(np.clip(right, -columns, columns)), int(np.clip(down, -rows, rows))
        out = torch.zeros_like(images)
        kept = images[:, max(0, -down) : rows - max(0, down), max(0, -right) : columns - max(0, right)]
        out[:, max(0, down) : rows - max(0, -down), max(0, right) : columns - max(0, -right)] = kept
        moved.append(out)
    return torch.stack(moved).reshape(*steps.shape[:-1], *images.shape)


@torch.no_grad()
def linear_probe(
    train: Tensor, labels: Tensor, test: Tensor, test_labels: Tensor, *, penalty: float = 0.1
) -> Floats:
    """Share of test images that a linear read-out of features labels right, between 0 and 1.

    The read-out is ridge regression on one-hot labels, in closed form. Features are centred. The penalty is
    relative to the mean eigenvalue of their covariance, so that the scale of the features does not matter.

    Parameters
    ----------
    train, test : (..., N, ...features)
        Features of images to fit and to test with; the axes before the last three are kept.
        Images are (..., N, H, W).
    labels, test_labels : (N,)
        Whole numbers from 0.
    penalty : float
        Positive.

    Returns
    -------
    (...)

    Raises
    ------
    ValueError
        If the penalty is not positive or the counts of images and labels differ.

    References
    ----------
    Alain and Bengio, Understanding intermediate layers using linear classifier probes (2016).
    """
    if not penalty > 0:
        raise ValueError(f"penalty must be a positive number, such as 0.1; got {penalty}")
    if train.shape[-3] != len(labels) or test.shape[-3] != len(test_labels):
        raise ValueError(
            f"got {train.shape[-3]} and {test.shape[-3]} images with {len(labels)} and {len(test_labels)} "
            "labels; expected one label an image"
        )
    lead = train.shape[:-3]
    targets = functional.one_hot(labels).double()
    mean_target = targets.mean(0)
    right = [
        _ridge(x.flatten(1).double(), targets - mean_target, u.flatten(1).double(), penalty) + mean_target
        for x, u in zip(train.reshape(-1, *train.shape[-3:]), test.reshape(-1, *test.shape[-3:]), strict=True)
    ]
    shares = [float((scores.argmax(1) == test_labels).double().mean()) for scores in right]
    return np.array(shares).reshape(lead)


def _ridge(x: Tensor, targets: Tensor, u: Tensor, penalty: float) -> Tensor:
    """Scores (M, classes) of the features u (M, F), fitted to x (N, F)."""
    centre = x.mean(0)
    x, u = x - centre, u - centre
    size = x.square().sum()
    if size == 0 or not torch.isfinite(size):
        return torch.zeros(len(u), targets.shape[1])
    # The trace of the covariance is then one, and with this penalty single precision is more than enough.
    x, u, targets = (x / size.sqrt()).float(), (u / size.sqrt()).float(), targets.float()
    gram = x.T @ x
    gram.diagonal().add_(penalty / min(x.shape))
    return u @ torch.cholesky_solve(x.T @ targets, torch.linalg.cholesky(gram))


@dataclass(frozen=True)
class Gradients:
    """Sizes of the gradient of the mean loss, layer by layer.

    Parameters
    ----------
    state : (S, L + 1)
        Root of the sum of squares of the derivative by the images before layer 1, ..., after layer L.
    kernel : (S, L)
        The same by the nine taps of each layer.
    """

    state: Floats
    kernel: Floats


def gradients(network: ResidualNet, images: Tensor, labels: Tensor) -> Gradients:
    """Gradients of the cross-entropy of images (B, H, W) with labels (B,), by the states of all layers."""
    drawn, bias = network.kernels()
    kernels = drawn.detach().requires_grad_()
    states = [images.expand(len(network.seeds), *images.shape).clone().requires_grad_()]
    for layer in range(network.depth):
        here = slice(layer, layer + 1)
        state = residual_stack(states[-1], kernels[:, here], None if bias is None else bias.detach()[:, here])
        state.retain_grad()
        states.append(state)
    logits = network.classifier(states[-1].flatten(2))
    target = labels.repeat(len(network.seeds))
    loss = functional.cross_entropy(logits.flatten(0, 1), target, reduction="sum") / len(labels)
    loss.backward()
    by_state = [state.grad for state in states]
    taps = torch.zeros_like(kernels) if kernels.grad is None else kernels.grad
    return Gradients(
        np.array([g.double().square().sum((1, 2, 3)).sqrt().numpy() for g in by_state if g is not None]).T,
        taps.double().square().sum((2, 3)).sqrt().numpy(),
    )


def fit_classifier(
    network: ResidualNet, images: Tensor, labels: Tensor, *, epochs: int = 5, batch_size: int = 100
) -> ResidualNet:
    """Train the classifier of a network behind its trunk, which stays as it is.

    Parameters
    ----------
    network
        Its classifier is trained in place, by Adam at 1e-3.
    images : (N, H, W)
    labels : (N,)
    epochs, batch_size
        Passes over the images, in one order for all seeds; images a step.

    Returns
    -------
    The network itself.
    """
    with torch.no_grad():
        last = residual_stack(images, *network.kernels()).flatten(2)  # (S, N, F)
    optimizer = torch.optim.Adam(network.classifier.parameters(), lr=1e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(epochs):
        for batch in torch.randperm(len(labels), generator=generator).split(batch_size):
            logits = network.classifier(last[:, batch])
            target = labels[batch].repeat(len(network.seeds))
            loss = functional.cross_entropy(logits.flatten(0, 1), target, reduction="sum") / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network


def roughness(values: Any) -> float:
    """How unlike its neighbours each layer is: about 2 for layers in random order, near 0 for smooth ones.

    The ratio of von Neumann on ranks (Bartels 1982), on which one layer far from all others has no hold:
    squared differences of neighbours over squared differences from the mean.

    Parameters
    ----------
    values : (L,)
        A parameter of each layer, from first to last; at least three, not all the same.

    Raises
    ------
    ValueError
        If there are fewer, or all are equal.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < 3 or np.ptp(values) == 0:
        message = f"values must be (L,), three or more that are not all equal; got shape {values.shape}"
        raise ValueError(message)
    ranks = rankdata(values)
    return float((np.diff(ranks) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())


@torch.no_grad()
def change_by_splitting(kernels: Tensor, images: Tensor, parts: int = 2) -> Floats:
    """How far the last images move, (S, B), if every layer becomes `parts` layers of a part of its step.

    Of a stack that follows a flow in small steps it is small. The Euclidean distance of the two last images
    over the length of the first; where that is zero the result is NaN.

    Parameters
    ----------
    kernels : (S, L, 3, 3)
        Without the skip.
    images : (B, H, W)
        The same for all seeds.
    parts
        Layers that take the place of one, at least one.

    Raises
    ------
    ValueError
        If `parts` is less than one, or what `residual_stack` refuses.
    """
    if parts < 1:
        message = f"parts must be at least 1; got {parts}"
        raise ValueError(message)
    whole = residual_stack(images, kernels)
    split = residual_stack(images, (kernels / parts).repeat_interleave(parts, dim=1))
    return ((whole - split).flatten(2).norm(dim=2) / whole.flatten(2).norm(dim=2)).double().numpy()
