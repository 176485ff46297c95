"""From a symbol to the propagator of a layer: equations (34) and (35) of the thesis.

The propagator of a layer is the weight with which an intensity goes from a pixel to the one that lies X
pixels further to the right. There are three: of the layer itself, of the exact flow between the pixels, whose
Euler step the layer is, and the Gaussian of the thesis. A layer reads a state at x - X: kernels are mirrored.

Four functions return weights of displacements as arrays, and have in common:

Parameters
----------
displacement : array of int
    Displacements X in pixels, output minus input.
alpha, beta, gamma : float or array
    Real parameters of (21) per layer and in pixels; all four are broadcast together.

Returns
-------
numpy.ndarray
    Weight of each displacement.

Raises
------
TypeError
    If one of them is not of real numbers, such as text.
ValueError
    If a displacement is no whole number, a parameter is not finite, the shapes do not fit, or double
    precision does not hold a weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from scipy import special

from pdenet.checks.numbers import real
from pdenet.symbolic import variables
from pdenet.symbolic.arguments import as_arrays, expression, refuse_doubles, refuse_zero
from pdenet.symbolic.gaussian import gaussian_integral

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from pdenet.symbolic.equation import EvolutionPDE

_SERIES_TERMS = 24  # of a series whose k-th term is at most 1/k!


def continuum_symbol(pde: EvolutionPDE, p: Any = variables.p, q: Any = variables.q) -> sp.Expr:
    r"""Symbol of an equation before it is put on a lattice, :math:`\sum a_{ij}(ip)^i(iq)^j`, as in (34).

    Parameters
    ----------
    pde : EvolutionPDE
        The equation.
    p, q : sympy.Expr or number
        Wave numbers along x and y in radians per pixel; q has no effect in 1-D.
    """
    p, q = expression("p", p), expression("q", q)
    refuse_doubles("p", p, pde.parameters)
    refuse_doubles("q", q, pde.parameters)
    return sp.Add(*(a * (sp.I * p) ** i * (sp.I * q) ** j for (i, j), a in pde.terms.items()))


def gaussian_propagator(displacement: Any, alpha: Any, beta: Any, gamma: Any) -> sp.Expr:
    r"""Weight of a displacement in (35), :math:`e^\gamma e^{-(X+\beta)^2/2\alpha^2}/|\alpha|\sqrt{2\pi}`.

    It is the integral of the continuum symbol over all momenta, not only those of the lattice.

    Parameters
    ----------
    displacement : sympy.Expr or number
        Displacement X in pixels, output minus input.
    alpha, beta, gamma : sympy.Expr or number
        Real parameters of (21); alpha is known not to be 0.

    Raises
    ------
    ValueError
        If nothing says that alpha is real and not 0.
    """
    names = "displacement", "alpha", "beta", "gamma"
    x, alpha, beta, gamma = map(expression, names, (displacement, alpha, beta, gamma))
    if not (alpha.is_real and alpha.is_nonzero):
        message = (
            f"alpha must be real and not 0, or the integral over the momenta diverges; got {alpha}. "
            "Declare a symbol with real=True, nonzero=True"
        )
        raise ValueError(message)
    momentum = sp.Dummy("p", real=True)
    exponent = -(alpha**2) * momentum**2 / 2 + sp.I * momentum * (x + beta) + gamma
    return sp.simplify(gaussian_integral(exponent, momentum) / (2 * sp.pi))


def layer_weights(
    displacement: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike = 0.0
) -> np.ndarray:
    r"""Weights of the layer itself, :math:`1+\tilde\Omega`: three taps, skip connection included, as in (24).

    Parameters, returns and raises as the module says.
    """
    x, alpha, beta, gamma = as_arrays(displacement, alpha, beta, gamma)
    left, centre, right = (alpha**2 + beta) / 2, 1 + gamma - alpha**2, (alpha**2 - beta) / 2
    return np.select([x == -1, x == 0, x == 1], [left, centre, right], 0.0)


def lattice_weights(
    displacement: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike = 0.0
) -> np.ndarray:
    r"""Weights of the exact flow between the pixels, :math:`e^{\tilde\Omega}`.

    With :math:`c_\pm = (\alpha^2\pm\beta)/2` it is Skellam's law (1946) where both are positive, a Poisson
    weight where one of them is 0, and a Bessel function J, not always positive, where one is negative. The
    weights sum to :math:`e^\gamma` over all integers.

    Parameters, returns and raises as the module says.
    """
    x, alpha, beta, gamma = as_arrays(displacement, alpha, beta, gamma)
    left, right = (alpha**2 + beta) / 2, (alpha**2 - beta) / 2
    forward, backward = np.where(x < 0, left, right), np.where(x < 0, right, left)  # as seen along x
    steps, product = np.abs(x), forward * backward
    small = np.abs(product) <= steps + 1
    weights = np.empty(x.shape)
    rest = gamma - alpha**2
    large = ~small
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        weights[small] = _by_series(steps[small], forward[small], product[small], rest[small])
        weights[large] = _by_bessel(steps[large], forward[large], product[large], rest[large])
    return _held(weights)


def _by_series(n: np.ndarray, rate: np.ndarray, product: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The sum over k of rate**n product**k / (k! (n + k)!), times exp(rest): k steps back, n + k forward."""
    term = total = np.ones(n.shape)
    for k in range(1, _SERIES_TERMS):
        term = term * product / (k * (n + k))
        total = total + term
    size = np.exp(special.xlogy(n, np.abs(rate)) - special.gammaln(n + 1) + rest)
    result: np.ndarray = np.where(n % 2 == 1, np.sign(rate), 1.0) * size * total
    return result


def _by_bessel(n: np.ndarray, rate: np.ndarray, product: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The same sum by the Bessel functions I (product positive) and J (negative), where it is long."""
    z = 2 * np.sqrt(np.abs(product))
    positive = product > 0
    bessel = np.where(positive, special.ive(n, z), special.jv(n, z))
    log_size = n * np.log(2 * np.abs(rate) / z) + np.where(positive, z, 0.0) + rest
    far = (np.abs(bessel) < 1e-290) & (n > z)  # there the one factor underflows and the other overflows
    log_size[far] += _log_bessel(n[far], z[far], positive[far])
    bessel[far] = 1.0
    result: np.ndarray = np.where(n % 2 == 1, np.sign(rate), 1.0) * np.exp(log_size) * bessel
    return result


def _log_bessel(n: np.ndarray, z: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Logarithm of ``ive(n, z)`` or of ``jv(n, z)`` for n > z, by the ratios of neighbouring orders.

    From ``2 k f_k / z = f_(k-1) -+ f_(k+1)``, downwards, where it forgets its start (Gautschi 1967).
    """
    near = np.where(
        positive, 0.0, np.ceil(z)
    )  # an order whose function is known; J is positive from there on
    total = np.log(np.where(positive, special.ive(near, z), special.jv(near, z)))
    ratio = np.zeros(n.shape)
    for k in range(int(n.max(initial=0.0)) + 50, 0, -1):
        turn = k > near
        ratio = np.where(turn, 1 / np.where(turn, 2 * k / z + np.where(positive, ratio, -ratio), 1.0), ratio)
        total = total + np.where(turn & (k <= n), np.log(ratio), 0.0)
    return np.asarray(total)


def gaussian_weights(
    displacement: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike = 0.0
) -> np.ndarray:
    r"""Weights of the thesis's Gaussian (35), with its factor 1/sqrt(2 pi), at whole pixels.

    Their sum is `gaussian_mass`, in general not :math:`e^\gamma`.

    Parameters, returns and raises as the module says; alpha must not be 0.
    """
    x, alpha, beta, gamma = as_arrays(displacement, alpha, beta, gamma)
    refuse_zero(alpha)
    size = np.abs(alpha)
    with np.errstate(over="ignore"):  # a far pixel of a thin bell: exp(-inf) is 0
        result: np.ndarray = np.exp(gamma - ((x + beta) / size) ** 2 / 2) / (size * np.sqrt(2 * np.pi))
    return _held(result)


def zone_weights(
    displacement: ArrayLike, alpha: ArrayLike, beta: ArrayLike, gamma: ArrayLike = 0.0
) -> np.ndarray:
    r"""Weights of the continuum symbol cut at the zone's edge, (34) with :math:`-\pi<p\le\pi`.

    They are the Gaussian times :math:`\mathrm{Re}\,\mathrm{erf}((\pi\alpha - iY/\alpha)/\sqrt2)` with
    :math:`Y=X+\beta`, and a shifted sinc at :math:`\alpha=0`.

    Some weights are negative.

    Parameters, returns and raises as the module says.
    """
    x, alpha, beta, gamma = as_arrays(displacement, alpha, beta, gamma)
    shifted, thin = x + beta, np.abs(alpha) < 1e-6
    size = np.where(thin, 1.0, np.abs(alpha))
    # exp(-Y**2/2a**2) erf(z) with erf(z) = 1 - exp(-z**2) w(iz); apart, the two factors overflow.
    faddeeva = special.wofz((shifted / size + 1j * np.pi * size) / np.sqrt(2))
    edge = np.exp(-((np.pi * size) ** 2) / 2) * np.real(np.exp(1j * np.pi * shifted) * faddeeva)
    bell = (np.exp(-((shifted / size) ** 2) / 2) - edge) / (size * np.sqrt(2 * np.pi))
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        return _held(np.exp(gamma) * np.where(thin, np.sinc(shifted), bell))


def gaussian_mass(alpha: float, beta: float, gamma: float = 0.0) -> float:
    r"""Sum of the Gaussian (35) over all pixels: by how much a layer multiplies the total intensity.

    Poisson's summation formula turns the sum over pixels into
    :math:`e^\gamma(1+2\sum_k e^{-2\pi^2\alpha^2k^2}\cos2\pi k\beta)`, which converges fast where the bell is
    wide; where it is narrow the pixels themselves are summed.

    Parameters
    ----------
    alpha, beta, gamma : float
        Real parameters of (21), alpha not 0.

    Raises
    ------
    ValueError
        If a parameter is not finite, or alpha is 0.
    """
    alpha, beta, gamma = map(real, ("alpha", "beta", "gamma"), (alpha, beta, gamma))
    if abs(alpha) < 0.4:
        return float(gaussian_weights(-round(beta) + np.arange(-6, 7), alpha, beta, gamma).sum())
    k = np.arange(1, 6)
    waves = np.exp(-2 * (np.pi * alpha * k) ** 2) * np.cos(2 * np.pi * k * beta)
    with np.errstate(over="ignore"):  # what comes of it is refused
        return float(_held(np.exp(gamma) * (1 + 2 * waves.sum())))


def _held(weights: np.ndarray) -> np.ndarray:
    """The weights, if double precision holds them all."""
    if not np.isfinite(weights).all():
        message = "a weight of these parameters is beyond double precision; expected a smaller gamma or alpha"
        raise ValueError(message)
    return weights
