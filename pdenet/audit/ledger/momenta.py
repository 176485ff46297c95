"""Rows (16) to (20): momenta integrated out between slices, imaginary time, and the limit of many slices."""

from __future__ import annotations

import numpy as np
import sympy as sp
from scipy.integrate import quad

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below, order, zero
from pdenet.audit.ledger.oscillator import HAMILTONIAN, HBAR, MASS, TIME, evolution, lattice, spectral_norm
from pdenet.audit.ledger.slices import MEASURE, one_free_slice
from pdenet.subjects.particle.closed import mehler_kernel, sliced_oscillator_kernel
from pdenet.symbolic.gaussian import complete_square, gaussian_integral

_X, _p = sp.symbols("X p", real=True)
_m, _hbar, _step = sp.symbols("m hbar dtau", positive=True)

# (16a): plane waves


def _plane_waves(sign: int, last: bool) -> list[Finding]:
    """Two slices; the sign is that of the exponent of <p|x>, `last` whether <p0|x0> stands there."""
    x0, x1, x2, p0, p1, shift = sp.symbols("x0 x1 x2 p0 p1 s", real=True)
    phase = p1 * x2 + sign * p1 * x1 + p0 * x1 + (sign * p0 * x0 if last else 0)
    moved = phase.subs({x: x + shift for x in (x0, x1, x2)}, simultaneous=True)
    model = lattice()
    ket = model.waves.conj() if sign < 0 else model.waves
    kinetic = np.exp(-1j * TIME * model.momenta**2 / (2 * MASS * HBAR))
    potential = np.exp(-1j * TIME * np.diag(model.potential) / HBAR)
    one = np.einsum("xp,p,yp,y->xy", model.waves, kinetic, ket, potential)
    deviation = spectral_norm(one - evolution(model.kinetic, TIME) @ evolution(model.potential, TIME))
    return [
        zero("change of the phase when all positions are shifted", sp.expand(moved - phase)),
        Finding(f"the start in the phase: {'x0' if phase.has(x0) else 'none'}", phase.has(x0)),
        *([below("sum over momenta against the split product", deviation, 1e-12)] if last else []),
    ]


def _outer_waves(first: sp.Expr, last: sp.Expr) -> Finding:
    """Phase of the first and the last slice in the second form, with the given indices of the momenta."""
    momentum, position, slices = sp.IndexedBase("p"), sp.IndexedBase("x"), sp.Symbol("N")
    end, start = position[slices] - position[slices - 1], position[1] - position[0]
    change = (momentum[last] - momentum[slices - 1]) * end + (momentum[first] - momentum[0]) * start
    return zero("second form: outer plane waves, against those of the momenta integrated over", change)


# (16b), (17): the Gaussian integral

_EXPONENT = -_step * _p**2 / (2 * _m * _hbar) + sp.I * _p * _X / _hbar
_BRACKET = _p - sp.I * _m * _X / _step
_REST = -_m * _X**2 / (2 * _hbar * _step)


def _rotation(time: sp.Expr, square: sp.Expr, substitution: sp.Expr) -> list[Finding]:
    """Check the three statements of (16b).

    Parameters
    ----------
    time : sympy.Expr
        The real time step in terms of the imaginary one.
    square : sympy.Expr
        What multiplies -dtau/(2 m hbar) in the exponent.
    substitution : sympy.Expr
        The new variable u; its square must be the exponent that is integrated.
    """
    kinetic = sp.expand(-sp.I * time * _p**2 / (2 * _m * _hbar))
    falls = complete_square(kinetic, _p).curvature.is_positive
    shape = "falls off" if falls else "grows, the integral diverges"
    exponent = -_step / (2 * _m * _hbar) * square + _REST
    return [
        Finding(f"rotated kinetic factor: exp({sp.sstr(kinetic)}) {shape}", bool(falls)),
        zero("square multiplied out", sp.expand(exponent - _EXPONENT)),
        zero("square of u", sp.expand(substitution**2 - _step / (2 * _m * _hbar) * _BRACKET**2)),
    ]


def _rotation_holds() -> list[Finding]:
    square = complete_square(_EXPONENT, _p)
    found = (
        square.curvature - _step / (2 * _m * _hbar),
        square.centre - sp.I * _m * _X / _step,
        square.rest - _REST,
    )
    return [
        *_rotation(-sp.I * _step, _SQUARE, _U),
        zero("curvature, centre and rest found by completing the square", sp.Matrix(found)),
    ]


_SQUARE, _U = _BRACKET**2, sp.sqrt(_step / (2 * _m * _hbar)) * _BRACKET
_PRINTED_SQUARE = _p - sp.I * _m * _X**2 / _step
_PRINTED_U = sp.sqrt(_m / (2 * _hbar * _step)) * _BRACKET
_ROOT = sp.sqrt(_m / (2 * sp.pi * _hbar * _step))


def _momentum_integral(root: sp.Expr = _ROOT, rest: sp.Expr = _REST) -> list[Finding]:
    """(17) with this root in front of the exponential of this rest."""
    result = root * sp.exp(rest)
    by_sympy = sp.integrate(sp.exp(_EXPONENT) / (2 * sp.pi * _hbar), (_p, -sp.oo, sp.oo))
    values = {_m: MASS, _hbar: HBAR, _step: 0.4, _X: 0.6}
    number = float(result.subs(values))
    by_quadrature = quad(
        lambda p: np.exp(-0.4 * p**2 / (2 * MASS * HBAR)) * np.cos(0.6 * p / HBAR) / (2 * np.pi * HBAR),
        -25,
        25,
        epsabs=1e-13,
    )[0]
    jacobian, printed = 1 / sp.sqrt(_step / (2 * _m * _hbar)), 1 / sp.sqrt(_m / (2 * _hbar * _step))
    by_hand = jacobian * sp.sqrt(sp.pi) / (2 * sp.pi * _hbar) * sp.exp(_REST)
    return [
        zero("completing the square", gaussian_integral(_EXPONENT, _p) / (2 * sp.pi * _hbar) - result),
        zero("sympy.integrate", by_sympy - result),
        zero("with du and the Jacobian of the right u", by_hand - result),
        below("quadrature", by_quadrature - number, 1e-10),
        zero("Jacobian of the printed u over the right one, and dtau/m", printed / jacobian - _step / _m),
    ]


# (18): Euclidean product


def _euclidean_product(potential: float = 1.0, root: float = 0.5) -> list[Finding]:
    """Three slices of an oscillator: integrals over positions against powers of operators, 128 points.

    Parameters
    ----------
    potential : float
        What multiplies the potential energy.
    root : float
        The power of the factor of each slice.
    """
    slices, step, spacing = 3, 0.3, 0.15
    model = lattice(128, spacing)
    x = spacing * (np.arange(128) - 64)
    displacement = x[:, None] - x
    exponent = step / HBAR * (-MASS * displacement**2 / (2 * step**2) - potential * MASS * x**2 / 2)
    one = (MASS / (2 * np.pi * HBAR * step)) ** root * np.exp(exponent) * spacing
    kinetic = model.waves * np.exp(-step * model.momenta**2 / (2 * MASS * HBAR)) @ model.waves.conj().T
    operators = np.linalg.matrix_power(kinetic * np.exp(-step * MASS * x**2 / (2 * HBAR)), slices)
    paths = np.linalg.matrix_power(one, slices)
    return [
        below("sum over paths of 3 slices against the operators", np.abs(paths - operators).max(), 1e-10),
        Finding("every weight is positive", bool(np.all(one >= 0) and np.all(paths >= 0))),
    ]


# (19): back to real time


def _real_time(prefactor: complex, rotated: sp.Expr) -> list[Finding]:
    """Check the prefactor of a slice of TIME, and the exponent for a given imaginary step in real time."""
    step, potential = sp.symbols("dt V", positive=True)
    euclidean = _step / _hbar * (-_m * _X**2 / (2 * _step**2) - potential)
    action = sp.I * step / _hbar * (_m * _X**2 / (2 * step**2) - potential)
    ratio = one_free_slice(prefactor)
    shown = np.round(ratio, 3) + 0.0  # no negative zeros
    return [
        zero("exponent from (18)", sp.expand(euclidean.subs(_step, rotated.subs("dt", step)) - action)),
        Finding(
            f"one free slice over the exact packet, predicted 1: {shown.real:g}{shown.imag:+g}i",
            abs(ratio - 1) < 1e-10,
        ),
    ]


def _real_time_printed() -> list[Finding]:
    printed_tau = complex(np.sqrt(MASS / (2 * np.pi * HBAR * -1j * TIME)))
    return _real_time(printed_tau, sp.sympify("-I*dt"))


# (20): the limit

_END, _START = 0.8, -0.3


def _sliced(slices: int, time: complex, measure: bool = True) -> complex:
    constants = {"mass": MASS, "hbar": HBAR}
    kernel = complex(sliced_oscillator_kernel(_END, _START, time, slices, **constants))
    return kernel if measure else kernel / np.sqrt(MASS * slices / (2j * np.pi * HBAR * time)) ** slices


def _limit(measure: bool, hbar: float = HBAR) -> list[Finding]:
    """Error of the sliced kernel; an hbar other than HBAR stands in the exponent of the left side."""
    counts = [64, 128]
    findings = []
    for name, time in (("imaginary", -1j * TIME), ("real", TIME)):
        exact = complex(mehler_kernel(_END, _START, time * HBAR / hbar, mass=MASS, hbar=HBAR))
        errors = [abs(_sliced(count, time, measure) - exact) for count in counts]
        what = f"error against the exact oscillator kernel, {name} time"
        findings.append(order(what, counts, errors, -1))
    return findings


def _limit_printed() -> list[Finding]:
    sizes = [abs(_sliced(count, TIME, measure=False)) for count in (10, 20)]
    shown = " to ".join(f"{size:.1e}" for size in sizes)
    return [
        *_limit(False, hbar=1.0),
        Finding(f"size at N = 10 to 20: {shown}, so no limit but 0", sizes[1] > 0.5 * sizes[0]),
    ]


ENTRIES = (
    Entry(
        id="16a",
        title="Plane waves inserted",
        verdict=Verdict.WRONG,
        printed=(
            r"first form: factors $\frac1{\sqrt{2\pi\hbar}}e^{\frac i\hbar p_{j}x_{j+1}}\,e^{-\frac "
            r"i\hbar\left(\frac{p_j^2}{2m}+V(x_j)\right)\frac tN}\,\frac1{\sqrt{2\pi\hbar}}e^{\frac "
            r"i\hbar p_jx_j}$ (the first time with $P_{N-1}$ in the last exponent), the last of them without "
            r"the plane wave of $x_0$; second form: "
            r"$\frac1{2\pi\hbar}e^{\frac i\hbar p_{n-1}(x_N-x_{N-1})}\cdots\frac1{2\pi\hbar}e^{\frac "
            r"i\hbar p_{0-1}(x_1-x_0)}\cdots$"
        ),
        holds=(
            r"$\int\prod_{j=1}^{N-1}dx_j\prod_{j=0}^{N-1}\frac{dp_j}{2\pi\hbar}\,\exp\frac "
            r"i\hbar\sum_{j=0}^{N-1}\left[p_j(x_{j+1}-x_j)-\left(\frac{p_j^2}{2m}+V(x_j)\right)\frac "
            r"tN\right]$"
        ),
        reason=(
            r"In the first form $\langle p\vert x\rangle$ needs $e^{-\frac i\hbar px}$ and $\langle "
            r"p_0\vert x_0\rangle$ is absent, and $P_{N-1}$ is $p_{N-1}$; the second is right but for the "
            r"indices $n-1$ and $0-1$, which are $N-1$ and $0$."
        ),
        assumptions=HAMILTONIAN,
        check=lambda: [*_plane_waves(-1, True), _outer_waves(sp.Integer(0), sp.Symbol("N") - 1)],
        check_printed=lambda: [
            *_plane_waves(1, False),
            _outer_waves(sp.Integer(-1), sp.Symbol("n") - 1),
        ],
        kind=Kind.SLIP,
        faults=(
            Fault("plus in <p|x> alone", lambda: _plane_waves(1, True)),
            Fault("<p0|x0> left out alone", lambda: _plane_waves(-1, False)),
            Fault(
                "the indices of the second form alone",
                lambda: [_outer_waves(sp.Integer(-1), sp.Symbol("n") - 1)],
            ),
        ),
        page="path-integral",
    ),
    Entry(
        id="16b",
        title="Imaginary time, completing the square",
        verdict=Verdict.WRONG,
        printed=(
            r"$\tau=-it$; $\int\frac{dp}{2\pi\hbar}e^{-\frac{\Delta\tau}\hbar\frac{p^2}{2m}+\frac i\hbar "
            r"pX}=\frac1{2\pi\hbar}e^{-\frac m{2\hbar\Delta\tau}X^2}\int "
            r"dp\,e^{-\frac{\Delta\tau}{2m\hbar}\left(p-\frac{im}{\Delta\tau}X^2\right)}$; $u=\sqrt{\frac "
            r"m{2\hbar\Delta\tau}}\left[p-\frac{im}{\Delta\tau}X\right]$"
        ),
        holds=(
            r"$\tau=+it$; exponent $-\frac{\Delta\tau}{2m\hbar}\left(p-\frac{im}{\Delta\tau}X\right)^2$; "
            r"$u=\sqrt{\frac{\Delta\tau}{2m\hbar}}\left(p-\frac{im}{\Delta\tau}X\right)$"
        ),
        reason=(
            r"The rotation has the wrong sign, so that the integral would diverge; the square sits on $X$ "
            r"instead of on the bracket; the root in $u$ is upside down (right only if $\Delta\tau=m$); in "
            r"words, the momentum has the index $N-1$ and not $N$."
        ),
        assumptions=(
            r"$\mathrm{Re}\,\Delta\tau>0$, which lets the line of integration be shifted (Cauchy); "
            r"$X=x_N-x_{N-1}$, $\Delta\tau=\tau/N$"
        ),
        check=_rotation_holds,
        check_printed=lambda: _rotation(sp.I * _step, _PRINTED_SQUARE, _PRINTED_U),
        kind=Kind.ARGUMENT,
        faults=(
            Fault("tau = -it alone", lambda: _rotation(sp.I * _step, _SQUARE, _U)),
            Fault("the square on X alone", lambda: _rotation(-sp.I * _step, _PRINTED_SQUARE, _U)),
            Fault("the root in u upside down alone", lambda: _rotation(-sp.I * _step, _SQUARE, _PRINTED_U)),
        ),
        page="path-integral",
    ),
    Entry(
        id="17",
        title="Gaussian integral",
        verdict=Verdict.OK,
        printed=(
            r"$\cdots=\frac1{2\pi\hbar}\sqrt{\frac{2m\hbar}{\Delta\tau}}\,e^{-\frac{mX^2}{2\hbar\Delta"
            r"\tau}}\int e^{-u^2}=\sqrt{\frac m{2\pi\hbar\Delta\tau}}\,e^{-\frac{mX^2}{2\hbar\Delta\tau}}$"
        ),
        reason=(
            r"The result is right; $du$ is missing, and the Jacobian $\sqrt{2m\hbar/\Delta\tau}$ is that "
            r"of the right $u$, not of the printed one."
        ),
        assumptions=r"$m,\hbar,\Delta\tau>0$, $X$ real",
        check=_momentum_integral,
        faults=(
            Fault(
                "the root upside down",
                lambda: _momentum_integral(root=sp.sqrt(_step / (2 * sp.pi * _hbar * _m))),
            ),
            Fault("the exponent without its 1/2", lambda: _momentum_integral(rest=2 * _REST)),
        ),
        page="path-integral",
    ),
    Entry(
        id="18",
        title="Product of slices in imaginary time",
        verdict=Verdict.OK,
        printed=(
            r"$\int dx_{N-1}\cdots dx_1\left(\frac m{2\pi\hbar\Delta\tau}\right)^{N/2}\prod_j\exp\frac{"
            r"\Delta\tau}\hbar\left[-\frac m2\frac{(x_{j+1}-x_j)^2}{\Delta\tau^2}-V(x_j)\right]$"
        ),
        assumptions=r"$\tau=+it$; at finite $N$ it is the split product of (13), not yet the propagator",
        check=_euclidean_product,
        faults=(
            Fault("the potential with the other sign", lambda: _euclidean_product(potential=-1.0)),
            Fault("the factor to the power N in place of N/2", lambda: _euclidean_product(root=1.0)),
        ),
        page="path-integral",
    ),
    Entry(
        id="19",
        title="Back to real time",
        verdict=Verdict.WRONG,
        printed=(
            r"$\int\cdots\left(\frac m{2\pi\hbar\,\Delta\tau}\right)^{N/2}\exp\frac i\hbar\Delta "
            r"t\left[\frac m2\frac{X^2}{\Delta t^2}-V\right]\cdots$"
        ),
        holds=(
            r"$\int\cdots\left(\frac m{2\pi i\hbar\,\Delta t}\right)^{N/2}\exp\frac i\hbar\Delta "
            r"t\left[\frac m2\frac{X^2}{\Delta t^2}-V\right]\cdots$"
        ),
        reason=(
            r"The prefactor is not rotated back; putting in the printed $\Delta\tau=-i\Delta t$ would "
            r"conjugate the exponent and turn every slice by a factor $i$."
        ),
        assumptions=r"$\Delta\tau=i\Delta t$, principal root",
        check=lambda: _real_time(MEASURE, sp.sympify("I*dt")),
        check_printed=_real_time_printed,
        kind=Kind.ARGUMENT,
        faults=(
            Fault("the factor without its i", lambda: _real_time(abs(MEASURE), sp.sympify("I*dt"))),
            Fault("the rotation alone the other way", lambda: _real_time(MEASURE, sp.sympify("-I*dt"))),
        ),
        page="path-integral",
    ),
    Entry(
        id="20",
        title="Limit of infinitely many slices",
        verdict=Verdict.INCOMPLETE,
        printed=(
            r"$\langle x\vert e^{-it\hat H}\vert x'\rangle=\int_{x_{paths}}dx\,e^{\frac i\hbar S_{path}}$"
        ),
        holds=(
            r"$\langle x\vert e^{-\frac i\hbar t\hat H}\vert x'\rangle=\lim_{N\to\infty}\left(\frac "
            r"m{2\pi i\hbar\Delta t}\right)^{N/2}\int\prod_{j=1}^{N-1}dx_j\,e^{\frac "
            r"i\hbar\sum_jL_j\Delta t}$"
        ),
        reason=(
            r"The factor of (19) hides in a measure that is not defined, and without it there is no limit; "
            r"$\hbar$ is lost on the left."
        ),
        assumptions=(
            r"any $t$ but the caustics $k\pi/\omega$; the check, which takes principal roots, stays at "
            r"$t<\pi/\omega$"
        ),
        check=lambda: _limit(True),
        check_printed=_limit_printed,
        kind=Kind.ARGUMENT,
        reading=(
            r"The measure is read as $dx_{N-1}\cdots dx_1$ and nothing else, and $\hbar$ is 0.7 in the check."
        ),
        faults=(
            Fault("the measure alone left out", lambda: _limit(False)),
            Fault("hbar on the left alone lost", lambda: _limit(True, hbar=1.0)),
        ),
        page="path-integral",
    ),
)
