"""Rows (39), (40) and U8: the equation in the plane, the second one, and whether both train alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from pdenet.audit.ledger.convolution import conv2d
from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, zero
from pdenet.symbolic import PDE1, PDE2
from pdenet.symbolic.converse import nearest_reachable
from pdenet.symbolic.variables import (
    alpha,
    beta,
    gamma,
    p,
    psi,
    psi_1d,
    rho,
    sigma,
    x,
    y,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pdenet.symbolic.equation import EvolutionPDE

_PAGE = "residual-block-as-pde"

# (39): the plane.


def _plane(field: sp.Expr, first: list[float]) -> list[Finding]:
    """The layer for a field and a list for the first difference, against the equation it is to step."""
    right = alpha**2 / 2 * field.diff(x, 2) + beta * field.diff(x) + gamma * field
    right += sigma**2 / 2 * field.diff(y, 2) + rho * field.diff(y)
    numbers = dict(zip((alpha, beta, sigma, rho, gamma), (0.6, 0.3, 0.5, -0.2, 0.1), strict=True))
    quadratic = 1 + 2 * x - y + x**2 / 2 - x * y + 3 * y**2 / 4
    expected = PDE1.rhs.subs(psi, quadratic).doit().subs(numbers)
    columns, rows = np.meshgrid(np.arange(-3.0, 4.0), np.arange(-3.0, 4.0))
    a, b, s, r, g = numbers.values()
    ones = np.array(first)
    along_x = a**2 / 2 * np.array([1.0, -2.0, 1.0]) + b * ones + g * np.array([0.0, 1.0, 0.0])
    along_y = s**2 / 2 * np.array([1.0, -2.0, 1.0]) + r * ones
    image = sp.lambdify((x, y), quadratic)(columns, rows)
    inside = conv2d(image, along_x[None])[1:-1] + conv2d(image, along_y[:, None])[:, 1:-1]
    exact = sp.lambdify((x, y), expected)(columns, rows)[1:-1, 1:-1]
    lost = {rho, sigma} - sp.expand(right.doit()).free_symbols
    names = ", ".join(sorted(map(str, lost))) or "none"
    return [
        Finding(f"parameters that drop out because the field does not depend on y: {names}", not lost),
        below(
            "the two maps in conv2d minus the right-hand side, on a quadratic",
            np.abs(inside - exact).max(),
            1e-12,
        ),
    ]


def _plane_as_it_holds() -> list[Finding]:
    cross = sp.Matrix(
        [
            [0, (sigma**2 - rho) / 2, 0],
            [(alpha**2 - beta) / 2, gamma - alpha**2 - sigma**2, (alpha**2 + beta) / 2],
            [0, (sigma**2 + rho) / 2, 0],
        ]
    )
    terms = len(PDE1.terms)
    rng = np.random.default_rng(0)
    image, theta = rng.normal(size=(7, 7)), rng.normal(size=5)
    values = dict(zip(PDE1.parameters, theta, strict=True))
    a, b, s, r, g = (float(values[name]) for name in (alpha, beta, sigma, rho, gamma))
    along_x = np.array([a**2 / 2 - b / 2, g - a**2, a**2 / 2 + b / 2])
    along_y = np.array([s**2 / 2 - r / 2, -(s**2), s**2 / 2 + r / 2])
    maps = conv2d(image, along_x[None])[1:-1] + conv2d(image, along_y[:, None])[:, 1:-1]
    one = conv2d(image, np.array(cross.subs(values), dtype=float))
    ramp = np.add.outer(3 * np.arange(5.0), 2 * np.arange(5.0))  # 2 x + 3 y
    printed = np.array([0.5, 0.0, -0.5])
    slopes = [conv2d(ramp, printed[None])[0, 0], conv2d(ramp, printed[:, None])[0, 0]]
    return [
        *_plane(psi, [-0.5, 0.0, 0.5]),
        zero(
            "skip left aside, both maps and gamma are one 3x3 kernel, a cross",
            (PDE1.stencil().matrix - cross).expand(),
        ),
        below("the two maps in conv2d minus the cross in conv2d", np.abs(maps - one).max(), 1e-13),
        below(
            "slopes that conv2d finds for 2x + 3y with the printed list, against -2 and -3",
            max(abs(slopes[0] + 2), abs(slopes[1] + 3)),
            1e-14,
        ),
        Finding(
            f"terms: {terms} of the 9 that a 3x3 kernel has; parameters: {len(PDE1.parameters)}", terms == 5
        ),
    ]


# (40): the second PDE is the first.


def _second_is_first(factor: int = -8) -> list[Finding]:
    """Whether (40) is (39) when its drift parameters are multiplied by the factor."""
    renamed = PDE2.stencil().matrix.subs({beta: factor * beta, rho: factor * rho})
    second = [PDE2.terms[orders] - PDE1.terms[orders] for orders in ((2, 0), (0, 2))]
    drifts = [PDE2.terms[orders] - PDE1.terms[orders] / factor for orders in ((1, 0), (0, 1))]
    spread = -sp.series(sp.log(PDE2.amplification(p, 0).subs(gamma, 0)), p, 0, 3).removeO().coeff(p, 2) * 2
    return [
        zero(
            "kernel of (40) with the factor on its drift minus kernel of (39)",
            (renamed - PDE1.stencil().matrix).expand(),
        ),
        zero("diffusion coefficients of (40) minus those of (39)", sp.Matrix(second)),
        zero("drift coefficients of (40) minus those of (39) over the factor", sp.Matrix(drifts)),
        zero(
            "variance per layer of (40) minus (alpha^2 - beta^2/64), at gamma = 0",
            spread - alpha**2 + beta**2 / factor**2,
        ),
    ]


# U8: what the second PDE changes.


def _train(
    pde: EvolutionPDE,
    optimiser: str,
    start: float,
    rate: float = 1.0,
    epsilon: float = 1e-8,
    penalties: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Kernels (layer, 3, 3) after 25 steps on 16 random images, three layers and a linear classifier.

    Drift parameters start at `start` times common random numbers and have `rate` times the learning rate
    and the second of the L^2 penalties.
    """
    import torch

    from pdenet.ops import residual_stack

    rng = np.random.default_rng(0)
    images, labels = torch.from_numpy(rng.uniform(size=(16, 6, 6))), torch.from_numpy(rng.integers(0, 3, 16))
    names = [symbol.name for symbol in pde.parameters]
    drift = [name in ("beta", "rho") for name in names]
    first = rng.uniform(size=(3, len(names)))
    first[:, drift] *= start
    parts = [
        torch.from_numpy(first[:, [name in group for name in names]]).requires_grad_() for group in _GROUPS
    ]
    weight = torch.from_numpy(rng.normal(size=(36, 3)) / 6).requires_grad_()

    lr = 0.02 if optimiser == "Adam" else 0.05
    ordinary = {"params": [parts[0], weight], "lr": lr, "weight_decay": penalties[0]}
    moving = {"params": [parts[1]], "lr": lr * rate, "weight_decay": penalties[1]}
    if optimiser == "Adam":
        step: Any = torch.optim.Adam([ordinary, moving | {"eps": epsilon}])
    else:
        step = torch.optim.SGD([ordinary, moving], lr=lr, momentum=0.9 if optimiser == "momentum" else 0.0)

    def kernels() -> torch.Tensor:
        columns = {name: parts[g][:, i] for g, group in enumerate(_GROUPS) for i, name in enumerate(group)}
        return pde.stencil().kernels(torch.stack([columns[name] for name in names], dim=1))

    for _ in range(25):
        step.zero_grad()
        logits = residual_stack(images, kernels(), backend="torch").flatten(1) @ weight
        torch.nn.functional.cross_entropy(logits, labels).backward()
        step.step()
    return kernels().detach().numpy()


_GROUPS = (("alpha", "sigma", "gamma"), ("beta", "rho"))
_FACTORS: Mapping[str, tuple[float, float]] = {
    "SGD": (1 / 64, 1e-8),
    "momentum": (1 / 64, 1e-8),
    "Adam": (1 / 8, 8 * 1e-8),
}


def _other_functions(distance_at_least: float) -> list[Finding]:
    """How far kernels of (40) lie from the nearest ones of (39)."""
    theta = np.random.default_rng(0).normal(size=(200, 5))
    kernels = PDE2.stencil().kernel_map.as_numpy(theta)
    distance = float(np.abs(nearest_reachable(kernels) - kernels).max())
    if distance_at_least:
        return [
            above(
                "kernels of (40): distance to the nearest kernel of (39)",
                round(distance, 12),
                distance_at_least,
            )
        ]
    return [below("kernels of (40): distance to the nearest kernel of (39)", distance, 1e-13)]


def _twin(
    optimiser: str,
    start: float = -1 / 8,
    rate: float | None = None,
    epsilon: float | None = None,
    penalty: float = 0.0,
    times: float = 64,
) -> Finding:
    """Whether (39), its drift started and trained so, takes the steps of (40) to the last bit.

    Parameters
    ----------
    optimiser : str
        SGD, momentum or Adam.
    start : float
        Where the drift of (39) starts, in units of where that of (40) does.
    rate, epsilon : float, optional
        Learning rate of that drift over the others', Adam's epsilon for it; those of the row by default.
    penalty, times : float
        An L^2 penalty on the parameters, and how many times as strong it is on that drift.
    """
    right_rate, right_epsilon = _FACTORS[optimiser]
    rate, epsilon = rate or right_rate, epsilon or right_epsilon
    second = _train(PDE2, optimiser, 1.0, penalties=(penalty, penalty))
    first = _train(PDE1, optimiser, start, rate, epsilon, (penalty, times * penalty))
    name = f"{optimiser}{' with an L^2 penalty' if penalty else ''}, 25 steps, bits of (40) and of (39)"
    # Scaling by a power of two is exact in floating point, so not one bit may differ.
    same = np.array_equal(second, first)
    return Finding(f"{name}: {'the same' if same else 'not the same'}", same)


def _same_training() -> list[Finding]:
    return [*_other_functions(0.0), *map(_twin, _FACTORS), _twin("SGD", penalty=0.1)]


ENTRIES = (
    Entry(
        "39",
        "Diffusion, drift and growth in the plane",
        Verdict.INCOMPLETE,
        r"$\partial_t\psi(x,t)=\frac{\alpha^2}{2}\partial_x^2\psi+\beta\,\partial_x\psi"
        r"+\frac{\sigma^2}{2}\partial_y^2\psi+\rho\,\partial_y\psi+\gamma\,\psi$, with the stencils "
        r"$\left[1,-2,1\right]$ for a second and $\left[\frac12,0,-\frac12\right]$ for a first derivative, "
        r"as columns for $y$",
        _plane_as_it_holds,
        holds=r"The same for $\psi(x,y,t)$, with $\left[-\frac12,0,\frac12\right]$ in a convolution "
        r"layer: a cross of five taps with $\frac12(\alpha^2\mp\beta)$ left and right, "
        r"$\frac12(\sigma^2\mp\rho)$ above and below, $\gamma-\alpha^2-\sigma^2$ in the middle.",
        reason=r"The second coordinate is missing, and the printed first difference is that of a true "
        r"convolution: a convolution layer makes $-\partial_x$ and $-\partial_y$ of it; the "
        r"equation has five of the nine terms of a $3\times3$ kernel.",
        assumptions=r"$y$ counts rows downwards. The term $\gamma\psi$ goes into one of the two maps; the "
        r"thesis does not say which.",
        check_printed=lambda: _plane(psi_1d, [0.5, 0.0, -0.5]),
        kind=Kind.SLIP,
        reading="The printed list is taken for what a convolution layer applies.",
        faults=(
            Fault("the field of one coordinate alone", lambda: _plane(psi_1d, [-0.5, 0.0, 0.5])),
            Fault(
                "the list of the first difference alone turned round", lambda: _plane(psi, [0.5, 0.0, -0.5])
            ),
            Fault("a first difference of twice the size", lambda: _plane(psi, [-1.0, 0.0, 1.0])),
        ),
        page=_PAGE,
    ),
    Entry(
        "40",
        "Second equation, with weaker drift",
        Verdict.OK,
        r"$\partial_t\psi=\frac{\alpha^2}{2}\partial_x^2\psi-\frac{\beta}{8}\,\partial_x\psi"
        r"+\frac{\sigma^2}{2}\partial_y^2\psi-\frac{\rho}{8}\,\partial_y\psi+\gamma\,\psi$",
        _second_is_first,
        reason=r"It is no new model: with $-8\beta$ and $-8\rho$ for $\beta$ and $\rho$ it is (39).",
        assumptions=r"The diffusion terms are those of (39); so it does not change the diffusion "
        r"rate. The variance that a layer adds, $\alpha^2-\beta^2/64$ at $\gamma=0$, is even larger.",
        faults=(
            Fault("the drift not turned round", lambda: _second_is_first(8)),
            Fault("a quarter in place of an eighth", lambda: _second_is_first(-4)),
        ),
        page=_PAGE,
    ),
    Entry(
        "U8",
        "What the second equation changes",
        Verdict.WRONG,
        r"(40) does better than (39) because the PDE is changed.",
        _same_training,
        holds=r"Both express the same functions. (40) is (39) whose drift starts at $-\frac18$ of the "
        r"draw and has $\frac1{64}$ of the learning rate under gradient descent, with or without "
        r"momentum, or $\frac18$ under Adam with $8\varepsilon$.",
        reason=r"Every kernel of (40) is one of (39) with as many parameters, so only the start of "
        r"training and the length of its steps differ.",
        assumptions=r"The same random numbers; no penalty on the parameters (an $L^2$ penalty is 64 times "
        r"stronger on the drift of (40), seen from (39)).",
        check_printed=lambda: _other_functions(1e-6),
        kind=Kind.ARGUMENT,
        faults=(
            Fault("the drift from +1/8", lambda: [_twin("SGD", start=1 / 8)]),
            Fault("1/8 of the rate under gradient descent", lambda: [_twin("SGD", rate=1 / 8)]),
            Fault("the rate left as it is", lambda: [_twin("momentum", rate=1.0)]),
            Fault("1/64 of the rate under Adam", lambda: [_twin("Adam", rate=1 / 64)]),
            Fault("the epsilon of Adam left as it is", lambda: [_twin("Adam", epsilon=1e-8)]),
            Fault("the penalty left as it is", lambda: [_twin("SGD", penalty=0.1, times=1)]),
        ),
        page=_PAGE,
    ),
)
