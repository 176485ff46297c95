"""Figures of the page: works along three paths, errors by panels, attacks by radius, loops by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch

from pdenet.ops.line_integral import running_integral
from pdenet.page.style import INK, PALETTE
from pdenet.subjects.adversarial_work.arms import (
    AFFINE,
    RELU,
    SPLIT,
    TANH,
    UNTRAINED,
    at,
    error_of,
)
from pdenet.subjects.adversarial_work.claims import NAMED, loop
from pdenet.subjects.adversarial_work.fields import GUIDED, SIGN, TRUE
from pdenet.subjects.adversarial_work.measures import PANELS, RADII, force, three_paths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import Tensor

    from pdenet.runs.results import Results
    from pdenet.subjects.adversarial_work.measures import Setting

LOOK = {"straight": ("-", 0, 4.5), "bulged": ("--", 1, 2.4), "curved": (":", 2, 2.4)}
"""Line, colour and width of a path."""
TITLES = {TRUE: "gradient", SIGN: "its sign", GUIDED: "guided"}


def draw_three_works(one: Setting, end: Tensor, image: int = 0) -> Figure:
    """Work along three paths to one point, for the gradient and for two fields in its place.

    Parameters
    ----------
    one
        Networks of ReLUs and images.
    end
        Where the paths lead, (S, B, D).
    image
        Which, of the first network.
    """
    fig, axes = plt.subplots(1, len(TITLES), figsize=(6.4, 2.9), sharey=True)
    t = torch.arange(65) / 64
    for ax, (kind, title) in zip(axes, TITLES.items(), strict=True):
        courses = {
            name: running_integral(force(one, kind), path, panels=64)[:, 0, image]
            for name, path in three_paths(one, end).items()
        }
        scale = float(one.rise(end)[0, image]) if kind == TRUE else float(courses["straight"][-1])
        for name, course in courses.items():
            line, colour, width = LOOK[name]
            ax.plot(t, course / scale, line, color=PALETTE[colour], marker="", lw=width, label=name)
            ax.plot(1, course[-1] / scale, "o", color=PALETTE[colour], ms=6, clip_on=False, zorder=5)
        ax.set(title=title, xlabel="time", xticks=[0, 0.5, 1])
    axes[0].axhline(1, color=INK, ls=(0, (1, 1)), lw=1, marker="")
    axes[0].set_ylabel("work (straight line: 1)")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=9, ncols=3, loc="outside upper center")
    return fig


def draw_errors(results: Results) -> Figure:
    """Errors of the work by panels: smooth networks, ReLUs, ReLUs with panels that end at the kinks.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.0, 3.4))
    lines = (
        (RELU, False, PANELS, "ReLU", "s--", 1),
        (RELU, True, SPLIT, "ReLU, panels end at the kinks", "^-.", 2),
        (TANH, False, PANELS, "tanh", "o-", 0),
    )
    for arm, split, panels, label, look, colour in lines:
        values = np.stack([results.values(arm, error_of(k, split=split)) for k in panels])
        ax.plot(panels, values, color=PALETTE[colour], marker="", ls="-", lw=0.6, alpha=0.35)
        ax.plot(panels, np.exp(np.log(values).mean(1)), look, color=PALETTE[colour], label=label)
    grid = np.array([4.0, 64.0])
    ax.plot(grid, 0.4 / grid, ":", color=INK, marker="", lw=1.3)
    ax.annotate("first power", (22, 0.035), fontsize=9, color=INK)
    ax.set(xlabel="panels of five points", ylabel="error of the work", xscale="log", yscale="log")
    ax.set_xticks(PANELS, [str(k) for k in PANELS])
    ax.set_yticks([1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1])
    ax.minorticks_off()
    fig.legend(fontsize=9, ncols=3, loc="outside upper center")
    return fig


def draw_attacks(results: Results) -> Figure:
    """Rises of the loss of tanh networks by radius, and what an attack is worth in random changes.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, (rises, worths) = plt.subplots(1, 2, figsize=(6.4, 3.5))
    looks = {
        "climb": ("o-", 0),
        "tangent of the logits": ("D:", 3),
        "first order": ("s--", 1),
        "random": ("v-", 4),
    }
    titles = {
        "climb": "attack",
        "tangent of the logits": "tangent of the logits",
        "first order": "gradient at the image",
        "random": "random change",
    }
    for name, (look, colour) in looks.items():
        _spread(rises, results, TANH, name, look, colour, titles[name])
    rises.set(yscale="log", xlabel="radius", ylabel="rise of the loss, tanh", xticks=RADII)
    rises.minorticks_off()
    for n, (arm, title, look) in enumerate(
        ((TANH, "tanh", "-"), (RELU, "ReLU", "--"), (AFFINE, "affine", "-."))
    ):
        for name, mark, filled in ((arm, "os^"[n], True), (f"{arm}, {UNTRAINED}", "os^"[n], False)):
            ratios = np.stack(
                [results.values(name, at("climb", r)) / results.values(name, at("random", r)) for r in RADII]
            )
            middle = np.exp(np.log(ratios).mean(1))
            label = title if filled else None
            face = PALETTE[n] if filled else "none"
            worths.plot(
                RADII, middle, ls=look, marker=mark, color=PALETTE[n], mfc=face, ms=6, lw=1.4, label=label
            )
    worths.set(xlabel="radius", ylabel="attack / random", xticks=RADII, ylim=(0, None))
    worths.legend(fontsize=8, loc="upper left", title="open: as drawn", title_fontsize=8)
    fig.legend(*rises.get_legend_handles_labels(), fontsize=8, ncols=2, loc="outside upper center")
    return fig


def _spread(ax: Axes, results: Results, arm: str, name: str, look: str, colour: int, label: str) -> None:
    values = np.stack([results.values(arm, at(name, radius)) for radius in RADII])
    ax.plot(RADII, values, ".", color=PALETTE[colour], ms=3, alpha=0.4)
    ax.plot(RADII, values.mean(1), look, color=PALETTE[colour], lw=1.4, label=label)


def draw_loops(results: Results) -> Figure:
    """What loops of each field leave, of ReLU networks trained and as drawn.

    Parameters
    ----------
    results
        Runs of the experiment.
    """
    fig, ax = plt.subplots(figsize=(6.2, 3.4))
    rows = [("true gradient, 100 panels", f"loop of {TRUE}, 100 panels")]
    rows += [("true gradient, 400 panels", f"loop of {TRUE}, 400 panels")]
    rows += [(text.replace("the gradient with", "gradient with"), loop(kind)) for kind, text in NAMED.items()]
    for row, (_, name) in enumerate(rows):
        for arm, mark, colour, shift in ((RELU, "o", 0, -0.14), (f"{RELU}, {UNTRAINED}", "D", 1, 0.14)):
            values = results.values(arm, name)
            ax.plot(values, [row + shift] * len(values), ".", color=PALETTE[colour], ms=3, alpha=0.5)
            middle = np.exp(np.log(values).mean())
            face = PALETTE[colour] if mark == "o" else "none"
            label = ("trained" if mark == "o" else "as drawn") if row == 0 else None
            ax.plot(middle, row + shift, mark, color=PALETTE[colour], mfc=face, ls="", ms=7, label=label)
    ax.set_yticks(range(len(rows)), [text for text, _ in rows], fontsize=9)
    ax.set(xscale="log", xlabel="loop integral / integral of its size", ylim=(len(rows) - 0.5, -0.5))
    fig.legend(fontsize=9, ncols=2, loc="outside upper center")
    return fig
