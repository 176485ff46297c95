"""What is run, seed by seed: networks under six caps, with skips and without, under a penalty, no block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import torch

from pdenet.runs.answers import accuracy
from pdenet.runs.arm import Arm, Context
from pdenet.runs.learned import learned_records
from pdenet.runs.loop import learn
from pdenet.runs.pixels import pixel_scale, scaled
from pdenet.runs.shown import Images
from pdenet.runs.training import describe_images
from pdenet.subjects.lipschitz.measures import PROBED, robustness, tightness, training_loss
from pdenet.subjects.lipschitz.networks import CappedNet, Kind, Start
from pdenet.subjects.lipschitz.training import CappedTask, PenaltyCycle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.runs.record import Record

SHOWN = Images(10_000, 1000)
CAPS: tuple[float | None, ...] = (0.02, 0.1, 0.3, 1.0, 3.0, None)
ROTATED: tuple[float | None, ...] = (1.02, 1.3, 2.0, 4.0, None)
"""Caps of the plain networks that start from rotations: 1 + K, a residual block's bound with the cap K."""
PENALTIES = (0.003, 0.01, 0.03)
STARTS: dict[Start, str] = {"orthogonal": "rotations", "open": "open"}
UNTRAINED, LOSS = "untrained accuracy", "training loss"


@dataclass(frozen=True, kw_only=True)
class CappedArm(Arm):
    """Networks of one kind and cap, trained, with what they certify and what an attack finds.

    Parameters
    ----------
    kind, cap, start
        As in `CappedNet`.
    protocol
        How they are trained.
    """

    kind: Kind
    cap: float | None = None
    start: Start = "library"
    protocol: PenaltyCycle = field(default_factory=PenaltyCycle)
    shown: Images = SHOWN

    @property
    def name(self) -> str:
        """Kind, cap and what else is special."""
        how = self.protocol
        return arm_name(
            self.kind,
            self.cap,
            start=self.start,
            penalty=how.penalty,
            rate=how.learning_rate,
            epochs=how.epochs,
        )

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the network."""
        return CappedNet.description(self.kind, self.cap, start=self.start)

    def build(self, seeds: int | Iterable[int] = 1) -> CappedNet:
        """The networks before training."""
        return CappedNet(self.kind, self.cap, seeds, start=self.start)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Train these seeds side by side, apply the caps exactly, and measure."""
        data, cpu = context.part(self.shown), torch.device("cpu")
        net = self.build(seeds).eval()
        scale = pixel_scale(data, self.protocol.pixels)
        before = accuracy(cast("Any", net), data.test_images, data.test_labels, scale)
        task = CappedTask(net, data, self.protocol, cpu)
        course = learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)
        exact = net.settled()
        images = pooled(exact, data.test_images, scale)
        measured = {UNTRAINED: 100 * before}
        measured |= tightness(exact, images[:PROBED]) | robustness(exact, images, data.test_labels)
        measured[LOSS] = training_loss(exact, pooled(exact, data.train_images, scale), data.train_labels)
        return learned_records(self, seeds, course, cpu, describe_images(data), measured)


def pooled(net: CappedNet, images: Tensor, scale: tuple[float, float]) -> Tensor:
    """Images of uint8 as the network reads them, in double precision."""
    return net.pooled(scaled(images, scale).double())


def shown_to(net: CappedNet, data: ImageData) -> tuple[Tensor, Tensor]:
    """The test images as a settled network reads them, and their labels."""
    return pooled(net, data.test_images, pixel_scale(data, "unit")), data.test_labels


def trained(arm: CappedArm, seeds: int | Iterable[int], data: ImageData) -> CappedNet:
    """The networks of an arm after training, settled."""
    net = arm.build(seeds)
    learn(CappedTask(net, data, arm.protocol, torch.device("cpu")))
    return net.settled()


def arm_name(
    kind: Kind,
    cap: float | None = None,
    *,
    start: Start = "library",
    penalty: float = 0.0,
    rate: float = PenaltyCycle.learning_rate,
    epochs: int = PenaltyCycle.epochs,
) -> str:
    """The name of the arm with these settings."""
    how = f"cap {cap:g}" if cap is not None else (f"penalty {penalty:g}" if penalty else "no cap")
    words = [kind, *([STARTS[start]] if start != "library" else []), how]
    if kind == "none":
        words = ["no block"]
    words += [f"rate {rate:g}"] if rate != PenaltyCycle.learning_rate else []
    words += ["1 epoch" if epochs == 1 else f"{epochs} epochs"] if epochs != PenaltyCycle.epochs else []
    return ", ".join(words)


RESIDUAL = tuple(CappedArm(kind="residual", cap=cap) for cap in CAPS)
TWINS = tuple(CappedArm(kind="plain", cap=cap, most=5) for cap in CAPS)
"""Plain networks under the very caps of the residual ones, from the same tensors."""
PLAIN = tuple(CappedArm(kind="plain", cap=cap, start="orthogonal") for cap in ROTATED)
PENALISED = tuple(CappedArm(kind="residual", protocol=PenaltyCycle(penalty=penalty)) for penalty in PENALTIES)
NO_BLOCK = CappedArm(kind="none")
SLOW = 0.0006
SHORT = 1
AFTERWARDS = (
    *(CappedArm(kind="residual", cap=cap, protocol=PenaltyCycle(learning_rate=SLOW)) for cap in (0.02, 0.3)),
    *(
        CappedArm(kind="plain", cap=cap, start="open", protocol=PenaltyCycle(learning_rate=SLOW))
        for cap in (1.02, 1.3)
    ),
    CappedArm(kind="residual", protocol=PenaltyCycle(epochs=SHORT)),
)
"""Added once the others were recorded: a slower rate and a better start for the plain networks, since those
under tight bounds had failed; and as little training as gives a free network a capped one's accuracy."""
NO_BLOCK_SLOW = CappedArm(kind="none", protocol=PenaltyCycle(learning_rate=SLOW))
FREE_SLOW = CappedArm(kind="residual", protocol=PenaltyCycle(learning_rate=SLOW))
"""Added last: at the slow rate every network is more robust, so that the baseline and the free network are
needed at that rate too."""
ARMS = (*RESIDUAL, NO_BLOCK, *PLAIN, *PENALISED, *TWINS, *AFTERWARDS, NO_BLOCK_SLOW, FREE_SLOW)
