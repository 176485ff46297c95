"""Rows S1 to S4: growth of waves, positive layers, and the moments that layers carry; not in the thesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp
from scipy.linalg import expm

from pdenet.audit.ledger.entry import (
    NOT_IN_THESIS,
    Entry,
    Fault,
    Finding,
    Verdict,
    above,
    agree,
    below,
    close,
    zero,
)
from pdenet.audit.ledger.explicit import STABLE, layers_of_39
from pdenet.symbolic.growth import chain, line_gain, plane_gain
from pdenet.symbolic.moments import depth_moments, image_moments, layer_moments
from pdenet.symbolic.named import PDE1, PDE2
from pdenet.symbolic.variables import alpha, beta, gamma, rho, sigma

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Gain = Callable[[np.ndarray], np.ndarray]


def _growth_on_the_line(gain: Gain = line_gain) -> Sequence[Finding]:
    a, b = sp.symbols("a B", positive=True)
    bulge = b * (1 + (1 - a) ** 2 / (b - a**2)) - 1

    rng = np.random.default_rng(0)
    low, high = [-1.3, -1.3, -2.2], [1.3, 1.3, 0.4]
    few, many = (rng.uniform(low, high, size=(n, 3)) for n in (6000, 40_000))
    waves = np.linspace(0, np.pi, 513)
    al, be, ga = few.T[..., None]
    grid = np.abs(1 + ga - al**2 * (1 - np.cos(waves)) + 1j * be * np.sin(waves)).max(axis=1)
    closed = gain(few)

    al, be, ga = many.T
    al2, be2, middle = al**2, be**2, 1 + ga - al**2
    lead = be2 - al2**2
    no_bulge = (lead <= 0) | (al2 * np.abs(middle) >= lead) | (be2 * (lead + middle**2) <= lead)
    region = (ga >= -2) & (ga <= 0) & (al2 <= 1 + ga / 2) & no_bulge
    calm = many * [1, 1, 0]
    return [
        zero("excess inside the zone at gamma = 0", bulge - (b - a) ** 2 / (b - a**2)),
        Finding("no wave of a grid exceeds the closed form, 6000 sets", bool((grid <= closed + 1e-12).all())),
        below("closed form and grid of 513 waves, 6000 sets", np.abs(closed - grid).max(), 1e-4),
        agree("region for every gamma and closed form at most 1", region, gain(many) <= 1),
        agree("beta^2 <= alpha^2 <= 1 at gamma = 0", (be2 <= al2) & (al2 <= 1), gain(calm) <= 1),
    ]


def _constant_and_board(theta: np.ndarray) -> np.ndarray:
    """The larger of the factors at p = 0 and p = pi, without the waves between."""
    result: np.ndarray = np.maximum(np.abs(1 + theta[:, 2]), np.abs(1 + theta[:, 2] - 2 * theta[:, 0] ** 2))
    return result


def _growth_in_the_plane(gain: Gain = plane_gain) -> Sequence[Finding]:
    _, _, covariance = layer_moments(PDE1)
    share = 1 - beta**2 / alpha**2 - rho**2 / sigma**2

    rng = np.random.default_rng(1)
    few = rng.uniform(-1, 1, size=(250, 5)) * [1, 1, 1, 1, 0.3]
    axis = np.linspace(-np.pi, np.pi, 129)
    grid = []
    for al, be, si, ro, ga in few:
        along_x = 1 + ga - al**2 * (1 - np.cos(axis)) + 1j * be * np.sin(axis)
        along_y = -(si**2) * (1 - np.cos(axis)) + 1j * ro * np.sin(axis)
        grid.append(np.abs(along_x[:, None] + along_y).max())
    closed = gain(few)

    sets = rng.uniform(-1, 1, size=(4000, 5)) * [1, 0.6, 1, 0.6, 0.5]
    (al2, be2, si2, ro2), ga = (sets[:, :4] ** 2).T, sets[:, 4]
    load = be2 / al2 + ro2 / si2
    calm = sets * [1, 1, 1, 1, 0]
    entries = sp.lambdify((alpha, beta, sigma, rho), list(covariance.subs(gamma, 0)), "numpy")(*calm.T[:4])
    matrices = np.stack(entries, axis=-1).reshape(-1, 2, 2)
    semidefinite = np.linalg.eigvalsh(matrices)[:, 0] >= 0
    mirrored = PDE1.amplification().subs({beta: -beta / 8, rho: -rho / 8}, simultaneous=True)
    return [
        zero("determinant of the covariance", covariance.subs(gamma, 0).det() - alpha**2 * sigma**2 * share),
        zero("factor of (40) and of (39) at -beta/8, -rho/8", PDE2.amplification() - mirrored),
        Finding(
            "no wave of a grid exceeds the one angle, 250 sets", bool((closed >= grid - 1e-9 * closed).all())
        ),
        below("one angle and grid of 129 x 129 waves, 250 sets", np.abs(closed - grid).max(), 2e-3),
        agree(
            "at gamma = 0 stable and the two conditions",
            gain(calm) <= 1 + 1e-12,
            (al2 + si2 <= 1) & (load <= 1),
        ),
        agree(
            "no wave outgrows the mean and the two conditions, any gamma",
            gain(sets) <= (1 + ga) * (1 + 1e-12),
            (al2 + si2 <= 1 + ga) & (load <= 1 + ga),
        ),
        agree("second condition and covariance semidefinite", semidefinite, load <= 1),
    ]


def _positive_layers(rng: np.random.Generator, count: int) -> np.ndarray:
    al, si = rng.uniform(0.4, 0.7, size=(2, count))
    be, ro = (rng.uniform(-1, 1, size=count) * square for square in (al**2, si**2))
    return np.stack([al, be, si, ro, rng.uniform(0, 0.05, size=count)], axis=-1)


def _three_conditions(theta: np.ndarray) -> np.ndarray:
    al, be, si, ro, ga = theta.T
    result: np.ndarray = (np.abs(be) <= al**2) & (np.abs(ro) <= si**2) & (al**2 + si**2 <= 1 + ga)
    return result


def _stability_conditions(theta: np.ndarray) -> np.ndarray:
    """The conditions under which no wave grows, at gamma = 0."""
    al, be, si, ro, _ = theta.T
    result: np.ndarray = (al**2 + si**2 <= 1) & (be**2 / al**2 + ro**2 / si**2 <= 1)
    return result


def _positivity(conditions: Callable[[np.ndarray], np.ndarray] = _three_conditions) -> Sequence[Finding]:
    rng = np.random.default_rng(2)
    theta, image = _positive_layers(rng, 20), rng.random((7, 7))
    same = np.array_equal(layers_of_39(theta, image, clip=True), layers_of_39(theta, image, clip=False))

    weights = rng.normal(size=(10, 30)) @ rng.normal(size=(30, 50)) @ rng.normal(size=(50, 49)) / 49
    scores = [weights @ layers_of_39(theta, unit, clip=True).ravel() for unit in np.eye(49).reshape(-1, 7, 7)]
    matrix = np.stack(scores, axis=-1)
    whole = weights @ layers_of_39(theta, image, clip=True).ravel() - matrix @ image.ravel()

    lopsided = np.tile([0.5, 0.5, 0.5, 0.2, 0.0], (20, 1))
    wide = np.pad(image, 24)
    clipped, linear = (layers_of_39(lopsided, wide, clip).sum() for clip in (True, False))

    sets = rng.uniform(-1, 1, size=(5000, 5)) * [1, 1, 1, 1, 0]
    positive, stable = PDE1.stability().is_positive(sets), plane_gain(sets) <= 1 + 1e-12
    inside = positive.sum() > 0 and not (positive & ~stable).any() and (stable & ~positive).any()
    loose = rng.uniform(-1, 1, size=(5000, 5)) * [1, 0.5, 1, 0.5, 0.5]
    steps = PDE1.stencil().kernel_map.as_numpy(loose) + np.outer([0, 1, 0], [0, 1, 0])
    return [
        agree(
            "no tap of skip plus kernel negative and the three conditions",
            steps.min(axis=(1, 2)) >= 0,
            conditions(loose),
        ),
        Finding("20 positive layers with ReLU and without: the same bits", same),
        below("they and three linear layers behind them, and one matrix", np.abs(whole).max(), 1e-12),
        Finding("at gamma = 0 every positive layer is stable, not conversely, 5000 sets", bool(inside)),
        below("mass without ReLU at beta > alpha^2, and mass before", linear / wide.sum() - 1, 1e-12),
        above("mass with ReLU over mass without", clipped / linear, 1.01),
    ]


def _features(turn: int = -1, shared: int = -1) -> Sequence[Finding]:
    """Moments of layers, with these signs of the shift and of the covariance of x and y."""
    mass, shift, covariance = layer_moments(PDE1)
    expected = sp.Matrix(
        [
            [alpha**2 / mass - beta**2 / mass**2, shared * beta * rho / mass**2],
            [shared * beta * rho / mass**2, sigma**2 / mass - rho**2 / mass**2],
        ]
    )
    theta = np.random.default_rng(3).uniform(-0.7, 0.7, size=(12, 5)) * [1, 1, 1, 1, 0.3]
    point = np.zeros((27, 27))
    point[13, 13] = 1.0
    measured, predicted = image_moments(layers_of_39(theta, point, clip=False)), depth_moments(PDE1, theta)

    start = np.eye(161)[80]
    sites = np.arange(161) - 80

    def after_fifty(parameters: tuple[float, float, float]) -> tuple[float, float, float]:
        state = np.linalg.matrix_power(chain(parameters, 161), 50) @ start
        place = sites @ state / state.sum()
        return state.sum(), place, (sites - place) ** 2 @ state / state.sum()

    flow = expm(10 * (chain(STABLE, 161) - np.eye(161))) @ start
    _, drift, variance = after_fifty(STABLE)
    return [
        zero("mass factor and 1 + gamma", mass - 1 - gamma),
        zero(
            "shift and (beta, rho) / (1 + gamma) with its sign", shift - turn * sp.Matrix([beta, rho]) / mass
        ),
        zero(
            "covariance, with beta rho / (1 + gamma)^2 and its sign off the diagonal", covariance - expected
        ),
        below("mass of a point through 12 random layers", measured.mass / predicted.mass[-1] - 1, 1e-11),
        below("its place", np.abs(measured.place - predicted.place[-1]).max(), 1e-11),
        below("its covariance", np.abs(measured.covariance - predicted.covariance[-1]).max(), 1e-11),
        close("pixels to the left after 50 layers, beta = 0.3", -drift, 15, 1e-6),
        below("with beta / 8, and 15/8", -after_fifty((0.5**0.5, 0.3 / 8, 0.0))[1] - 15 / 8, 1e-6),
        close(
            "spread in pixels, alpha^2 = 0.5, beta = 0", after_fifty((0.5**0.5, 0.0, 0.0))[2] ** 0.5, 5, 1e-6
        ),
        close("variance with beta = 0.3", variance, 50 * (0.5 - 0.09), 1e-6),
        close("variance of the exact flow on the lattice in time 10", (sites + 3) ** 2 @ flow, 5, 1e-6),
        close("mass, gamma = 0.1", after_fifty((0.5**0.5, 0.0, 0.1))[0], 1.1**50, 1e-6),
        close("mass, gamma = -0.1", after_fifty((0.5**0.5, 0.0, -0.1))[0], 0.9**50, 1e-6),
    ]


ENTRIES = (
    Entry(
        id="S1",
        title="Largest growth of a wave on the line",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"With $a=\alpha^2$, $B=\beta^2$, $A=1+\gamma-a$: $\max_p\vert g\vert^2=B\,(1+A^2/(B-a^2))$ if "
        r"$B>a^2$ and $a\vert A\vert<B-a^2$, else $\max\{(1+\gamma)^2,(1+\gamma-2a)^2\}$. At $\gamma=0$ "
        r"a layer is stable if and only if $\beta^2\le\alpha^2\le1$; for $\gamma>0$ never.",
        assumptions="unbounded line, no ReLU, unit steps",
        check=_growth_on_the_line,
        faults=(
            Fault(
                "the largest of the two ends of the zone alone",
                lambda: _growth_on_the_line(_constant_and_board),
            ),
            Fault(
                "the square in place of the size",
                lambda: _growth_on_the_line(lambda theta: line_gain(theta) ** 2),
            ),
        ),
        page="stability",
    ),
    Entry(
        id="S2",
        title="Largest growth of a wave in the plane",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS + r"$\max_{p,q}\vert "
        r"g\vert=\max_\varphi\,[A\cos\varphi+\sqrt{\alpha^4\cos^2\varphi+\beta^2\sin^2\varphi}"
        r"+\sqrt{\sigma^4\cos^2\varphi+\rho^2\sin^2\varphi}]$ "
        r"with $A=1+\gamma-\alpha^2-\sigma^2$. For $\gamma>-1$ no wave outgrows the mean if and only if "
        r"$\alpha^2+\sigma^2\le1+\gamma$ and $\beta^2/\alpha^2+\rho^2/\sigma^2\le1+\gamma$; the second "
        r"says, at $\gamma=0$, that the covariance a layer adds is semidefinite.",
        assumptions=r"unbounded plane, no ReLU, unit steps; $\alpha,\sigma\ne0$ in the quotients",
        check=_growth_in_the_plane,
        faults=(
            Fault(
                "half the drift",
                lambda: _growth_in_the_plane(lambda theta: plane_gain(theta * [1, 0.5, 1, 0.5, 1])),
            ),
            Fault(
                "the gains of two lines multiplied",
                lambda: _growth_in_the_plane(
                    lambda theta: line_gain(theta[:, [0, 1, 4]]) * line_gain(theta[:, [2, 3, 4]])
                ),
            ),
        ),
        page="stability",
    ),
    Entry(
        id="S3",
        title="Layers in which the ReLU never acts",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"If $\vert\beta\vert\le\alpha^2$, $\vert\rho\vert\le\sigma^2$, $\alpha^2+\sigma^2\le1+\gamma$, "
        r"no tap of skip plus kernel is negative and the ReLU never acts on an image; with a linear "
        r"classifier the whole network is one matrix. Outside, clipping only adds mass.",
        assumptions=(
            "images without negative pixels; for the mass: no border, and growth factor not negative"
        ),
        check=_positivity,
        faults=(
            Fault("the conditions of stability", lambda: _positivity(_stability_conditions)),
            Fault(
                "the third condition without gamma",
                lambda: _positivity(lambda theta: _three_conditions(theta * [1, 1, 1, 1, 0])),
            ),
        ),
        page="stability",
    ),
    Entry(
        id="S4",
        title="Mass, place and spread with depth",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"A layer multiplies the mass by $1+\gamma$, moves the mean by $-(\beta,\rho)/(1+\gamma)$, and "
        r"adds the variances $\alpha^2/(1+\gamma)-\beta^2/(1+\gamma)^2$, "
        r"$\sigma^2/(1+\gamma)-\rho^2/(1+\gamma)^2$ and the covariance $-\beta\rho/(1+\gamma)^2$. Over "
        r"layers, means and covariances add.",
        assumptions=r"no border, no ReLU, $\gamma\ne-1$",
        check=_features,
        faults=(
            Fault("the mean moves the other way", lambda: _features(turn=1)),
            Fault("the covariance of x and y with the other sign", lambda: _features(shared=1)),
        ),
        page="stability",
    ),
)
