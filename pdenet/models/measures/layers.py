"""What the layers of equations (39) and (40) are, read off their parameters: arrays in, arrays out."""

import numpy as np
from numpy.typing import ArrayLike
from torch import Tensor

from pdenet.checks.numbers import whole
from pdenet.models.measures.waves import Floats, Parts, kernel_parts, symbols
from pdenet.symbolic.growth import plane_gain

OFF = 0.01
"""A diffusion, alpha or sigma, below which there is none to speak of."""
WAVES = 56
"""Wavenumbers along an axis: twice an image's pixels, so that a quarter turn is one of them."""

_SKIP = np.array([0.0, 0.0, 0.0, 0.0, 1.0])  # what the skip adds to gamma


def coefficients(kernels: Tensor) -> Floats:
    """Parameters of equation (39) that have these five-point kernels, whatever equation they came from.

    Parameters
    ----------
    kernels : (..., 3, 3)
        Kernels without the skip.

    Returns
    -------
    (..., 5)
        alpha, beta, sigma, rho, gamma with alpha and sigma not negative. For a kernel of (40) beta and rho
        are those that act, -1/8 of its own.

    Raises
    ------
    ValueError
        If a kernel has a corner, or needs a negative diffusion (then no real alpha has it).
    """
    parts = kernel_parts(kernels)
    if parts.diffusion.min(initial=0.0) < -1e-6:
        message = "a kernel has a negative diffusion; equation (39) has none of that kind"
        raise ValueError(message)
    widths = np.sqrt(np.maximum(parts.diffusion, 0))
    pairs = (values[..., axis] for axis in (0, 1) for values in (widths, parts.drift))
    return np.stack([*pairs, parts.growth], axis=-1)


def largest_symbol(theta: ArrayLike) -> Floats:
    r"""Largest size over all waves of a kernel's symbol, :math:`\max_{p,q} |\tilde\Omega(p, q)|`, by layer.

    Parameters
    ----------
    theta : (..., 5)
        alpha, beta, sigma, rho, gamma as they act; see `coefficients`.

    Returns
    -------
    (...)
    """
    return plane_gain(np.asarray(theta) - _SKIP)


def diffusion_off(theta: ArrayLike, below: float = OFF) -> Floats:
    """Share of the diffusions of a stack, alpha and sigma of every layer, that are as good as zero.

    Parameters
    ----------
    theta : (..., L, 5)
        alpha, beta, sigma, rho, gamma as they act; see `coefficients`.
    below
        What counts as zero. At 0.01 a layer spreads an image by a hundredth of a pixel.

    Returns
    -------
    (...)
    """
    diffusions = np.abs(np.asarray(theta)[..., [0, 2]])
    share: Floats = (diffusions < below).mean(axis=(-2, -1))
    return share


def stack_gain(theta: ArrayLike, waves: int = WAVES) -> Floats:
    r"""Logarithm of the size of :math:`G(p, q)`, by which a linear stack multiplies a wave.

    Parameters
    ----------
    theta : (..., L, 5)
        alpha, beta, sigma, rho, gamma as they act; see `coefficients`.
    waves
        Wavenumbers along each axis, in the order of `torus_waves`.

    Returns
    -------
    (..., q, p)
        It is -inf for a wave that a layer takes away.

    Raises
    ------
    ValueError
        If there is no wave.
    """
    theta = np.asarray(theta, dtype=float)
    parts = Parts(theta[..., [1, 3]], theta[..., [0, 2]] ** 2, theta[..., 4])
    with np.errstate(divide="ignore"):
        sizes = np.abs(1 + symbols(parts, whole("waves", waves, least=1)))
        logarithm: Floats = np.log(sizes).sum(axis=-3)
    return logarithm


def contrast(theta: ArrayLike, waves: int = WAVES) -> Floats:
    r"""How far a linear stack is from a constant times a map that keeps the norm: :math:`\max|G| / \min|G|`.

    Parameters
    ----------
    theta, waves
        As for `stack_gain`.

    Returns
    -------
    (...)
        One where every wave is multiplied by the same size; infinite where a wave is taken away.
    """
    logarithm = stack_gain(theta, waves)
    result: Floats = np.exp(logarithm.max(axis=(-2, -1)) - logarithm.min(axis=(-2, -1)))
    return result
