r"""Layers that only drift as a quantum walk: the gauge, the Bessel weights, the norm of Euler layers.

The kernel :math:`K=\frac\beta2(S_+-S_-)` of a line, with :math:`(S_\pm\psi)(x)=\psi(x\pm1)`, becomes the
Hamiltonian :math:`-\frac\beta2(S_++S_-)` of a particle that hops between neighbours when every pixel is
multiplied by :math:`i^x`. Displacements X are output minus input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from scipy import special

from pdenet.checks.numbers import whole
from pdenet.symbolic.arguments import as_arrays, expression
from pdenet.symbolic.variables import beta, p

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def right_neighbour(sites: int, *, ring: bool = False) -> sp.Matrix:
    r"""The shift :math:`S_+` as a matrix, :math:`(S_+\psi)(x)=\psi(x+1)`; its transpose is :math:`S_-`.

    Parameters
    ----------
    sites : int
        Pixels of the line, two at least.
    ring : bool
        Whether the first pixel is the right neighbour of the last; otherwise there are zeros outside.
    """
    sites = whole("sites", sites, least=2)
    shift = sp.zeros(sites, sites)
    for place in range(sites if ring else sites - 1):
        shift[place, (place + 1) % sites] = 1
    return shift


def drift_matrix(sites: int, drift: Any = beta, *, ring: bool = False) -> sp.Matrix:
    r"""A layer's increment without diffusion and growth, :math:`K=\frac\beta2(S_+-S_-)`.

    Parameters
    ----------
    sites, ring
        As in `right_neighbour`.
    drift : sympy.Expr or number
        The drift, in pixels a layer.
    """
    right = right_neighbour(sites, ring=ring)
    return expression("drift", drift) / 2 * (right - right.T)


def hopping_matrix(sites: int, drift: Any = beta, *, ring: bool = False) -> sp.Matrix:
    r"""Hamiltonian of a particle that hops between neighbours, :math:`-\frac\beta2(S_++S_-)`.

    Parameters
    ----------
    sites, ring
        As in `right_neighbour`.
    drift : sympy.Expr or number
        Twice the rate of the hops.
    """
    right = right_neighbour(sites, ring=ring)
    return -expression("drift", drift) / 2 * (right + right.T)


def gauge(sites: int, phase: Any = sp.I) -> sp.Matrix:
    """The diagonal matrix that multiplies pixel x by `phase` to the power x; with i it makes drift a hop.

    Parameters
    ----------
    sites : int
        Pixels of the line; a ring must have a multiple of four of them for i to fit round it.
    phase : sympy.Expr or number
        Not zero.
    """
    phase = expression("phase", phase)
    return sp.diag(*(phase**place for place in range(whole("sites", sites, least=1))))


def gauged(increment: sp.Matrix, phase: Any = sp.I) -> sp.Matrix:
    r"""The generator that an increment K is in the gauge G, :math:`G^{-1}\,iK\,G`: a Hamiltonian, or none.

    Parameters
    ----------
    increment : sympy.Matrix, shape (sites, sites)
        What a layer adds, without the skip.
    phase : sympy.Expr or number
        As in `gauge`.
    """
    turned = gauge(increment.rows, phase)
    return sp.expand(turned.inv() * sp.I * increment * turned)


def hop_weight(steps: int, back: int, z: Any) -> sp.Expr:
    r"""Weight in :math:`e^{tK}` of all paths with so many hops back and `steps` more forward.

    A hop forward has the weight z/2, one back -z/2; a path of n hops has 1/n!, and there are as many paths as
    orders. The sum over `back` is the power series of :math:`J_{\text{steps}}(z)`.

    Parameters
    ----------
    steps, back : int
        Not negative.
    z : sympy.Expr or number
        Drift times time.
    """
    back = whole("back", back, least=0)
    forward = whole("steps", steps, least=0) + back
    hop = expression("z", z) / 2
    orders = sp.binomial(forward + back, back) / sp.factorial(forward + back)
    return orders * hop**forward * (-hop) ** back


def walk_weights(displacement: ArrayLike, reach: ArrayLike) -> np.ndarray:
    r"""Signed weights of the flow of a drift, :math:`J_{-X}(\beta t)=(-1)^XJ_X(\beta t)`.

    In the plane the weight is the product of one along x and one along y.

    Parameters
    ----------
    displacement : array of int
        Output minus input, in pixels.
    reach : float or array
        Drift times time, in pixels; positive drift moves an image to the left.

    Raises
    ------
    TypeError
        If one of them is not of real numbers.
    ValueError
        If a displacement is no whole number, or the reach is not finite.
    """
    offsets, _, reach, _ = as_arrays(displacement, 0.0, reach, 0.0)
    result: np.ndarray = special.jv(-offsets, reach)
    return result


def walk_amplitudes(displacement: ArrayLike, reach: ArrayLike) -> np.ndarray:
    r"""Amplitudes of the quantum walk, :math:`i^XJ_X(\beta t)`: :math:`i^{-X}` times the weights.

    Parameters and raises as `walk_weights`.

    Returns
    -------
    numpy.ndarray of complex
        Their squared sizes sum to one over all integers.
    """
    weights = walk_weights(displacement, reach)
    result: np.ndarray = np.array([1, -1j, -1, 1j])[np.asarray(displacement, dtype=int) % 4] * weights
    return result


def drift_gain(drift: Any = beta, wave: Any = p) -> sp.Expr:
    r"""What a layer 1 + K that only drifts does to the wave :math:`e^{ipx}`, :math:`g=1+i\beta\sin p`.

    Parameters
    ----------
    drift, wave : sympy.Expr or number
        Drift a layer, and wavenumber.
    """
    return 1 + sp.I * expression("drift", drift) * sp.sin(expression("wave", wave))


def pixel_gain(drift: ArrayLike, layers: int) -> np.ndarray:
    r"""Sum of squares that a single bright pixel has behind L layers 1 + K with one drift.

    It is the mean of :math:`(1+\beta^2\sin^2p)^L` over all waves,
    :math:`\sum_k\binom Lk\binom{2k}k(\beta^2/4)^k`.

    Parameters
    ----------
    drift : float or array
        Drift a layer.
    layers : int
        Number of layers L.
    """
    _, _, drift, _ = as_arrays(0, 0.0, drift, 0.0)
    k = np.arange(whole("layers", layers, least=0) + 1)
    ways = special.binom(k[-1], k) * special.binom(2 * k, k)
    result: np.ndarray = (ways * (drift[..., None] ** 2 / 4) ** k).sum(axis=-1)
    return result
