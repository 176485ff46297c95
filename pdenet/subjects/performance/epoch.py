"""Where the time of a training epoch goes, and the largest share of it that the operator can have."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional

from pdenet.data.image_data import ImageData
from pdenet.data.images import load_images
from pdenet.models import PDENet, ResidualNet
from pdenet.ops.pick import pick
from pdenet.runs.answers import BATCH
from pdenet.runs.pixels import pixel_scale, scaled
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.performance.peaks import synchronise
from pdenet.symbolic import PDE1

EPOCH_STEPS = 469  # an epoch of MNIST in batches of 128


def classifier_multiply_adds(model: ResidualNet) -> int:
    """Multiply-adds of an image's way through the classifier, forward and backward: three a weight."""
    weights: int = sum(weight[0].numel() for weight in model.classifier.weights)
    return 3 * weights


def operator_multiply_adds(model: ResidualNet) -> int:
    """Useful multiply-adds of an image's way through the trunk, forward and backward."""
    taps = 5 if model.support == "cross" else 9
    rows, columns = model.image_shape
    return 3 * taps * rows * columns * model.depth


def share_bound(operator: float, classifier: float, rate: float = 1.0) -> float:
    """The largest share of an epoch that the operator can take, if all else but the classifier cost nothing.

    `operator` and `classifier` are multiply-adds, `rate` how many times as fast as the classifier's the
    operator's are done: the better the operator, the smaller its share.
    """
    return operator / rate / (operator / rate + classifier)


def epoch_parts(
    depth: int = 50,
    batch: int = 128,
    *,
    seeds: int = 1,
    device: str = "cpu",
    steps: int = EPOCH_STEPS,
    images: ImageData | None = None,
) -> dict[str, Any]:
    """Where the time of a training epoch goes: the same steps as `fit` takes, cut open and timed in pieces.

    Returns the seconds of the parts ``data`` (order, batches, grey levels to pixels), ``stencil`` (parameters
    to taps and back), ``operator``, ``classifier`` (with the loss), ``optimiser``, the test pass included,
    and beside them ``whole_seconds``, an epoch of `fit` on the same images that nobody interrupts. On a CUDA
    device `fit` replays a recorded graph, while the parts are started one by one and take longer.

    Parameters
    ----------
    depth, batch, seeds
        Of the thesis's first PDE network.
    steps
        At most so many steps; the default is MNIST at a batch of 128.
    images
        `ImageData`; MNIST if it is on this machine, else the digits.
    """
    images = load_images("auto", download=False) if images is None else images
    wanted = min(len(images.train_labels), steps * batch)
    tested = max(1, len(images.test_labels) * wanted // len(images.train_labels))
    data = images.subset(wanted, tested)
    config = TrainingConfig(epochs=1, batch_size=batch)
    fit(PDENet(PDE1, depth, seeds), data.subset(min(wanted, 4 * batch), 1), config, device=device)  # warm
    whole = sum(record.seconds for record in fit(PDENet(PDE1, depth, seeds), data, config, device=device))

    model = PDENet(PDE1, depth, seeds).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True)
    clock = _Clock(device)
    scale = pixel_scale(data, config.pixels)
    train, labels, test = (t.to(device) for t in (data.train_images, data.train_labels, data.test_images))
    train = train.contiguous()
    with clock.part("data"):
        orders = torch.stack([torch.randperm(len(labels)) for _ in range(seeds)]).to(device)
    for rows in orders.split(batch, dim=1):
        with clock.part("data"):
            u, target = pick(train, rows, *scale), labels[rows]
        with clock.part("stencil"):
            kernels, _ = model.kernels()
        cut = kernels.detach().requires_grad_()
        with clock.part("operator"):
            out = model.propagate(u, cut)
        features = out.detach().requires_grad_()
        with clock.part("classifier"):
            logits = model.classifier(features.flatten(2))
            loss = functional.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
            optimizer.zero_grad(set_to_none=True)
            loss.view(rows.shape).mean(1).sum().backward()
        with clock.part("operator"):
            out.backward(features.grad)
        with clock.part("stencil"):
            kernels.backward(cut.grad)
        with clock.part("optimiser"):
            optimizer.step()
    with torch.no_grad():
        for part in test.split(BATCH):
            with clock.part("data"):
                u = scaled(part, scale).expand(seeds, *part.shape)
            with clock.part("stencil"):
                kernels, _ = model.kernels()
            with clock.part("operator"):
                out = model.propagate(u, kernels)
            with clock.part("classifier"):
                model.classifier(out.flatten(2)).argmax(-1)
    total = sum(clock.seconds.values())
    return {
        "depth": depth,
        "batch": batch,
        "seeds": seeds,
        "data": data.name,
        "images": wanted,
        "test_images": tested,
        "threads": torch.get_num_threads(),
        "seconds": clock.seconds,
        "whole_seconds": whole,
        "share": {name: seconds / total for name, seconds in clock.seconds.items()},
        "multiply_adds": {
            "operator": operator_multiply_adds(model),
            "classifier": classifier_multiply_adds(model),
        },
    }


class _Clock:
    """Adds up the time of named parts; on a device each part ends when the device has."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.seconds: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        synchronise(self.device)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
