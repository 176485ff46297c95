"""Stencils: against an independent package, on plane waves, on polynomials, and against the thesis."""

import itertools

import findiff
import numpy as np
import pytest
import sympy as sp

from pdenet.symbolic import (
    PDE1,
    PDE2,
    PDE_1D,
    EvolutionPDE,
    alpha,
    beta,
    dt,
    dx,
    gamma,
    p,
    psi,
    psi_1d,
    q,
    rho,
    sigma,
    t,
    x,
    y,
)
from pdenet.symbolic.differences import central_weights, half_width, leading_error

ACCURACIES = (2, 4, 6)

# Derivatives up to fourth order, mixed ones included.
LINE = EvolutionPDE(sp.Eq(psi_1d.diff(t), psi_1d.diff(x, 2) / 2 - 3 * psi_1d.diff(x) + psi_1d / 5))
LINE_HIGH = EvolutionPDE(sp.Eq(psi_1d.diff(t), psi_1d.diff(x, 3) - psi_1d.diff(x, 4) / 3 + psi_1d.diff(x)))
PLANE = EvolutionPDE(sp.Eq(psi.diff(t), psi.diff(x, 2) / 2 - 2 * psi.diff(y) + psi.diff(y, 2) + psi))
PLANE_MIXED = EvolutionPDE(
    sp.Eq(
        psi.diff(t), psi.diff(x, y) - psi.diff(x, 2, y, 2) / 3 + psi.diff(x, 3) + 2 * psi.diff(x, y, 2) - psi
    )
)
EXAMPLES = [LINE, LINE_HIGH, PLANE, PLANE_MIXED]


def on_wave(pde: EvolutionPDE, k: float, l: float) -> complex:  # noqa: E741
    return sum(complex(c) * (1j * k) ** i * (1j * l) ** j for (i, j), c in pde.terms.items())


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_weights_match_findiff(order: int, accuracy: int) -> None:
    reference = findiff.coefficients(deriv=order, acc=accuracy)["center"]
    weights = central_weights(order, accuracy)
    radius = half_width(order, accuracy)
    assert list(reference["offsets"]) == list(range(-radius, radius + 1))
    np.testing.assert_allclose(np.array(weights, dtype=float), reference["coefficients"], atol=1e-12)


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize(
    "pde", [LINE, LINE_HIGH, PLANE, PLANE_MIXED], ids=["1d", "1d-high", "2d", "2d-mixed"]
)
def test_operator_matches_findiff(pde: EvolutionPDE, accuracy: int) -> None:
    spacing, size = 0.5, 24
    one_dimensional = len(pde.space) == 1
    image = np.random.default_rng(0).normal(size=(1 if one_dimensional else size, size))

    reference = np.zeros_like(image)
    for (i, j), coefficient in pde.terms.items():
        term = image
        for axis, order in ((1, i), (0, j)):
            if order:
                term = (findiff.Diff(axis, spacing, acc=accuracy) ** order)(term)
        reference = reference + float(coefficient) * term

    stencil = pde.stencil(accuracy, spacing=sp.Rational(1, 2))
    applied = np.zeros_like(image)
    for (right, down), c in stencil.offsets.items():
        applied += float(c) * np.roll(image, (-down, -right), axis=(0, 1))
    rows, columns = (n // 2 for n in stencil.shape)
    inside = np.s_[rows : image.shape[0] - rows, columns : size - columns]
    np.testing.assert_allclose(applied[inside], reference[inside], rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize("pde", EXAMPLES, ids=["1d", "1d-high", "2d", "2d-mixed"])
def test_observed_order_on_plane_waves(pde: EvolutionPDE, accuracy: int) -> None:
    k, l = 0.9, 0.7  # noqa: E741
    spacings = np.geomspace(0.1, 0.3, 6)
    errors = []
    for h in spacings:
        offsets = pde.stencil(accuracy, spacing=float(h)).offsets
        applied = sum(complex(c) * np.exp(1j * h * (k * dx + l * dy)) for (dx, dy), c in offsets.items())
        errors.append(abs(applied - on_wave(pde, k, l)))
    slope = np.polyfit(np.log(spacings), np.log(errors), 1)[0]
    assert slope == pytest.approx(accuracy, abs=0.1)


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize("pde", [PDE_1D, PDE1, PLANE_MIXED], ids=["21", "39", "2d-mixed"])
def test_symbol_is_the_dft_of_the_matrix(pde: EvolutionPDE, accuracy: int) -> None:
    stencil = pde.stencil(accuracy)
    values = dict(zip(pde.parameters, np.random.default_rng(1).normal(size=len(pde.parameters)), strict=True))
    rows, columns = (9, 10) if len(pde.space) == 2 else (1, 10)
    field = np.zeros((rows, columns))
    for (dx_, dy_), c in stencil.offsets.items():
        field[dy_ % rows, dx_ % columns] = float(c.subs(values))
    # A correlation has the opposite sign in the exponent from the forward transform.
    spectrum = np.fft.ifft2(field) * field.size
    wave_q, wave_p = np.meshgrid(
        2 * np.pi * np.fft.fftfreq(rows), 2 * np.pi * np.fft.fftfreq(columns), indexing="ij"
    )
    symbol = sp.lambdify((p, q), stencil.symbol(p, q).subs(values), "numpy")
    np.testing.assert_allclose(symbol(wave_p, wave_q), spectrum, atol=1e-12)


def test_symbol_is_written_with_cosines_and_sines() -> None:
    expected = (
        gamma
        - alpha**2 * (1 - sp.cos(p))
        - sigma**2 * (1 - sp.cos(q))
        + sp.I * (beta * sp.sin(p) + rho * sp.sin(q))
    )
    assert sp.expand(PDE1.symbol() - expected) == 0
    assert sp.expand(PDE1.amplification(p, q) - PDE1.symbol(p, q)) == 1
    assert PDE1.symbol(0, 0) == gamma
    assert sp.expand(PDE_1D.symbol(sp.pi)) == gamma - 2 * alpha**2


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_exact_on_polynomials_up_to_the_degree_and_no_further(order: int, accuracy: int) -> None:
    offsets = EvolutionPDE(sp.Eq(psi_1d.diff(t), psi_1d.diff(x, order))).stencil(accuracy).offsets
    at = sp.Rational(7, 3)

    def error(degree: int) -> sp.Expr:
        exact = (x**degree).diff(x, order).subs(x, at)
        return sum(c * (at + dx_) ** degree for (dx_, _), c in offsets.items()) - exact

    assert [error(degree) for degree in range(order + accuracy)] == [0] * (order + accuracy)
    assert error(order + accuracy) != 0


def test_mixed_derivative_exact_on_polynomials_and_no_further() -> None:
    offsets = EvolutionPDE(sp.Eq(psi.diff(t), psi.diff(x, 2, y))).stencil(2).offsets
    for m, n in itertools.product(range(6), range(5)):
        polynomial = x**m * y**n
        applied = sum(c * polynomial.subs({x: 2 + dx_, y: 3 + dy_}) for (dx_, dy_), c in offsets.items())
        exact = polynomial.diff(x, 2, y).subs({x: 2, y: 3})
        assert (applied == exact) == (m < 2 or n == 0 or (m < 4 and n < 3)), (m, n)


def test_truncation_error_of_the_thesis_scheme() -> None:
    leading = dt / 2 * psi_1d.diff(t, 2) - dx**2 * (
        alpha**2 / 24 * psi_1d.diff(x, 4) + beta / 6 * psi_1d.diff(x, 3)
    )
    assert sp.expand(PDE_1D.truncation_error() - leading) == 0
    assert sp.expand(PDE_1D.stencil().truncation_error() - leading.subs({dx: 1, dt: 1})) == 0
    assert leading_error(0, 2) == (0, 0)


@pytest.mark.parametrize("accuracy", ACCURACIES)
@pytest.mark.parametrize("pde", EXAMPLES, ids=["1d", "1d-high", "2d", "2d-mixed"])
def test_truncation_error_is_what_an_exact_solution_leaves(pde: EvolutionPDE, accuracy: int) -> None:
    k, l = sp.Rational(9, 10), sp.Rational(7, 10)  # noqa: E741
    rate = sp.expand(sum(c * (sp.I * k) ** i * (sp.I * l) ** j for (i, j), c in pde.terms.items()))
    space = dict(zip(pde.space, (k, l), strict=False))
    wave = sp.exp(rate * pde.time + sp.I * sum(number * v for v, number in space.items()))
    h = sp.Rational(1, 100)
    step = h**accuracy  # the two parts of the error are then of one size
    stencil = pde.stencil(accuracy, h, dt=step)
    at_origin = dict.fromkeys((*pde.space, pde.time), 0)
    predicted = stencil.truncation_error().subs(pde.field, wave).doit().subs(at_origin)
    # Thirty digits: at this spacing the error itself is at the rounding level of double precision.
    applied = sum(c * sp.exp(sp.I * h * (k * dx_ + l * dy_)) for (dx_, dy_), c in stencil.offsets.items())
    residual = (sp.exp(rate * step) - 1 - applied) / step
    assert abs(complex(sp.N(residual / predicted, 30, maxn=200)) - 1) < 1e-2


def test_matrix_of_the_thesis() -> None:
    assert PDE1.stencil().matrix == sp.Matrix(
        [
            [0, sigma**2 / 2 - rho / 2, 0],
            [alpha**2 / 2 - beta / 2, gamma - alpha**2 - sigma**2, alpha**2 / 2 + beta / 2],
            [0, sigma**2 / 2 + rho / 2, 0],
        ]
    )
    assert PDE1.stencil().support == {(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)}


def test_second_equation_is_the_first_with_its_drift_over_minus_eight() -> None:
    renamed = PDE1.stencil().matrix.subs({beta: -beta / 8, rho: -rho / 8}, simultaneous=True)
    assert renamed == PDE2.stencil().matrix


def test_three_taps_in_correlation_order() -> None:
    # Equation (24) lists the taps for psi(x + 1), psi(x), psi(x - 1); conv1d reads from left to right.
    eq_24 = [(alpha**2 + beta) / 2, gamma - alpha**2, (alpha**2 - beta) / 2]
    assert PDE_1D.stencil().matrix.shape == (1, 3)
    assert sp.expand(PDE_1D.stencil().matrix - sp.Matrix([eq_24[::-1]])) == sp.zeros(1, 3)
    assert sp.expand(PDE_1D.stencil().offsets[1, 0] - eq_24[0]) == 0


def test_moments_are_the_coefficients() -> None:
    taps = {dx_: c for (dx_, _), c in PDE_1D.stencil().offsets.items()}
    moments = [sp.expand(sum(c * dx_**n for dx_, c in taps.items())) for n in range(3)]
    assert moments == [gamma, beta, alpha**2]


def test_nine_coefficients_are_the_nine_taps_of_a_full_kernel() -> None:
    # Coefficients a_ij of d_x^i d_y^j; K = B a B^T with one difference a column of B (claim U3).
    a = sp.Matrix(3, 3, lambda i, j: sp.Symbol(f"a{i}{j}", real=True))
    rhs = sum(a[i, j] * psi.diff((x, i), (y, j)) for i in range(3) for j in range(3))
    kernel = EvolutionPDE(sp.Eq(psi.diff(t), rhs)).stencil().matrix
    half = sp.Rational(1, 2)
    basis = sp.Matrix([[0, -half, 1], [1, 0, -2], [0, half, 1]])
    assert basis.det() == 1
    assert sp.expand(kernel - basis * a.T * basis.T) == sp.zeros(3)
    assert sp.Matrix(list(kernel)).jacobian(sorted(a.free_symbols, key=str)).det() in (1, -1)


def test_steps_scale_the_learned_numbers() -> None:
    matrix = PDE_1D.stencil(spacing=dx, dt=dt).matrix
    renamed = PDE_1D.stencil().matrix.subs(
        {alpha: alpha * sp.sqrt(dt) / dx, beta: beta * dt / dx, gamma: gamma * dt}
    )
    assert sp.simplify(matrix - renamed) == sp.zeros(1, 3)


@pytest.mark.parametrize(("accuracy", "width"), [(2, 3), (4, 5), (6, 7)])
def test_width_follows_the_accuracy(accuracy: int, width: int) -> None:
    assert PDE1.stencil(accuracy).shape == (width, width)
    assert PDE_1D.stencil(accuracy).shape == (1, width)
    assert EvolutionPDE(sp.Eq(psi.diff(t), gamma * psi)).stencil(accuracy).shape == (width, width)


def test_requested_width_adds_zeros_only() -> None:
    wide = PDE1.stencil(width=7)
    assert wide.matrix.shape == (7, 7)
    assert wide.matrix[2:5, 2:5] == PDE1.stencil().matrix
    assert wide.offsets == PDE1.stencil().offsets
    assert PDE_1D.stencil(width=5).matrix.shape == (1, 5)


@pytest.mark.parametrize(
    ("rhs", "accuracy", "message"),
    [
        (
            psi.diff(x, 3) + psi.diff(x),
            2,
            "width of 3 cannot carry psi_xxx at accuracy 2 – expected .* at least 5",
        ),
        (psi.diff(x, y) + psi.diff(y, 4), 2, "width of 3 cannot carry psi_yyyy at accuracy 2"),
        (psi.diff(x) + psi, 4, "width of 3 cannot carry psi_x at accuracy 4 – expected .* at least 5"),
        (psi.diff(x, 3, y), 6, "width of 3 cannot carry psi_xxxy at accuracy 6 – expected .* at least 9"),
    ],
)
def test_derivative_too_wide_for_the_kernel_is_named(rhs: sp.Expr, accuracy: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EvolutionPDE(sp.Eq(psi.diff(t), rhs)).stencil(accuracy, width=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accuracy": 3}, "accuracy is 3 – expected 2, 4 or 6"),
        ({"accuracy": 8}, "accuracy is 8 – expected 2, 4 or 6"),
        ({"width": 4}, "width is 4 – expected an odd positive number"),
        ({"width": -3}, "width is -3 – expected an odd positive number"),
        ({"spacing": 0}, "spacing is 0 – expected a positive number or a symbol"),
        ({"spacing": sp.nan}, "spacing must be finite; got nan"),
        ({"dt": -1}, "dt is -1 – expected a positive number or a symbol"),
        ({"dt": sp.oo}, "dt must be finite; got oo"),
    ],
)
def test_bad_argument_is_named(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PDE1.stencil(**arguments)  # type: ignore[arg-type]


def test_shown_as_text_and_as_mathematics() -> None:
    assert repr(PDE_1D.stencil(4)).startswith("<Stencil 1x5, accuracy 4, 5 taps, of PDE_1D: psi_t = ")
    latex = PDE_1D.stencil()._repr_latex_()
    assert latex.startswith(
        r"$\displaystyle K = \left[\begin{matrix}\frac{\alpha^{2}}{2} - \frac{\beta}{2} & "
    )
