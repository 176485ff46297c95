"""A network on digits whose hidden units start equal, with nothing to part them but rounding.

Units stand side by side in matrix products, as everyone computes them, or are taken one by one. In exact
arithmetic both are the same, and all units stay equal. What floating point makes of it depends on the width,
the precision, the library and the threads; it is measured here, and nothing is said of other machines.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import torch

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of
from pdenet.data.digits import digits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

PRECISIONS = {"float32": torch.float32, "float64": torch.float64}
WAYS = ("products", "stored by unit", "one by one", "as one unit", "usual start")
"""Equal units in matrix products, their outer weights stored row by row of outputs, as a layer of torch has
them, or of units; equal units taken one by one; the one unit that they amount to; units drawn one by one."""
WIDTHS = (2, 3, 5, 8, 16, 17, 31, 64, 100)
BATCHES = (64, 513)
STEPS, RATE = 200, 0.1


class Parted(NamedTuple):
    """The first step behind which the bits of units differ, -1 if they never do; the largest difference."""

    first: int
    spread: float


@dataclass
class Net:
    """Ten outputs of tanh units, in groups that are computed by one product each.

    Parameters
    ----------
    inner, bias, outer
        Weights (H, 784), (H,) and (10, H) of each group of H units.
    shift
        Of the outputs (10,).
    rates
        Learning rates of the inner weights, the outer ones and the shift.
    by_unit
        Whether slopes of the outer weights are computed row by row of units instead of outputs.
    """

    inner: list[Tensor]
    bias: list[Tensor]
    outer: list[Tensor]
    shift: Tensor
    rates: tuple[float, float, float] = (RATE, RATE, RATE)
    by_unit: bool = False

    def answers(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """What hidden units say, and the outputs (B, 10)."""
        hidden = [torch.tanh(images @ w.mT + b) for w, b in zip(self.inner, self.bias, strict=True)]
        outputs = self.shift.expand(len(images), -1)
        for h, v in zip(hidden, self.outer, strict=True):
            outputs = outputs + h @ v.mT
        return hidden, outputs

    def learn(self, images: Tensor, wanted: Tensor) -> None:
        """One step down the cross entropy of a batch, by the chain rule."""
        hidden, outputs = self.answers(images)
        pull = (torch.softmax(outputs, 1) - wanted) / len(images)
        inner, outer, last = self.rates
        for h, w, b, v in zip(hidden, self.inner, self.bias, self.outer, strict=True):
            back = pull @ v * (1 - h * h)
            w -= inner * (back.mT @ images)
            b -= inner * back.sum(0)
            v -= outer * ((h.mT @ pull).mT if self.by_unit else pull.mT @ h)
        self.shift = self.shift - last * pull.sum(0)

    def equal(self) -> bool:
        """Whether all units have the same bits."""
        return all(torch.equal(rows, rows[:1].expand_as(rows)) for rows in self._stacked())

    def spread(self) -> float:
        """The largest difference of a unit's input weight from the first unit's."""
        rows = self._stacked()[0]
        return float((rows - rows[:1]).abs().max())

    def _stacked(self) -> tuple[Tensor, Tensor, Tensor]:
        return torch.cat(self.inner), torch.cat(self.bias), torch.cat(self.outer, 1).mT


def network(width: int, precision: str, way: str = "products", seed: int = 0) -> Net:
    """A network whose units are equal, or drawn one by one for the usual start.

    Parameters
    ----------
    width
        Hidden units, at least two.
    precision
        ``"float32"`` or ``"float64"``.
    way
        One of `WAYS`.
    seed
        Of what is drawn.

    Raises
    ------
    TypeError, ValueError
        If the width is below two, or a word is unknown.
    """
    width = whole("width", width, least=2)
    kind = PRECISIONS[one_of("precision", precision, tuple(PRECISIONS))]
    one_of("way", way, WAYS)
    generator = torch.Generator().manual_seed(seed)
    drawn = width if way == "usual start" else 1
    # In double precision and then rounded, so that the precision changes no draw.
    inner = torch.randn(drawn, 784, generator=generator, dtype=torch.float64) / 28
    outer = torch.randn(10, drawn, generator=generator, dtype=torch.float64)
    outer = outer / (width**0.5 if way == "usual start" else width)
    shift, rates = torch.zeros(10, dtype=kind), (RATE, RATE, RATE)
    groups, copies = 1, width
    if way == "one by one":
        groups, copies = width, 1
    elif way == "usual start":
        copies = 1
    elif way == "as one unit":
        # K units with the outer weights v answer as one with K v, whose gradient is 1 / K of what all get.
        copies, outer, rates = 1, width * outer, (RATE / width, RATE * width, RATE)
    inners = [inner.repeat(copies, 1).to(kind) for _ in range(groups)]
    outers = [outer.repeat(1, copies).to(kind) for _ in range(groups)]
    if way == "stored by unit":
        outers = [one.mT.contiguous().mT for one in outers]
    biases = [torch.zeros(len(one), dtype=kind) for one in inners]
    return Net(inners, biases, outers, shift, rates, way == "stored by unit")


def parting(
    width: int, precision: str, batch: int = 64, *, way: str = "products", steps: int = STEPS, seed: int = 0
) -> Parted:
    """Train equal units, and look after each step whether their bits differ.

    Parameters
    ----------
    width, precision, way, seed
        Of the network.
    batch
        Images a step.
    steps
        How many.

    Raises
    ------
    TypeError, ValueError
        If a number is out of range, or a word is unknown.
    """
    net, first = network(width, precision, way, seed), -1
    batch = whole("batch", batch, least=1)
    for step in range(whole("steps", steps, least=1)):
        net.learn(*_batch(precision, batch, step))
        if first < 0 and not net.equal():
            first = step
    return Parted(first, net.spread())


class Learned(NamedTuple):
    """Share of test images that are read right, and the largest difference of units, after a training."""

    accuracy: float
    spread: float


def learned(width: int, precision: str, way: str, *, steps: int = 3000, seed: int = 0) -> Learned:
    """Train on batches of 64, and test.

    Parameters
    ----------
    width, precision, way, seed
        Of the network.
    steps
        How many.
    """
    net = network(width, precision, way, seed)
    for step in range(whole("steps", steps, least=1)):
        net.learn(*_batch(precision, 64, step))
    images, labels = _shown(precision, "test")
    _, outputs = net.answers(images)
    return Learned(float((outputs.argmax(1) == labels).double().mean()), net.spread())


def alike(width: int, precision: str, seed: int = 0, *, of: str = "product", batch: int = 64) -> str:
    """A letter for each unit, the same where the bits are: of one product or one sum over equal columns.

    Parameters
    ----------
    width, precision, seed
        Of the network whose inner weights are the columns.
    of
        ``"product"``, of images with the columns, or ``"sum"``, over images, as for the slopes of biases.
    batch
        Images.

    Raises
    ------
    TypeError, ValueError
        If a number is out of range, or a word is unknown.
    """
    net = network(width, precision, seed=seed)
    images = _shown(precision, "train")[0][: whole("batch", batch, least=1)]
    if one_of("of", of, ("product", "sum")) == "product":
        columns = (images @ net.inner[0].mT).T
    else:
        # One column, copied: what differs after the sum differs by the sum alone.
        columns = (images @ net.inner[0][:1].mT).repeat(1, width).sum(0)
    kinds: list[Tensor] = []
    letters = ""
    for column in columns:
        known = [n for n, kind in enumerate(kinds) if torch.equal(kind, column)]
        if not known:
            kinds.append(column)
        letters += chr(ord("a") + (known[0] if known else len(kinds) - 1))
    return letters


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch use so many threads meanwhile.

    Raises
    ------
    TypeError, ValueError
        If it is no whole number from one on.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(whole("threads", count, least=1))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def library() -> str:
    """What multiplies matrices on this machine."""
    lines = [line.strip(" -") for line in torch.__config__.show().splitlines()]
    found = [line for line in lines if line.startswith(("Intel(R)", "OpenBLAS", "CPU capability"))]
    return "; ".join([f"torch {torch.__version__}", *found])


def _batch(precision: str, batch: int, step: int) -> tuple[Tensor, Tensor]:
    images, labels = _shown(precision, "train")
    chosen = (torch.arange(batch) + step * batch) % len(images)
    return images[chosen], torch.nn.functional.one_hot(labels[chosen], 10).to(images.dtype)


@cache
def _shown(precision: str, part: str) -> tuple[Tensor, Tensor]:
    data = digits()
    images, labels = (
        (data.train_images, data.train_labels) if part == "train" else (data.test_images, data.test_labels)
    )
    kind = PRECISIONS[one_of("precision", precision, tuple(PRECISIONS))]
    return (images.to(torch.float64) / 255).reshape(len(images), -1).to(kind), labels
