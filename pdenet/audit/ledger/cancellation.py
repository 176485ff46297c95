"""Row B5: how much the paths of a network can cancel, from the sums of its kernels' entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.audit.ledger.entry import NOT_IN_THESIS, Entry, Fault, Finding, Verdict, below

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdenet.audit.ledger.line import Array

    Layer = Callable[[Array, Array, Array, Array, Array], Array]  # of alpha^2, beta, sigma^2, rho, gamma

_NETWORKS, _LAYERS, _SIZE = 200, 4, 6
_SLACK = 1 + 1e-12


def _largest(*pair: Array) -> Array:
    return np.maximum(*pair)


def _layer(a: Array, b: Array, s: Array, r: Array, g: Array) -> Array:
    """A factor of the bound as it holds: absolute entries of a step over their sum."""
    return (np.abs(1 + g - a - s) + _largest(a, np.abs(b)) + _largest(s, np.abs(r))) / (1 + g)


def _no_bars(a: Array, b: Array, s: Array, r: Array, g: Array) -> Array:
    return (1 + g - a - s + _largest(a, np.abs(b)) + _largest(s, np.abs(r))) / (1 + g)


def _sums_of_both(a: Array, b: Array, s: Array, r: Array, g: Array) -> Array:
    return (np.abs(1 + g - a - s) + a + np.abs(b) + s + np.abs(r)) / (1 + g)


def _no_growth(a: Array, b: Array, s: Array, r: Array, g: Array) -> Array:
    return _layer(a, b, s, r, g) * (1 + g)


def _draws(spread: float, equation: int) -> tuple[Array, Array]:
    """Parameters (5, S, L) in the order of the equation, and their kernels (S, L, 3, 3)."""
    import torch

    from pdenet.symbolic import PDE1, PDE2

    theta = spread * np.random.default_rng(0).uniform(-1, 1, size=(_NETWORKS, _LAYERS, 5))
    pde = PDE1 if equation == 39 else PDE2
    kernels = pde.stencil().kernels(torch.from_numpy(theta)).numpy()
    return np.moveaxis(theta, -1, 0), kernels


def _bound(theta: Array, layer: Layer, eighth: float = 1.0) -> Array:
    a, b, s, r, g = theta
    return np.asarray(layer(a**2, eighth * b, s**2, eighth * r, g).prod(-1))


def _cancels(layer: Layer = _layer, eighth: float = 1 / 8, pixel: bool = False) -> list[Finding]:
    """What networks on a torus cancel, against a form of the bound."""
    from pdenet.ops.paths.cancellation import cancellation_bound, path_sums

    image = np.random.default_rng(1).random((_SIZE, _SIZE))
    findings = []
    for equation, factor in ((39, 1.0), (40, eighth)):
        theta, kernels = _draws(0.9, equation)
        bound = _bound(theta, layer, factor)
        gap = np.abs(bound / cancellation_bound(kernels) - 1).max()
        findings.append(
            below(f"({equation}): bound minus absolute entries over entries, relative", gap, 1e-12)
        )
        sums = path_sums(image, kernels, boundary="periodic")
        found = (
            (sums.absolute / np.maximum(sums.output, 1e-300)) if pixel else sums.cancellation[:, None, None]
        )
        above_it = int((found > bound[:, None, None] * _SLACK).any((1, 2)).sum())
        what = "at every pixel" if pixel else "of all outputs"
        findings.append(
            Finding(
                f"({equation}): C {what} above the bound in {above_it} of {_NETWORKS} networks with ReLU",
                above_it == 0,
            )
        )
    theta, kernels = _draws(0.2, 39)  # small steps of a bright image: no gate closes
    sums = path_sums(1 + image, kernels, boundary="periodic")
    closed = int((sums.output == 0).sum())
    gap = np.abs(sums.cancellation / _bound(theta, layer) - 1).max()
    findings.append(Finding(f"closed gates among small steps: {closed}", closed == 0))
    findings.append(below("there C is the bound, relative", gap, 1e-12))
    return findings


def _pixels_and_frames() -> list[Finding]:
    """At a pixel the numerator is bounded, not the ratio; in a frame light is lost."""
    from pdenet.ops.paths.cancellation import path_sums

    findings = []
    image = np.random.default_rng(1).random((_SIZE, _SIZE))
    theta, kernels = _draws(0.9, 39)
    tops = _bound(theta, _no_growth)[:, None, None]
    law = (1 + theta[-1]).prod(-1)
    for boundary in ("zero", "periodic"):
        sums = path_sums(image, kernels, boundary=boundary)
        over = int((sums.absolute > tops * image.max() * _SLACK).sum())
        findings.append(
            Finding(
                f"{boundary} boundary: pixels whose absolute sum is above the product of the layers' "
                f"absolute entries, times the brightest input: {over}",
                over == 0,
            )
        )
        dim = int((sums.output.sum((1, 2)) < law * image.sum() / _SLACK).sum())
        name = "networks that end darker than the product of 1 + gamma says"
        findings.append(
            Finding(f"{boundary} boundary: {name}: {dim}", dim == 0 if boundary == "periodic" else dim > 0)
        )
    return findings


ENTRIES = (
    Entry(
        id="B5",
        title="A bound on how much paths cancel",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + (
            r"$C \le \prod_l \frac{|1 + \gamma_l - \alpha_l^2 - \sigma_l^2| + \max(\alpha_l^2, |\beta_l|) + "
            r"\max(\sigma_l^2, |\rho_l|)}{1 + \gamma_l}$"
        ),
        check=lambda: [*_cancels(), *_pixels_and_frames()],
        assumptions=(
            r"all outputs together; $1 + \gamma_l > 0$, no bias, no negative pixel, periodic boundary, or no "
            r"light at the frame; equal where no gate closes; for (40) $-\beta/8$ and $-\rho/8$ in place of "
            r"$\beta$ and $\rho$"
        ),
        page="path-sum",
        faults=(
            Fault("the centre without its bars", lambda: _cancels(_no_bars)),
            Fault("the sum of diffusion and drift in place of the larger", lambda: _cancels(_sums_of_both)),
            Fault("not divided by 1 + gamma", lambda: _cancels(_no_growth)),
            Fault("beta of (40) without its eighth", lambda: _cancels(eighth=1.0)),
            Fault("for every pixel instead of all together", lambda: _cancels(pixel=True)),
        ),
    ),
)
