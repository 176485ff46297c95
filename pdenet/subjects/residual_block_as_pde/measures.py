"""Layers on a line against the exact solution of the equation that they step through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.checks.numbers import real, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Triple = tuple[float, float, float]
    Floats = NDArray[np.floating[Any]]

_REACH = 16.0  # the line ends so far from the middle, where a Gaussian of the page has no weight


def gaussian_error(
    layer: Triple, equation: Triple, *, layers: int, spacing: float, duration: float = 4.0
) -> float:
    """Largest error of equal layers without ReLU against the exact Gaussian (R1) of an equation (21).

    The Gaussian has the width 1 and stands in the middle of a line that ends where it is zero.

    Parameters
    ----------
    layer
        Diffusion, drift and growth (alpha^2, beta, gamma) of a layer, in pixels and layers.
    equation
        The same of the equation, in its own units of length and time.
    layers
        How many, at least one; together they last `duration`.
    spacing
        Length of a pixel, positive.
    duration
        Time, positive.

    Returns
    -------
    float
        Infinite where the layers have outgrown double precision.

    Raises
    ------
    ValueError
        If the layers are none, or the spacing or the duration is not positive.

    Examples
    --------
    >>> gaussian_error((1.0, 1.0, 0.0), (0.0, 1.0, 0.0), layers=16, spacing=0.25) < 1e-12  # a shift
    True
    """
    layers = whole("layers", layers, least=1)
    spacing, duration = real("spacing", spacing, above=0), real("duration", duration, above=0)
    square, courant, growth = layer
    kernel = np.array([(square - courant) / 2, growth - square, (square + courant) / 2])
    ends = round(_REACH / spacing)
    places = spacing * np.arange(-ends, ends + 1)
    state = _gaussian(equation, places, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(layers):
            state = state + np.correlate(state, kernel, "same")
        error = np.abs(state - _gaussian(equation, places, duration)).max()
    return float(error) if np.isfinite(error) else float("inf")


def _gaussian(equation: Triple, places: Floats, time: float) -> Floats:
    """Equation (R1) for a bump of width 1."""
    diffusion, drift, growth = equation
    variance = 1 + diffusion * time
    height = np.exp(growth * time) / np.sqrt(2 * np.pi * variance)
    bump: Floats = height * np.exp(-((places + drift * time) ** 2) / (2 * variance))
    return bump


def packet_speed(layer: Triple, wavenumber: float, *, layers: int = 40, width: float = 12.0) -> float:
    """Pixels per layer that the middle of a packet of waves moves by, measured.

    Parameters
    ----------
    layer
        Diffusion, drift and growth of a layer, as in `gaussian_error`.
    wavenumber
        Of the packet, in radians per pixel.
    layers
        How many it goes through, at least one.
    width
        Standard deviation of its envelope in pixels, positive; the wider, the purer the wave.

    Raises
    ------
    ValueError
        If there is no layer, or the width is not positive.
    """
    layers, width = whole("layers", layers, least=1), real("width", width, above=0)
    square, courant, growth = layer
    kernel = np.array([(square - courant) / 2, growth - square, (square + courant) / 2])
    ends = int(6 * width) + layers
    places = np.arange(-ends, ends + 1)
    packet = np.exp(1j * wavenumber * places - places**2 / (2 * width**2))
    start = _middle(packet, places)
    for _ in range(layers):
        packet = packet + np.correlate(packet, kernel, "same")
    return (_middle(packet, places) - start) / layers


def _middle(packet: NDArray[np.complex128], places: NDArray[np.int_]) -> float:
    weight = np.abs(packet) ** 2
    return float(weight @ places / weight.sum())
