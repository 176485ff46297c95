"""Figures that more than one chapter draws, and the style they share.

Every figure is transparent and must be read on a white page and on a black one. So text and axes are
the one grey that has a contrast of 4.5 to both, lines keep at least 3, and whatever colour tells is
told a second time by a dash pattern, a marker or a printed value.
"""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from pdenet.checks.numbers import real, whole
from pdenet.page.style import INK, PALETTE

__all__ = [
    "INK",
    "PALETTE",
    "accuracy_by_depth",
    "accuracy_curves",
    "draw_stencil",
    "error_scale",
    "image_row",
]


def draw_stencil(ax: Axes, matrix: Any, *, digits: int = 3, fontsize: float | None = None) -> None:
    """Draw a stencil as a grid of cells with its entries printed in them, the centre framed.

    Parameters
    ----------
    ax
        Axes to draw on; they lose their ticks and frame.
    matrix
        Entries (row = y downwards, column = x to the right). A SymPy matrix with symbols is printed as
        formulas; numbers are printed below a square whose area is their size, filled where positive.
    digits
        Significant digits of numbers.
    fontsize
        Size of the entries in points; the style's unless given.

    Raises
    ------
    TypeError
        If an entry is text, or neither a number nor a formula.
    ValueError
        If `matrix` is not two-dimensional with an odd number of rows and of columns, or a number is not
        finite.
    """
    digits = whole("digits", digits, least=1)
    entries = np.array(matrix.tolist() if hasattr(matrix, "tolist") else matrix, dtype=object)
    if entries.ndim != 2 or not all(size % 2 for size in entries.shape):
        message = (
            f"got a stencil of shape {entries.shape}; it needs two axes (rows, columns) of odd length, "
            "such as (3, 3)"
        )
        raise ValueError(message)
    rows, columns = entries.shape
    if any(getattr(entry, "free_symbols", None) for entry in entries.flat):
        _print_formulas(ax, entries, fontsize)
    else:
        numbers = [real("an entry of the stencil", entry) for entry in entries.flat]
        _print_numbers(ax, np.reshape(numbers, entries.shape), digits, fontsize)
    for row, column in np.ndindex(rows, columns):
        centre = (row, column) == (rows // 2, columns // 2)
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(
            Rectangle(
                corner, 1, 1, fill=False, edgecolor=INK, linewidth=2.4 if centre else 0.8, zorder=1 + centre
            )
        )
    ax.set_xlim(-0.55, columns - 0.45)
    ax.set_ylim(rows - 0.45, -0.55)
    ax.set_aspect("equal")
    ax.axis("off")


def _print_formulas(ax: Axes, entries: np.ndarray, fontsize: float | None) -> None:
    from sympy import latex, together

    for (row, column), entry in np.ndenumerate(entries):
        formula = latex(together(_formula(entry))).replace(r"\frac", r"\dfrac")
        ax.text(column, row, f"${formula}$", ha="center", va="center", fontsize=fontsize)


def _formula(entry: Any) -> Any:
    """An entry as SymPy's; what is none is a number, since SymPy would evaluate text as Python."""
    from sympy import Expr, Float, Integer

    if isinstance(entry, Expr):
        return entry
    number = real("an entry of the stencil", entry)
    return Integer(number) if isinstance(entry, Integral) else Float(number)


def _print_numbers(ax: Axes, values: np.ndarray, digits: int, fontsize: float | None) -> None:
    largest = np.abs(values).max() or 1.0
    for (row, column), value in np.ndenumerate(values):
        side = 0.5 * float(np.sqrt(abs(value) / largest))
        colour = PALETTE[1] if value > 0 else PALETTE[0]
        corner = (column - side / 2, row - 0.12 - side / 2)
        ax.add_patch(
            Rectangle(corner, side, side, facecolor=colour, fill=value > 0, edgecolor=colour, linewidth=1.8)
        )
        ax.text(column, row + 0.33, f"{value:.{digits}g}", ha="center", va="center", fontsize=fontsize)


def image_row(axes: Sequence[Axes] | np.ndarray, images: ArrayLike, titles: Sequence[str] = ()) -> None:
    """Show images side by side on one grey scale, so that they can be compared.

    Parameters
    ----------
    axes
        One axes per image.
    images
        Images (image, row, column); the scale runs from their common minimum (black) to their maximum.
    titles
        Titles of the first images; the others get none.

    Raises
    ------
    ValueError
        If the numbers of axes, images and titles do not fit.
    """
    stack = _numbers("images", images)
    panels: list[Axes] = list(np.ravel(np.asarray(axes, dtype=object)))
    if stack.ndim != 3 or len(stack) != len(panels):
        message = (
            f"got images of shape {stack.shape} for {len(panels)} axes; they must be (image, row, column) "
            "with one image an axes"
        )
        raise ValueError(message)
    if len(titles) > len(panels):
        message = f"got {len(titles)} titles for {len(panels)} images; give at most one an image"
        raise ValueError(message)
    scale = Normalize(np.nanmin(stack), np.nanmax(stack))
    for ax, image in zip(panels, stack, strict=True):
        ax.imshow(image, norm=scale, cmap="gray")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set_visible(True)  # the edge of a black image on a black page
    for ax, title in zip(panels, titles, strict=False):
        ax.set_title(title)


def accuracy_curves(
    ax: Axes,
    curves: Mapping[str, ArrayLike],
    *,
    epochs: ArrayLike | None = None,
    ylabel: str = "test accuracy",
) -> None:
    """Draw accuracy against the epoch: the mean over seeds, in a band from the worst to the best seed.

    Parameters
    ----------
    ax
        Axes to draw on.
    curves
        Name of a network -> accuracies (seed, epoch) as fractions; NaN from the epoch a seed diverged,
        which leaves that seed out of mean and band from there on.
    epochs
        The epochs (epoch,) of the values; 1, 2, 3, ... unless given.
    ylabel
        Label of the vertical axis.

    Raises
    ------
    ValueError
        If a curve is not (seed, epoch), or has another number of epochs than `epochs`.
    """
    for name, values in curves.items():
        accuracies = np.atleast_2d(_numbers(f"accuracies of {name!r}", values))
        steps = np.arange(1, accuracies.shape[-1] + 1) if epochs is None else _numbers("epochs", epochs)
        if accuracies.ndim != 2 or accuracies.shape[1] != len(steps):
            message = (
                f"got accuracies of shape {accuracies.shape} for {name!r}; they must be (seed, epoch) "
                f"with {len(steps)} epochs"
            )
            raise ValueError(message)
        alive = ~np.isnan(accuracies)
        some = alive.any(axis=0)
        shown, seeds = accuracies[:, some], alive[:, some].sum(axis=0)
        (line,) = ax.plot(
            steps[some],
            100 * np.nansum(shown, axis=0) / seeds,
            label=f"{name} ({len(accuracies)} seeds)" if len(accuracies) > 1 else name,
            markevery=max(1, len(steps) // 8),
        )
        ax.fill_between(
            steps[some],
            100 * np.nanmin(shown, axis=0, initial=np.inf),
            100 * np.nanmax(shown, axis=0, initial=-np.inf),
            color=line.get_color(),
            alpha=0.2,
            linewidth=0,
        )
    ax.set_xlabel("epoch")
    ax.set_ylabel(f"{ylabel} (%)")
    ax.legend()


def accuracy_by_depth(
    ax: Axes,
    networks: Mapping[str, Mapping[int, ArrayLike]],
    printed: Mapping[str, Mapping[int, float]] | None = None,
) -> None:
    """Draw the accuracy of every seed by depth, networks side by side, values from elsewhere as stars.

    Parameters
    ----------
    ax
        Axes to draw on.
    networks
        Name of a network -> number of layers -> accuracies (seed,) as fractions.
    printed
        Name of a network -> number of layers -> accuracy that the thesis prints, as a fraction.

    Raises
    ------
    ValueError
        If `printed` names a network that `networks` does not.
    """
    if unknown := set(printed or {}) - set(networks):
        message = (
            f"printed has values of {', '.join(sorted(unknown))}; the networks are {', '.join(networks)}"
        )
        raise ValueError(message)
    depths = sorted({depth for values in networks.values() for depth in values})
    step = 0.7 / len(networks)
    for i, (name, values) in enumerate(networks.items()):
        centres = {depth: place + step * (i - (len(networks) - 1) / 2) for place, depth in enumerate(depths)}
        seeds = {
            depth: np.ravel(_numbers(f"accuracies of {name!r}", accuracies))
            for depth, accuracies in values.items()
        }
        (dots,) = ax.plot(
            np.concatenate([np.full(len(s), centres[depth]) for depth, s in seeds.items()]),
            100 * np.concatenate(list(seeds.values())),
            linestyle="",
            label=name,
        )
        stars = (printed or {}).get(name, {})
        ax.plot(
            [centres[depth] + 0.4 * step for depth in stars],
            [100 * value for value in stars.values()],
            linestyle="",
            marker="*",
            markersize=9,
            color=dots.get_color(),
            markerfacecolor="none",
            label=f"{name}, thesis" if stars else "_nothing",
        )
    ax.set_xticks(range(len(depths)), [str(depth) for depth in depths])
    ax.set_xlim(-0.5, len(depths) - 0.5)
    ax.set_xlabel("layers")
    ax.set_ylabel("test accuracy (%)")
    ax.legend()


def error_scale(ax: Axes, ticks: Sequence[float] = (10, 50, 80, 90, 95, 98, 99)) -> None:
    """Space an axis of accuracies in per cent like the logarithm of the error, 100 minus the accuracy.

    From 98 to 99 is then as far as from 96 to 98, and a network at chance does not squash all others.

    Parameters
    ----------
    ax
        Axes whose vertical axis is changed.
    ticks
        Accuracies to label, below 100, rising; the axis reaches a little beyond the first and the last.

    Raises
    ------
    ValueError
        If there are fewer than two ticks, they do not rise, or the last is 100 or more.
    """
    marks = _numbers("ticks", ticks)
    if marks.ndim != 1 or len(marks) < 2 or not (np.diff(marks) > 0).all() or marks[-1] >= 100:
        message = f"got ticks {tuple(ticks)}; they must be two or more, rising, and below 100"
        raise ValueError(message)
    low, high = _minus_log_error(marks[[0, -1]])
    margin = 0.06 * (high - low)
    ax.set_yscale("function", functions=(_minus_log_error, _accuracy))
    ax.set_ylim(*_accuracy([low - margin, high + margin]))
    ax.set_yticks(marks, [f"{mark:g}" for mark in marks])
    ax.set_yticks([], minor=True)


def _minus_log_error(accuracy: ArrayLike) -> np.ndarray:
    scale: np.ndarray = -np.log10(np.maximum(100 - np.asarray(accuracy, dtype=float), 1e-3))
    return scale


def _accuracy(minus_log_error: ArrayLike) -> np.ndarray:
    return 100 - 10.0 ** -np.asarray(minus_log_error, dtype=float)


def _numbers(name: str, values: ArrayLike) -> np.ndarray:
    """Numbers as floats, NaN for None; NumPy would read text too, and show what it may stand for."""
    array = np.asarray(values)
    if array.dtype.kind in "US" or (
        array.dtype.kind == "O" and any(isinstance(one, str) for one in array.flat)
    ):
        message = f"{name} must be numbers; got text: {values!r}"
        raise TypeError(message)
    return array.astype(float)
