"""Stability of the explicit layer, S1 to S7, and U7: what a ReLU block is a step of; not in the thesis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sympy as sp
from scipy.linalg import expm
from scipy.ndimage import correlate

from pdenet.symbolic.growth import (
    START_LAWS,
    chain,
    chain_eigenvalues,
    line_gain,
    obstacle_flow,
    obstacle_implicit,
    plane_gain,
    random_start,
)
from pdenet.symbolic.ledger.entry import Entry, Finding, Verdict, above, below, close, order, zero
from pdenet.symbolic.moments import depth_moments, image_moments, layer_moments
from pdenet.symbolic.named import PDE1, PDE2
from pdenet.symbolic.variables import alpha, beta, gamma, rho, sigma

_STABLE, _DRIFTING = (0.5**0.5, 0.3, 0.0), (0.2**0.5, 0.6, 0.0)  # alpha, beta, gamma
_STENCIL = PDE1.stencil()


def _exceptions(what: str, left: np.ndarray, right: np.ndarray) -> Finding:
    """Finding that two yes-or-no answers agree for every one of many parameter sets."""
    count = int((left != right).sum())
    return Finding(f"{what}: {count} exceptions in {left.size}", count == 0 and 0 < left.sum() < left.size)


def _growth_on_the_line() -> Sequence[Finding]:
    a, b = sp.symbols("a B", positive=True)
    bulge = b * (1 + (1 - a) ** 2 / (b - a**2)) - 1

    rng = np.random.default_rng(0)
    low, high = [-1.3, -1.3, -2.2], [1.3, 1.3, 0.4]
    few, many = (rng.uniform(low, high, size=(n, 3)) for n in (6000, 40_000))
    waves = np.linspace(0, np.pi, 513)
    al, be, ga = few.T[..., None]
    grid = np.abs(1 + ga - al**2 * (1 - np.cos(waves)) + 1j * be * np.sin(waves)).max(axis=1)
    closed = line_gain(few)

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
        _exceptions("region for every gamma and closed form at most 1", region, line_gain(many) <= 1),
        _exceptions("beta^2 <= alpha^2 <= 1 at gamma = 0", (be2 <= al2) & (al2 <= 1), line_gain(calm) <= 1),
    ]


def _growth_in_the_plane() -> Sequence[Finding]:
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
    closed = plane_gain(few)

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
        _exceptions(
            "at gamma = 0 stable and the two conditions",
            plane_gain(calm) <= 1 + 1e-12,
            (al2 + si2 <= 1) & (load <= 1),
        ),
        _exceptions(
            "no wave outgrows the mean and the two conditions, any gamma",
            plane_gain(sets) <= (1 + ga) * (1 + 1e-12),
            (al2 + si2 <= 1 + ga) & (load <= 1 + ga),
        ),
        _exceptions("second condition and covariance semidefinite", semidefinite, load <= 1),
    ]


def _layers(theta: np.ndarray, image: np.ndarray, clip: bool) -> np.ndarray:
    """Layers of (39), zero outside, with ReLU or without."""
    for kernel in _STENCIL.kernel_map.as_numpy(theta):
        image = image + correlate(image, kernel, mode="constant")
        image = np.maximum(image, 0.0) if clip else image
    return image


def _positive_layers(rng: np.random.Generator, count: int) -> np.ndarray:
    al, si = rng.uniform(0.4, 0.7, size=(2, count))
    be, ro = (rng.uniform(-1, 1, size=count) * square for square in (al**2, si**2))
    return np.stack([al, be, si, ro, rng.uniform(0, 0.05, size=count)], axis=-1)


def _positivity() -> Sequence[Finding]:
    rng = np.random.default_rng(2)
    theta, image = _positive_layers(rng, 20), rng.random((7, 7))
    same = np.array_equal(_layers(theta, image, clip=True), _layers(theta, image, clip=False))

    weights = rng.normal(size=(10, 30)) @ rng.normal(size=(30, 50)) @ rng.normal(size=(50, 49)) / 49
    scores = [weights @ _layers(theta, unit, clip=True).ravel() for unit in np.eye(49).reshape(-1, 7, 7)]
    matrix = np.stack(scores, axis=-1)
    whole = weights @ _layers(theta, image, clip=True).ravel() - matrix @ image.ravel()

    lopsided = np.tile([0.5, 0.5, 0.5, 0.2, 0.0], (20, 1))
    wide = np.pad(image, 24)
    clipped, linear = (_layers(lopsided, wide, clip).sum() for clip in (True, False))

    sets = rng.uniform(-1, 1, size=(5000, 5)) * [1, 1, 1, 1, 0]
    positive, stable = PDE1.stability().is_positive(sets), plane_gain(sets) <= 1 + 1e-12
    inside = positive.sum() > 0 and not (positive & ~stable).any() and (stable & ~positive).any()
    loose = rng.uniform(-1, 1, size=(5000, 5)) * [1, 0.5, 1, 0.5, 0.5]
    (al2, _, si2, _, _), (_, be, _, ro, ga) = loose.T**2, loose.T
    steps = _STENCIL.kernel_map.as_numpy(loose) + np.outer([0, 1, 0], [0, 1, 0])
    return [
        _exceptions(
            "no tap of skip plus kernel negative and the three conditions",
            steps.min(axis=(1, 2)) >= 0,
            (np.abs(be) <= al2) & (np.abs(ro) <= si2) & (al2 + si2 <= 1 + ga),
        ),
        Finding("20 positive layers with ReLU and without: the same bits", same),
        below("they and three linear layers behind them, and one matrix", np.abs(whole).max(), 1e-12),
        Finding("at gamma = 0 every positive layer is stable, not conversely, 5000 sets", bool(inside)),
        below("mass without ReLU at beta > alpha^2, and mass before", linear / wide.sum() - 1, 1e-12),
        above("mass with ReLU over mass without", clipped / linear, 1.01),
    ]


def _features() -> Sequence[Finding]:
    mass, shift, covariance = layer_moments(PDE1)
    expected = sp.Matrix(
        [
            [alpha**2 / mass - beta**2 / mass**2, -beta * rho / mass**2],
            [-beta * rho / mass**2, sigma**2 / mass - rho**2 / mass**2],
        ]
    )
    theta = np.random.default_rng(3).uniform(-0.7, 0.7, size=(12, 5)) * [1, 1, 1, 1, 0.3]
    point = np.zeros((27, 27))
    point[13, 13] = 1.0
    measured, predicted = image_moments(_layers(theta, point, clip=False)), depth_moments(PDE1, theta)

    start = np.eye(161)[80]
    sites = np.arange(161) - 80

    def after_fifty(parameters: tuple[float, float, float]) -> tuple[float, float, float]:
        state = np.linalg.matrix_power(chain(parameters, 161), 50) @ start
        place = sites @ state / state.sum()
        return state.sum(), place, (sites - place) ** 2 @ state / state.sum()

    flow = expm(10 * (chain(_STABLE, 161) - np.eye(161))) @ start
    _, drift, variance = after_fifty(_STABLE)
    return [
        zero("mass factor and 1 + gamma", mass - 1 - gamma),
        zero("shift and -(beta, rho) / (1 + gamma)", shift + sp.Matrix([beta, rho]) / mass),
        zero("covariance, with -beta rho / (1 + gamma)^2 off the diagonal", covariance - expected),
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


def _eigenvectors_miss(parameters: tuple[float, float, float], sites: int) -> float:
    """Largest residual of the chain's eigenvectors with the eigenvalues of the closed form."""
    al, be, _ = parameters
    ratio = np.sqrt(complex(al**4 - be**2)) / (al**2 + be)
    place, mode = np.arange(1, sites + 1)[:, None], np.arange(1, sites + 1)
    vectors = ratio**place * np.sin(np.pi * place * mode / (sites + 1))
    residual = chain(parameters, sites) @ vectors - chain_eigenvalues(parameters, sites) * vectors
    return float((np.abs(residual) / np.abs(vectors).max(axis=0)).max())


def _stacked(parameters: tuple[float, float, float], sites: int, layers: int) -> np.ndarray:
    """So many layers applied to every unit vector, pixel by pixel, with zeros outside: a matrix."""
    al, be, ga = parameters
    states = np.eye(sites)
    for _ in range(layers):
        wide = np.pad(states, ((1, 1), (0, 0)))
        right, left = wide[2:], wide[:-2]
        change = al**2 / 2 * (right - 2 * states + left) + be / 2 * (right - left) + ga * states
        states = states + change
    return states


def _from_spectrum(parameters: tuple[float, float, float], sites: int, layers: int) -> np.ndarray:
    """The same matrix from the closed form of its eigenvalues and their eigenvectors."""
    al, be, _ = parameters
    ratio = np.sqrt(complex(al**4 - be**2)) / (al**2 + be)
    place = np.arange(1, sites + 1)
    sines = np.sin(np.pi * np.outer(place, place) / (sites + 1)) * np.sqrt(2 / (sites + 1))
    vectors, inverse = ratio ** place[:, None] * sines, sines / ratio**place
    result: np.ndarray = vectors * chain_eigenvalues(parameters, sites) ** layers @ inverse
    return result


def _border() -> Sequence[Finding]:
    norms = {n: float(np.linalg.norm(_stacked(_DRIFTING, 28, n), 2)) for n in (10, 30, 60, 800)}
    spectral = {n: float(np.linalg.norm(_from_spectrum(_DRIFTING, 28, n), 2)) for n in norms}
    radius = np.abs(np.linalg.eigvals(_stacked(_DRIFTING, 28, 1))).max()
    widest = np.cos(np.pi / 29)

    sets = np.random.default_rng(4).uniform([0.1, 0, 0], [1, 1.5, 0], size=(400, 3))
    excess = sets[:, 1] ** 2 / (2 * sets[:, 0] ** 2) - 1
    sets, excess = sets[np.abs(excess) > 0.01], excess[np.abs(excess) > 0.01]
    long = np.array([np.abs(chain_eigenvalues(theta, 4000)).max() for theta in sets])

    ring = chain((0.5**0.5, 0.0, 0.0), 28)
    late = [np.linalg.norm(np.linalg.matrix_power(ring, n) @ np.ones(28)) for n in (800, 801)]
    lost = float(1 - late[1] / late[0])
    return [
        below("eigenvectors, beta < alpha^2", _eigenvectors_miss(_STABLE, 28), 1e-12),
        below("eigenvectors, beta > alpha^2", _eigenvectors_miss(_DRIFTING, 28), 1e-12),
        _exceptions("long chain decays and beta^2 <= 2 alpha^2", long < 1, excess < 0),
        close(
            "largest gain without border, alpha^2 = 0.2, beta = 0.6",
            float(line_gain(_DRIFTING)),
            1.08**0.5,
            1e-9,
        ),
        close(
            "spectral radius with border, 28 pixels",
            radius,
            (0.8**2 + (0.36 - 0.04) * widest**2) ** 0.5,
            1e-9,
        ),
        *(
            close(f"norm of {n} layers, predicted from the spectrum", norms[n], spectral[n], 1e-6 * norms[n])
            for n in norms
        ),
        above("norm of 60 layers: packets grow", norms[60], 7),
        below("norm of 800 layers: they have left, from zero", norms[800], 1e-5),
        close(
            "share lost to the border per layer at alpha^2 = 0.5, in per mille",
            1e3 * lost,
            1e3 * 0.5 * (1 - widest),
            1e-6,
        ),
    ]


def _relu_does_not_rescue() -> Sequence[Finding]:
    wild, board = chain((1.2**0.5, 0.0, 0.0), 102), np.indices((102,))[0] % 2 * 1.0
    middle = np.zeros(102, dtype=bool)
    middle[45:57] = True
    clipped, linear = board, board - 0.5
    for _ in range(20):
        previous, clipped, linear = clipped, np.maximum(wild @ clipped, 0.0), wild @ linear
    growth = clipped[middle].max() / previous[middle].max()

    rng = np.random.default_rng(5)
    worst = 0.0
    sets = rng.uniform(-1, 1, size=(400, 5)) * [0.7, 0.5, 0.7, 0.5, 0]
    for theta in sets[plane_gain(sets) <= 1]:
        u, v = rng.normal(size=(2, 12, 12))
        after = _layers(theta[None], u, clip=True) - _layers(theta[None], v, clip=True)
        worst = max(worst, float(np.linalg.norm(after) / np.linalg.norm(u - v)))

    lines = rng.uniform(-1.2, 1.2, size=(200, 3))
    al, be, ga = lines.T
    sup = np.abs(1 + ga - al**2) + np.maximum(al**2, np.abs(be))
    rows = np.array([np.abs(chain(theta, 9)).sum(axis=1).max() for theta in lines])
    return [
        close("checkerboard with ReLU at alpha^2 = 1.2, growth of a layer", growth, 1.2, 1e-12),
        close("without ReLU", np.abs(linear[middle]).max() ** (1 / 20) * 2 ** (1 / 20), 1.4, 1e-6),
        Finding("no stable layer with ReLU stretches a distance, random pairs", 0.5 < worst <= 1),
        below(
            "sup-norm of a layer and |1+gamma-alpha^2| + max(alpha^2, |beta|)",
            np.abs(sup - rows).max(),
            1e-12,
        ),
    ]


def _random_starts() -> Sequence[Finding]:
    findings = []
    for name, law in START_LAWS.items():
        first, second = random_start(law), random_start(law, drift_scale=1 / 8)
        shares = [100 * start.positive.mean() for start in (first, second)]
        gains = [start.log_gain.mean() for start in (first, second)]
        text = "positive {:.1f} and {:.1f} %, mean log gain {:+.3f} and {:+.3f}".format(*shares, *gains)
        never = (
            not (first.positive & ~second.positive).any() and (first.log_gain >= second.log_gain - 1e-9).all()
        )
        findings.append(
            Finding(
                f"{name}, (39) and (40): {text}",
                bool(never) and shares[0] < shares[1] and gains[0] > gains[1],
            )
        )
    law = START_LAWS["U(-1/3, 1/3)"]
    many = law(np.random.default_rng(6), (100_000, 5))
    shares = [pde.stability().is_positive(many).mean() for pde in (PDE1, PDE2)]
    edge = (3 / 8) ** 0.5
    exact = [1 / 81, (1 - edge + 8 / 9 * edge**3) ** 2]
    errors = [abs(s - e) / (e * (1 - e) / 100_000) ** 0.5 for s, e in zip(shares, exact, strict=True)]
    return [
        *findings,
        Finding(
            "U(-1/3, 1/3), 100000 draws: both shares within 3 standard errors of the exact ones",
            max(errors) < 3,
        ),
    ]


def _misses_the_rule(operator: np.ndarray, start: np.ndarray, layers: int) -> float:
    """How far the rate of change at time 5 is from F psi, or max(F psi, 0) where psi = 0.

    The rate is that of implicit steps, psi is the state after so many blocks.
    """
    step = 5.0 / layers
    before, after = (obstacle_implicit(operator, start, step * n, n) for n in (layers - 1, layers))
    state = obstacle_flow(operator, start, 5.0, layers)
    force = operator @ state
    rule = np.where(state == 0, np.maximum(force, 0.0), force)
    return float(np.abs((after - before) / step - rule).max())


def _obstacle() -> Sequence[Finding]:
    operator = chain((0.1, 0.8, 0.0), 24) - np.eye(24)
    start = np.exp(-((np.arange(24) - 16.0) ** 2) / 2)
    counts = (100, 200, 400)
    ends = [obstacle_flow(operator, start, 5.0, n) for n in counts]
    gaps = [
        np.abs(end - obstacle_implicit(operator, start, 5.0, n)).max()
        for end, n in zip(ends, counts, strict=True)
    ]
    linear = expm(5 * operator) @ start
    last = ends[-1]
    held = last == 0
    misses = [_misses_the_rule(operator, start, n) for n in counts]
    return [
        order("blocks and implicit solution of the obstacle problem", counts, gaps, -1),
        order(
            "rate of change of the implicit solution and the rule, for the state of the blocks",
            counts,
            misses,
            -1,
        ),
        Finding("the obstacle holds some pixels and leaves others", bool(0 < held.sum() < 24)),
        above("distance of 400 blocks from the linear flow (21)", np.abs(last - linear).max(), 0.2),
    ]


_OWN = "(not in the thesis) "

ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="S1",
        title="Largest growth of a wave on the line",
        verdict=Verdict.OK,
        printed=_OWN
        + r"With $a=\alpha^2$, $B=\beta^2$, $A=1+\gamma-a$: $\max_p\vert g\vert^2=B\,(1+A^2/(B-a^2))$ if "
        r"$B>a^2$ and $a\vert A\vert<B-a^2$, else $\max\{(1+\gamma)^2,(1+\gamma-2a)^2\}$. At $\gamma=0$ "
        r"a layer is stable if and only if $\beta^2\le\alpha^2\le1$; for $\gamma>0$ never.",
        assumptions="unbounded line, no ReLU, unit steps",
        check=_growth_on_the_line,
        page="stability",
    ),
    Entry(
        id="S2",
        title="Largest growth of a wave in the plane",
        verdict=Verdict.OK,
        printed=_OWN + r"$\max_{p,q}\vert "
        r"g\vert=\max_\varphi\,[A\cos\varphi+\sqrt{\alpha^4\cos^2\varphi+\beta^2\sin^2\varphi}"
        r"+\sqrt{\sigma^4\cos^2\varphi+\rho^2\sin^2\varphi}]$ "
        r"with $A=1+\gamma-\alpha^2-\sigma^2$. For $\gamma>-1$ no wave outgrows the mean if and only if "
        r"$\alpha^2+\sigma^2\le1+\gamma$ and $\beta^2/\alpha^2+\rho^2/\sigma^2\le1+\gamma$; the second "
        r"says, at $\gamma=0$, that the covariance a layer adds is semidefinite.",
        assumptions=r"unbounded plane, no ReLU, unit steps; $\alpha,\sigma\ne0$ in the quotients",
        check=_growth_in_the_plane,
        page="stability",
    ),
    Entry(
        id="S3",
        title="Layers in which the ReLU never acts",
        verdict=Verdict.OK,
        printed=_OWN
        + r"If $\vert\beta\vert\le\alpha^2$, $\vert\rho\vert\le\sigma^2$, $\alpha^2+\sigma^2\le1+\gamma$, "
        r"no tap of skip plus kernel is negative and the ReLU never acts on an image; with a linear "
        r"classifier the whole network is one matrix. Outside, clipping only adds mass.",
        assumptions=(
            "images without negative pixels; for the mass: no border, and growth factor not negative"
        ),
        check=_positivity,
        page="stability",
    ),
    Entry(
        id="S4",
        title="Mass, place and spread with depth",
        verdict=Verdict.OK,
        printed=_OWN
        + r"A layer multiplies the mass by $1+\gamma$, moves the mean by $-(\beta,\rho)/(1+\gamma)$, and "
        r"adds the variances $\alpha^2/(1+\gamma)-\beta^2/(1+\gamma)^2$, "
        r"$\sigma^2/(1+\gamma)-\rho^2/(1+\gamma)^2$ and the covariance $-\beta\rho/(1+\gamma)^2$. Over "
        r"layers, means and covariances add.",
        assumptions=r"no border, no ReLU, $\gamma\ne-1$",
        check=_features,
        page="stability",
    ),
    Entry(
        id="S5",
        title="What the zero border does to growth",
        verdict=Verdict.OK,
        printed=_OWN + r"With zeros outside, a line of $M$ pixels has the eigenvalues "
        r"$1+\gamma-\alpha^2+\sqrt{\alpha^4-\beta^2}\cos\frac{\pi k}{M+1}$, $k=1,\dots,M$. At $\gamma=0$, "
        r"$\alpha^2\le1$ a long one decays in the end if and only if $\beta^2\le2\alpha^2$; for "
        r"$\alpha^2<\beta^2\le2\alpha^2$ packets grow while they drift, and then leave.",
        assumptions="no ReLU, equal layers; the limit is that of a long line",
        check=_border,
        page="stability",
    ),
    Entry(
        id="S6",
        title="ReLU does not rescue an unstable layer",
        verdict=Verdict.OK,
        printed=_OWN
        + r"A stable layer with ReLU never stretches the distance of two images. An unstable one may grow "
        r"all the same: at $\alpha^2>1$, $\beta=\gamma=0$ the checkerboard of zeros and ones grows by "
        r"$\alpha^2$ a layer. In the largest pixel a layer grows by at most "
        r"$\vert1+\gamma-\alpha^2\vert+\max(\alpha^2,\vert\beta\vert)$.",
        assumptions="checkerboard: away from the border; last bound: on the line",
        check=_relu_does_not_rescue,
        page="stability",
    ),
    Entry(
        id="S7",
        title="Where random parameters start",
        verdict=Verdict.OK,
        printed=_OWN
        + r"With all five parameters from one law, a layer of (40) is positive whenever the same draw is "
        r"for (39), and its largest gain is not larger: at the start (40) is the calmer equation, for "
        r"every law.",
        assumptions="4000 draws of each of four laws; which law the thesis used is not known",
        check=_random_starts,
        page="stability",
    ),
    Entry(
        id="U7",
        title="The flow that a block with ReLU is a step of",
        verdict=Verdict.OK,
        printed=_OWN
        + r"$\mathrm{relu}(\psi+\Delta t\,F\psi)$ is, to first order in $\Delta t$, a step of the "
        r"obstacle problem $\dot\psi=F\psi$ where $\psi>0$, $\dot\psi=\max(F\psi,0)$ where $\psi=0$.",
        reason="Where the obstacle acts, a block with ReLU is no step of (21).",
        assumptions=r"start not negative, $F$ fixed, $\Delta t\to0$",
        check=_obstacle,
        page="stability",
    ),
)
