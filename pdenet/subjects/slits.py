r"""A double slit, computed as Feynman tells it: one amplitude a path, and the sum over all paths.

Light of one wavelength goes from a source through a slit to a screen. A path is two straight pieces that
meet at a point of a slit. Its amplitude is ``exp(i k length)`` with ``k = 2 pi / wavelength``; a particle of
momentum p has the same with ``k = p / hbar``. All paths have the same modulus: the factors that depend on the
lengths and the angles of the pieces are left out, which is good for small angles. The slits are long and the
picture is plane, seen along them.
"""

import math
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pdenet.checks.numbers import real, whole
from pdenet.symbolic.arguments import numbers

__all__ = [
    "double_slit_amplitude",
    "fraunhofer_intensity",
    "path_amplitudes",
    "path_lengths",
    "single_slit_amplitude",
    "slit_points",
]

_TURNS = 1e12  # the phase of more turns than these has no four digits left


def slit_points(centre: float, width: float, points: int) -> NDArray[np.float64]:
    """Midpoints of equal parts of a slit, (points,), in the unit of the width.

    Parameters
    ----------
    centre, width : float
        Where the slit is and how wide, a length, not negative.
    points : int
        Number of parts, at least one.

    Raises
    ------
    TypeError
        If one of them is no number.
    ValueError
        If the centre is not finite, the width negative, or the points are not one or more, a whole number.
    """
    centre, width = real("centre", centre), real("width", width, least=0)
    points = whole("points", points, least=1)
    return centre + width * ((np.arange(points) + 0.5) / points - 0.5)


def path_lengths(
    screen: ArrayLike, slit: ArrayLike, distance: float, source: float = math.inf
) -> NDArray[np.float64]:
    """Length of the path over every point of a slit to every point of a screen, less that along the axis.

    Parameters
    ----------
    screen : array_like, shape (screen point,)
        Heights of points of the screen above the axis.
    slit : array_like, shape (slit point,)
        Heights of points in the plane of the slits.
    distance : float
        From the slits to the screen, positive.
    source : float
        From the source, a point on the axis, to the slits, positive; infinite for a plane wave.

    Returns
    -------
    array, shape (screen point, slit point)
        In the unit of the arguments. Both parts are computed without cancellation.

    Raises
    ------
    ValueError
        If a distance is not positive, the one to the screen not finite, or a height is not.
    """
    distance = real("distance", distance, above=0)
    source = math.inf if _is_infinite(source) else real("source", source, above=0)
    heights, points = _heights(screen, "screen"), _heights(slit, "slit")
    before = np.zeros_like(points) if math.isinf(source) else _detour(points, source)
    return before + _detour(heights[:, None] - points, distance)


def path_amplitudes(
    screen: ArrayLike, slit: ArrayLike, *, wavelength: float, distance: float, source: float = math.inf
) -> NDArray[np.complex128]:
    """Amplitude ``exp(i k length)`` of every path, (screen point, slit point), of modulus one.

    Parameters
    ----------
    screen, slit, distance, source
        As in `path_lengths`.
    wavelength : float
        In the same unit, positive.

    Raises
    ------
    ValueError
        If the wavelength is not positive, or what `path_lengths` refuses.

    References
    ----------
    R. P. Feynman and A. R. Hibbs, Quantum Mechanics and Path Integrals (1965), chapter 1.
    """
    wavelength = real("wavelength", wavelength, above=0)
    lengths = path_lengths(screen, slit, distance, source)
    if lengths.size and lengths.max() > _TURNS * wavelength:
        message = (
            f"a path is {lengths.max() / wavelength:.3g} wavelengths longer than the axis, a phase that "
            f"double precision does not hold; expected at most {_TURNS:g}"
        )
        raise ValueError(message)
    amplitudes: NDArray[np.complex128] = np.exp(2j * np.pi / wavelength * lengths)
    return amplitudes


def single_slit_amplitude(
    screen: ArrayLike,
    *,
    slit_width: float,
    wavelength: float,
    distance: float,
    centre: float = 0.0,
    points: int = 200,
    source: float = math.inf,
) -> NDArray[np.complex128]:
    """Sum of the amplitudes of all paths through one slit, over their number: (screen point,).

    Parameters
    ----------
    screen, distance, source
        As in `path_lengths`.
    slit_width, centre, points
        As in `slit_points`; the phase must change little from one point to the next.
    wavelength : float
        In the same unit, positive.

    Raises
    ------
    ValueError
        What `slit_points` and `path_amplitudes` refuse.
    """
    slit = slit_points(centre, slit_width, points)
    amplitudes = path_amplitudes(screen, slit, wavelength=wavelength, distance=distance, source=source)
    return np.asarray(amplitudes.mean(axis=1))


def double_slit_amplitude(
    screen: ArrayLike,
    *,
    slit_separation: float,
    slit_width: float,
    wavelength: float,
    distance: float,
    points: int = 200,
    source: float = math.inf,
) -> NDArray[np.complex128]:
    """Sum of the amplitudes of all paths through two equal slits, over their number: (screen point,).

    It is the mean of the amplitudes of the two slits. Its modulus is one where all paths are in phase.

    Parameters
    ----------
    screen, distance, source
        As in `path_lengths`; the axis lies half-way between the slits.
    slit_separation : float
        From centre to centre, at least the width.
    slit_width, points
        Of either slit, as in `slit_points`.
    wavelength : float
        In the same unit, positive.

    Raises
    ------
    ValueError
        If the slits overlap, or what `single_slit_amplitude` refuses.

    References
    ----------
    R. P. Feynman and A. R. Hibbs, Quantum Mechanics and Path Integrals (1965), chapter 1; the thesis,
    Fig. 1.4 (b).
    """
    slit_separation, slit_width = _separated(slit_separation, slit_width)
    one: dict[str, Any] = {
        "slit_width": slit_width,
        "wavelength": wavelength,
        "distance": distance,
        "points": points,
        "source": source,
    }
    lower, upper = (
        single_slit_amplitude(screen, centre=centre, **one)
        for centre in (-slit_separation / 2, slit_separation / 2)
    )
    return (lower + upper) / 2


def fraunhofer_intensity(
    screen: ArrayLike, *, slit_separation: float, slit_width: float, wavelength: float, distance: float
) -> NDArray[np.float64]:
    r"""Intensity of two slits far away, ``cos(pi d s)^2 sinc(w s)^2`` with ``s = sin(angle) / wavelength``.

    Parameters
    ----------
    screen, slit_separation, slit_width, wavelength, distance
        As in `double_slit_amplitude`, for a plane wave; ``d`` is the separation, ``w`` the width, and
        ``sinc(z) = sin(pi z) / (pi z)``.

    Returns
    -------
    array, shape (screen point,)
        One on the axis. The bright fringes are ``wavelength * distance / slit_separation`` apart there.

    Raises
    ------
    ValueError
        If the slits overlap, or the wavelength or the distance is not positive.

    References
    ----------
    M. Born and E. Wolf, Principles of Optics, chapter 8.
    """
    slit_separation, slit_width = _separated(slit_separation, slit_width)
    wavelength, distance = real("wavelength", wavelength, above=0), real("distance", distance, above=0)
    heights = _heights(screen, "screen")
    s = heights / np.hypot(heights, distance) / wavelength
    return np.asarray(np.cos(np.pi * slit_separation * s) ** 2 * np.sinc(slit_width * s) ** 2)


def _heights(values: ArrayLike, name: str) -> NDArray[np.float64]:
    heights = numbers(name, values)
    if heights.ndim != 1 or not np.isfinite(heights).all():
        message = f"{name} must be a sequence of finite heights; got shape {heights.shape}"
        raise ValueError(message)
    return heights


def _detour(height: NDArray[np.float64], distance: float) -> NDArray[np.float64]:
    """``hypot(height, distance) - distance``, without cancellation."""
    return np.asarray(height**2 / (np.hypot(height, distance) + distance))


def _is_infinite(source: Any) -> bool:
    return isinstance(source, Real) and source == math.inf


def _separated(separation: float, width: float) -> tuple[float, float]:
    separation, width = real("slit_separation", separation), real("slit_width", width, least=0)
    if separation < width:
        message = (
            f"two slits of width {width:g} need at least that separation, or they overlap; got {separation:g}"
        )
        raise ValueError(message)
    return separation, width
