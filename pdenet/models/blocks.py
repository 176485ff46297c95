"""Plain and residual stacks as twins: one branch a layer, which replaces the state or is added to it.

Both kinds have the same parameters, by name and by shape, so that initial values, masks and trained tensors
move from one to the other by `state_dict`. A branch is any module that keeps the shape of a state; the dense
one, with states (S, B, n), is here, the convolutional one in `pdenet.models.conv_blocks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import flag, one_of
from pdenet.models.classifier import ACTIVATIONS, Activation
from pdenet.models.initial import Init
from pdenet.ops.seeding import TRUNK, as_seeds, generator
from pdenet.ops.steppers import explicit_euler

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Law = Literal["gaussian", "orthogonal"]
"""How a square matrix is drawn."""


def draw_square(law: Law, gain: float, width: int, generators: Iterable[torch.Generator]) -> Tensor:
    """Square matrices (S, n, n) that keep the size of a vector on average, times a gain; one a generator.

    Parameters
    ----------
    law
        ``"gaussian"``: independent entries of variance gain^2 / n. ``"orthogonal"``: gain times a rotation or
        reflection, uniform over all of them, so that every vector keeps its size exactly.
    gain
        Not negative.
    width
        n, at least 1.
    generators
        One a matrix.

    Raises
    ------
    TypeError, ValueError
        If the law is unknown or a number is none or out of range.

    References
    ----------
    F. Mezzadri, How to generate random matrices from the classical compact groups, Notices AMS 54 (2007).
    """
    one_of("law", law, get_args(Law))
    gain, width = real("gain", gain, least=0), whole("width", width, least=1)
    drawn = torch.stack(
        [torch.randn(width, width, generator=g, dtype=torch.float64, device="cpu") for g in generators]
    )
    if law == "gaussian":
        normal: Tensor = drawn * gain / width**0.5
        return normal.float()
    rotations, triangles = torch.linalg.qr(drawn)
    signs = triangles.diagonal(dim1=1, dim2=2).sign()  # without them some rotations would be drawn more often
    uniform: Tensor = gain * rotations * signs[:, None]
    return uniform.float()


class DenseBranch(nn.Module):
    """S affine maps of width n side by side with an activation behind: ``act(u @ weight + bias)``.

    Parameters
    ----------
    width
        n, units of a state.
    seeds
        How many networks, or which seeds.
    layer
        Where the branch stands, from 0: layers draw from streams of their own, so that a deep stack starts
        with the layers of a shallow one.
    law, gain
        As in `draw_square`.
    bias
        Standard deviation of the biases at the start, not negative.
    activation
        ``"tanh"``, ``"relu"`` or ``"none"``.

    Raises
    ------
    TypeError, ValueError
        If a word is unknown or a number is none or out of range.
    """

    def __init__(
        self,
        width: int,
        seeds: int | Iterable[int] = 1,
        layer: int = 0,
        *,
        law: Law = "gaussian",
        gain: float = 1.0,
        bias: float = 0.0,
        activation: Activation = "tanh",
    ) -> None:
        super().__init__()
        self.width, self.seeds = whole("width", width, least=1), as_seeds(seeds)
        layer = whole("layer", layer, least=0)
        self.activation = one_of("activation", activation, tuple(ACTIVATIONS))
        streams = [generator(seed, TRUNK, layer) for seed in self.seeds]
        self.weight = nn.Parameter(draw_square(law, gain, self.width, streams))
        normal = Init("normal", real("bias", bias, least=0))
        drawn = [normal.draw((1, self.width), stream) for stream in streams]
        self.bias = nn.Parameter(torch.stack(drawn))

    def forward(self, u: Tensor) -> Tensor:
        """What the branch makes of states (S, B, n).

        Raises
        ------
        ValueError
            If they have another shape.
        """
        if u.dim() != 3 or (u.shape[0], u.shape[2]) != (len(self.seeds), self.width):
            message = (
                f"states must be ({len(self.seeds)}, B, {self.width}), seeds first; got {tuple(u.shape)}"
            )
            raise ValueError(message)
        # One batched product: for matrices this small five times as fast as `seed_linear`, one for each seed.
        return ACTIVATIONS[self.activation](torch.baddbmm(self.bias, u, self.weight))


class BlockStack(nn.Module):
    """A stack of blocks with one branch F each: ``u <- F(u)``, or with a skip ``u <- u + h F(u)``.

    Parameters
    ----------
    branches
        Modules that keep the shape of a state, one a block.
    skip
        Whether the state is added to what the branch says.
    scale
        h, not negative; 1 without a skip, where it would be a gain and no step.

    Raises
    ------
    TypeError
        If the scale is no number, or `skip` no switch.
    ValueError
        If there is no branch, the scale is negative, or a plain stack has one other than 1.
    """

    def __init__(self, branches: Sequence[nn.Module], *, skip: bool, scale: float = 1.0) -> None:
        super().__init__()
        self.depth = whole("depth", len(branches), least=1)
        self.skip, self.scale = flag("skip", skip), real("scale", scale, least=0)
        if not self.skip and self.scale != 1:
            message = f"a plain stack has no step to scale; got scale={self.scale}, use a gain or a skip"
            raise ValueError(message)
        self.branches = nn.ModuleList(branches)

    def block(self, layer: int, u: Tensor) -> Tensor:
        """The states behind one block, counted from 0, of the states `u` before it."""
        branch = self.branches[layer]
        after: Tensor = explicit_euler(branch, u, self.scale) if self.skip else branch(u)
        return after

    def states(self, u: Tensor) -> list[Tensor]:
        """The states before, between and behind the blocks, `depth` + 1 of them."""
        found = [u]
        for layer in range(self.depth):
            found.append(self.block(layer, found[-1]))
        return found

    def forward(self, u: Tensor) -> Tensor:
        """The states behind all blocks of the states `u` before the first."""
        for layer in range(self.depth):
            u = self.block(layer, u)
        return u


def dense_stack(
    depth: int,
    width: int,
    seeds: int | Iterable[int] = 1,
    *,
    skip: bool,
    scale: float = 1.0,
    **options: Any,
) -> BlockStack:
    """A stack of so many dense blocks, S of them side by side.

    Twins, a plain and a residual stack of the same seeds and options, start from the same tensors.

    Parameters
    ----------
    depth, width
        Blocks, and units of a state, at least 1.
    seeds
        How many networks, or which seeds.
    skip, scale
        As in `BlockStack`.
    **options
        Of `DenseBranch`.

    Raises
    ------
    TypeError, ValueError
        As `BlockStack` and `DenseBranch`.
    """
    depth, seeds = whole("depth", depth, least=1), as_seeds(seeds)
    return BlockStack(
        [DenseBranch(width, seeds, layer, **options) for layer in range(depth)], skip=skip, scale=scale
    )
