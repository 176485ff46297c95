"""Networks for series seen at any times: one encoder, and decoders that differ in what time is to them.

The encoder is a recurrent net for all of them. It reads what was seen backward in time, each value with the
gap before it, and hands on a code of 24 numbers. The decoders answer for ascending times: `LatentODE` solves
an equation from the code on, `RecurrentDecoder` steps from time to time, `TimeDecoder` is a function of the
code and of time. All have the same number of parameters within two per cent. Seeds are a batch axis
throughout.
"""

from collections.abc import Iterable
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.models.initial import draw_affine
from pdenet.ops.ode.dense import states_at
from pdenet.ops.seeding import CLASSIFIER, TRUNK, as_seeds, generator
from pdenet.subjects.irregular.system import WINDOW

CODE = 24
Gaps = Literal["input", "decay", "none"]


class _Linear(nn.Module):
    """Affine maps side by side, one a seed: (S, B, inputs) to (S, B, outputs)."""

    def __init__(self, inputs: int, outputs: int, streams: list[torch.Generator]) -> None:
        super().__init__()
        both = draw_affine(inputs, outputs, streams)
        self.weight = nn.Parameter(both[:, :-1].clone())
        self.bias = nn.Parameter(both[:, -1:].clone())

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.bias, x, self.weight)


class _GRU(nn.Module):
    """Gated recurrent units side by side, one a seed; inputs (S, B, T, inputs)."""

    def __init__(self, inputs: int, hidden: int, streams: list[torch.Generator]) -> None:
        super().__init__()
        self.hidden = hidden
        self.enter = _Linear(inputs, 3 * hidden, streams)
        self.stay = _Linear(hidden, 3 * hidden, streams)

    def drive(self, x: Tensor) -> tuple[Tensor, ...]:
        """What the inputs add to the gates at each time: T tensors (S, B, 3 * hidden)."""
        gates: Tensor = self.enter(x.flatten(1, 2))
        by_time: tuple[Tensor, ...] = gates.view(*x.shape[:3], gates.shape[-1]).unbind(2)
        return by_time

    def step(self, driven: Tensor, h: Tensor) -> Tensor:
        """The state (S, B, hidden) after one input."""
        size = self.hidden
        kept = self.stay(h)
        gates = torch.sigmoid(driven[..., : 2 * size] + kept[..., : 2 * size])
        reset, update = gates[..., :size], gates[..., size:]
        new = torch.tanh(driven[..., 2 * size :] + reset * kept[..., 2 * size :])
        return torch.lerp(new, h, update)


class Field(nn.Module):
    """The learned field: two layers of tanh on the state alone, so that every moment has the same law."""

    def __init__(self, state: int, width: int, streams: list[torch.Generator]) -> None:
        super().__init__()
        self.first = _Linear(state, width, streams)
        self.second = _Linear(width, width, streams)
        self.last = _Linear(width, state, streams)

    def forward(self, t: Tensor | float, z: Tensor) -> Tensor:
        """dz/dt of states `z` (S, B, state); `t` plays no part."""
        rate: Tensor = self.last(torch.tanh(self.second(torch.tanh(self.first(z)))))
        return rate


class LatentODE(nn.Module):
    """A state that flows: given by the code at time 0, moved by a learned field, its first number the angle.

    Parameters
    ----------
    streams
        One generator a seed.
    state
        Numbers in the state; with one alone, no path can turn back.
    width
        Of the field's layers.
    step
        Of the solver, see `pdenet.ops.ode.dense.states_at`.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If a number is out of range.
    """

    def __init__(self, streams: list[torch.Generator], **options: Any) -> None:
        super().__init__()
        self.options = self.described(**options)
        state, width, self.step = self.options.values()
        self.begin = _Linear(CODE, state, streams)
        self.field = Field(state, width, streams)

    @staticmethod
    def described(*, state: int = 4, width: int = 38, step: float = 0.4) -> dict[str, Any]:
        """The options as plain data."""
        return {
            "state": whole("state", state, least=1),
            "width": whole("width", width, least=1),
            "step": real("step", step, above=0),
        }

    def forward(self, code: Tensor, asked: Tensor) -> Tensor:
        """Angles (S, B, K) at times `asked` (S, B, K)."""
        return states_at(self.field, self.begin(code), asked, self.step)[..., 0]


class RecurrentDecoder(nn.Module):
    """A state that jumps: the code gives it at time 0, a gated unit moves it to the next time asked for.

    Parameters
    ----------
    streams
        One generator a seed.
    gaps
        ``"input"``: each step is told how long the gap is. ``"decay"``: moreover, the state shrinks
        exponentially with the gap at a learned rate (Che et al., 2018). ``"none"``: it is not told.
    hidden
        Numbers in the state.

    Raises
    ------
    TypeError
        If `gaps` is no text or `hidden` no number.
    ValueError
        If `gaps` is unknown, or there is no number in the state.
    """

    def __init__(self, streams: list[torch.Generator], **options: Any) -> None:
        super().__init__()
        self.options = self.described(**options)
        gaps, hidden = self.options.values()
        self.gaps = gaps
        self.begin = _Linear(CODE, hidden, streams)
        self.unit = _GRU(1, hidden, streams)
        self.read = _Linear(hidden, 1, streams)
        self.decay = _Linear(1, hidden, streams) if gaps == "decay" else None

    @staticmethod
    def described(*, gaps: Gaps = "input", hidden: int = 20) -> dict[str, Any]:
        """The options as plain data."""
        return {"gaps": one_of("gaps", gaps, get_args(Gaps)), "hidden": whole("hidden", hidden, least=1)}

    def forward(self, code: Tensor, asked: Tensor) -> Tensor:
        """Angles (S, B, K) at ascending times `asked` (S, B, K)."""
        gap = asked.diff(dim=-1, prepend=torch.zeros_like(asked[..., :1]))[..., None]
        h = self.begin(code)
        states = []
        for driven, length in zip(
            self.unit.drive(torch.zeros_like(gap) if self.gaps == "none" else gap), gap.unbind(2), strict=True
        ):
            if self.decay is not None:
                h = h * torch.exp(-torch.relu(self.decay(length)))
            h = self.unit.step(driven, h)
            states.append(h)
        if not states:  # no time is asked for
            return torch.zeros_like(asked)
        angles: Tensor = self.read(torch.stack(states, 2).flatten(1, 2))
        return angles.view(asked.shape)


class TimeDecoder(nn.Module):
    """No state: the angle is a learned function of the code and of time, two layers of tanh.

    Parameters
    ----------
    streams
        One generator a seed.
    width
        Of the layers.

    Raises
    ------
    TypeError
        If `width` is no number.
    ValueError
        If it is not whole and positive.
    """

    def __init__(self, streams: list[torch.Generator], **options: Any) -> None:
        super().__init__()
        self.options = self.described(**options)
        width = self.options["width"]
        self.enter = _Linear(CODE, width, streams)
        self.when = _Linear(1, width, streams)
        self.second = _Linear(width, width, streams)
        self.last = _Linear(width, 1, streams)

    @staticmethod
    def described(*, width: int = 32) -> dict[str, Any]:
        """The options as plain data."""
        return {"width": whole("width", width, least=1)}

    def forward(self, code: Tensor, asked: Tensor) -> Tensor:
        """Angles (S, B, K) at times `asked` (S, B, K)."""
        clock = self.when((asked / WINDOW).flatten(1)[..., None]).unflatten(1, asked.shape[1:])
        hidden = torch.tanh(self.enter(code)[:, :, None] + clock).flatten(1, 2)
        angles: Tensor = self.last(torch.tanh(self.second(hidden)))
        return angles.view(asked.shape)


Decoder = LatentODE | RecurrentDecoder | TimeDecoder
DECODERS: dict[str, type[Decoder]] = {
    "latent ODE": LatentODE,
    "recurrent": RecurrentDecoder,
    "function of time": TimeDecoder,
}


class SeriesNet(nn.Module):
    """Encoder and decoder, one pair a seed.

    Parameters
    ----------
    decoder
        A key of `DECODERS`.
    seeds
        How many nets side by side (seeds 0, 1, ...), or which. Encoders of one seed start alike.
    **options
        The decoder's.

    Raises
    ------
    TypeError
        If an option is of another kind, or the decoder has none of that name.
    ValueError
        If the decoder is unknown, an option out of range, or what `as_seeds` refuses.
    """

    def __init__(self, decoder: str, seeds: int | Iterable[int] = 1, **options: Any) -> None:
        super().__init__()
        self.seeds = as_seeds(seeds)
        self.name = one_of("decoder", decoder, tuple(DECODERS))
        self.encoder = _GRU(2, CODE, [generator(seed, TRUNK) for seed in self.seeds])
        self.decoder = DECODERS[self.name]([generator(seed, CLASSIFIER) for seed in self.seeds], **options)

    @staticmethod
    def description(decoder: str, **options: Any) -> dict[str, Any]:
        """The configuration as plain data of a net with these options; nothing is drawn."""
        name = one_of("decoder", decoder, tuple(DECODERS))
        return {"kind": "SeriesNet", "decoder": name, **DECODERS[name].described(**options)}

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data."""
        return self.description(self.name, **self.decoder.options)

    @property
    def size(self) -> int:
        """Parameters of one net."""
        return sum(p.numel() for p in self.parameters()) // len(self.seeds)

    def encode(self, times: Tensor, seen: Tensor) -> Tensor:
        """The code (S, B, 24) of angles `seen` (S, B, n) at ascending `times` (S, B, n)."""
        if times.shape != seen.shape or times.dim() != 3 or times.shape[0] != len(self.seeds):
            message = (
                f"times and what was seen must be (S, B, n), S = {len(self.seeds)} nets; "
                f"got {tuple(times.shape)} and {tuple(seen.shape)}"
            )
            raise ValueError(message)
        gap = times.diff(dim=-1, prepend=torch.zeros_like(times[..., :1]))
        h = seen.new_zeros(*seen.shape[:2], CODE)
        for driven in self.encoder.drive(torch.stack([seen, gap], -1).flip(2)):
            h = self.encoder.step(driven, h)
        return h

    def forward(self, times: Tensor, seen: Tensor, asked: Tensor) -> Tensor:
        """Angles (S, B, K) at ascending times `asked` (S, B, K).

        Raises
        ------
        ValueError
            If the times seen or asked do not ascend, or shapes do not fit.
        """
        for name, when in (("times", times), ("asked", asked)):
            if (when.diff(dim=-1) < 0).any():
                message = f"{name} must ascend along the last axis; some do not"
                raise ValueError(message)
        angles: Tensor = self.decoder(self.encode(times, seen), asked)
        return angles


ODE = "latent ODE"
GRU = "recurrent, gaps given"
DECAY = "recurrent, decaying"
TIME = "function of time"
BLIND = "recurrent, gaps withheld"
FLAT = "latent ODE, one number"

NETWORKS: dict[str, tuple[str, dict[str, Any]]] = {
    ODE: ("latent ODE", {}),
    GRU: ("recurrent", {"gaps": "input"}),
    DECAY: ("recurrent", {"gaps": "decay"}),
    TIME: ("function of time", {}),
    BLIND: ("recurrent", {"gaps": "none"}),
    FLAT: ("latent ODE", {"state": 1}),
}
"""Decoders and their options by name; the last two have lost something on purpose."""
