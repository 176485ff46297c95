"""Figures of the page: fields and what is left of them, spectra, waves kept, the flow, what is restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import torch

from pdenet.page.figures import image_row
from pdenet.page.style import INK, PALETTE
from pdenet.subjects.free_field.arms import SAMPLE
from pdenet.subjects.free_field.coarse import (
    block_means,
    block_spectrum,
    captured,
    captured_at_best,
    decimation,
    projections,
)
from pdenet.subjects.free_field.measures import LATENTS, SIZES, leading, predicted_square, spectrum_read
from pdenet.subjects.free_field.system import waves
from pdenet.subjects.free_field.vae import optimum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from pdenet.runs.results import Results
    from pdenet.subjects.free_field.system import Field
    from pdenet.subjects.free_field.vae import Linear

BLUE, ORANGE, GREEN, PURPLE = PALETTE[:4]
K2 = r"$\hat k^2$"


def draw_fields(fields: Sequence[Field], seed: int = 0, width: int = 4) -> Figure:
    """Of each field one that is drawn, what the best autoencoder restores, and means of blocks.

    Parameters
    ----------
    fields
        One a row.
    seed
        Of the draw.
    width
        Of the blocks.
    """
    fig, axes = plt.subplots(len(fields), 3, figsize=(5.4, 1.95 * len(fields)))
    titles = ("field", f"{LATENTS} latents", f"blocks of {width} x {width}")
    for number, (row, field) in enumerate(zip(axes, fields, strict=True)):
        side = field.side
        (drawn,) = field.draw(1, torch.Generator().manual_seed(seed))
        best = optimum(field.covariance, LATENTS)
        means = (block_means(side, width) @ drawn).reshape(side // width, -1)
        blocks = means.repeat_interleave(width, 0).repeat_interleave(width, 1)
        images = [
            drawn.reshape(side, side),
            (best.decoder @ best.encoder @ drawn).reshape(side, side),
            blocks,
        ]
        image_row(row, np.stack(images), () if number else titles)
        row[0].set_ylabel(field.name, fontsize=10)
    return fig


def draw_reading(model: Linear, field: Field, results: Results) -> Figure:
    """Left, the spectrum read from a decoder; right, angles to the longest waves by fields seen.

    Parameters
    ----------
    model
        Trained on the field.
    field
        A free one.
    results
        Runs of the experiment.
    """
    fig, (line, fall) = plt.subplots(1, 2, figsize=(6.6, 3.2))
    numbers = waves(field.side)[0]
    few = numbers < 1.3
    line.plot(numbers[few], 1 / field.variances[few], "-", color=INK, marker="", label=f"{K2} + mass²")
    read, inverse = spectrum_read(model, field.side)
    line.plot(read, inverse, "o", color=BLUE, ls="", ms=7, mfc="none", label="read from the decoder")
    line.axhline(1 / model.noise, color=ORANGE, ls="--", marker="", label="1 / noise")
    line.set(xlabel=K2, ylabel="1 / variance", ylim=(0, 1.1 / model.noise))
    line.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, 0.92))
    grid = np.array([SIZES[0], SIZES[-1]])
    fall.plot(grid, predicted_square(field) / grid, "-", color=INK, marker="", label="predicted")
    for size in SIZES:
        values = results.values(SAMPLE.name, f"square at {size}")
        fall.plot([size] * len(values), values, ".", color=GREEN, ms=3, alpha=0.5)
        fall.plot(size, values.mean(), "s", color=GREEN, ls="", label="samples" if size == SIZES[0] else "")
    fall.set(xscale="log", yscale="log", xlabel="fields seen", ylabel="sum of squared sines")
    fall.legend(fontsize=8)
    return fig


def draw_kept(fields: Sequence[Field]) -> Figure:
    """Spectra, the modes that are kept in them, and the first waves of the decoder.

    Parameters
    ----------
    fields
        One a column.
    """
    fig, axes = plt.subplots(2, len(fields), figsize=(6.8, 4.6), height_ratios=(3, 2), squeeze=False)
    for (above, below), field in zip(axes.T, fields, strict=True):
        numbers = waves(field.side)[0]
        order = field.variances.argsort(descending=True, stable=True)
        kept, rest = order[:LATENTS], order[LATENTS:]
        above.plot(numbers[rest], field.variances[rest], "x", color=INK, ls="", ms=4, label="dropped")
        above.plot(numbers[kept], field.variances[kept], "o", color=BLUE, ls="", ms=6, label="kept")
        noise = optimum(field.covariance, LATENTS).noise
        above.axhline(noise, color=ORANGE, ls="--", marker="", lw=1.3, label="noise")
        above.set(title=field.name, xlabel=K2, yscale="log", xticks=[0, 2, 4, 6, 8], ylim=(0.08, 60))
        wave = leading(field, 5)[:, :2].reshape(field.side, field.side, 2)
        pair = torch.cat([wave[..., 0], torch.full((field.side, 2), torch.nan), wave[..., 1]], 1)
        image_row([below], pair[None].numpy())
    axes[0, 0].set_ylabel("variance of a mode")
    axes[1, 0].set_ylabel("first two", fontsize=10)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=3, loc="outside upper center")
    return fig


def draw_flow(field: Field) -> Figure:
    """Left, the spectrum after coarse-graining by shells, blocks and an autoencoder; right, the cut-off.

    Parameters
    ----------
    field
        A free one.
    """
    fig, (flow, cut) = plt.subplots(1, 2, figsize=(6.8, 3.6))
    best, numbers = optimum(field.covariance, LATENTS), waves(field.side)[0]
    for n, width in enumerate((1, 2, 4)):
        grid = numbers[numbers * width**2 <= 4.01]
        inverse = width**2 / field.spectrum(grid)
        flow.plot(
            width**2 * grid, inverse, ("-", "--", ":")[n], color=INK, marker="", label=f"shells, b = {width}"
        )
        if width > 1:
            here, blocked = block_spectrum(field, width)
            shown = here <= 4.01
            marker = "s^"[n - 1]
            flow.plot(
                here[shown],
                blocked[shown],
                marker,
                color=GREEN,
                ls="",
                mfc="none",
                label=f"blocks, b = {width}",
            )
    spread = (best.encoder @ field.covariance @ best.encoder.mT).diagonal() + best.log_spread.exp()
    flow.plot(spectrum_read(best, field.side)[0], 1 / spread, "o", color=BLUE, ls="", label="latents")
    flow.set(xlabel=f"{K2} on the new lattice", ylabel="1 / variance", ylim=(-0.2, 4.2))
    _draw_cut(cut, field, best)
    fig.legend(fontsize=8, ncols=3, loc="outside upper center")
    return fig


def _draw_cut(ax: Axes, field: Field, best: Linear) -> None:
    numbers = waves(field.side)[0].unique()
    grid = torch.linspace(0, 3.3, 400, dtype=torch.float64)
    edge = 1 / best.noise - 1 / float(field.spectrum(torch.zeros((), dtype=torch.float64)))
    gain = (1 - best.noise / field.spectrum(grid)).clamp(min=0)
    ax.plot(grid, gain, "-", color=BLUE, marker="", label="latents for all above the noise")
    shells = numbers[numbers < 3.3]
    kept = shells <= float(waves(field.side)[0][LATENTS - 1]) + 1e-9
    told = torch.where(kept, 1 - best.noise / field.spectrum(shells), 0.0)
    ax.plot(shells, told, "o", color=BLUE, ls="", label=f"{LATENTS} latents")
    ax.plot([0, edge, edge, 3.3], [1, 1, 0, 0], "--", color=ORANGE, marker="", label="momentum shell")
    ax.set(xlabel=K2, ylabel="share of a mode restored", ylim=(-0.05, 1.05))


def draw_captured(fields: Sequence[Field], widths: Sequence[int] = (2, 4, 8)) -> Figure:
    """Share of the variance that four maps restore, by how many numbers they have.

    Parameters
    ----------
    fields
        One a panel.
    widths
        Of the blocks.
    """
    fig, axes = plt.subplots(1, len(fields), figsize=(6.6, 3.1), sharey=True)
    for ax, field in zip(axes, fields, strict=True):
        counts = [(field.side // width) ** 2 for width in widths]
        many = [2**n for n in range(9)][:-1]
        curve = [captured_at_best(field, count) for count in many]
        ax.plot(many, curve, "-", color=BLUE, marker="", label="autoencoder")
        chance = [np.mean([captured(projections(field.side, c, s), field) for s in range(5)]) for c in counts]
        for marker, colour, label, values in (
            ("s", GREEN, "block means", [captured(block_means(field.side, w), field) for w in widths]),
            ("^", ORANGE, "one site a block", [captured(decimation(field.side, w), field) for w in widths]),
            ("x", INK, "chance", chance),
        ):
            ax.plot(counts, values, marker, color=colour, ls=":", ms=7, mfc="none", label=label)
        ax.set(title=field.name, xlabel="numbers kept", xscale="log", xticks=[1, 4, 16, 64])
        ax.set_xticklabels(["1", "4", "16", "64"])
        ax.minorticks_off()
    axes[0].set_ylabel("share of the variance restored")
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, ncols=4, loc="outside upper center")
    return fig
