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

LOOK = {"straight": ("-", "o", 0, 4.5), "bulged": ("--", "s", 1, 2.2), "curved": (":", "^", 2, 2.2)}
"""Line, marker, colour and width of a path."""
TITLES = {TRUE: "gradient", SIGN: "its sign", GUIDED: "guided"}


def draw_three_works(one: Setting, end: Tensor, image: int = 0) -> Figure:
    """Work along three paths on the way, for one image, and at the end, for all, by field.

    Parameters
    ----------
    one
        Networks of ReLUs and images; the first network is drawn.
    end
        Where the paths lead, (S, B, D).
    image
        Which image is shown on the way.
    """
    fig, (way, ends) = plt.subplots(1, 2, figsize=(6.4, 3.1))
    paths, t = three_paths(one, end), torch.arange(65) / 64
    for row, kind in enumerate(TITLES):
        courses = {
            name: running_integral(force(one, kind), path, panels=64)[:, 0] for name, path in paths.items()
        }
        for n, (name, course) in enumerate(courses.items()):
            line, mark, colour, width = LOOK[name]
            if kind == TRUE:
                way.plot(t, course[:, image], line, color=PALETTE[colour], marker="", lw=width, label=name)
            if name != "straight":
                share = course[-1] / courses["straight"][-1]
                place = [row + 0.2 * (2 * n - 3)] * len(share)
                ends.plot(place, share, mark, color=PALETTE[colour], ms=5, mfc="none", ls="")
    way.axhline(float(one.rise(end)[0, image]), color=INK, ls=(0, (1, 1)), lw=1.2, marker="")
    ends.axhline(1, color=PALETTE[0], ls="-", lw=1.5, marker="")
    way.set(xlabel="time", ylabel="work", title="one digit, gradient", xticks=[0, 0.5, 1])
    ends.set(ylabel="work / straight line's", title="ten digits", xlim=(-0.6, 2.6))
    ends.set_xticks(range(len(TITLES)), [*TITLES.values()])
    handles, labels = way.get_legend_handles_labels()
    for handle, name in zip(handles[1:], labels[1:], strict=True):
        handle.set(label=f"{name} ({'squares' if name == 'bulged' else 'triangles'})")
    fig.legend(handles=handles, fontsize=9, ncols=3, loc="outside upper center")
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
