"""Networks of all starts and depths, trained alike, and what is measured on the deepest of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pdenet.models.measures.probes import kernel_gradients
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.degradation.networks import started

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from pdenet.data.image_data import ImageData
    from pdenet.models import ConvResNet

    Floats = NDArray[np.float64]

_SAMPLE = 256  # images on which gradients and sizes are measured


@dataclass(frozen=True)
class Course:
    """Networks of one start and depth, side by side, before and after training.

    Parameters
    ----------
    loss, accuracy : numpy.ndarray, shape (seed,)
        On the training set and on the test set, after the last epoch.
    sizes : numpy.ndarray, shape (seed, layers + 1)
        Root mean square of the images before and after every layer, at the start.
    before, after : numpy.ndarray, shape (seed, layer)
        Norm of the gradient of every layer's kernel, at the start and in the end.
    """

    loss: Floats
    accuracy: Floats
    sizes: Floats
    before: Floats
    after: Floats


def trained(name: str, depth: int, data: ImageData, *, seeds: int = 5, epochs: int = 8) -> Course:
    """Train networks of one start.

    For a given seed the classifier starts from the same numbers and the images come in the same order,
    whatever the start of the stack.

    Parameters
    ----------
    name
        One of `STARTS`.
    depth, seeds, epochs
        Layers, networks, and how long they are trained.
    data
        Images and labels.
    """
    sample = data.train_images[:_SAMPLE].float() / 255
    labels = data.train_labels[:_SAMPLE]
    network = started(name, depth, seeds, sample)
    sizes = _sizes(network, sample)
    before = gradient_norms(network, sample, labels)
    records = fit(network, data, TrainingConfig(epochs=epochs), device="cpu")
    last = {
        what: np.array([r.history[what][-1] for r in records]) for what in ("train_loss", "test_accuracy")
    }
    after = gradient_norms(network, sample, labels)
    return Course(last["train_loss"], last["test_accuracy"], sizes, before, after)


def all_trained(
    names: Sequence[str], depths: Sequence[int], data: ImageData, *, seeds: int = 5, epochs: int = 8
) -> dict[tuple[str, int], Course]:
    """The networks of several starts and depths, by (start, depth).

    Parameters
    ----------
    names, depths
        Starts and numbers of layers.
    data, seeds, epochs
        As in `trained`.
    """
    return {
        (name, depth): trained(name, depth, data, seeds=seeds, epochs=epochs)
        for name in names
        for depth in depths
    }


def gradient_norms(network: ConvResNet, images: Tensor, labels: Tensor) -> Floats:
    """Norm of the gradient of the loss by every layer's kernel, (seed, layer).

    Parameters
    ----------
    network, images, labels
        As in `pdenet.models.measures.probes.kernel_gradients`.
    """
    norms: Floats = kernel_gradients(network, images, labels).flatten(2).norm(dim=2).double().numpy()
    return norms


def _sizes(network: ConvResNet, images: Tensor) -> Floats:
    features = network.features(images).detach()
    sizes: Floats = features.square().mean((2, 3, 4)).sqrt().double().numpy()
    return sizes
