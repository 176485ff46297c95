"""Networks of digits whose matrices have a norm of at most so much, all seeds side by side."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.models.blocks import BlockStack, draw_square
from pdenet.models.classifier import Classifier
from pdenet.models.initial import draw_affine
from pdenet.models.measures.lipschitz import UpperBound, branch_bound, dense_norm, stack_bound
from pdenet.ops.seeding import CLASSIFIER, TRUNK, as_seeds, generator

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["residual", "plain", "none"]
Start = Literal["library", "orthogonal", "open"]
OPEN = 1.0
"""Biases before the ReLUs of an open start: above most of what pixels make of them."""
SIDE = 14
CLASSES = 10
WIDTH, BLOCKS = 64, 4


class CappedAffine(nn.Module):
    """S affine maps side by side, each matrix divided by whatever its norm is more than the cap.

    A step of training follows the norm by one step of a power iteration, from where the last one ended: that
    is quick, and never too much. What is tested has the exact norm, by singular values. A matrix of norm zero
    is within any cap and stays what it is.

    Parameters
    ----------
    inputs, outputs
        Units before and behind.
    streams
        What each seed draws from: uniform numbers, as `torch.nn.Linear` draws them.
    cap
        The largest norm, not negative; None caps nothing.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range.
    """

    vector: Tensor

    def __init__(
        self, inputs: int, outputs: int, streams: list[torch.Generator], cap: float | None = None
    ) -> None:
        super().__init__()
        self.cap = None if cap is None else real("cap", cap, least=0)
        both = draw_affine(inputs, outputs, streams)
        self.weight = nn.Parameter(both[:, :-1].clone())
        self.bias = nn.Parameter(both[:, -1:].clone())
        start = torch.stack([torch.randn(outputs, generator=stream) for stream in streams])
        self.register_buffer("vector", functional.normalize(start, dim=1))

    def estimate(self) -> Tensor:
        """Norms (S,) by one more step of the power iteration, from below; gradients pass."""
        with torch.no_grad():
            weight = self.weight.detach()
            left = functional.normalize((weight @ self.vector[:, :, None]).squeeze(2), dim=1)
            self.vector = functional.normalize((weight.mT @ left[:, :, None]).squeeze(2), dim=1)
        found: Tensor = torch.einsum("si,sio,so->s", left, self.weight, self.vector)
        return found

    def matrix(self) -> Tensor:
        """The matrices (S, inputs, outputs) that are applied."""
        if self.cap is None:
            return self.weight
        norm = self.estimate() if self.training else torch.linalg.matrix_norm(self.weight.detach(), 2)
        above = norm > self.cap  # so that nothing is divided by zero
        return self.weight * torch.where(above, self.cap / norm.where(above, 1.0), 1.0)[:, None, None]

    def forward(self, u: Tensor) -> Tensor:
        """What follows (S, B, inputs)."""
        return torch.baddbmm(self.bias, u, self.matrix())


class ReluBranch(nn.Module):
    """W_2 relu(W_1 u + b_1) + b_2 of S networks, its K at most the cap: each matrix has the root of it.

    Parameters
    ----------
    width
        Units of a state, and between the two maps.
    streams
        What each seed draws from.
    cap
        The largest K, not negative; None caps nothing.
    start
        As in `CappedNet`.
    """

    def __init__(
        self,
        width: int,
        streams: list[torch.Generator],
        cap: float | None = None,
        start: Start = "library",
    ) -> None:
        super().__init__()
        root = None if cap is None else real("cap", cap, least=0) ** 0.5
        self.first, self.second = (CappedAffine(width, width, streams, root) for _ in range(2))
        if start != "library":
            with torch.no_grad():
                for one in (self.first, self.second):
                    one.weight.copy_(draw_square("orthogonal", 1.0, width, streams))
                    one.bias.zero_()
        if start == "open":
            with torch.no_grad():
                self.first.bias.fill_(OPEN)
                self.second.bias.copy_(-OPEN * self.second.weight.sum(1, keepdim=True))

    def forward(self, u: Tensor) -> Tensor:
        """What the branch makes of states (S, B, n)."""
        after: Tensor = self.second(self.first(u).relu())
        return after

    def bound(self) -> UpperBound:
        """K of each seed's branch, by exact norms."""
        return branch_bound([self.first.matrix(), self.second.matrix()])


class CappedNet(nn.Module):
    """S networks of images: 14x14 pixels, a map of norm 1 at most, blocks, a linear map to ten classes.

    Twins, a residual and a plain network of the same seeds and cap, start from the same tensors.

    Parameters
    ----------
    kind
        ``"residual"``: u + F(u). ``"plain"``: F(u). ``"none"``: no block at all, a linear classifier.
    cap
        The largest K of a branch, not negative; None caps none.
    seeds
        How many networks, or which seeds.
    start
        How the branches are drawn: ``"library"``, as PyTorch draws a linear layer; ``"orthogonal"``,
        rotations and reflections, which are what a cap of 1 leaves as it is, and biases of zero; ``"open"``,
        those with biases that keep the ReLUs open and are taken away behind them, so that a plain network
        starts almost linear and keeps every length.
    width, blocks
        Units of a state, and how many blocks.

    Raises
    ------
    TypeError, ValueError
        If the kind is unknown, or a number is none or out of range.
    """

    def __init__(
        self,
        kind: Kind,
        cap: float | None = None,
        seeds: int | Iterable[int] = 1,
        *,
        start: Start = "library",
        width: int = WIDTH,
        blocks: int = BLOCKS,
    ) -> None:
        super().__init__()
        one_of("kind", kind, get_args(Kind))
        one_of("start", start, get_args(Start))
        self.kind: Kind = kind
        self.start: Start = start
        self.cap, self.seeds = None if cap is None else real("cap", cap, least=0), as_seeds(seeds)
        self.width, self.blocks = whole("width", width, least=1), whole("blocks", blocks, least=1)
        first = [generator(seed, CLASSIFIER, 1) for seed in self.seeds]
        self.entry = CappedAffine(SIDE**2, self.width, first, 1.0)
        self.stack: nn.Module = nn.Identity()
        if kind != "none":
            streams = [[generator(seed, TRUNK, layer) for seed in self.seeds] for layer in range(self.blocks)]
            branches = [ReluBranch(self.width, layer, cap, start) for layer in streams]
            self.stack = BlockStack(branches, skip=kind == "residual")
        self.classifier = Classifier((self.width, CLASSES), self.seeds)

    @property
    def head(self) -> Tensor:
        """The matrices (S, n, classes) of the last map."""
        matrices: Tensor = self.classifier.weights[0]
        return matrices

    @property
    def branches(self) -> list[ReluBranch]:
        """Those of the blocks, from first to last."""
        return [one for one in self.stack.modules() if isinstance(one, ReluBranch)]

    def pooled(self, images: Tensor) -> Tensor:
        """Pixels in fours, (B, 14, 14) or (S, B, 14, 14), of images with 28 rows and columns.

        Raises
        ------
        ValueError
            If images have another size.
        """
        if images.shape[-2:] == (SIDE, SIDE):
            return images
        if images.shape[-2:] != (2 * SIDE, 2 * SIDE):
            message = f"images must have {2 * SIDE} or {SIDE} rows and columns; got {tuple(images.shape)}"
            raise ValueError(message)
        return functional.avg_pool2d(images, 2)

    def read(self, images: Tensor) -> Tensor:
        """The states (S, B, n) before the first block, of images (B, 28, 28), (S, B, 28, 28) or pooled."""
        pixels = self.pooled(images).flatten(-2)
        states: Tensor = self.entry(pixels.expand(len(self.seeds), *pixels.shape[-2:]))
        return states

    def forward(self, images: Tensor) -> Tensor:
        """Logits (S, B, classes) of images (B, 28, 28), (S, B, 28, 28) or pooled."""
        logits: Tensor = self.classifier(self.stack(self.read(images)))
        return logits

    def features_bound(self) -> UpperBound:
        """Lipschitz constants, from pooled pixels to the states behind the blocks, by exact norms.

        Raises
        ------
        ValueError
            If the network is still in training, where norms are estimates.
        """
        if self.training:
            message = "a network in training estimates its norms from below; call eval() or settled() first"
            raise ValueError(message)
        entry = dense_norm(self.entry.matrix())
        if self.kind == "none":
            return entry
        return entry * stack_bound([one.bound() for one in self.branches], skip=self.kind == "residual")

    def settled(self) -> CappedNet:
        """A copy in double precision whose matrices are what the caps leave of them, and no caps."""
        with torch.no_grad():
            net = deepcopy(self).double().eval()
            for one in net.modules():
                if isinstance(one, CappedAffine):
                    one.weight.copy_(one.matrix())
                    one.cap = None
        return net

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.kind, self.cap, start=self.start, width=self.width, blocks=self.blocks)

    @classmethod
    def description(
        cls,
        kind: Kind,
        cap: float | None = None,
        *,
        start: Start = "library",
        width: int = WIDTH,
        blocks: int = BLOCKS,
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        own = {} if kind == "none" else {"cap": cap, "start": start, "blocks": blocks}
        return {"name": cls.__name__, "kind": kind, "width": width, **own}
