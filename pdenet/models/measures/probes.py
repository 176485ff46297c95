"""What images still tell behind a stack: linear probes, gradients by layer, a classifier trained on them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from torch import Tensor
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.models import ResidualNet
from pdenet.models.conv_resnet import ConvResNet

Floats = NDArray[np.float64]

FAINT = 1e-15
"""Features nowhere larger, of a covariance of trace one, get no weight: their products are denormal."""


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
    penalty = real("penalty", penalty, above=0)
    if train.shape[-3] != len(labels) or test.shape[-3] != len(test_labels):
        message = (
            f"got {train.shape[-3]} and {test.shape[-3]} images with {len(labels)} and {len(test_labels)} "
            "labels; expected one label an image"
        )
        raise ValueError(message)
    lead = train.shape[:-3]
    targets = functional.one_hot(labels).double()
    mean_target = targets.mean(0)
    right = [
        _ridge(x.flatten(1), targets - mean_target, u.flatten(1), penalty) + mean_target
        for x, u in zip(train.reshape(-1, *train.shape[-3:]), test.reshape(-1, *test.shape[-3:]), strict=True)
    ]
    shares = [float((scores.argmax(1) == test_labels).double().mean()) for scores in right]
    return np.array(shares).reshape(lead)


def _ridge(x: Tensor, targets: Tensor, u: Tensor, penalty: float) -> Tensor:
    """Scores (M, classes) of the features u (M, F), fitted to x (N, F)."""
    nothing = u.new_zeros(len(u), targets.shape[1], dtype=torch.float32)
    largest = x.abs().max()
    if largest == 0 or not torch.isfinite(largest):
        return nothing
    # The largest feature is then one, and with this penalty single precision is more than enough.
    x, u, targets = (x / largest).float(), (u / largest).float(), targets.float()
    centre = x.mean(0)
    x -= centre
    size = torch.linalg.vector_norm(x)
    if size == 0:
        return nothing
    x, u = x.div_(size), u.sub_(centre).div_(size)  # the trace of the covariance is one
    ridge = penalty / min(x.shape)
    seen = x.abs().amax(0) > FAINT
    if not seen.all():
        x, u = x[:, seen], u[:, seen]
    # NumPy computes a half of x.T @ x and mirrors it, and its BLAS is at home on every processor.
    known, asked = x.numpy(), u.numpy()
    gram = known.T @ known
    gram.flat[:: len(gram) + 1] += ridge
    factor = cho_factor(gram, overwrite_a=True, check_finite=False)
    return torch.from_numpy(asked @ cho_solve(factor, known.T @ targets.numpy(), check_finite=False))


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
    drawn, learned = network.kernels()
    kernels, bias = drawn.detach().requires_grad_(), None if learned is None else learned.detach()
    states = [images.expand(len(network.seeds), *images.shape).clone().requires_grad_()]
    for layer in range(network.depth):
        here = slice(layer, layer + 1)
        states.append(
            network.propagate(states[-1], kernels[:, here], None if bias is None else bias[:, here])
        )
    logits = network.classifier(states[-1].flatten(2))
    target = labels.repeat(len(network.seeds))
    loss = functional.cross_entropy(logits.flatten(0, 1), target, reduction="sum") / len(labels)
    # A stack of no layers has no taps that the loss could depend on.
    *by_state, by_tap = torch.autograd.grad(loss, [*states, kernels], materialize_grads=True)
    return Gradients(
        np.array([g.double().square().sum((1, 2, 3)).sqrt().numpy() for g in by_state]).T,
        by_tap.double().square().sum((2, 3)).sqrt().numpy(),
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

    Raises
    ------
    TypeError
        If a count is no number.
    ValueError
        If a count is not whole or out of range.
    """
    epochs, batch_size = whole("epochs", epochs, least=0), whole("batch_size", batch_size, least=1)
    with torch.no_grad():
        last = network.last(images).flatten(2)  # (S, N, F)
    optimizer = torch.optim.Adam(network.classifier.parameters(), lr=1e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(epochs):
        for batch in torch.randperm(len(labels), generator=generator, device="cpu").split(batch_size):
            logits = network.classifier(last[:, batch])
            target = labels[batch].repeat(len(network.seeds))
            loss = functional.cross_entropy(logits.flatten(0, 1), target, reduction="sum") / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return network


def kernel_gradients(model: ConvResNet, images: Tensor, labels: Tensor) -> Tensor:
    """Gradients of the mean cross-entropy with respect to the kernels, (S, L, 3, 3), or taps, (S, L, 5).

    Parameters
    ----------
    model
        A residual or a plain stack; it is not changed.
    images, labels
        Images (B, H, W) in the network's dtype, as it is trained on, and labels (B,).
    """
    logits = model(images)  # (S, B, classes)
    targets = labels.repeat(len(model.seeds))
    # Seeds share no parameter, so that the sum over seeds keeps their gradients apart.
    loss = functional.cross_entropy(logits.flatten(0, 1), targets, reduction="sum") / len(labels)
    (gradient,) = torch.autograd.grad(loss, model.weight)
    return gradient
