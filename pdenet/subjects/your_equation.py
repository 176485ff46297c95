"""What a typed equation needs before it is trained: a start of the right size, and its answer to waves."""

from typing import Any

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.models import Init
from pdenet.models.pde_net import check_equation
from pdenet.symbolic import EvolutionPDE

_DRAWS, _WAVES, _HALVINGS = 200, 32, 30


def gain_map(pde: EvolutionPDE, theta: Any, points: int = 61) -> tuple[np.ndarray, np.ndarray]:
    r"""Factor :math:`|1 + \tilde\Omega(p, q)|` by which one linear layer multiplies each plane wave.

    Parameters
    ----------
    pde : EvolutionPDE
        The equation, in x and y or in x alone.
    theta : array_like, shape (parameters,)
        Parameters in the order of `EvolutionPDE.parameters`.
    points : int
        Wave numbers along each axis; an odd number has the wave number 0 among them.

    Returns
    -------
    waves : numpy.ndarray, shape (points,)
        From -pi to pi, radians per pixel.
    gain : numpy.ndarray, shape (points = q, points = p)

    Raises
    ------
    ValueError
        If theta does not match the parameters, or there are fewer than two points.
    """
    points = whole("points", points, least=2)
    pde = check_equation(pde)
    kernel = pde.stencil().kernel_map.as_numpy(theta)
    waves = np.linspace(-np.pi, np.pi, points)
    along_y, along_x = (np.exp(1j * np.outer(waves, np.arange(n) - n // 2)) for n in kernel.shape)
    return waves, np.abs(1 + along_y @ kernel @ along_x.T)


def calm_start(pde: EvolutionPDE, limit: float = 0.5) -> Init:
    r"""Start for any equation: layers that are, on average, a small correction to their skip.

    Uniform on [-scale, scale), all parameters alike. The scale is the largest of 1, 1/2, 1/4, ... for which a
    layer changes no wave by more than `limit`: :math:`\max|\tilde\Omega(p, q)|`, averaged over layers.

    Parameters
    ----------
    pde : EvolutionPDE
        The equation.
    limit : float
        Part of a wave, positive.

    Raises
    ------
    ValueError
        If the equation has no parameter to train, has complex coefficients, or contains a fixed term that
        alone changes some wave by more than the limit.
    """
    limit = real("limit", limit, above=0)
    if not check_equation(pde).parameters:
        message = f"nothing to train in {pde} – expected a coefficient with at least one symbol"
        raise ValueError(message)
    layer = pde.stencil().kernel_map
    if layer.complex:
        message = f"complex coefficients in {pde} – an image needs real ones"
        raise ValueError(message)
    draws = np.random.default_rng(0).uniform(-1, 1, size=(_DRAWS, len(pde.parameters)))
    for halvings in range(_HALVINGS):
        scale = 0.5**halvings
        # Zeros beside a kernel sample its symbol more finely; its place there turns phases, not sizes.
        with np.errstate(all="ignore"):
            change = np.abs(np.fft.fft2(layer.as_numpy(scale * draws), (_WAVES, _WAVES))).max((-1, -2)).mean()
        if change <= limit:
            return Init("symmetric", scale)
    message = (
        f"a layer of {pde} changes some wave by {change:.3g} of itself however small its parameters are – "
        f"expected at most {limit:g}; give every term a coefficient with a symbol"
    )
    raise ValueError(message)
