"""A digit and a point on their way, the factors of all waves, and where recorded layers carry the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from pdenet.page.figures import image_row
from pdenet.page.style import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pdenet.subjects.stability.measures import Place, Portrait
    from pdenet.symbolic.moments import Moments

    Floats = NDArray[np.float64]

MARKERS = ("o", "s", "^", "D")
FRAME = 28  # pixels
_DASHES = ("-", "--", "-.")


def draw_film(film: Sequence[Floats], stages: Sequence[int], start: Moments, added: Moments) -> Figure:
    """Draw an image after some layers, each on its own grey scale, with the predicted middle and ellipse.

    Parameters
    ----------
    film
        The images (row, column), one a stage.
    stages
        Numbers of layers.
    start, added
        Moments of the first image; what layers add to them, by `depth_moments`.
    """
    fig, axes = plt.subplots(1, len(stages), figsize=(6.2, 2.0))
    for ax, layers, picture in zip(axes, stages, film, strict=True):
        rows, columns = picture.shape
        image_row([ax], [picture], [f"layer {layers}"])
        ax.set_xlabel(f"max {picture.max():.2g}", fontsize=9)
        ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), autoscale_on=False)
        _oval(
            ax, start.place + added.place[layers], start.covariance + added.covariance[layers], picture.shape
        )
    return fig


def draw_spread(last: Floats, alphas: Floats, predicted: Moments, measured: Moments) -> Figure:
    """Draw a point after layers with its ellipse, and its variance and covariance from layer to layer.

    Parameters
    ----------
    last
        The last image (row, column).
    alphas : (L,)
        The parameter alpha of each layer: the equation itself adds its square.
    predicted, measured
        Moments after 0, 1, ..., L layers.
    """
    fig, (picture, curve) = plt.subplots(1, 2, figsize=(6.0, 2.2), width_ratios=[1, 1.5])
    count = np.arange(len(alphas) + 1)
    image_row([picture], [last], [f"point, layer {count[-1]}"])
    end, tilted = predicted.place[-1], predicted.covariance[-1]
    _oval(picture, end, np.diag(np.diag(tilted)), last.shape, color="C0", ls=":")
    _oval(picture, end, tilted, last.shape)
    picture.set(xlim=(1.5, 19.5), ylim=(19.5, 1.5))
    flow = np.concatenate([[0], np.cumsum(alphas**2)])
    curve.plot(count, flow, color="C2", ls="--", marker="", label="equation")
    for name, i, style in (("$C_{xx}$", 0, "-"), ("$C_{xy}$", 1, "-.")):
        curve.plot(count, predicted.covariance[:, 0, i], color=f"C{i}", ls=style, marker="", label=name)
        curve.plot(count, measured.covariance[:, 0, i], color=INK, ls="", marker="os"[i], markersize=4)
    curve.set(xlabel="layer", ylabel="pixels$^2$", xticks=count[::4], yticks=[-2, 0, 2, 4])
    curve.legend(fontsize=9)
    return fig


def _oval(ax: Axes, place: Floats, covariance: Floats, shape: tuple[int, ...], **style: Any) -> None:
    """An ellipse of 1.5 standard deviations and a cross in its middle; places count from the frame's."""
    look = {"color": "C1", "ls": "-"} | style
    turn = np.linspace(0, 2 * np.pi, 100)
    rim = np.stack([np.cos(turn), np.sin(turn)], axis=-1) @ np.linalg.cholesky(covariance).T
    middle = place + (np.array(shape[::-1]) - 1) / 2
    ax.plot(*(middle + 1.5 * rim).T, marker="", **look)
    ax.plot(*middle, marker="+", markersize=9, mew=2, **look)


def draw_ovals(factors: Mapping[str, NDArray[np.complex128]], gains: Mapping[str, float]) -> Figure:
    """Draw the outer edges of the sets of the factors g of all waves, beside the unit circle.

    Parameters
    ----------
    factors
        Name of a layer -> its factors at many waves, any shape.
    gains
        Name of a layer -> the largest of their sizes.
    """
    from scipy.spatial import ConvexHull

    fig, ax = plt.subplots(figsize=(4.8, 2.0))
    turn = np.linspace(0, 2 * np.pi, 200)
    ax.plot(np.cos(turn), np.sin(turn), color=INK, ls=":", marker="", label="unit circle")
    for (name, values), style in zip(factors.items(), _DASHES, strict=True):
        hull = ConvexHull(np.stack([values.real, values.imag], axis=-1).reshape(-1, 2))
        edge = hull.points[[*hull.vertices, hull.vertices[0]]]
        ax.plot(*edge.T, ls=style, marker="", label=f"{name}, {gains[name]:.2f}")
    ax.set(aspect="equal", xlabel="real part of $g$", ylabel="imaginary part")
    ax.legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    return fig


def draw_ends(portraits: Mapping[Place, tuple[Portrait, Portrait]]) -> Figure:
    """Draw the ends of all seeds, a panel an equation, a marker a depth: open at the start, filled trained.

    Parameters
    ----------
    portraits
        Equation and number of layers -> portraits at the start and after training.
    """
    equations = list(dict.fromkeys(equation for equation, _ in portraits))
    depths = list(dict.fromkeys(depth for _, depth in portraits))
    fig, axes = plt.subplots(1, len(equations), figsize=(6.4, 3.9), layout="constrained", squeeze=False)
    for ax, equation in zip(axes[0], equations, strict=True):
        for n, depth in enumerate(depths):
            for end, fill in zip(
                (both.end for both in portraits[equation, depth]), ("none", f"C{n}"), strict=True
            ):
                look: dict[str, Any] = {
                    "color": f"C{n}",
                    "marker": MARKERS[n],
                    "mfc": fill,
                    "ls": "",
                    "ms": 4,
                }
                ax.plot(*end.T, label=f"{depth} layers" if fill != "none" else None, **look)
        _frame(ax, [both for (name, _), both in portraits.items() if name == equation])
        ax.set(title=equation, aspect="equal", xlabel="$x$ (pixels)")
    axes[0, 0].set_ylabel("$y$ (pixels)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=len(depths), fontsize=9)
    return fig


def _frame(ax: Axes, portraits: list[tuple[Portrait, Portrait]]) -> None:
    """The edge of an image, the middle where all began, and limits a tenth beyond what is there."""
    ax.add_patch(Rectangle((-FRAME / 2, -FRAME / 2), FRAME, FRAME, fill=False, edgecolor=INK))
    ax.plot(0, 0, marker="+", color=INK, ms=9, mew=1.5)
    ends = np.concatenate([one.end for both in portraits for one in both] + [np.zeros((1, 2))])
    room = 0.1 * np.ptp(ends, axis=0).max()
    (left, up), (right, down) = ends.min(axis=0) - room, ends.max(axis=0) + room
    ax.set(xlim=(left, right), ylim=(down, up))
