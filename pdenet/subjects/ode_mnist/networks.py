"""A small convolutional network with a hole in the middle: no block, residual blocks or a flow goes there.

After the network for MNIST of Chen et al. (2018), section 3, which all members of a comparison share but for
the block. Every part draws from a stream of its own, so that networks of one seed start alike outside of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.checks.sequences import wholes
from pdenet.models.classifier import Classifier
from pdenet.models.flow import Flow
from pdenet.models.pde_net import CROSS, check_equation
from pdenet.models.stencil_field import StencilField
from pdenet.ops import residual_stack
from pdenet.ops.ode.solvers import Adaptive, Fixed, Solver, check_solver
from pdenet.ops.seeding import CLASSIFIER, TRUNK, generator
from pdenet.symbolic import EvolutionPDE

CHANNELS = 64
GROUPS = 32  # of the normalisation, as Chen et al. have it
STEM, BLOCK = 0, 1  # streams below TRUNK
PLAIN: dict[str, Any] = {"dtype": torch.float32, "device": "cpu"}  # whatever torch's defaults are


class ConvField(nn.Module):
    """The field of (41) as a small network: two 3x3 convolutions with normalisation; it knows the time.

    Parameters
    ----------
    channels
        Channels of the state.

    Notes
    -----
    The activation is softplus, as torchdiffeq's own advice has it: a solver's estimate of its error counts on
    derivatives that a ReLU does not have. The last normalisation bounds the rate whatever the weights. The
    time is an extra input channel; a convolution of a constant channel is that constant times a fixed
    picture, so that it is added as such, and no tensor of 65 channels is ever built.

    References
    ----------
    The thesis, equation (41); Chen et al. (2018), section 3.
    """

    def __init__(self, channels: int = CHANNELS) -> None:
        super().__init__()
        channels = whole("channels", channels, least=1)
        self.norms = nn.ModuleList(_group_norm(channels) for _ in range(3))
        both = [nn.Conv2d(channels + 1, channels, 3, padding=1, **PLAIN) for _ in range(2)]  # for their start
        self.weights = nn.ParameterList(conv.weight[:, 1:].detach().clone() for conv in both)
        self.clocks = nn.ParameterList(conv.weight[:, :1].detach().clone() for conv in both)
        self.biases = nn.ParameterList(conv.bias for conv in both)

    def forward(self, t: Tensor | float, u: Tensor) -> Tensor:
        """du/dt, (B, C, H, W), of a state `u` (B, C, H, W) at the time `t`."""
        rate = u
        now = u.new_ones(1, 1, *u.shape[2:]) * torch.as_tensor(t, dtype=u.dtype, device=u.device)
        for i in range(2):
            rate = functional.softplus(self.norms[i](rate))
            clock = functional.conv2d(now, self.clocks[i], padding=1)  # (1, C, H, W)
            rate = functional.conv2d(rate, self.weights[i], self.biases[i], padding=1) + clock
        bounded: Tensor = self.norms[2](rate)
        return bounded


class ResidualBlock(nn.Module):
    """One block of a residual network: u + conv(act(norm(conv(act(norm(u)))))), `width` channels inside.

    Beside one step of `ConvField` it has the same activation and, six together, about as many parameters. It
    differs in more than the step: fewer channels inside, no clock, no normalisation of what is added.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        channels, width = whole("channels", channels, least=1), whole("width", width, least=1)
        self.first = _group_norm(channels)
        self.narrow = nn.Conv2d(channels, width, 3, padding=1, **PLAIN)
        self.second = nn.GroupNorm(1, width, **PLAIN)
        self.widen = nn.Conv2d(width, channels, 3, padding=1, **PLAIN)

    def forward(self, u: Tensor) -> Tensor:
        """The next state, (B, C, H, W), of `u` (B, C, H, W)."""
        inside = self.narrow(functional.softplus(self.first(u)))
        added: Tensor = self.widen(functional.softplus(self.second(inside)))
        return u + added


class BlockNet(nn.Module):
    """A network of three parts, stem, block and head, with one seed.

    Parameters
    ----------
    stem, block, head
        Modules that are called one after the other; the block keeps the shape of its input.
    description
        The configuration as plain data.
    seed
        What fixed the initial network.
    """

    def __init__(
        self,
        stem: nn.Module,
        block: nn.Module,
        head: nn.Module,
        description: dict[str, Any],
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.stem, self.block, self.head = stem, block, head
        self.description, self.seeds = description, (whole("seed", seed, least=0),)

    @property
    def flow(self) -> Flow | None:
        """The block, if it is the flow of a field."""
        return self.block if isinstance(self.block, Flow) else None

    @property
    def evaluations(self) -> int:
        """Evaluations of a field in the last forward pass; a block that is no flow counts its steps."""
        if self.flow is not None:
            return self.flow.evaluations.forward
        return int(self.description.get("blocks", 0))

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data."""
        return self.description

    def parameter_count(self) -> dict[str, int]:
        """Parameters by part."""
        parts = {"stem": self.stem, "block": self.block, "head": self.head}
        return {name: sum(p.numel() for p in part.parameters()) for name, part in parts.items()}

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, classes) of images (B, H, W)."""
        logits: Tensor = self.head(self.block(self.stem(images)))
        return logits


@dataclass(frozen=True)
class ConvSpec:
    """The convolutional network before it is drawn: 6x6 pixels of `channels` when it comes to the block.

    Parameters
    ----------
    block
        A number of residual blocks, or a solver: then the flow of a `ConvField` from time 0 to 1.
    width
        Channels inside a residual block.
    channels
        Channels of the state.

    Raises
    ------
    TypeError
        If the block is neither a number nor a solver, or a number is none.
    ValueError
        If a number is not whole, or negative.
    """

    block: int | Solver
    width: int = CHANNELS
    channels: int = CHANNELS

    def __post_init__(self) -> None:
        _normalise(
            self,
            block=_as_block(self.block),
            width=whole("width", self.width, least=1),
            channels=whole("channels", self.channels, least=1),
        )

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data."""
        common = {"name": "conv_net", "channels": self.channels, "activation": "softplus", "means": 3}
        if isinstance(self.block, int):
            return {**common, "blocks": self.block, **({"width": self.width} if self.block else {})}
        return {**common, "field": "ConvField", "time": 1.0, "solver": describe_solver(self.block)}

    def build(self, seed: int = 0) -> BlockNet:
        """The network that this seed fixes."""
        with _drawing(seed, TRUNK, STEM):
            stem = _Stem(self.channels)
        with _drawing(seed, CLASSIFIER):
            head = _Head(self.channels)
        with _drawing(seed, TRUNK, BLOCK):
            middle = self._middle()
        return BlockNet(stem, middle, head, self.describe(), seed)

    def _middle(self) -> nn.Module:
        if isinstance(self.block, int):
            return nn.Sequential(*(ResidualBlock(self.channels, self.width) for _ in range(self.block)))
        return Flow(ConvField(self.channels), 1.0, self.block)


def conv_net(
    block: int | Solver, seed: int = 0, *, width: int = CHANNELS, channels: int = CHANNELS
) -> BlockNet:
    """The convolutional network of `ConvSpec` with this seed."""
    return ConvSpec(block, width, channels).build(seed)


@dataclass(frozen=True)
class StencilSpec:
    """The stencil of a PDE in front of the classifier of the tables, before it is drawn; 28x28 pixels.

    Parameters
    ----------
    pde
        The equation.
    block
        A number of residual layers with ReLU, of unit step, that all have the same stencil; or a solver: then
        the flow of the stencil's field from time 0 to `time`.
    time
        Duration of the flow, in layers.
    widths
        Hidden widths of the classifier.

    Raises
    ------
    TypeError
        If the block is neither a number nor a solver, or what `PDENet` refuses.
    ValueError
        If a number is not whole or out of range.
    """

    pde: EvolutionPDE
    block: int | Solver
    time: float = 5.0
    widths: tuple[int, ...] = (256, 128)

    def __post_init__(self) -> None:
        _normalise(
            self,
            pde=check_equation(self.pde),
            block=_as_block(self.block),
            time=real("time", self.time),
            widths=wholes("widths", self.widths, least=1),
        )

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data."""
        described: dict[str, Any] = {"name": "stencil_net", "widths": list(self.widths)}
        if isinstance(self.block, int):
            described["blocks"] = self.block
        else:
            described |= {"time": self.time, "solver": describe_solver(self.block)}
        if self.block != 0:
            described["pde"] = {"x" * i + "y" * j: str(c) for (i, j), c in self.pde.terms.items()}
        return described

    def build(self, seed: int = 0) -> BlockNet:
        """The network that this seed fixes; the classifier is that of `PDENet` with this seed."""
        head = _SeedHead(Classifier((784, *self.widths, 10), (seed,)))
        return BlockNet(_SeedAxis(), self._middle(seed), head, self.describe(), seed)

    def _middle(self, seed: int) -> nn.Module:
        if not isinstance(self.block, int):
            return Flow(StencilField(self.pde, [seed]), self.time, self.block)
        return _TiedStack(StencilField(self.pde, [seed]), self.block) if self.block else nn.Identity()


def stencil_net(
    pde: EvolutionPDE,
    block: int | Solver,
    seed: int = 0,
    *,
    time: float = 5.0,
    widths: tuple[int, ...] = (256, 128),
) -> BlockNet:
    """The network of `StencilSpec` with this seed."""
    return StencilSpec(pde, block, time, widths).build(seed)


def _as_block(block: Any) -> int | Solver:
    """A solver as it is, a number of blocks or layers as an int."""
    if isinstance(block, Fixed | Adaptive):
        return block
    try:
        return whole("block", block, least=0)
    except (TypeError, ValueError) as error:
        message = f"block must be a number of blocks or layers, zero or more, or a solver; got {block!r}"
        raise type(error)(message) from None


def _normalise(spec: Any, **values: Any) -> None:
    """Give a frozen dataclass these values."""
    for name, value in values.items():
        object.__setattr__(spec, name, value)


def describe_solver(solver: Solver) -> dict[str, Any]:
    """A solver as plain data."""
    check_solver(solver)
    if isinstance(solver, Fixed):
        return {"method": solver.method, "steps": solver.steps}
    described = {"method": solver.method, "rtol": solver.rtol, "atol": solver.atol}
    if solver.max_step is not None:
        described["max_step"] = solver.max_step
    if not (solver.past_end or solver.stops):  # older records, whose steps went past the end, lack the word
        described["past_end"] = False
    return described


def _group_norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(min(GROUPS, channels), channels, **PLAIN)


class _Stem(nn.Sequential):
    """From images (B, 28, 28) to states (B, C, 6, 6)."""

    def __init__(self, channels: int) -> None:
        super().__init__(
            nn.Conv2d(1, channels, 3, **PLAIN),
            _group_norm(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 4, 2, 1, **PLAIN),
            _group_norm(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 4, 2, 1, **PLAIN),
        )
        self.to(memory_format=torch.channels_last)  # twice as fast on a CPU, where the images are large

    def forward(self, images: Tensor) -> Tensor:
        found = images[:, None].contiguous(memory_format=torch.channels_last)
        for layer in self:
            found = layer(found)
        return found.contiguous()


class _Head(nn.Module):
    """From states (B, C, 6, 6) to logits, by means over 2x2 pixels and a linear layer.

    Chen et al. take one mean over all pixels. From that a network learns slowly: without a block it had 70 %
    right after a pass over 20,000 images, and with this head 97 %.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = _group_norm(channels)
        self.linear = nn.Linear(9 * channels, 10, **PLAIN)

    def forward(self, u: Tensor) -> Tensor:
        means = functional.avg_pool2d(torch.relu(self.norm(u)), 2)  # (B, C, 3, 3)
        found: Tensor = self.linear(means.flatten(1))
        return found


class _TiedStack(nn.Module):
    """`layers` residual layers with ReLU that share one stencil."""

    def __init__(self, rate: StencilField, layers: int) -> None:
        super().__init__()
        self.rate, self.layers = rate, layers

    def forward(self, u: Tensor) -> Tensor:
        kernels = self.rate.kernels()[:, None].repeat(1, self.layers, 1, 1)  # (S, L, 3, 3)
        return residual_stack(u, kernels, support="cross" if self.rate.stencil.support <= CROSS else "full")


class _SeedAxis(nn.Module):
    """Images (B, H, W) as those of one seed, (1, B, H, W)."""

    def forward(self, images: Tensor) -> Tensor:
        return images[None]


class _SeedHead(nn.Module):
    """The classifier of one seed, on images (1, B, H, W)."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, u: Tensor) -> Tensor:
        found: Tensor = self.classifier(u.flatten(2))
        return found[0]


@contextmanager
def _drawing(seed: int, *stream: int) -> Iterator[None]:
    """Let torch's own start laws draw from a stream of ours, and leave its generator as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(generator(whole("seed", seed, least=0), *stream).initial_seed())
        yield
