"""Smooth curves from one point to another, side by side: what a force is integrated along.

A curve is a place and a velocity for each t from 0 to 1. Points are (*P, D): P curves side by side, in
D dimensions. Times are (T,), the same for all curves, or (T, *P).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Along = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Curve:
    """P curves side by side.

    Parameters
    ----------
    place, rate
        Points and velocities (T, *P, D) by times (T, *P, 1), of which each P may be 1.
    like
        A point of each, (*P, D), for shape and type.
    pieces
        How many equal parts of [0, 1] the curve is smooth on.
    """

    place: Along
    rate: Along
    like: Tensor
    pieces: int = 1

    def at(self, t: Tensor | float) -> Tensor:
        """Points (T, *P, D)."""
        return self.place(self._times(t)).expand(-1, *self.like.shape)

    def velocity(self, t: Tensor | float) -> Tensor:
        """Derivatives of the points by time, (T, *P, D)."""
        return self.rate(self._times(t)).expand(-1, *self.like.shape)

    @property
    def start(self) -> Tensor:
        """The points at time 0, (*P, D)."""
        return self.at(0.0)[0]

    @property
    def end(self) -> Tensor:
        """The points at time 1, (*P, D)."""
        return self.at(1.0)[0]

    def part(self, begin: float, end: float) -> Curve:
        """The part between two times, run through in the time from 0 to 1; backwards if they fall.

        Raises
        ------
        TypeError, ValueError
            If a time is none or outside [0, 1].
        """
        begin, end = (real(n, v, least=0, most=1) for n, v in (("begin", begin), ("end", end)))
        span = end - begin
        return self.retimed(lambda t: begin + span * t, lambda t: span + 0 * t)

    def backward(self) -> Curve:
        """The same from the end to the start."""
        return self.part(1.0, 0.0)

    def retimed(self, clock: Along, slope: Along) -> Curve:
        """The same points at other times.

        Parameters
        ----------
        clock, slope
            From the new time to the old one, and its derivative.
        """
        return Curve(lambda t: self.place(clock(t)), lambda t: slope(t) * self.rate(clock(t)), self.like)

    def _times(self, t: Tensor | float) -> Tensor:
        """Times as (T, *P, 1), of which each P may be 1.

        Raises
        ------
        ValueError
            If they are in another shape, or outside [0, 1].
        """
        times = torch.as_tensor(t, dtype=self.like.dtype, device=self.like.device)
        times = times.reshape(1) if times.dim() == 0 else times
        paths = self.like.shape[:-1]
        if times.dim() > 1 and times.shape[1:] != paths:
            message = f"times must be (T,) or (T, {', '.join(map(str, paths))}); got {tuple(times.shape)}"
            raise ValueError(message)
        if not bool(((times >= 0) & (times <= 1)).all()):
            message = f"times must lie between 0 and 1; got {float(times.min())} to {float(times.max())}"
            raise ValueError(message)
        return times[..., None] if times.dim() > 1 else times.reshape(-1, *(1 for _ in paths), 1)


def straight(start: Tensor, end: Tensor) -> Curve:
    """The straight line.

    Parameters
    ----------
    start, end
        (*P, D).

    Raises
    ------
    TypeError, ValueError
        If a point is of no floating type, or the shapes differ.
    """
    start, end = _points(start=start, end=end)
    change = end - start
    return Curve(lambda t: start + t * change, lambda t: change + 0 * t, start)


def bulged(start: Tensor, end: Tensor, side: Tensor) -> Curve:
    """The straight line with half a sine wave to the side: ``start + t (end - start) + sin(pi t) side``.

    Parameters
    ----------
    start, end, side
        (*P, D).

    Raises
    ------
    TypeError, ValueError
        As `straight`.
    """
    start, end, side = _points(start=start, end=end, side=side)
    change, pi = end - start, math.pi
    return Curve(
        lambda t: start + t * change + (pi * t).sin() * side,
        lambda t: change + pi * (pi * t).cos() * side,
        start,
    )


def bezier(start: Tensor, control: Tensor, end: Tensor) -> Curve:
    """Bezier's curve of second degree, which leaves towards the control point and arrives from it.

    Parameters
    ----------
    start, control, end
        (*P, D).

    Raises
    ------
    TypeError, ValueError
        As `straight`.
    """
    start, control, end = _points(start=start, control=control, end=end)
    return Curve(
        lambda t: (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end,
        lambda t: 2 * (1 - t) * (control - start) + 2 * t * (end - control),
        start,
    )


def polygon(corners: Tensor) -> Curve:
    """From corner to corner on straight lines, each in the same time.

    Parameters
    ----------
    corners
        (K + 1, *P, D), K at least 1.

    Raises
    ------
    TypeError, ValueError
        As `straight`, and if there are fewer than two corners.
    """
    (corners,) = _points(corners=corners)
    sides = len(corners) - 1
    if sides < 1 or corners.dim() < 2:
        message = f"corners must be (K + 1, ..., D) with two or more of them; got {tuple(corners.shape)}"
        raise ValueError(message)
    changes = corners.diff(dim=0)

    def chosen(values: Tensor, t: Tensor) -> Tensor:
        which = (t * sides).floor().clamp(max=sides - 1).long()
        return values.gather(0, which.expand(-1, *values.shape[1:]))

    def place(t: Tensor) -> Tensor:
        share = t * sides - (t * sides).floor().clamp(max=sides - 1)
        return chosen(corners[:-1], t) + share * chosen(changes, t)

    return Curve(place, lambda t: sides * chosen(changes, t), corners[0], pieces=sides)


def circle(centre: Tensor, across: Tensor, up: Tensor, radius: float = 1.0) -> Curve:
    """A circle, once round, from the point `across` of the centre by way of that `up`.

    Parameters
    ----------
    centre, across, up
        (*P, D); the last two are unit vectors at right angles, or it is an ellipse.
    radius
        Its radius.

    Raises
    ------
    TypeError, ValueError
        As `straight`, and if the radius is not positive.
    """
    centre, across, up = _points(centre=centre, across=across, up=up)
    radius, turn = real("radius", radius, above=0), 2 * math.pi
    return Curve(
        lambda t: centre + radius * ((turn * t).cos() * across + (turn * t).sin() * up),
        lambda t: radius * turn * ((turn * t).cos() * up - (turn * t).sin() * across),
        centre,
    )


def _points(**given: Tensor) -> list[Tensor]:
    shape = next(iter(given.values())).shape
    for name, one in given.items():
        if not one.is_floating_point():
            message = f"{name} must be floating point, best of 64 bits; got {one.dtype}"
            raise TypeError(message)
        if one.shape != shape or not one.dim():
            message = f"{name} must be (..., D) as the other points, {tuple(shape)}; got {tuple(one.shape)}"
            raise ValueError(message)
    return list(given.values())
