"""Rows (1) and U9: the convolution layer, and why depth hurts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from torch import Tensor

    from pdenet.models import ConvResNet

Array = NDArray[np.float64]
DEPTH, SEEDS, BATCH = 40, 4, 16
STARTS = ("He start", "He start, sizes kept", "delta + small")
BESIDE = ("last layer", "net with skips")
SMALL = frozenset({("He start", "net with skips")})
"""Where the gradient of the first layer is far smaller than what it is compared with."""


# (1): which operation stands behind the sum.


def _layer(operation: Callable[[Array, Array], Array]) -> list[Finding]:
    """Whether the operation on (u, w) is the sum of w(dx) u(x + dx) over dx."""
    import torch
    from torch.nn import functional

    rng = np.random.default_rng(1)
    findings = []
    for name, kernel in (("any kernel", rng.normal(size=5)), ("even kernel", np.array([1.0, -2, 3, -2, 1]))):
        u, reach = rng.normal(size=30), len(kernel) // 2
        padded = np.pad(u, reach)
        by_hand = np.array([kernel @ padded[x : x + 2 * reach + 1] for x in range(len(u))])
        state, taps = torch.from_numpy(u)[None, None], torch.from_numpy(kernel)[None, None]
        layer = functional.conv1d(state, taps, padding=reach)[0, 0].numpy()
        result = operation(u, kernel)
        findings.append(
            below(f"{name}: operation and the sum written out", np.abs(result - by_hand).max(), 1e-13)
        )
        findings.append(below(f"{name}: operation and torch's conv1d", np.abs(result - layer).max(), 1e-13))
    return findings


def _second_layer(with_time: bool) -> Finding:
    """Two layers, each of the state at its own time, or, where the sum has no time, both of the input."""
    import torch
    from torch.nn import functional

    rng = np.random.default_rng(2)
    u, kernel = rng.normal(size=30), rng.normal(size=5)
    taps = torch.from_numpy(kernel)[None, None]
    layers = torch.from_numpy(u)[None, None]
    for _ in range(2):
        layers = functional.conv1d(layers, taps, padding=2)
    second = _correlation(_correlation(u, kernel) if with_time else u, kernel)
    deviation = np.abs(second - layers[0, 0].numpy()).max()
    return below("second layer as the sum, and torch's", deviation, 1e-12)


def _correlation(u: Array, kernel: Array) -> Array:
    """Cross-correlation, as a convolution with the mirrored kernel."""
    return np.convolve(u, kernel[::-1], "same")


def _convolution(u: Array, kernel: Array) -> Array:
    return np.convolve(u, kernel, "same")


# U9: does leaving out the skip make gradients vanish?


@cache
def _images() -> tuple[Tensor, Tensor]:
    """Some digits (image, row, column) from 0 to 1, float64, and their labels."""
    from pdenet.data.images import load_images

    data = load_images("digits")
    return data.train_images[:BATCH].double() / 255, data.train_labels[:BATCH]


def _plain(start: str, bias: bool = True) -> ConvResNet:
    """A stack without skips from one of the starts."""
    from pdenet.models.initial import Init
    from pdenet.models.plain_net import HE_NORMAL, PlainConvNet

    if start == "delta + small":
        return PlainConvNet(DEPTH, SEEDS, init=Init("symmetric", 0.1), bias=bias, identity=True).double()
    init = Init(HE_NORMAL.law, HE_NORMAL.scale, zero=("bias",) if bias else ())
    model = PlainConvNet(DEPTH, SEEDS, init=init, bias=bias).double()
    return model.keep_size(_images()[0]) if start == "He start, sizes kept" else model


def _residual() -> ConvResNet:
    """The residual stack with the kernels and biases of the plain one that starts at delta + small."""
    from pdenet.models import ConvResNet

    kernels, bias = _plain("delta + small").kernels()
    return ConvResNet(DEPTH, SEEDS).double().set_trunk({"weight": kernels, "bias": bias})


@cache
def _gradients(start: str) -> Tensor:
    """Norm of every layer's gradient, (seed, layer), of a plain net or of the one with skips."""
    from pdenet.models.measures.probes import kernel_gradients

    model = _residual() if start == BESIDE[1] else _plain(start)
    result: Tensor = kernel_gradients(model, *_images()).flatten(2).norm(dim=2)
    return result


def _causes() -> list[Finding]:
    """What is true of stacks without skips."""
    from pdenet.models.measures.probes import kernel_gradients

    images, labels = _images()
    plain, residual = _gradients("delta + small"), _gradients(BESIDE[1])
    unbiased = _plain("He start", bias=False)
    products = (unbiased.weight * kernel_gradients(unbiased, images, labels)).sum((2, 3))
    spread = float(((products - products[:, :1]) / products[:, :1]).detach().abs().max())
    sizes = unbiased.features(images).detach().square().mean((2, 3, 4)).sqrt()
    kept = _gradients("He start, sizes kept")[:, 0] / residual[:, 0]
    return [
        *_vanishing(SMALL),
        below(
            f"{DEPTH} layers without skips from delta + small, with skips from the same small numbers: "
            "gradients of all layers, relative",
            float((plain / residual - 1).abs().max()),
            1e-6,
        ),
        below(
            "no skips, no biases, He start: kernel times gradient, relative spread over layers", spread, 1e-6
        ),
        Finding(
            f"He start: in {DEPTH} layers the image fades by a factor above 100, {SEEDS} seeds of {SEEDS}",
            float((sizes[:, 0] / sizes[:, -1]).min()) > 100,
        ),
        Finding(
            "He start, sizes kept: first-layer gradient larger than with skips, in all seeds",
            float(kept.min()) > 1,
        ),
    ]


def _vanishing(where: Collection[tuple[str, str]]) -> list[Finding]:
    """Whether, without skips, the gradient of the first layer vanishes in just these comparisons."""
    residual = _gradients(BESIDE[1])[:, 0]
    findings = []
    for start in STARTS:
        norms = _gradients(start)
        for what, ratios in zip(BESIDE, (norms[:, 0] / norms[:, -1], norms[:, 0] / residual), strict=True):
            # The sizes depend on the last bits of forty layers, so only the side of the bound is shown.
            tiny, said = float(ratios.min()) < 0.1, (start, what) in where
            text = f"{start}, smallest first-layer gradient over that of the {what}"
            found, predicted = ("below" if small else "not below" for small in (tiny, said))
            findings.append(Finding(f"{text}: {found} 0.1, predicted {predicted}", tiny == said))
    return findings


_EVERYWHERE = [(start, what) for start in STARTS for what in BESIDE]


ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="1",
        title="One convolution layer",
        verdict=Verdict.INCOMPLETE,
        printed=r"$u(x,t+1)=\sum_{dx=-a}^{a}w(dx)\,u(x+dx)=w(x)*u(x,t)$",
        holds=(
            r"$u(x,t+1)=\sum_{dx=-a}^{a}w(dx)\,u(x+dx,t)=(w\star u)(x,t)$, the cross-correlation; "
            r"as a convolution it is $(\check w*u)(x,t)$ with $\check w(dx)=w(-dx)$"
        ),
        reason=(
            r"The sum is a cross-correlation and equals the convolution only for an even $w$, and the "
            r"state in it lacks its $t$; in words, it is $dx$ and not $x$ that runs from $-a$ to $a$."
        ),
        assumptions=r"One channel, stride 1, $a$ zeros at each end.",
        check=lambda: [*_layer(_correlation), _second_layer(with_time=True)],
        check_printed=lambda: [*_layer(_convolution), _second_layer(with_time=False)],
        kind=Kind.SLIP,
        reading=(
            "The * is taken for a convolution, as (25) needs it; for what a convolution layer does the sum "
            "and the * agree."
        ),
        faults=(
            Fault(
                "a convolution with an uneven kernel",
                lambda: [*_layer(_convolution), _second_layer(with_time=True)],
            ),
            Fault(
                "a state without its time", lambda: [*_layer(_correlation), _second_layer(with_time=False)]
            ),
            Fault(
                "offsets from 1 - a to 1 + a", lambda: _layer(lambda u, w: np.roll(_correlation(u, w), -1))
            ),
        ),
        page="introduction",
    ),
    Entry(
        id="U9",
        title="Deep stacks degrade because gradients vanish",
        verdict=Verdict.INCOMPLETE,
        printed=(
            "Accuracy saturates and then drops with depth because gradients vanish; a skip connection "
            "cures it."
        ),
        holds=(
            r"With one convolution under the skip, a layer without it is a residual layer with the kernel "
            r"$K-\delta$, with the same gradients; from the same start it trains alike. What degrades is the "
            r"training from a start far from the identity, also where no gradient vanishes."
        ),
        reason=(
            "Depth does hurt and the skip does cure, but not for this cause: leaving out the skip over one "
            "convolution does not make gradients vanish, and where they are small the image has "
            "faded on its way through, which makes kernel times gradient small in all layers alike."
        ),
        assumptions=(
            "One channel, one convolution a layer, no normalisation, digits. Checked at the start of "
            "training; the trainings are in the chapter. On networks with many channels it is a point of "
            "the literature."
        ),
        check=_causes,
        check_printed=lambda: _vanishing(_EVERYWHERE),
        kind=Kind.ARGUMENT,
        faults=(
            Fault("no gradient is small from any start", lambda: _vanishing(())),
            Fault("all are small beside the net with skips", lambda: _vanishing(_EVERYWHERE[1::2])),
        ),
        page="degradation",
    ),
)
