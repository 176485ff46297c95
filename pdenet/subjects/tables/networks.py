"""The networks in the cells of the thesis's tables and of our controls, and what the thesis prints there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from pdenet.models import Init, PDENet
from pdenet.models.channel_resnet import ChannelResNet
from pdenet.models.named import spec
from pdenet.runs.shown import Images
from pdenet.runs.table import Cell
from pdenet.runs.training import TrainingConfig
from pdenet.symbolic import EvolutionPDE, gamma, psi, t

FULL = TrainingConfig()
"""The protocol of the records: fifty epochs of Adam at 1e-3, as in the thesis."""

SMALL_START = Init("symmetric", 0.1)  # kernels that are a small correction to the skip at every layer
HE_START = Init("normal", (2 / 9) ** 0.5, zero=("bias",))  # kernels and biases of He et al. (2015)


SEEDS = 10
FRESH = 10
"""How many more there are where a verdict hangs on a reading that was chosen after the first were seen."""
DEEPER = (15,)
"""Layers of (40) that are ahead of the classifier alone by that reading, and were asked again."""
BRIGHT = {15: 5}
"""Layers of networks that only make images brighter, and their seeds."""

GROWTH = EvolutionPDE(sp.Eq(psi.diff(t), gamma * psi), name="growth alone")
"""What a trunk does that is no equation in space: it makes images brighter, by a number a layer."""


def _cell(depth: int, column: str, model: str, thesis: float | None = None, **options: Any) -> Cell:
    return Cell(depth=depth, column=column, thesis=thesis, spec=spec(model, depth, **options), protocol=FULL)


def table_4_1() -> tuple[Cell, ...]:
    """The cells of Table 4.1."""
    printed = {5: (0.974, 0.975), 15: (0.965, 0.973), 27: (0.958, 0.970), 50: (0.892, 0.962)}
    cells = [_cell(0, "PDE net", "pde1")]  # a control that the thesis lacks: the classifier on raw pixels
    for depth, (pde, resnet) in printed.items():
        cells += [_cell(depth, "PDE net", "pde1", pde), _cell(depth, "c_ResNet", "resnet", resnet)]
    # And another: a control that does not start dead.
    cells += [_cell(depth, "c_ResNet, small start", "resnet", init=SMALL_START) for depth in printed]
    return tuple(cells)


def table_4_2() -> tuple[Cell, ...]:
    """The cells of Table 4.2."""
    printed = {27: (0.958, 0.970, 0.967), 50: (0.892, 0.969, 0.973)}
    cells = [_cell(0, "PDE 1", "pde1")]
    for depth in (5, 15, 27, 50):  # the thesis has no row for 5 and 15: ours show what depth does to (40)
        pde1, pde2, resnet = printed.get(depth, (None, None, None))
        cells += [
            _cell(depth, "PDE 1", "pde1", pde1),
            _cell(depth, "PDE 2", "pde2", pde2),
            _cell(depth, "c_ResNet", "resnet", resnet),
            _cell(depth, "c_ResNet, small start", "resnet", init=SMALL_START),
        ]
    return tuple(cells)


def controls() -> tuple[Cell, ...]:
    """What a critic asks for beside the thesis's tables; the first column is what they are compared with."""
    cells = [_cell(depth, "PDE net", "pde1") for depth in (0, 1, 5, 27, 50)]
    cells += [_cell(depth, "PDE net, frozen", "pde1", frozen=True) for depth in (5, 50)]
    # As many parameters as the PDE net has: five free taps a layer, at the places of its stencil, no bias.
    five: dict[str, Any] = {"taps": "cross", "bias": False, "init": SMALL_START}
    cells += [_cell(depth, "five free taps", "resnet", **five) for depth in (5, 50)]
    cells += [_cell(depth, "c_ResNet, small start", "resnet", init=SMALL_START) for depth in (5, 27, 50)]
    cells += [_cell(depth, "no skip", "plain", init=HE_START) for depth in (5, 27, 50)]
    return tuple(cells)


def brightness() -> tuple[Cell, ...]:
    """Layers that only make the image brighter, between the classifier alone and (40)."""
    cells = [_cell(0, "PDE 1", "pde1")]
    for depth, seeds in BRIGHT.items():
        growth = PDENet.spec(GROWTH, depth)
        cells.append(Cell(depth=depth, column="growth alone", spec=growth, protocol=FULL, most=seeds))
        cells.append(_cell(depth, "PDE 2", "pde2"))
    return tuple(cells)


def fresh() -> tuple[Cell, ...]:
    """(40) and the classifier alone on seeds that did not suggest anything."""
    cells = [_cell(0, "PDE 1", "pde1")]
    cells += [_cell(depth, "PDE 2", "pde2") for depth in DEEPER]
    return tuple(replace(cell, since=SEEDS) for cell in cells)


SHORT = TrainingConfig(epochs=6)
THIRD = Images(train=20_000)
"""Few epochs on a third of the images: sixteen channels cost twenty times as much as one."""
CHANNELS = (3, 16)


def channels() -> tuple[Cell, ...]:
    """Residual networks of five layers with several channels, beside those with one, all trained short."""
    here: dict[str, Any] = {"protocol": SHORT, "shown": THIRD}
    named = {"PDE 1": "pde1", "PDE 2": "pde2", "c_ResNet, small start": "resnet"}
    options: dict[str, Any] = {"c_ResNet, small start": {"init": SMALL_START}}
    cells = [Cell(depth=0, column="PDE 1", spec=spec("pde1", 0), **here)]
    for column, model in named.items():
        network = spec(model, 5, **options.get(column, {}))
        cells.append(Cell(depth=5, column=column, spec=network, **here))
    for number in CHANNELS:
        network = ChannelResNet.spec(5, channels=number)
        cells.append(Cell(depth=5, column=f"{number} channels", spec=network, **here))
    return tuple(cells)
