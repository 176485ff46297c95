"""Shapes of networks, what they cost, how far they see, and which shape a budget allows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, get_args

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.models.measures.flops import apart, convolution_flops

if TYPE_CHECKING:
    from collections.abc import Sequence

Block = Literal["standard", "depthwise"]
CLASSES = 10
KERNEL = 3
EXPAND = 4
"""How many times as many channels a depthwise block has inside as outside."""
TOLERANCE = 0.05
"""How far a shape may miss its budget, as a share of the smaller of the two."""


@dataclass(frozen=True)
class Shape:
    """Depth, width and resolution of a network, and its kind of block.

    Parameters
    ----------
    blocks
        Residual blocks; none leaves the stem and the head.
    channels
        Of a state.
    side
        Rows and columns of the images and of every state, no fewer than a kernel has.
    block
        ``"standard"``: two 3x3 convolutions. ``"depthwise"``: 1x1, 3x3 channel by channel, squeeze and
        excitation, 1x1.
    dilation
        Pixels between the taps of the blocks' kernels, which divide the side: no operation more, no number
        more, a wider field.

    Raises
    ------
    TypeError, ValueError
        If a number is none or out of range, or the block is unknown.
    """

    blocks: int
    channels: int
    side: int
    block: Block = "standard"
    dilation: int = 1

    def __post_init__(self) -> None:
        for name, least in (("blocks", 0), ("channels", 1), ("side", KERNEL), ("dilation", 1)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=least))
        object.__setattr__(self, "block", one_of("block", self.block, get_args(Block)))
        if self.side % self.dilation:
            message = f"the dilation must divide the side {self.side}; got {self.dilation}"
            raise ValueError(message)

    def __str__(self) -> str:
        return f"{self.blocks} x {self.channels} x {self.side}"

    @property
    def inside(self) -> int:
        """Channels between the 1x1 convolutions of a depthwise block."""
        return EXPAND * self.channels

    @property
    def squeezed(self) -> int:
        """Numbers that a depthwise block's gates are computed from."""
        return max(1, self.channels // 4)

    @property
    def flops(self) -> int:
        """Operations of a forward pass, an image: stem, blocks and head, in closed form."""
        c, r = self.channels, self.side
        return (
            convolution_flops(KERNEL, 1, c, r, r)
            + self.blocks * block_flops(self.block, c, r)
            + 2 * c * CLASSES
        )

    @property
    def parameters(self) -> int:
        """Numbers that are trained: kernels, two a channel for each normalisation, gates, head."""
        c, m, q = self.channels, self.inside, self.squeezed
        standard = 2 * (KERNEL**2 * c**2 + 2 * c)
        gates = 2 * m * q + q + m
        depthwise = 2 * m * c + KERNEL**2 * m + 2 * (c + 2 * m) + gates
        each = {"standard": standard, "depthwise": depthwise}[self.block]
        return KERNEL**2 * c + self.blocks * each + 2 * c + (c + 1) * CLASSES

    @property
    def field(self) -> int:
        """Receptive field: how many pixels along a side one place of the last state depends on.

        Without squeeze and excitation, whose gates see all of the image.
        """
        spatial = {"standard": 2, "depthwise": 1}[self.block]
        reach = (KERNEL - 1) * (1 + self.blocks * spatial * self.dilation)
        return 1 + reach


def block_flops(block: Block, channels: int, side: int) -> int:
    """Operations of one block."""
    c, r, m = channels, side, EXPAND * channels
    if block == "standard":
        return 2 * convolution_flops(KERNEL, c, c, r, r)
    gates = 4 * m * max(1, c // 4)
    return 2 * convolution_flops(1, c, m, r, r) + convolution_flops(KERNEL, m, m, r, r, groups=m) + gates


def depthwise_ratio(kernel: int, outputs: int) -> float:
    """Operations of a depthwise and a 1x1 convolution together over those of the one that they replace.

    Parameters
    ----------
    kernel
        Rows and columns of the kernel.
    outputs
        Channels behind.

    Raises
    ------
    TypeError, ValueError
        If a number is none, not whole or less than one.
    """
    return 1 / whole("outputs", outputs, least=1) + 1 / whole("kernel", kernel, least=1) ** 2


def shares_of(alpha: float, beta: float, gamma: float) -> tuple[float, float, float]:
    """What each axis takes of the budget: its part of ``log(alpha beta^2 gamma^2)``; they sum to one.

    Parameters
    ----------
    alpha, beta, gamma
        By what depth, width and resolution are multiplied, none less than 1.

    Raises
    ------
    TypeError, ValueError
        If one is no number or less than 1, or all are 1.
    """
    numbers = {"alpha": alpha, "beta": beta, "gamma": gamma}
    a, b, c = (math.log(real(name, value, least=1)) for name, value in numbers.items())
    total = a + 2 * b + 2 * c
    if total == 0:
        message = "alpha, beta and gamma are all 1, which scales nothing; make one larger"
        raise ValueError(message)
    return a / total, 2 * b / total, 2 * c / total


def scaled(base: Shape, factor: float, shares: Sequence[float]) -> Shape:
    """The shape for so many times the operations whose depth, width and side grow by their shares.

    Of all shapes within `TOLERANCE` of the budget that are no smaller than the base along any axis, the one
    nearest to ``blocks factor^s_d, channels factor^(s_w/2), side factor^(s_r/2)``; an axis without a share
    stays as it is.

    Parameters
    ----------
    base
        What is scaled; returned as it is for a factor of 1.
    factor
        Times the base's operations, no less than 1.
    shares
        Of depth, width and resolution, not negative, summing to one.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If one is out of range, or no shape meets the budget.
    """
    factor = real("factor", factor, least=1)
    parts = [real("share", share, least=0) for share in shares]
    if len(parts) != 3 or not math.isclose(sum(parts), 1, abs_tol=1e-9):
        message = f"shares must be three, of depth, width and resolution, and sum to one; got {tuple(shares)}"
        raise ValueError(message)
    if factor == 1:
        return base
    starts, powers = (base.blocks, base.channels, base.side), (1, 2, 2)
    wanted = [
        start * factor ** (part / power) for start, part, power in zip(starts, parts, powers, strict=True)
    ]
    choices = [
        range(max(start, math.floor(goal) - 2), math.ceil(goal) + 3) if part else (start,)
        for start, goal, part in zip(starts, wanted, parts, strict=True)
    ]
    found = [replace(base, blocks=b, channels=c, side=r) for b, c, r in product(*choices)]
    fitting = [shape for shape in found if within(shape, factor * base.flops)]
    if not fitting:
        nearest = min(found, key=lambda shape: apart(shape.flops, factor * base.flops))
        message = (
            f"no shape with these shares has {factor:g} times the {base.flops:,} operations of {base} within"
            f" {100 * TOLERANCE:g} %; the nearest, {nearest}, has {nearest.flops:,}"
        )
        raise ValueError(message)

    def distance(shape: Shape) -> float:
        own = (shape.blocks, shape.channels, shape.side)
        return sum(
            (power * math.log(n / goal)) ** 2 for n, goal, power in zip(own, wanted, powers, strict=True)
        )

    return min(fitting, key=distance)


def growth(shape: Shape, base: Shape) -> tuple[float, float, float]:
    """By what depth, width and resolution of a shape are those of the base multiplied."""
    return shape.blocks / base.blocks, shape.channels / base.channels, shape.side / base.side


def within(shape: Shape, budget: float) -> bool:
    """Whether a shape's operations are within `TOLERANCE` of a budget."""
    return apart(shape.flops, budget) <= TOLERANCE


def grid(base: Shape, factor: float) -> tuple[Shape, ...]:
    """All shapes for so many times the operations that are no smaller than the base along any axis.

    Parameters
    ----------
    base
        With a block at least.
    factor
        Times its operations, above 1.
    """
    factor = real("factor", factor, above=1)
    blocks = range(base.blocks, math.ceil(base.blocks * factor) + 1)
    channels = range(base.channels, math.ceil(base.channels * factor**0.5) + 2)
    sides = range(base.side, math.ceil(base.side * factor**0.5) + 2)
    found = (replace(base, blocks=b, channels=c, side=r) for b, c, r in product(blocks, channels, sides))
    return tuple(shape for shape in found if within(shape, factor * base.flops))


BASE = Shape(2, 10, 12)
"""What is scaled."""
CHEAP = Shape(3, 10, 12, "depthwise")
"""As many operations as the base, within `TOLERANCE`: for two standard blocks three depthwise ones."""
BARE = Shape(0, 10, 12)
"""No block: stem and head of the base."""
PUBLISHED = (1.2, 1.1, 1.15)
"""By what depth, width and resolution are multiplied for twice the operations (Tan and Le 2019)."""
SHARES = {
    "depth": (1.0, 0.0, 0.0),
    "width": (0.0, 1.0, 0.0),
    "resolution": (0.0, 0.0, 1.0),
    "compound": shares_of(*PUBLISHED),
}
"""Of depth, width and resolution, by strategy; those of the last are the published ones."""


def balance(first: Any, second: Any, interaction: Any) -> Any:
    """The share of the first of two axes that is best if gains add up but for one product.

    Of a budget the first axis takes the share s, and the gain is ``first s + second (1 - s) + interaction s
    (1 - s)``. With numbers the share is kept between 0 and 1, with symbols it is the formula.

    Parameters
    ----------
    first, second
        Gains if an axis takes all.
    interaction
        What sharing adds, positive: otherwise the better axis takes all.

    Raises
    ------
    TypeError, ValueError
        If the interaction is a number and not positive.
    """
    if isinstance(interaction, float | int):
        interaction = real("interaction", interaction, above=0)
    share = (1 + (first - second) / interaction) / 2
    return min(1.0, max(0.0, share)) if isinstance(share, float | int) else share
