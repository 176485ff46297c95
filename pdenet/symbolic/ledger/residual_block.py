"""Ledger entries of sections 3.1 and 4.1: a residual block as a PDE, the PDE of a kernel, the second PDE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from scipy.linalg import expm

from pdenet.symbolic import PDE1, PDE2, PDE_1D
from pdenet.symbolic.converse import coefficients_kernel, fit_taps, kernel_coefficients, nearest_reachable
from pdenet.symbolic.differences import difference_symbol
from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.ledger.entry import Entry, Finding, Verdict, above, below, close, order, zero
from pdenet.symbolic.variables import alpha, beta, dt, dx, gamma, p, psi, psi_1d, rho, sigma, t, x, y

_BLOCK = "residual-block-as-pde"
_CONVERSE = "kernels-as-equations"

# (21): the PDE on a line.


def _gaussian_solves_the_equation() -> list[Finding]:
    s = sp.Symbol("s", positive=True)
    variance = s**2 + alpha**2 * t
    bump = sp.exp(gamma * t - (x + beta * t) ** 2 / (2 * variance)) / sp.sqrt(2 * sp.pi * variance)
    rate = sp.expand(sp.simplify((bump.diff(t) - PDE_1D.rhs.subs(psi_1d, bump).doit()) / bump))
    away = sp.Symbol("d", real=True)
    sides = bump.subs(x, -beta * t + away) - bump.subs(x, -beta * t - away)
    return [
        zero(
            "Gaussian with mean -beta t, variance s^2 + alpha^2 t, mass exp(gamma t): left minus right", rate
        ),
        zero("its mean is -beta t: value to the right of it minus value to the left", sides),
    ]


# (22): difference quotients.


def _quotients(error_t: Any, error_x: Any, error_xx: Any) -> list[Finding]:
    """Each quotient minus its derivative, up to the order of its leading error, against that error."""
    series = sp.symbols("d0:7")  # derivatives of the function at the point
    h = sp.Symbol("h", positive=True)

    def value(offset: int) -> sp.Expr:
        return sum(d * (offset * h) ** n / sp.factorial(n) for n, d in enumerate(series))

    quotients = {
        "forward quotient in t": ((value(1) - value(0)) / h, series[1], error_t, 1),
        "central quotient in x": ((value(1) - value(-1)) / (2 * h), series[1], error_x, 2),
        "second quotient in x": ((value(1) - 2 * value(0) + value(-1)) / h**2, series[2], error_xx, 2),
    }
    findings = []
    for name, (quotient, derivative, error, power) in quotients.items():
        rest = sp.expand(sp.expand(quotient) - derivative)
        lower = [rest.coeff(h, n) for n in range(power)]
        claimed = error(*series) if callable(error) else error
        findings.append(
            zero(f"{name} minus derivative, leading term", sum(lower) + rest.coeff(h, power) - claimed)
        )
    return findings


# (23): the explicit scheme.


def _scheme(leading_error: sp.Expr) -> list[Finding]:
    """A solution of (21) that is a wave, put into the scheme: what is left, to leading order in the steps."""
    step = sp.Symbol("h", positive=True)
    rate = gamma - alpha**2 * p**2 / 2 + sp.I * beta * p  # exp(ipx + rate t) solves (21)
    second, first = (difference_symbol(n, 2, p * step).series(step, 0, 6).removeO() / step**n for n in (2, 1))
    # dt = dx**2 = h**2, so both leading errors are of order h**2.
    left = rate + rate**2 * step**2 / 2  # (exp(rate dt) - 1) / dt
    rest = left - (alpha**2 / 2 * second + beta * first + gamma)
    rest = sum(rest.expand().coeff(step, n) * step**n for n in range(4))
    wave = sp.exp(sp.I * p * x + rate * t)
    claimed = (leading_error.subs({dt: step**2, dx: step}).subs(psi_1d, wave).doit() / wave).expand()
    return [
        zero(
            "exact wave in the scheme, rest to order dt = dx^2, minus the stated error",
            sp.expand(rest - claimed),
        )
    ]


_TRUNCATION = dt / 2 * psi_1d.diff(t, 2) - dx**2 * (
    alpha**2 / 24 * psi_1d.diff(x, 4) + beta / 6 * psi_1d.diff(x, 3)
)


def _gaussian_error(layers: int, spacing: float, duration: float = 4.0) -> float:
    """Largest error of so many explicit steps against the exact Gaussian of (21)."""
    a, b, c = 0.7, 0.4, -0.1

    def exact(grid: np.ndarray, time: float) -> np.ndarray:
        variance = 1 + a**2 * time
        return np.exp(c * time - (grid + b * time) ** 2 / (2 * variance)) / np.sqrt(2 * np.pi * variance)

    step = duration / layers
    grid = spacing * np.arange(-round(16 / spacing), round(16 / spacing) + 1)
    spread, drift = a**2 * step / spacing**2, b * step / spacing
    kernel = np.array([(spread - drift) / 2, c * step - spread, (spread + drift) / 2])
    state = exact(grid, 0.0)
    for _ in range(layers):
        state = state + np.correlate(state, kernel, "same")
    return float(np.abs(state - exact(grid, duration)).max())


def _error_to_lattice_flow(layers: int) -> float:
    """Largest error of so many layers, 4 units of time in all, against the flow between pixels of a ring."""
    state = np.random.default_rng(0).normal(size=32)
    right, left = np.roll(np.eye(32), 1, axis=1), np.roll(np.eye(32), -1, axis=1)
    generator = 0.49 / 2 * (right - 2 * np.eye(32) + left) + 0.4 / 2 * (right - left) - 0.1 * np.eye(32)
    kernel = 4 / layers * np.array([(0.49 - 0.4) / 2, -0.1 - 0.49, (0.49 + 0.4) / 2])
    exact = expm(4 * generator) @ state
    for _ in range(layers):
        state = state + np.correlate(np.pad(state, 1, mode="wrap"), kernel, "valid")
    return float(np.abs(state - exact).max())


def _scheme_converges() -> list[Finding]:
    depths = [64, 256]
    refined = [_gaussian_error(layers, (4.0 / layers) ** 0.5) for layers in depths]
    lattice = [_error_to_lattice_flow(layers) for layers in (256, 512)]
    still = {alpha: 1, beta: 0, gamma: 0}
    gap = sp.re(PDE_1D.symbol(p).subs({**still, p: 1})) - sp.Rational(-1, 2)  # the PDE has -alpha^2 p^2/2
    return [
        order("global error, dt = dx^2, by dx", [(4.0 / n) ** 0.5 for n in depths], refined, 2),
        order("dx = 1 kept, error to the lattice flow, by dt", [4 / 256, 4 / 512], lattice, 1),
        close(
            "dx = 1 kept: gap left to the PDE in the rate of the wave p = 1, by alpha^2",
            gap,
            1 / 24 - 1 / 720,
            1e-4,
        ),
        above(
            "dx = 1 kept: largest error to the PDE after 4 units of time, 1024 layers",
            _gaussian_error(1024, 1.0),
            1e-3,
        ),
    ]


# (24): three taps.


def _three_taps() -> list[Finding]:
    left, centre, right = sp.symbols("left centre right")
    increment = alpha**2 / 2 * (right - 2 * centre + left) + beta * (right - left) / 2 + gamma * centre
    printed = [(alpha**2 + beta) / 2, gamma - alpha**2, (alpha**2 - beta) / 2]
    values = [right, centre, left]  # psi(x + 1), psi(x), psi(x - 1): the order of the print
    rest = increment - sum(tap * value for tap, value in zip(printed, values, strict=True))
    moments = [sum(d**n * tap for d, tap in zip((1, 0, -1), printed, strict=True)) for n in range(3)]
    scaled = {alpha: alpha * sp.sqrt(dt) / dx, beta: beta * dt / dx, gamma: gamma * dt}
    general = PDE_1D.stencil(spacing=dx, dt=dt).matrix - sp.Matrix([printed[::-1]]).subs(scaled)
    return [
        zero("increment of (23) with unit steps minus the print", sp.expand(rest)),
        zero(
            "moments of the taps minus gamma, beta, alpha^2",
            sp.Matrix(moments) - sp.Matrix([gamma, beta, alpha**2]),
        ),
        zero("other steps: read alpha^2 dt/dx^2, beta dt/dx, gamma dt", general.expand()),
    ]


# (25): the order of the list.

_A, _B, _C = 0.7, 0.3, -0.02


def _by_24(state: np.ndarray, drift: float = _B) -> np.ndarray:
    wide = np.pad(state, 1)
    taps = (_A**2 + drift) / 2, _C - _A**2, (_A**2 - drift) / 2
    return taps[0] * wide[2:] + taps[1] * wide[1:-1] + taps[2] * wide[:-2]


def _conv1d(state: np.ndarray, taps: np.ndarray) -> np.ndarray:
    import torch

    image, kernel = torch.from_numpy(state.copy())[None, None], torch.from_numpy(taps.copy())[None, None]
    return torch.nn.functional.conv1d(image, kernel, padding=1)[0, 0].numpy()


_PRINTED_LIST = np.array([(_A**2 + _B) / 2, _C - _A**2, (_A**2 - _B) / 2])


def _layer_with(taps: np.ndarray) -> list[Finding]:
    """What a convolution layer makes of the list, against (24)."""
    state = np.random.default_rng(0).normal(size=40)
    return [
        below("conv1d with the list minus (24)", np.abs(_conv1d(state, taps) - _by_24(state)).max(), 1e-13)
    ]


def _order_of_the_list() -> list[Finding]:
    state = np.random.default_rng(0).normal(size=40)
    convolved = np.convolve(state, _PRINTED_LIST, "same")
    mirrored = _conv1d(state, _PRINTED_LIST)
    return [
        *_layer_with(_PRINTED_LIST[::-1]),
        below(
            "true convolution with the printed list minus (24)",
            np.abs(convolved - _by_24(state)).max(),
            1e-13,
        ),
        below(
            "conv1d with the printed list minus (24) with -beta",
            np.abs(mirrored - _by_24(state, -_B)).max(),
            1e-13,
        ),
    ]


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
    inside = _conv2d(image, along_x[None])[1:-1] + _conv2d(image, along_y[:, None])[:, 1:-1]
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


def _conv2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    import torch

    wide, taps = (torch.from_numpy(np.array(array, dtype=float))[None, None] for array in (image, kernel))
    return torch.nn.functional.conv2d(wide, taps)[0, 0].numpy()


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
    maps = _conv2d(image, along_x[None])[1:-1] + _conv2d(image, along_y[:, None])[:, 1:-1]
    one = _conv2d(image, np.array(cross.subs(values), dtype=float))
    ramp = np.add.outer(3 * np.arange(5.0), 2 * np.arange(5.0))  # 2 x + 3 y
    printed = np.array([0.5, 0.0, -0.5])
    slopes = [_conv2d(ramp, printed[None])[0, 0], _conv2d(ramp, printed[:, None])[0, 0]]
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


def _second_is_first() -> list[Finding]:
    renamed = PDE2.stencil().matrix.subs({beta: -8 * beta, rho: -8 * rho})
    second = [PDE2.terms[orders] - PDE1.terms[orders] for orders in ((2, 0), (0, 2))]
    drifts = [PDE2.terms[orders] + PDE1.terms[orders] / 8 for orders in ((1, 0), (0, 1))]
    spread = -sp.series(sp.log(PDE2.amplification(p, 0).subs(gamma, 0)), p, 0, 3).removeO().coeff(p, 2) * 2
    return [
        zero(
            "kernel of (40) at -8 beta, -8 rho minus kernel of (39)",
            (renamed - PDE1.stencil().matrix).expand(),
        ),
        zero("diffusion coefficients of (40) minus those of (39)", sp.Matrix(second)),
        zero("drift coefficients of (40) plus an eighth of those of (39)", sp.Matrix(drifts)),
        zero(
            "variance per layer of (40) minus (alpha^2 - beta^2/64), at gamma = 0",
            spread - alpha**2 + beta**2 / 64,
        ),
    ]


# U1: which equations are a residual block.


def _increments() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """One explicit step minus the state, on a ring of pixels, given the state and its rate of change."""
    place = np.arange(32)

    def second(u: np.ndarray) -> np.ndarray:
        return np.roll(u, -1, -1) - 2 * u + np.roll(u, 1, -1)

    def first(u: np.ndarray) -> np.ndarray:
        return (np.roll(u, -1, -1) - np.roll(u, 1, -1)) / 2

    return {
        "constant coefficients": lambda u, _: 0.3 * second(u) + 0.2 * first(u) - 0.1 * u,
        "a coefficient that varies": lambda u, _: (0.3 + 0.2 * np.sin(2 * np.pi * place / 32)) * second(u),
        "Burgers' equation": lambda u, _: 0.3 * second(u) - u * first(u),
        "the wave equation": lambda u, rate: rate + 0.3 * second(u),
    }


def _misfit(increment: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> float:
    """Relative misfit of the best three-tap kernel to the increments of 20 random states."""
    rng = np.random.default_rng(0)
    states, rates = rng.normal(size=(2, 20, 32))
    return fit_taps(states, increment(states, rates))[1]


def _as_a_block(names: list[str]) -> list[Finding]:
    steps = _increments()
    return [
        below(f"{name}: best kernel against the step, relative", _misfit(steps[name]), 1e-12)
        for name in names
    ]


def _wave_needs_two_channels() -> list[Finding]:
    step = sp.Matrix([[1, 1], [2 * sp.cos(p) - 2, 1]])  # of the wave exp(ipx) in u and v: u += v, v += u_xx
    eigenvalue, size = 1 + 2 * sp.I * sp.sin(p / 2), 1 + 4 * sp.sin(p / 2) ** 2
    state, rates = np.zeros(32), np.random.default_rng(1).normal(size=(2, 32))
    layers = [_increments()["the wave equation"](state, rate) for rate in rates]
    return [
        *_as_a_block(["constant coefficients"]),
        above(
            "wave equation, one state and two rates of change: next states differ by",
            np.abs(layers[0] - layers[1]).max(),
            0.1,
        ),
        zero(
            "its Euler step in two channels has the eigenvalue 1 + 2i sin(p/2)",
            (step - eigenvalue * sp.eye(2)).det(),
        ),
        zero("|g|^2, the product of the two, minus (1 + 4 sin^2(p/2)), which exceeds 1", step.det() - size),
    ]


# U2: three taps, and which of them are reached.


def _reached(share: float) -> list[Finding]:
    taps = np.random.default_rng(0).uniform(-1, 1, size=(20_000, 3))
    reached = float((taps[:, 0] + taps[:, 2] >= 0).mean())
    return [close("share of 20000 symmetric random kernels with a real alpha", reached, share, 0.01)]


def _three_taps_and_back() -> list[Finding]:
    import torch

    square = sp.Symbol("square", real=True)
    left, centre, right = sp.symbols("left centre right", real=True)
    taps = sp.Matrix([(square - beta) / 2, gamma - square, (square + beta) / 2])
    back = sp.Matrix([left + right, right - left, left + centre + right])
    there = back.subs(dict(zip((left, centre, right), taps, strict=True)), simultaneous=True)
    jacobian = taps.subs(square, alpha**2).jacobian([alpha, beta, gamma]).det()
    theta = torch.tensor([0.0, 0.3, -0.1], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([[1.0, 2.0, -1.0]], dtype=torch.float64)
    ((PDE_1D.stencil().kernels(theta) - target) ** 2).sum().backward()
    slope = float(theta.grad[0]) if theta.grad is not None else np.nan
    return [
        zero("taps to (alpha^2, beta, gamma) and back", there - sp.Matrix([square, beta, gamma])),
        zero("size of the Jacobian in (alpha, beta, gamma) minus alpha", sp.expand(jacobian + alpha)),
        zero("kernel at -alpha minus kernel at alpha", PDE_1D.matrix.subs(alpha, -alpha) - PDE_1D.matrix),
        Finding("gradient of a loss with respect to alpha at alpha = 0 is exactly 0", slope == 0.0),
        *_reached(0.5),
    ]


# U3: nine taps.


def _spanned(orders: list[tuple[int, int]]) -> list[Finding]:
    """Whether differences of these orders make up any 3x3 kernel."""
    terms = np.zeros((len(orders), 3, 3))
    for term, (i, j) in zip(terms, orders, strict=True):
        term[i, j] = 1
    basis = coefficients_kernel(terms).reshape(len(orders), 9).T
    kernels = np.random.default_rng(0).normal(size=(9, 200))
    rest = kernels - basis @ np.linalg.lstsq(basis, kernels, rcond=None)[0]
    largest = max(i + j for i, j in orders)
    return [
        below(
            f"200 random kernels, {len(orders)} terms up to order {largest}: relative misfit",
            float(np.linalg.norm(rest) / np.linalg.norm(kernels)),
            1e-12,
        )
    ]


_NINE = [(i, j) for i in range(3) for j in range(3)]
_SECOND_ORDER = [(i, j) for i, j in _NINE if i + j <= 2]


def _nine_taps_and_back() -> list[Finding]:
    first, second = sp.Matrix([-1, 0, 1]) / 2, sp.Matrix([1, -2, 1])
    differences = sp.Matrix.hstack(sp.Matrix([0, 1, 0]), first, second)
    taps = sp.Matrix(3, 3, sp.symbols("k:9", real=True))  # rows y, columns x
    a = (differences.inv() * taps * differences.inv().T).T
    moments = sp.Matrix(3, 3, lambda i, j: _moment(taps, i, j))
    lacks = [(i, j) for i, j in _NINE if (i, j) not in PDE1.terms]
    right = sum(a[i, j] * psi.diff(x, i, y, j) for i, j in _NINE)
    there_and_back = EvolutionPDE(sp.Eq(psi.diff(t), right)).stencil().matrix
    return [
        zero("determinant of the three differences minus 1", differences.det() - 1),
        zero("coefficients minus the moments of the kernel", (a - moments).expand()),
        zero("kernel to equation to kernel", (there_and_back - taps).expand()),
        *_spanned(_NINE),
        below("conv2d minus the nine terms, on biquadratics", _on_biquadratics(), 1e-10),
        Finding(
            f"terms that (39) lacks: {len(lacks)}, x and y mixed in each",
            lacks == [(1, 1), (1, 2), (2, 1), (2, 2)],
        ),
        zero("corner taps of (39)", PDE1.stencil().matrix[::2, ::2]),
    ]


def _moment(taps: sp.Matrix, i: int, j: int) -> sp.Expr:
    offsets = [(d, e) for d in (-1, 0, 1) for e in (-1, 0, 1)]
    return sum(taps[e + 1, d + 1] * sp.Integer(d) ** i * sp.Integer(e) ** j for d, e in offsets) / (
        sp.factorial(i) * sp.factorial(j)
    )


def _on_biquadratics() -> float:
    rng = np.random.default_rng(1)
    kernel, powers = rng.normal(size=(2, 3, 3))
    a = kernel_coefficients(kernel)
    columns, rows = np.meshgrid(np.arange(-4.0, 5.0), np.arange(-3.0, 4.0))
    polynomial = np.polynomial.polynomial

    def derivative(i: int, j: int) -> np.ndarray:
        derived = polynomial.polyder(polynomial.polyder(powers, i, axis=0), j, axis=1)
        return np.asarray(polynomial.polyval2d(columns, rows, derived))

    image, expected = derivative(0, 0), sum(a[i, j] * derivative(i, j) for i, j in _NINE)
    return float(np.abs(_conv2d(image, kernel) - expected[1:-1, 1:-1]).max())


# U4: the kernel as a Hamiltonian.


def _ring(theta: list[float], size: int = 24) -> np.ndarray:
    """Matrix of the kernel of (21) on a ring of pixels."""
    taps = PDE_1D.stencil().kernel_map.as_numpy(theta)[0]
    eye = np.eye(size)
    return np.sum([tap * np.roll(eye, d, axis=1) for d, tap in zip((-1, 0, 1), taps, strict=True)], axis=0)


def _hamiltonian(damping: np.ndarray, gain: float) -> list[Finding]:
    """H = iK against its adjoint, and the layer with drift alone against a gain."""
    matrix = 1j * _ring([0.6, 0.3, -0.1])
    anti = (matrix - matrix.conj().T) / 2
    layer = np.eye(24) + _ring([0.0, 0.3, 0.0])
    return [
        below(
            "part of H = iK that is not Hermitian minus what it should be",
            np.abs(anti - damping).max(),
            1e-14,
        ),
        close("largest gain of a layer with drift 0.3 alone", float(np.linalg.norm(layer, 2)), gain, 1e-12),
    ]


def _hamiltonian_as_it_is() -> list[Finding]:
    from pdenet.ops.quotient import relative_kernel

    symbol = sp.expand(sp.I * PDE_1D.symbol(p))
    kernel, skip = [0.1, -0.5, 0.4], [0.2, 1.0, 0.2]
    omega = relative_kernel(kernel, skip, 64)
    again = np.sum([tap * np.roll(omega, d) for d, tap in zip((-1, 0, 1), skip, strict=True)], axis=0)
    root = (1 - np.sqrt(1 - 4 * 0.2**2)) / (2 * 0.2)
    taps = np.abs(omega[[40, 41]])  # at the offsets 8 and 9
    return [
        zero("symbol of H: real part minus drift", sp.re(symbol) + beta * sp.sin(p)),
        zero("imaginary part minus diffusion and growth", sp.im(symbol) - gamma + alpha**2 * (1 - sp.cos(p))),
        *_hamiltonian(1j * _ring([0.6, 0.0, -0.1]), float(np.sqrt(1 + 0.3**2))),
        below(
            "w convolved with the quotient minus f, on 64 pixels", np.abs(again[31:34] - kernel).max(), 1e-13
        ),
        above("tap of the quotient at offset 8, where f and w have none", float(taps[0]), 1e-7),
        close("ratio of its taps at offsets 9 and 8", float(taps[1] / taps[0]), float(root), 1e-6),
        Finding(
            "a skip that loses the checkerboard has no quotient, and p = 3.1416 is named",
            "3.1416" in _refusal(),
        ),
    ]


def _refusal() -> str:
    """What is said against a quotient by a skip whose symbol is zero at p = pi."""
    from pdenet.ops.quotient import relative_kernel

    try:
        relative_kernel([0.1, -0.5, 0.4], [0.25, 0.5, 0.25], 64)
    except ValueError as error:
        return str(error)
    return ""


def _hamiltonian_as_printed() -> list[Finding]:
    """Hermitian, a layer that keeps the norm, and a quotient like a kernel of three taps, for every skip."""
    from pdenet.ops.quotient import relative_kernel

    omega = relative_kernel([0.1, -0.5, 0.4], [0.2, 1.0, 0.2], 64)
    far = np.delete(omega, [31, 32, 33])  # offset 0 stands at 32
    found = "none" if _refusal() else "found"
    return [
        *_hamiltonian(np.zeros((24, 24)), 1.0),
        below("taps of the quotient beyond the three of f and w, against 0", np.abs(far).max(), 1e-12),
        Finding(f"quotient by the skip [1/4, 1/2, 1/4]: {found}", found == "found"),
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


def _same_training() -> list[Finding]:
    findings, second = _other_functions(0.0), {}
    for name, (rate, epsilon) in _FACTORS.items():
        second[name] = _train(PDE2, name, 1.0)
        same = _train(PDE1, name, -1 / 8, rate, epsilon)
        plain = _train(PDE1, name, -1 / 8)
        share = "1/64" if rate == 1 / 64 else "1/8, epsilon 8 times"
        findings += [
            # Scaling by a power of two is exact in floating point, so not one bit may differ.
            Finding(
                f"{name}, 25 steps: (40), and (39) with drift from -1/8, its rate {share}: the same bits",
                np.array_equal(second[name], same),
            ),
            above(
                f"{name}, start at -1/8 but the same rate: kernels differ by",
                round(float(np.abs(second[name] - plain).max()), 3),
                1e-2,
            ),
        ]
    for name, what, rate, epsilon, least in (
        ("SGD", "its rate 1/8", 1 / 8, 1e-8, 1e-3),
        ("Adam", "its rate 1/64", 1 / 64, 8 * 1e-8, 1e-3),
        ("Adam", "its rate 1/8 but plain epsilon", 1 / 8, 1e-8, 1e-11),
    ):
        gap = np.abs(second[name] - _train(PDE1, name, -1 / 8, rate, epsilon)).max()
        findings.append(
            Finding(f"{name}, {what}, is caught: kernels differ by more than {least:g}", bool(gap > least))
        )
    return [*findings, *_penalised()]


def _penalised() -> list[Finding]:
    second = _train(PDE2, "SGD", 1.0, penalties=(0.1, 0.1))
    same, plain = (_train(PDE1, "SGD", -1 / 8, 1 / 64, penalties=(0.1, times * 0.1)) for times in (64, 1))
    return [
        Finding(
            "SGD with an L^2 penalty, 64 times as strong on the drift of (39): the same bits",
            np.array_equal(second, same),
        ),
        Finding(
            "the penalty left as it is on that drift is caught: kernels differ by more than 0.001",
            bool(np.abs(second - plain).max() > 1e-3),
        ),
    ]


def _taylor_errors() -> list[Finding]:
    return _quotients(lambda *d: d[2] / 2, lambda *d: d[3] / 6, lambda *d: d[4] / 12)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "21",
        "Diffusion, drift and growth on a line",
        Verdict.OK,
        r"$\partial_t\psi=\frac{\alpha^2}{2}\,\partial_x^2\psi+\beta\,\partial_x\psi+\gamma\,\psi$",
        _gaussian_solves_the_equation,
        assumptions=r"Real $\alpha$, so the diffusivity $\alpha^2/2$ is not negative. With $\beta>0$ a "
        r"profile moves to the left.",
        page=_BLOCK,
    ),
    Entry(
        "22",
        "Difference quotients",
        Verdict.APPROXIMATE,
        r"$\partial_t\psi=\frac{\psi(t+\Delta t)-\psi(t)}{\Delta t}$, "
        r"$\partial_x\psi=\frac{\psi(x+\Delta x)-\psi(x-\Delta x)}{2\Delta x}$, "
        r"$\partial_x^2\psi=\frac{\psi(x+\Delta x)-2\psi(x)+\psi(x-\Delta x)}{\Delta x^2}$",
        _taylor_errors,
        holds=r"The quotients exceed the derivatives by $\frac{\Delta t}{2}\partial_t^2\psi$, "
        r"$\frac{\Delta x^2}{6}\partial_x^3\psi$ and $\frac{\Delta x^2}{12}\partial_x^4\psi$, to leading "
        r"order.",
        reason=r"Quotients are set equal to derivatives, which they only approximate.",
        assumptions=r"$\psi$ smooth. Only the quotient in time is Euler's; those in space are central.",
        check_printed=lambda: _quotients(sp.Integer(0), sp.Integer(0), sp.Integer(0)),
        page=_BLOCK,
    ),
    Entry(
        "23",
        "Explicit scheme",
        Verdict.APPROXIMATE,
        r"(22) put into (21), with equality: "
        r"$\frac{\psi(t+\Delta t)-\psi}{\Delta t}=\frac{\alpha^2}{2}\frac{\psi_+-2\psi+\psi_-}{\Delta x^2}"
        r"+\beta\,\frac{\psi_+-\psi_-}{2\Delta x}+\gamma\psi$, where $\psi_\pm=\psi(x\pm\Delta x,t)$",
        lambda: [*_scheme(_TRUNCATION), *_scheme_converges()],
        holds=r"A solution of (21) leaves $\frac{\Delta t}{2}\partial_t^2\psi-\frac{\alpha^2\Delta x^2}{24}"
        r"\partial_x^4\psi-\frac{\beta\Delta x^2}{6}\partial_x^3\psi$, left minus right, to leading order.",
        reason=r"Solutions of (21) satisfy the scheme only up to its truncation error, and at a fixed "
        r"$\Delta x$ thinner layers do not remove it.",
        assumptions=r"$\psi$ smooth; steps within the stable region.",
        check_printed=lambda: _scheme(sp.Integer(0)),
        page=_BLOCK,
    ),
    Entry(
        "24",
        "Three taps",
        Verdict.OK,
        r"$\psi(x,t+1)-\psi(x,t)=\left[\frac12(\alpha^2+\beta),\,\gamma-\alpha^2,\,\frac12(\alpha^2-\beta)\right]"
        r"\cdot\left[\psi(x+1),\,\psi(x),\,\psi(x-1)\right]^{\mathsf T}$",
        _three_taps,
        assumptions=r"$\Delta x=\Delta t=1$; for other steps read $\alpha^2\Delta t/\Delta x^2$, "
        r"$\beta\,\Delta t/\Delta x$, $\gamma\,\Delta t$.",
        page=_BLOCK,
    ),
    Entry(
        "25",
        "Residual form and the order of the kernel",
        Verdict.INCOMPLETE,
        r"$f=\left[\frac12(\alpha^2+\beta),\,\gamma-\alpha^2,\,\frac12(\alpha^2-\beta)\right]$, "
        r"$\psi(x,t+1)=f*\psi+\psi$",
        _order_of_the_list,
        holds=r"The same, for a true convolution $\sum_d f(d)\,\psi(x-d)$. A convolution layer, and (1), "
        r"need the list reversed: "
        r"$\left[\frac12(\alpha^2-\beta),\,\gamma-\alpha^2,\,\frac12(\alpha^2+\beta)\right]$.",
        reason=r"It does not say which convolution is meant, and in that of (1) the printed list is the "
        r"layer with $-\beta$.",
        assumptions=r"The list stands for the offsets $-1,0,1$, from left to right.",
        check_printed=lambda: _layer_with(_PRINTED_LIST),
        page=_BLOCK,
    ),
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
        page=_BLOCK,
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
        page=_BLOCK,
    ),
    Entry(
        "U1",
        "Which equations are a residual block",
        Verdict.WRONG,
        r"Any partial differential equation of second order can be written as a residual block.",
        _wave_needs_two_channels,
        holds=r"On a line, a linear one with constant coefficients, of first order in time, can. The wave "
        r"equation needs two channels, and its explicit step has $\vert g\vert^2=1+4\sin^2\frac p2$: every "
        r"wave but the constant grows geometrically.",
        reason=r"One kernel is linear, the same at every pixel, and knows the present state only: varying "
        r"coefficients, Burgers' equation and the wave equation have no such step.",
        assumptions=r"One channel, one kernel a layer, no ReLU; real $\alpha$.",
        check_printed=lambda: _as_a_block(list(_increments())),
        page=_CONVERSE,
    ),
    Entry(
        "U2",
        "Which kernels of three taps are an equation (21)",
        Verdict.INCOMPLETE,
        r"Residual block and PDE are the same thing, on a line: every kernel of three taps is (21) for some "
        r"$\alpha,\beta,\gamma$.",
        _three_taps_and_back,
        holds=r"$\alpha^2=c_++c_-$, $\beta=c_+-c_-$, $\gamma=c_++c_0+c_-$: one to one in "
        r"$(\alpha^2,\beta,\gamma)$, with a real $\alpha$ only where $c_++c_-\ge0$.",
        reason=r"Half of all kernels would need a negative diffusivity; and $\alpha$ counts them twice, "
        r"with a gradient that is exactly zero at $\alpha=0$.",
        assumptions=r"$c_-,c_0,c_+$ multiply $\psi(x-1),\psi(x),\psi(x+1)$; half is meant for a law of "
        r"the taps that is symmetric about zero.",
        check_printed=lambda: _reached(1.0),
        page=_CONVERSE,
    ),
    Entry(
        "U3",
        "Equation of a kernel of nine taps",
        Verdict.INCOMPLETE,
        r"Residual block and PDE are the same thing, in the plane: a $3\times3$ residual kernel is a PDE "
        r"of second order.",
        _nine_taps_and_back,
        holds=r"It is $\partial_t\psi=\sum_{i,j=0}^{2}a_{ij}\,\partial_x^i\partial_y^j\psi$ with "
        r"$a_{ij}=\sum_{d,e}K(d,e)\,\frac{d^i e^j}{i!\,j!}$, one to one: nine terms, up to order four.",
        reason=r"The terms of second order and below, six with the mixed one, make up a six-dimensional "
        r"part of the nine-dimensional space of kernels, and (39), which lacks every mixed term, only five.",
        assumptions=r"$a_{20},a_{02}$ may have either sign; $K(d,e)$ multiplies $\psi(x+d,y+e)$.",
        check_printed=lambda: [*_spanned(_SECOND_ORDER), *_spanned(list(PDE1.terms))],
        page=_CONVERSE,
    ),
    Entry(
        "U4",
        "Convolution as a Hamiltonian",
        Verdict.INCOMPLETE,
        r"The kernel of a residual block acts as a Hamiltonian, also as the quotient $f/w$ of kernel and "
        r"skip.",
        _hamiltonian_as_it_is,
        holds=r"With $i\,\partial_t\psi=H\psi$ it is $H=iK$: only the drift is Hermitian, diffusion and "
        r"growth are not, and even drift alone gives a layer with $\max\vert g\vert=\sqrt{1+\beta^2}$. "
        r"The quotient has a tap at every pixel and needs $\tilde w(p)\ne0$ for all $p$.",
        reason=r"A Hamiltonian is Hermitian and its time steps keep the norm, neither of which holds here; "
        r"and the quotient is not local, and does not exist for every skip.",
        assumptions=r"Periodic boundary, one linear layer.",
        check_printed=_hamiltonian_as_printed,
        page=_CONVERSE,
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
        page=_BLOCK,
    ),
)
