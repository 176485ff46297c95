"""Rows S5 to S7 and U7: what a border, a ReLU and a random start do to growth; not in the thesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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
    order,
)
from pdenet.audit.ledger.explicit import STABLE, layers_of_39
from pdenet.symbolic.growth import (
    START_LAWS,
    chain,
    chain_eigenvalues,
    line_gain,
    plane_gain,
    random_start,
)
from pdenet.symbolic.named import PDE1, PDE2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Layer = tuple[float, float, float]
    Eigenvalues = Callable[[Layer, int], np.ndarray]
    Rule = Callable[[np.ndarray], np.ndarray]

_DRIFTING = (0.2**0.5, 0.6, 0.0)  # alpha, beta, gamma: waves grow, and their packets leave


def _eigenvectors_miss(parameters: Layer, sites: int, eigenvalues: Eigenvalues) -> float:
    """Largest residual of the chain's eigenvectors with the eigenvalues of the closed form."""
    al, be, _ = parameters
    ratio = np.sqrt(complex(al**4 - be**2)) / (al**2 + be)
    place, mode = np.arange(1, sites + 1)[:, None], np.arange(1, sites + 1)
    vectors = ratio**place * np.sin(np.pi * place * mode / (sites + 1))
    residual = chain(parameters, sites) @ vectors - eigenvalues(parameters, sites) * vectors
    return float((np.abs(residual) / np.abs(vectors).max(axis=0)).max())


def _stacked(parameters: Layer, sites: int, layers: int) -> np.ndarray:
    """So many layers applied to every unit vector, pixel by pixel, with zeros outside: a matrix."""
    al, be, ga = parameters
    states = np.eye(sites)
    for _ in range(layers):
        wide = np.pad(states, ((1, 1), (0, 0)))
        right, left = wide[2:], wide[:-2]
        change = al**2 / 2 * (right - 2 * states + left) + be / 2 * (right - left) + ga * states
        states = states + change
    return states


def _from_spectrum(parameters: Layer, sites: int, layers: int, eigenvalues: Eigenvalues) -> np.ndarray:
    """The same matrix from the closed form of its eigenvalues and their eigenvectors."""
    al, be, _ = parameters
    ratio = np.sqrt(complex(al**4 - be**2)) / (al**2 + be)
    place = np.arange(1, sites + 1)
    sines = np.sin(np.pi * np.outer(place, place) / (sites + 1)) * np.sqrt(2 / (sites + 1))
    vectors, inverse = ratio ** place[:, None] * sines, sines / ratio**place
    result: np.ndarray = vectors * eigenvalues(parameters, sites) ** layers @ inverse
    return result


def _other_eigenvalues(parameters: Layer, sites: int, sign: int = -1, more: int = 1) -> np.ndarray:
    """The closed form with a sign of beta^2 under the root, and M + `more` under pi."""
    al, be, ga = parameters
    root = np.sqrt(complex(al**4 + sign * be**2))
    waves = np.pi * np.arange(1, sites + 1) / (sites + more)
    result: np.ndarray = 1 + ga - al**2 + root * np.cos(waves)
    return result


def _border(eigenvalues: Eigenvalues = chain_eigenvalues) -> Sequence[Finding]:
    norms = {n: float(np.linalg.norm(_stacked(_DRIFTING, 28, n), 2)) for n in (10, 30, 60, 800)}
    spectral = {n: float(np.linalg.norm(_from_spectrum(_DRIFTING, 28, n, eigenvalues), 2)) for n in norms}
    radius = np.abs(np.linalg.eigvals(_stacked(_DRIFTING, 28, 1))).max()
    widest = np.cos(np.pi / 29)

    sets = np.random.default_rng(4).uniform([0.1, 0, 0], [1, 1.5, 0], size=(400, 3))
    excess = sets[:, 1] ** 2 / (2 * sets[:, 0] ** 2) - 1
    sets, excess = sets[np.abs(excess) > 0.01], excess[np.abs(excess) > 0.01]
    long = np.array([np.abs(eigenvalues(theta, 4000)).max() for theta in sets])

    ring = chain((0.5**0.5, 0.0, 0.0), 28)
    late = [np.linalg.norm(np.linalg.matrix_power(ring, n) @ np.ones(28)) for n in (800, 801)]
    lost = float(1 - late[1] / late[0])
    return [
        below("eigenvectors, beta < alpha^2", _eigenvectors_miss(STABLE, 28, eigenvalues), 1e-12),
        below("eigenvectors, beta > alpha^2", _eigenvectors_miss(_DRIFTING, 28, eigenvalues), 1e-12),
        agree("long chain decays and beta^2 <= 2 alpha^2", long < 1, excess < 0),
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


def _relu_does_not_rescue(
    board_growth: float = 1.2, tails: Callable[[np.ndarray, np.ndarray], np.ndarray] = np.maximum
) -> Sequence[Finding]:
    """S6 with this growth of the checkerboard, and this function of alpha^2 and |beta| in the last bound."""
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
        after = layers_of_39(theta[None], u, clip=True) - layers_of_39(theta[None], v, clip=True)
        worst = max(worst, float(np.linalg.norm(after) / np.linalg.norm(u - v)))

    lines = rng.uniform(-1.2, 1.2, size=(200, 3))
    al, be, ga = lines.T
    sup = np.abs(1 + ga - al**2) + tails(al**2, np.abs(be))
    rows = np.array([np.abs(chain(theta, 9)).sum(axis=1).max() for theta in lines])
    return [
        close("checkerboard with ReLU at alpha^2 = 1.2, growth of a layer", growth, board_growth, 1e-12),
        close("without ReLU", np.abs(linear[middle]).max() ** (1 / 20) * 2 ** (1 / 20), 1.4, 1e-6),
        Finding("no stable layer with ReLU stretches a distance, random pairs", 0.5 < worst <= 1),
        below(
            "sup-norm of a layer and its closed form",
            np.abs(sup - rows).max(),
            1e-12,
        ),
    ]


def _random_starts(scale: float = 1 / 8) -> Sequence[Finding]:
    """S7 with the drift of (40) at this share of that of (39)."""
    findings = []
    for name, law in START_LAWS.items():
        first, second = random_start(law), random_start(law, drift_scale=scale)
        shares = [100 * start.positive.mean() for start in (first, second)]
        gains = [start.log_gain.mean() for start in (first, second)]
        text = "{:.1f} and {:.1f} %, {:+.3f} and {:+.3f}".format(*shares, *gains)
        never = (
            not (first.positive & ~second.positive).any() and (first.log_gain >= second.log_gain - 1e-9).all()
        )
        findings.append(
            Finding(
                f"{name}, (39) and (40), share positive, mean log gain: {text}",
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


def _misses_the_rule(operator: np.ndarray, start: np.ndarray, layers: int, rule_at_zero: Rule) -> float:
    """How far the rate of change at time 5 is from F psi, or the rule's, max(F psi, 0), where psi = 0.

    The rate is that of implicit steps, psi is the state after so many blocks.
    """
    from pdenet.ops.obstacle import obstacle_flow, obstacle_implicit

    step = 5.0 / layers
    before, after = (obstacle_implicit(operator, start, step * n, n) for n in (layers - 1, layers))
    state = obstacle_flow(operator, start, 5.0, layers)
    force = operator @ state
    rule = np.where(state == 0, rule_at_zero(force), force)
    return float(np.abs((after - before) / step - rule).max())


def _leaves_zero(operator: np.ndarray, rule_at_zero: Rule) -> Finding:
    """The rate at which an image with sharp edges starts to move: there are zeros that the flow lifts."""
    from pdenet.ops.obstacle import obstacle_implicit

    start = np.zeros(len(operator))
    start[10:14] = 1.0
    force = operator @ start
    rule = np.where(start == 0, rule_at_zero(force), force)
    steps = (0.02, 0.01)
    misses = [
        np.abs((obstacle_implicit(operator, start, step, 8) - start) / step - rule).max() for step in steps
    ]
    return order("rate of change at a start with sharp edges and the rule", steps, misses, 1)


def _obstacle(rule_at_zero: Rule = lambda force: np.maximum(force, 0.0)) -> Sequence[Finding]:
    from pdenet.ops.obstacle import obstacle_flow, obstacle_implicit

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
    misses = [_misses_the_rule(operator, start, n, rule_at_zero) for n in counts]
    return [
        order("blocks and implicit solution of the obstacle problem", counts, gaps, -1),
        order(
            "rate of change of the implicit solution and the rule, for the state of the blocks",
            counts,
            misses,
            -1,
        ),
        _leaves_zero(operator, rule_at_zero),
        Finding("the obstacle holds some pixels and leaves others", bool(0 < held.sum() < 24)),
        above("distance of 400 blocks from the linear flow (21)", np.abs(last - linear).max(), 0.2),
    ]


ENTRIES = (
    Entry(
        id="S5",
        title="What the zero border does to growth",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS + r"With zeros outside, a line of $M$ pixels has the eigenvalues "
        r"$1+\gamma-\alpha^2+\sqrt{\alpha^4-\beta^2}\cos\frac{\pi k}{M+1}$, $k=1,\dots,M$. At $\gamma=0$, "
        r"$\alpha^2\le1$ a long one decays in the end if and only if $\beta^2\le2\alpha^2$; for "
        r"$\alpha^2<\beta^2\le2\alpha^2$ packets grow while they drift, and then leave.",
        assumptions="no ReLU, equal layers; the limit is that of a long line",
        check=_border,
        faults=(
            Fault(
                "alpha^4 + beta^2 under the root",
                lambda: _border(lambda theta, sites: _other_eigenvalues(theta, sites, sign=1)),
            ),
            Fault(
                "M in place of M + 1",
                lambda: _border(lambda theta, sites: _other_eigenvalues(theta, sites, more=0)),
            ),
        ),
        page="borders",
    ),
    Entry(
        id="S6",
        title="ReLU does not rescue an unstable layer",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"A stable layer with ReLU never stretches the distance of two images. An unstable one may grow "
        r"all the same: at $\alpha^2>1$, $\beta=\gamma=0$ the checkerboard of zeros and ones grows by "
        r"$\alpha^2$ a layer. In the largest pixel a layer grows by at most "
        r"$\vert1+\gamma-\alpha^2\vert+\max(\alpha^2,\vert\beta\vert)$.",
        assumptions="checkerboard: away from the border; last bound: on the line",
        check=_relu_does_not_rescue,
        faults=(
            Fault("the checkerboard grows as without ReLU", lambda: _relu_does_not_rescue(board_growth=1.4)),
            Fault(
                "the smaller of alpha^2 and |beta| in the bound",
                lambda: _relu_does_not_rescue(tails=np.minimum),
            ),
        ),
        page="stability",
    ),
    Entry(
        id="S7",
        title="Where random parameters start",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"With all five parameters from one law, a layer of (40) is positive whenever the same draw is "
        r"for (39), and its largest gain is not larger: at the start (40) is the calmer equation, for "
        r"every law.",
        assumptions="4000 draws of each of four laws; which law the thesis used is not known",
        check=_random_starts,
        faults=(
            Fault("the drift of (40) eight times as large", lambda: _random_starts(8.0)),
            Fault("the drift of (40) as large as that of (39)", lambda: _random_starts(1.0)),
        ),
        page="stability",
    ),
    Entry(
        id="U7",
        title="The flow that a block with ReLU is a step of",
        verdict=Verdict.OK,
        printed=NOT_IN_THESIS
        + r"$\mathrm{relu}(\psi+\Delta t\,F\psi)$ is, to first order in $\Delta t$, a step of the "
        r"obstacle problem $\dot\psi=F\psi$ where $\psi>0$, $\dot\psi=\max(F\psi,0)$ where $\psi=0$.",
        reason="Where the obstacle acts, a block with ReLU is no step of (21).",
        assumptions=r"start not negative, $F$ fixed, $\Delta t\to0$",
        check=_obstacle,
        faults=(
            Fault("the linear rule at zero, too", lambda: _obstacle(lambda force: force)),
            Fault("what is zero stays zero", lambda: _obstacle(np.zeros_like)),
            Fault("the rule turned round", lambda: _obstacle(lambda force: np.minimum(force, 0.0))),
        ),
        page="borders",
    ),
)
