"""EfficientNet-B0 as a table, and how many numbers it has: depthwise blocks in a network of use."""

from __future__ import annotations

from typing import NamedTuple


class Stage(NamedTuple):
    """Blocks in a row; the first changes the number of channels."""

    expand: int
    """How many times as many channels a block has inside as before it."""
    kernel: int
    """Rows and columns of the filters."""
    channels: int
    """Behind each block."""
    blocks: int
    """How many."""


STEM, HEAD, IMAGE_CHANNELS, IMAGE_CLASSES = 32, 1280, 3, 1000
STAGES = (
    Stage(1, 3, 16, 1),
    Stage(6, 3, 24, 2),
    Stage(6, 5, 40, 2),
    Stage(6, 3, 80, 3),
    Stage(6, 5, 112, 3),
    Stage(6, 5, 192, 4),
    Stage(6, 3, 320, 1),
)
SQUEEZE = 4
"""Channels before a block for one number that its gates are computed from."""


def block_parameters(inputs: int, outputs: int, expand: int, kernel: int) -> int:
    """Numbers of one block: expand, filter, gates, project, and two a channel for each normalisation.

    Parameters
    ----------
    inputs, outputs
        Channels before and behind.
    expand, kernel
        As in `Stage`; without expansion there is no first convolution.
    """
    inside, few = expand * inputs, max(1, inputs // SQUEEZE)
    widening = inputs * inside + 2 * inside if expand > 1 else 0
    filters = kernel**2 * inside + 2 * inside
    gates = inside * few + few + few * inside + inside
    return widening + filters + gates + inside * outputs + 2 * outputs


def parameters() -> int:
    """Numbers of EfficientNet-B0 for 1000 classes."""
    total, before = 9 * IMAGE_CHANNELS * STEM + 2 * STEM, STEM
    for stage in STAGES:
        for _ in range(stage.blocks):
            total += block_parameters(before, stage.channels, stage.expand, stage.kernel)
            before = stage.channels
    return total + before * HEAD + 2 * HEAD + (HEAD + 1) * IMAGE_CLASSES
