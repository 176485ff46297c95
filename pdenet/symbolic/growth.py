"""How fast waves can grow in a layer: closed forms, the chain with a border, and random starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.symbolic.arguments import numbers
from pdenet.symbolic.named import PDE1

_ANGLES, _REFINEMENTS = 361, 6
_CHUNK = 20_000  # parameter sets at a time


def line_gain(theta: Any) -> np.ndarray:
    r"""Largest :math:`|g(p)|` of the thesis's equation (24), in closed form.

    Parameters
    ----------
    theta : array_like, shape (..., 3)
        alpha, beta, gamma.

    Returns
    -------
    numpy.ndarray, shape (...)

    Raises
    ------
    ValueError
        If the last axis is not 3.
    """
    alpha, beta, gamma = _columns(theta, ("alpha", "beta", "gamma"))
    a, b = alpha**2, beta**2
    middle = 1 + gamma - a
    ends = np.maximum(np.abs(1 + gamma), np.abs(1 + gamma - 2 * a))
    lead = b - a**2
    inside = (lead > 0) & (a * np.abs(middle) < lead)
    bulge = np.sqrt(b * (1 + middle**2 / np.where(inside, lead, 1.0)))
    result: np.ndarray = np.where(inside, bulge, ends)
    return result


def plane_gain(theta: Any) -> np.ndarray:
    r"""Largest :math:`|g(p, q)|` of the thesis's equation (39), as the maximum over one angle.

    The factors of all waves fill the sum of two ellipses; its support function is maximised: exact to
    rounding, or to 1e-4 where two angles are nearly tied. For equation (40) give beta/8 and rho/8.

    Parameters
    ----------
    theta : array_like, shape (..., 5)
        alpha, beta, sigma, rho, gamma.

    Returns
    -------
    numpy.ndarray, shape (...)

    Raises
    ------
    ValueError
        If the last axis is not 5.
    """
    values = np.moveaxis(_columns(theta, ("alpha", "beta", "sigma", "rho", "gamma")), 0, -1)
    flat = values.reshape(-1, 5)
    parts = [_plane_gain(flat[i : i + _CHUNK]) for i in range(0, len(flat), _CHUNK)]
    return np.concatenate([np.zeros(0), *parts]).reshape(values.shape[:-1])


def _plane_gain(theta: np.ndarray) -> np.ndarray:
    """Coarse search over half a turn, then ever finer around the best angle."""
    angle, reach = np.full((len(theta), 1), np.pi / 2), np.pi / 2
    local = np.linspace(-1.0, 1.0, _ANGLES)
    best = np.zeros(len(theta))
    for _ in range(_REFINEMENTS):
        trial = angle + reach * local
        value = support(theta[:, None, :], trial)
        best = value.max(axis=1)
        angle = np.take_along_axis(trial, value.argmax(axis=1)[:, None], axis=1)
        reach *= 0.1
        local = np.linspace(-1.0, 1.0, 21)
    return best


def support(theta: Any, angle: Any) -> np.ndarray:
    r"""Support function of the set of all :math:`g(p, q)` of equation (39): its reach towards an angle.

    Parameters
    ----------
    theta : array_like, shape (..., 5)
        alpha, beta, sigma, rho, gamma.
    angle : array_like
        Direction in the complex plane in radians, of a shape that fits (...).

    Raises
    ------
    ValueError
        If the last axis of theta is not 5.
    """
    alpha, beta, sigma, rho, gamma = _columns(theta, ("alpha", "beta", "sigma", "rho", "gamma"))
    angle = numbers("angle", angle)
    cos, sin = np.cos(angle), np.sin(angle)
    reach_x = np.hypot(alpha**2 * cos, beta * sin)
    reach_y = np.hypot(sigma**2 * cos, rho * sin)
    result: np.ndarray = (1 + gamma - alpha**2 - sigma**2) * cos + reach_x + reach_y
    return result


def chain(theta: Any, sites: int) -> np.ndarray:
    """Matrix of one linear layer (24) on a line of pixels with zeros outside.

    Parameters
    ----------
    theta : array_like, shape (3,)
        alpha, beta, gamma.
    sites : int
        Number of pixels.

    Returns
    -------
    numpy.ndarray, shape (sites, sites)

    Raises
    ------
    ValueError
        If theta is not three numbers, or there is no pixel.
    """
    (alpha, beta, gamma), sites = _three(theta), whole("sites", sites, least=1)
    right, left = (alpha**2 + beta) / 2, (alpha**2 - beta) / 2
    result: np.ndarray = (
        (1 + gamma - alpha**2) * np.eye(sites) + right * np.eye(sites, k=1) + left * np.eye(sites, k=-1)
    )
    return result


def chain_eigenvalues(theta: Any, sites: int) -> np.ndarray:
    r"""Eigenvalues of `chain`: :math:`1+\gamma-\alpha^2+\sqrt{\alpha^4-\beta^2}\cos\frac{\pi k}{M+1}`.

    Parameters
    ----------
    theta : array_like, shape (3,)
        alpha, beta, gamma.
    sites : int
        Number M of pixels.

    Returns
    -------
    numpy.ndarray of complex, shape (sites,)
        For k = 1, ..., M.

    Raises
    ------
    ValueError
        If theta is not three numbers, or there is no pixel.

    References
    ----------
    Hatano and Nelson, Phys. Rev. Lett. 77 (1996) 570.
    """
    (alpha, beta, gamma), sites = _three(theta), whole("sites", sites, least=1)
    root = np.sqrt(complex(alpha**4 - beta**2))
    result: np.ndarray = 1 + gamma - alpha**2 + root * np.cos(np.pi * np.arange(1, sites + 1) / (sites + 1))
    return result


Law = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]

START_LAWS: dict[str, Law] = {
    "N(0, 1)": lambda rng, shape: rng.normal(size=shape),
    "U(0, 1)": lambda rng, shape: rng.random(shape),
    "U(-1/3, 1/3)": lambda rng, shape: (2 * rng.random(shape) - 1) / 3,
    "0.1 N(0, 1)": lambda rng, shape: 0.1 * rng.normal(size=shape),
}
"""Laws that all five parameters of a layer may be drawn from before training, by name."""


@dataclass(frozen=True)
class Start:
    """What layers drawn at random do, one number a layer.

    Parameters
    ----------
    positive : numpy.ndarray of bool, shape (draws,)
        Whether the step has no negative tap.
    log_gain : numpy.ndarray, shape (draws,)
        Logarithm of the largest amplification factor.
    """

    positive: np.ndarray
    log_gain: np.ndarray


def random_start(law: Law, drift_scale: float = 1.0, draws: int = 4000, seed: int = 0) -> Start:
    """Layers of the thesis's equations with all five parameters drawn from one law.

    Parameters
    ----------
    law : callable
        One of `START_LAWS`, or another of that form.
    drift_scale : float
        Factor of beta and rho: 1 for equation (39), 1/8 for (40), whose sign makes no difference here.
    draws : int
        Number of layers.
    seed : int
        Seed of the generator; with the same one both equations get the same numbers.

    Raises
    ------
    TypeError
        If the law is none.
    ValueError
        If there is no layer, the seed is negative, or the factor is not finite.
    """
    if not callable(law):
        message = f"law must be a function such as START_LAWS['N(0, 1)']; got {law!r}"
        raise TypeError(message)
    drift_scale = real("drift_scale", drift_scale)
    draws, seed = whole("draws", draws, least=1), whole("seed", seed, least=0)
    theta = law(np.random.default_rng(seed), (draws, 5))
    theta = theta * np.array([1.0, drift_scale, 1.0, drift_scale, 1.0])
    return Start(PDE1.stability().is_positive(theta), np.log(plane_gain(theta)))


def _columns(theta: Any, names: tuple[str, ...]) -> np.ndarray:
    """The parameters along the first axis, (parameters, ...)."""
    values = numbers("theta", theta)
    if values.ndim == 0 or values.shape[-1] != len(names):
        message = f"theta has the shape {values.shape} – expected (..., {len(names)}): {', '.join(names)}"
        raise ValueError(message)
    return np.moveaxis(values, -1, 0)


def _three(theta: Any) -> np.ndarray:
    """alpha, beta, gamma of one layer."""
    values = _columns(theta, ("alpha", "beta", "gamma"))
    if values.ndim != 1:
        message = f"theta has the shape {np.shape(theta)} – expected (3,): alpha, beta, gamma of one layer"
        raise ValueError(message)
    return values
