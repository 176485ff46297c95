"""A drawing of the thesis's network: what happens within a layer, and layers, then a classifier, in a row."""

from collections.abc import Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pdenet.page.style import INK, PALETTE

_TOP, _BOTTOM = 3.0, 0.75  # heights of the two rows


def draw_pde_net(ax: Axes, sizes: Sequence[int], *, fontsize: float = 8.5) -> None:
    """Draw a PDE net: above the whole chain, below one of its layers.

    Parameters
    ----------
    ax
        Axes to draw on; they lose ticks and frame.
    sizes
        Features before, between and after the linear layers of the classifier, such as (784, 256, 128, 10).
    fontsize
        Size of the text in points.

    Raises
    ------
    ValueError
        If there are fewer than two sizes.

    References
    ----------
    The thesis, Fig. 4.2.
    """
    if len(sizes) < 2:
        message = f"sizes must be two or more, such as (784, 256, 128, 10); got {tuple(sizes)}"
        raise ValueError(message)
    chain = ["image", "layer 1", "layer 2", "…", "layer $L$"]
    chain += [f"linear\nto {size}" for size in sizes[1:]]
    chain += ["softmax"]
    step = 10.0 / (len(chain) - 1)
    places = [(step * i, _TOP) for i in range(len(chain))]
    for place, text in zip(places, chain, strict=True):
        colour = PALETTE[0] if "layer" in text else PALETTE[1] if "linear" in text else None
        _box(ax, place, text, 0.82 * step, 0.8, colour, fontsize)
    for (left, _), (right, _) in pairwise(places):
        _arrow(ax, (left + 0.42 * step, _TOP), (right - 0.42 * step, _TOP))

    inside = {
        "before": (0.2, _BOTTOM, r"$\psi_{l-1}$", None),
        "skip": (3.4, _BOTTOM + 1.05, r"skip and $\gamma_l$:  $(1 + \gamma_l)\,\psi_{l-1}$", None),
        "x": (3.4, _BOTTOM, r"conv $x$:  $\alpha_l$, $\beta_l$", PALETTE[0]),
        "y": (3.4, _BOTTOM - 1.05, r"conv $y$:  $\sigma_l$, $\rho_l$", PALETTE[0]),
        "sum": (6.6, _BOTTOM, "+", None),
        "relu": (8.1, _BOTTOM, "ReLU", None),
        "after": (9.8, _BOTTOM, r"$\psi_l$", None),
    }
    widths = {"before": 0.9, "skip": 3.1, "x": 3.1, "y": 3.1, "sum": 0.6, "relu": 1.1, "after": 0.9}
    for name, (x, y, text, colour) in inside.items():
        _box(ax, (x, y), text, widths[name], 0.7, colour, fontsize)
    for name in ("skip", "x", "y"):
        x, y, *_ = inside[name]
        _arrow(ax, (0.65, _BOTTOM), (x - 1.55, y))
        _arrow(ax, (x + 1.55, y), (6.3, _BOTTOM))
    _arrow(ax, (6.9, _BOTTOM), (7.55, _BOTTOM))
    _arrow(ax, (8.65, _BOTTOM), (9.35, _BOTTOM))

    for corner, end in ((places[1][0] - 0.41 * step, -0.35), (places[1][0] + 0.41 * step, 10.35)):
        ax.plot([corner, end], [_TOP - 0.4, _BOTTOM + 1.55], color=INK, linestyle=":", marker="", linewidth=1)
    ax.set_xlim(-0.6, 10.6)
    ax.set_ylim(_BOTTOM - 1.6, _TOP + 0.6)
    ax.set_axis_off()


def _box(
    ax: Axes,
    centre: tuple[float, float],
    text: str,
    width: float,
    height: float,
    colour: str | None,
    fontsize: float,
) -> None:
    """A rounded box with text; without a colour it has a grey edge, and an ellipsis has none at all."""
    if text != "…":
        ax.add_patch(
            FancyBboxPatch(
                (centre[0] - width / 2, centre[1] - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor="none",
                edgecolor=colour or INK,
                linewidth=1.5 if colour else 1,
            )
        )
    ax.text(*centre, text, ha="center", va="center", fontsize=fontsize)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=8, color=INK, shrinkA=0, shrinkB=0)
    )
