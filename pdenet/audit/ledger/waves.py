"""Waves on a ring of pixels, and the forms of (28) to (33) that are made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pdenet.audit.ledger.line import Array, Waves

PERIODIC = r"periodic boundary; $w_t$ and $f_t$ the same at every place; no ReLU, or all gates open"


def phases(sites: int) -> Waves:
    """exp(i p (x - x')) as (x, x', p), p = 2 pi k / M."""
    places = np.arange(sites)
    distance = places[:, None] - places
    result: Waves = np.exp(2j * np.pi / sites * distance[..., None] * places)
    return result


def symbol_of(kernel: Array, sites: int) -> Waves:
    """Sum of K(d) exp(ipd) at p = 2 pi k / M, for a kernel of three taps."""
    momenta = 2 * np.pi * np.arange(sites) / sites
    waves: Waves = np.exp(1j * np.outer(momenta, [-1, 0, 1]))
    return waves @ kernel


def one_over(sites: int) -> float:
    """Factor of a sum over waves as it holds: 1/M."""
    return 1 / sites


def no_factor(_: int) -> float:
    """Factor of a sum over waves as printed: none."""
    return 1.0


def logarithm(omega: Waves) -> Waves:
    """Exponent of a layer as it holds."""
    return np.log(1 + omega)


def omega_itself(omega: Waves) -> Waves:
    """Exponent of a layer as printed."""
    return omega
