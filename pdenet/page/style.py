"""How a figure looks: greys and colours that are read on white and on black, lines, fonts."""

from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler

INK = "#767676"
"""The grey of text and axes: contrast 4.5 to white and 4.6 to black."""

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#c768a3", INK)
"""Line colours: those of Okabe and Ito that carry on white and on black, the purple a little darker."""

DASHES = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)))
MARKERS = ("o", "s", "^", "D", "v")
"""Dashes and marks that go with them, so that nobody needs to tell lines by colour."""

_STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 3.6),
    "figure.dpi": 100,
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": INK,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.handlelength": 3.2,
    "lines.linewidth": 1.8,
    "lines.markersize": 5,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
    "font.size": 11,
    "svg.hashsalt": "pdenet",
    "axes.prop_cycle": cycler(color=PALETTE) + cycler(linestyle=DASHES) + cycler(marker=MARKERS),
}


def use_style() -> None:
    """Set the book's figure style for this process; in a notebook also for the inline figures.

    What else a ``matplotlibrc`` has set, there or in the folder, goes back to Matplotlib's own defaults.
    Inline figures are PNG at twice the screen's resolution and keep the size their code asks for
    (IPython would otherwise crop each to its content).
    """
    plt.style.use(["default", _STYLE])
    try:
        from IPython.core.getipython import get_ipython
        from matplotlib_inline.config import InlineBackend
    except ModuleNotFoundError:
        return
    shell = get_ipython()
    if shell is not None:
        inline = InlineBackend.instance(parent=shell)
        inline.set_trait("print_figure_kwargs", {"bbox_inches": None})
        inline.set_trait("figure_formats", {"retina"})
