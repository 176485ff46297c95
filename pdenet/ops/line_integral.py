"""Integrals of a force along curves: the work that is done on the way.

Gauss and Legendre's rule with five points in each of K panels is exact for polynomials of degree nine, so
that its error falls as K^-10 where force and curve are smooth. A jump of the force inside a panel costs all
of that: the error then falls as K^-1, unless a panel ends where the force jumps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import torch

from pdenet.checks.numbers import whole
from pdenet.checks.words import flag, one_of
from pdenet.ops.diverged import DivergedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from pdenet.ops.curves import Curve

    Field = Callable[[Tensor], Tensor]

Rule = Literal["gauss", "midpoint", "trapezoid", "left"]
_WIDE, _NEAR = 0.906179845938664, 0.5384693101056831
_OUTER, _INNER = 0.23692688505618908, 0.47862867049936647
NODES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "gauss": (
        tuple((1 + x) / 2 for x in (-_WIDE, -_NEAR, 0.0, _NEAR, _WIDE)),
        tuple(w / 2 for w in (_OUTER, _INNER, 128 / 225, _INNER, _OUTER)),
    ),
    "midpoint": ((0.5,), (1.0,)),
    "trapezoid": ((0.0, 1.0), (0.5, 0.5)),
    "left": ((0.0,), (1.0,)),
}
"""Places in a panel, from 0 to 1, and their weights."""
AT_ONCE = 20_000
"""Points whose force is asked for at once; more leave the processor's cache."""


def pull(field: Field, curve: Curve, t: Tensor) -> Tensor:
    """The force along the curve times the speed, F(x) . dx/dt, (T, *P).

    Parameters
    ----------
    field
        Forces (T, *P, D) at points (T, *P, D).
    curve
        P curves.
    t
        Times, (T,) or (T, *P).

    Raises
    ------
    ValueError
        If the field answers in another shape.
    DivergedError
        If a force is not finite.
    """
    points = curve.at(t)
    force = field(points)
    if force.shape != points.shape:
        message = f"the field must answer points {tuple(points.shape)} alike; got {tuple(force.shape)}"
        raise ValueError(message)
    if not bool(force.isfinite().all()):
        message = "a force on the curve is not finite; there is no work along it"
        raise DivergedError(message)
    return (force * curve.velocity(t)).sum(-1)


def line_integral(
    field: Field,
    curve: Curve,
    *,
    panels: int = 16,
    rule: Rule = "gauss",
    edges: Tensor | None = None,
    between: tuple[Tensor, Tensor] | None = None,
    absolute: bool = False,
) -> Tensor:
    """The integral of a force along each curve, (*P).

    Parameters
    ----------
    field, curve
        As in `pull`.
    panels
        Equal parts of the time from 0 to 1. Where the curve has corners, take a multiple of its pieces.
    rule
        ``"gauss"``, five points a panel; ``"midpoint"``; ``"trapezoid"``; ``"left"``, the force at the start
        of a panel.
    edges
        Where panels begin and end instead, ascending from 0 to 1, (K + 1,) or (K + 1, *P); panels may be
        empty.
    between
        Points (*P, D) that the curve must lead from and to.
    absolute
        Whether to add up sizes, so that nothing cancels.

    Raises
    ------
    TypeError, ValueError
        If an argument is none of these, or the curve leads from or to another point.
    DivergedError
        If a force is not finite.
    """
    return running_integral(
        field, curve, panels=panels, rule=rule, edges=edges, between=between, absolute=absolute
    )[-1]


def running_integral(
    field: Field,
    curve: Curve,
    *,
    panels: int = 16,
    rule: Rule = "gauss",
    edges: Tensor | None = None,
    between: tuple[Tensor, Tensor] | None = None,
    absolute: bool = False,
) -> Tensor:
    """The integral from the start up to each edge of the panels, (K + 1, *P); arguments as `line_integral`.

    Parameters
    ----------
    field, curve, panels, rule, edges, between, absolute
        As in `line_integral`.
    """
    one_of("rule", rule, get_args(Rule))
    flag("absolute", absolute)
    if between is not None:
        _check_ends(curve, *between)
    paths = curve.like.shape[:-1]
    borders = _borders(edges, whole("panels", panels, least=1), curve)
    begins, widths = borders[:-1], borders.diff(dim=0)
    places, weights = NODES[rule]
    at_once = max(1, AT_ONCE // (len(places) * max(1, paths.numel())))
    parts = []
    for begin, width in zip(begins.split(at_once), widths.split(at_once), strict=True):
        total = torch.zeros(len(begin), *paths, dtype=curve.like.dtype, device=curve.like.device)
        times = torch.cat([(begin + place * width).clamp(0, 1) for place in places])
        found = pull(field, curve, times)
        for weight, one in zip(weights, found.split(len(begin)), strict=True):
            total += weight * (one.abs() if absolute else one)
        parts.append(total * width.reshape(len(begin), *(width.shape[1:] or (1,) * len(paths))))
    work = torch.cat(parts)
    return torch.cat([torch.zeros_like(work[:1]), work.cumsum(0)])


def _borders(edges: Tensor | None, panels: int, curve: Curve) -> Tensor:
    like = curve.like
    if edges is None:
        return torch.arange(panels + 1, dtype=like.dtype, device=like.device) / panels
    edges = edges.to(like)
    if edges.dim() not in (1, like.dim()) or edges.shape[1:] not in ((), like.shape[:-1]) or len(edges) < 2:
        message = f"edges must be (K + 1,) or (K + 1, *{tuple(like.shape[:-1])}); got {tuple(edges.shape)}"
        raise ValueError(message)
    if not bool((edges[0] == 0).all() & (edges[-1] == 1).all() & (edges.diff(dim=0) >= 0).all()):
        message = "edges must ascend from 0 to 1; sort them, with 0 and 1 at the ends"
        raise ValueError(message)
    return edges


def _check_ends(curve: Curve, start: Tensor, end: Tensor) -> None:
    near = 1e-9 if curve.like.dtype == torch.float64 else 1e-4
    for name, found, wanted in (("start", curve.start, start), ("end", curve.end, end)):
        if found.shape != wanted.shape:
            message = f"the {name} must be {tuple(found.shape)}; got {tuple(wanted.shape)}"
            raise ValueError(message)
        away = float((found - wanted).abs().max())
        if not away <= near * (1 + float(wanted.abs().max())):
            message = (
                f"the curve's {name} is up to {away:.2g} away from the point given; work is compared between "
                f"the same two points, so make the curve end there"
            )
            raise ValueError(message)
