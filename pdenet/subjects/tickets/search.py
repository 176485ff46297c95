"""The search for a ticket: train, take the smallest weights away, put the rest back to the start, again."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

import torch

from pdenet.checks.numbers import whole
from pdenet.checks.words import one_of
from pdenet.models.measures.masks import Masks, all_kept, leaked, pruned
from pdenet.models.twin_net import TwinNet
from pdenet.runs.loop import learn
from pdenet.runs.schedule import ScheduledTask

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.runs.loop import Course
    from pdenet.runs.schedule import OneCycle

Kind = Literal["plain", "residual"]
Beginning = Literal["own", "fresh"]
"""The seed's own initial tensors, which twins share, or others."""
RATE = 0.4
BLOCKS = 3
FRESH = 1000
"""A fresh start has the tensors of the seed so much higher, and the seed's own order of the images."""


def twin(kind: Kind, seeds: tuple[int, ...], blocks: int = BLOCKS) -> TwinNet:
    """The networks as they are drawn."""
    return TwinNet(blocks, seeds, skip=one_of("kind", kind, get_args(Kind)) == "residual")


def prunable(net: TwinNet) -> dict[str, Tensor]:
    """What is pruned, by name: convolutions and the linear head; no bias and no normalisation."""
    return {
        name: parameter for name, parameter in net.named_parameters() if name == "stem" or ".weights." in name
    }


def bypassed(net: TwinNet) -> list[str]:
    """What of it a skip goes around: the blocks of a residual network."""
    return [name for name in prunable(net) if net.skip and name.startswith("stack.")]


class Trained:
    """Networks that were trained with a mask: how it went, and the largest weight that the mask leaves out.

    Parameters
    ----------
    net
        Trained in place.
    masks
        Of its parameters, in another network's names.
    data, protocol
        As in `pdenet.runs.schedule.ScheduledTask`.
    """

    def __init__(self, net: TwinNet, masks: Masks, data: ImageData, protocol: OneCycle) -> None:
        self.net = net
        on = masks.moved(prunable(net))
        task = ScheduledTask(net, data, protocol, torch.device("cpu"), masks=on, last_only=True)
        self.course: Course = learn(task)
        self.leak = leaked(masks, prunable(net))


class Search:
    """Rounds of training and pruning of the twins of some seeds; each is done once, when it is asked for.

    Parameters
    ----------
    kind, beginning, seeds
        Which networks, and where they start and are put back to.
    data, protocol
        How each round is trained.

    Raises
    ------
    ValueError
        If a word is unknown.
    """

    def __init__(
        self, kind: Kind, beginning: Beginning, seeds: tuple[int, ...], data: ImageData, protocol: OneCycle
    ) -> None:
        self.kind, self.seeds, self.data, self.protocol = kind, seeds, data, protocol
        self.beginning = one_of("beginning", beginning, get_args(Beginning))
        whose = [f"{kind}, {beginning} start, seed {seed}" for seed in seeds]
        self._masks = [all_kept(prunable(twin(kind, seeds)), whose)]
        self._trained: list[Trained] = []

    def start(self) -> TwinNet:
        """The networks before training."""
        net = twin(self.kind, self.seeds)
        if self.beginning == "fresh":
            fresh = twin(self.kind, tuple(seed + FRESH for seed in self.seeds))
            net.load_state_dict(fresh.state_dict())
        return net

    def masks(self, rounds: int) -> Masks:
        """What is kept after so many rounds; after none, all."""
        rounds = whole("rounds", rounds, least=0)
        while len(self._masks) <= rounds:
            net = self.trained(len(self._masks) - 1).net
            self._masks.append(pruned(self._masks[-1], prunable(net), RATE, bypassed(net)))
        return self._masks[rounds]

    def trained(self, rounds: int) -> Trained:
        """The networks with what is kept after so many rounds, trained from where they start: tickets."""
        for n in range(len(self._trained), whole("rounds", rounds, least=0) + 1):
            self._trained.append(Trained(self.start(), self.masks(n), self.data, self.protocol))
        return self._trained[rounds]


def searched(
    kind: Kind, beginning: Beginning, seeds: tuple[int, ...], data: ImageData, protocol: OneCycle
) -> Search:
    """The search of these networks, as far as it has gone in this process: arms share what it finds."""
    return _searched(kind, beginning, seeds, protocol, _Images(data))


class _Images:
    """An image set that is told from others by its checksum."""

    def __init__(self, data: ImageData) -> None:
        self.data = data

    def __hash__(self) -> int:
        return hash(self.data.checksum)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Images) and self.data.checksum == other.data.checksum


@lru_cache(maxsize=64)
def _searched(
    kind: Kind, beginning: Beginning, seeds: tuple[int, ...], protocol: OneCycle, images: _Images
) -> Search:
    return Search(kind, beginning, seeds, images.data, protocol)
