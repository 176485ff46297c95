"""Rows U1 to U4: which equations are a block, which kernels an equation reaches, and their Hamiltonian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from pdenet.audit.ledger.composition import KERNEL, SKIP, Compose, convolved, correlated, divides
from pdenet.audit.ledger.convolution import conv2d
from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, close, zero
from pdenet.symbolic import PDE1, PDE_1D
from pdenet.symbolic.converse import coefficients_kernel, fit_taps, kernel_coefficients
from pdenet.symbolic.equation import EvolutionPDE
from pdenet.symbolic.variables import alpha, beta, gamma, p, psi, t, x, y

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_PAGE = "kernels-as-equations"


# U1: which equations are a residual block.


def _increments() -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """One explicit step minus the state, on a ring of pixels, given the state and its rate of change."""
    place = np.arange(32)

    def second(u: np.ndarray) -> np.ndarray:
        result: np.ndarray = np.roll(u, -1, -1) - 2 * u + np.roll(u, 1, -1)
        return result

    def first(u: np.ndarray) -> np.ndarray:
        result: np.ndarray = (np.roll(u, -1, -1) - np.roll(u, 1, -1)) / 2
        return result

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


def _as_a_block(fitting: Collection[str]) -> list[Finding]:
    """Whether just these steps are those of some kernel."""
    findings = []
    for name, step in _increments().items():
        fits, said = _misfit(step) < 1e-12, name in fitting
        found, predicted = ("none" if fit else "some" for fit in (fits, said))
        text = f"misfit of the best kernel to a step, {name}: {found}, predicted {predicted}"
        findings.append(Finding(text, fits == said))
    return findings


_LINEAR = ("constant coefficients",)


_GAIN = 1 + 4 * sp.sin(p / 2) ** 2


def _wave_needs_two_channels(gain: sp.Expr = _GAIN) -> list[Finding]:
    """U1, with this squared gain of the explicit step of the wave equation."""
    step = sp.Matrix([[1, 1], [2 * sp.cos(p) - 2, 1]])  # of the wave exp(ipx) in u and v: u += v, v += u_xx
    eigenvalue = 1 + 2 * sp.I * sp.sin(p / 2)
    state, rates = np.zeros(32), np.random.default_rng(1).normal(size=(2, 32))
    layers = [_increments()["the wave equation"](state, rate) for rate in rates]
    return [
        *_as_a_block(_LINEAR),
        above(
            "wave equation, one state and two rates of change: next states differ by",
            np.abs(layers[0] - layers[1]).max(),
            0.1,
        ),
        zero(
            "its Euler step in two channels has the eigenvalue 1 + 2i sin(p/2)",
            (step - eigenvalue * sp.eye(2)).det(),
        ),
        zero("|g|^2, the product of the two, minus its closed form", step.det() - gain),
    ]


# U2: three taps, and which of them are reached.


def _reached(share: float) -> list[Finding]:
    taps = np.random.default_rng(0).uniform(-1, 1, size=(20_000, 3))
    reached = float((taps[:, 0] + taps[:, 2] >= 0).mean())
    return [close("share of 20000 symmetric random kernels with a real alpha", reached, share, 0.01)]


def _three_taps_and_back(drift_sign: int = 1) -> list[Finding]:
    """U2, with this sign of c_+ - c_- in the drift."""
    import torch

    square = sp.Symbol("square", real=True)
    left, centre, right = sp.symbols("left centre right", real=True)
    taps = sp.Matrix([(square - beta) / 2, gamma - square, (square + beta) / 2])
    back = sp.Matrix([left + right, drift_sign * (right - left), left + centre + right])
    there = back.subs(dict(zip((left, centre, right), taps, strict=True)), simultaneous=True)
    jacobian = taps.subs(square, alpha**2).jacobian([alpha, beta, gamma]).det()
    theta = torch.tensor([0.0, 0.3, -0.1], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([[1.0, 2.0, -1.0]], dtype=torch.float64)
    ((PDE_1D.stencil().kernels(theta) - target) ** 2).sum().backward()
    slope = float(theta.grad[0]) if theta.grad is not None else np.nan
    kernel = PDE_1D.stencil().matrix
    return [
        zero("taps to (alpha^2, beta, gamma) and back", there - sp.Matrix([square, beta, gamma])),
        zero("size of the Jacobian in (alpha, beta, gamma) minus alpha", sp.expand(jacobian + alpha)),
        zero("kernel at -alpha minus kernel at alpha", kernel.subs(alpha, -alpha) - kernel),
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
    return [
        below(
            "200 random kernels and the terms of the equation, relative misfit",
            float(np.linalg.norm(rest) / np.linalg.norm(kernels)),
            1e-12,
        )
    ]


_NINE = [(i, j) for i in range(3) for j in range(3)]
_SECOND_ORDER = [(i, j) for i, j in _NINE if i + j <= 2]


def _nine_taps_and_back(divided: bool = True) -> list[Finding]:
    """U3, with moments divided by i! j! or not."""
    first, second = sp.Matrix([-1, 0, 1]) / 2, sp.Matrix([1, -2, 1])
    differences = sp.Matrix.hstack(sp.Matrix([0, 1, 0]), first, second)
    taps = sp.Matrix(3, 3, sp.symbols("k:9", real=True))  # rows y, columns x
    a = (differences.inv() * taps * differences.inv().T).T
    moments = sp.Matrix(3, 3, lambda i, j: _moment(taps, i, j, divided))
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


def _moment(taps: sp.Matrix, i: int, j: int, divided: bool) -> sp.Expr:
    offsets = [(d, e) for d in (-1, 0, 1) for e in (-1, 0, 1)]
    total = sum(taps[e + 1, d + 1] * sp.Integer(d) ** i * sp.Integer(e) ** j for d, e in offsets)
    return total / (sp.factorial(i) * sp.factorial(j) if divided else 1)


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
    return float(np.abs(conv2d(image, kernel) - expected[1:-1, 1:-1]).max())


# U4: the kernel as a Hamiltonian.


def _ring(theta: list[float], size: int = 24) -> np.ndarray:
    """Matrix of the kernel of (21) on a ring of pixels."""
    taps = PDE_1D.stencil().kernel_map.as_numpy(theta)[0]
    eye = np.eye(size)
    result: np.ndarray = np.sum(
        [tap * np.roll(eye, d, axis=1) for d, tap in zip((-1, 0, 1), taps, strict=True)], axis=0
    )
    return result


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


def _hamiltonian_as_it_is(compose: Compose = convolved) -> list[Finding]:
    from pdenet.ops.quotient import relative_kernel

    symbol = sp.expand(sp.I * PDE_1D.symbol(p))
    omega = relative_kernel(KERNEL, SKIP, 65)  # offset 0 stands at 32
    left, right = SKIP[0], SKIP[2]
    root = np.sqrt(1 - 4 * left * right) - 1  # left r^2 + r + right = 0, to the right; mirrored to the left
    return [
        zero("symbol of H: real part minus drift", sp.re(symbol) + beta * sp.sin(p)),
        zero("imaginary part minus diffusion and growth", sp.im(symbol) - gamma + alpha**2 * (1 - sp.cos(p))),
        *_hamiltonian(1j * _ring([0.6, 0.0, -0.1]), float(np.sqrt(1 + 0.3**2))),
        divides(compose),
        above("tap of the quotient at offset 8, where f and w have none", float(abs(omega[40])), 1e-7),
        close("ratio of its taps at offsets 9 and 8", float(omega[41] / omega[40]), root / (2 * left), 1e-6),
        close("and at offsets -9 and -8", float(omega[23] / omega[24]), root / (2 * right), 1e-6),
        Finding(
            "a skip that loses the checkerboard has no quotient, and p = 3.1416 is named",
            "3.1416" in _refusal(),
        ),
    ]


def _refusal() -> str:
    """What is said against a quotient by a skip whose symbol is zero at p = pi."""
    from pdenet.ops.quotient import relative_kernel

    try:
        relative_kernel(KERNEL, [0.25, 0.5, 0.25], 64)
    except ValueError as error:
        return str(error)
    return ""


def _hamiltonian_as_printed() -> list[Finding]:
    """Hermitian, a layer that keeps the norm, and a quotient like a kernel of three taps, for every skip."""
    from pdenet.ops.quotient import relative_kernel

    omega = relative_kernel(KERNEL, SKIP, 65)
    far = np.delete(omega, [31, 32, 33])  # offset 0 stands at 32
    found = "none" if _refusal() else "found"
    return [
        *_hamiltonian(np.zeros((24, 24)), 1.0),
        below("taps of the quotient beyond the three of f and w, against 0", np.abs(far).max(), 1e-12),
        Finding(f"quotient by the skip [1/4, 1/2, 1/4]: {found}", found == "found"),
    ]


ENTRIES = (
    Entry(
        "U1",
        "Which equations are a residual block with one convolution",
        Verdict.WRONG,
        r"Any partial differential equation of second order can be written as a residual block.",
        _wave_needs_two_channels,
        holds=r"With one convolution and one channel, on a line, a linear one with constant coefficients, of "
        r"first order in time, can. The wave equation needs two channels, and its explicit step, both at "
        r"once, has $\vert g\vert^2=1+4\sin^2\frac p2$: every wave but the constant grows geometrically.",
        reason=r"One kernel is linear, the same at every pixel, and knows the present state only: varying "
        r"coefficients, Burgers' equation and the wave equation have no such step.",
        assumptions=r"One channel, one kernel a layer, no ReLU; real $\alpha$. A block with two convolutions "
        r"and a nonlinearity between them is another matter: it steps through some nonlinear equations.",
        check_printed=lambda: _as_a_block(_increments()),
        kind=Kind.ARGUMENT,
        faults=(
            Fault(
                "also with a coefficient that varies",
                lambda: _as_a_block([*_LINEAR, "a coefficient that varies"]),
            ),
            Fault(
                "waves of the wave equation damped",
                lambda: _wave_needs_two_channels(1 - 4 * sp.sin(p / 2) ** 2),
            ),
        ),
        page=_PAGE,
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
        kind=Kind.ARGUMENT,
        paraphrase=True,
        faults=(
            Fault("the drift with the other sign", lambda: _three_taps_and_back(-1)),
            Fault("two thirds reached", lambda: _reached(2 / 3)),
        ),
        page=_PAGE,
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
        check_printed=lambda: _spanned(_SECOND_ORDER),
        kind=Kind.ARGUMENT,
        paraphrase=True,
        faults=(
            Fault("the five terms of (39)", lambda: _spanned(list(PDE1.terms))),
            Fault("moments without i! j!", lambda: _nine_taps_and_back(divided=False)),
        ),
        page=_PAGE,
    ),
    Entry(
        "U4",
        "Convolution as a Hamiltonian",
        Verdict.INCOMPLETE,
        r"The kernel of a residual block acts as a Hamiltonian, also as the quotient $f/w$ of kernel and "
        r"skip.",
        _hamiltonian_as_it_is,
        holds=r"With $i\,\partial_t\psi=\hat H\psi$ it is $\hat H=iK$: only the drift is Hermitian, "
        r"diffusion and growth are not, and even drift alone gives a layer with "
        r"$\max\vert g\vert=\sqrt{1+\beta^2}$. The quotient, with $w+f=w*(1+\Omega)$, has a tap at every "
        r"pixel and needs $\tilde w(p)\ne0$ for all $p$.",
        reason=r"A Hamiltonian is Hermitian and its time steps keep the norm, neither of which holds here; "
        r"and the quotient is not local, and does not exist for every skip.",
        assumptions=r"Periodic boundary, one linear layer.",
        check_printed=_hamiltonian_as_printed,
        kind=Kind.ARGUMENT,
        faults=(
            Fault(
                "skip and quotient composed by cross-correlation", lambda: _hamiltonian_as_it_is(correlated)
            ),
            Fault("a gain of 1 + beta", lambda: _hamiltonian(1j * _ring([0.6, 0.0, -0.1]), 1.3)),
        ),
        page=_PAGE,
    ),
)
