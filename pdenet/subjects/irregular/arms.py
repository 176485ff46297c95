"""Nets and controls, each on series of one sampling: what is run, seed by seed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import torch

from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs.arm import Arm, Context
from pdenet.runs.loop import Course, learn
from pdenet.runs.machine import describe_origin
from pdenet.runs.record import Record
from pdenet.runs.shown import Drawn
from pdenet.subjects.irregular.measures import errors, measure
from pdenet.subjects.irregular.networks import BLIND, DECAY, FLAT, GRU, NETWORKS, ODE, TIME, SeriesNet
from pdenet.subjects.irregular.rates import (
    TRIED,
    VALIDATION_SEEDS,
    at_rate,
    long_training,
    validation_name,
)
from pdenet.subjects.irregular.system import CONTROLS, TRUE, Kind, Sampling, Series, checksum, draw
from pdenet.subjects.irregular.training import CONFIG, SeriesTask, SeriesTraining

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torch import Tensor

TEST_SERIES = 200
FIRST_SEEDS = 6  # of the first runs, which were short
VALIDATION = 1000  # seeds from here on choose learning rates
MAIN = Sampling("irregular", 20)


def arm_name(decoder: str, sampling: Sampling = MAIN, training: SeriesTraining = CONFIG) -> str:
    """The name of a net or a control on series of one sampling; training is said where it is unusual."""
    parts = [decoder, sampling.label]
    if training.steps != CONFIG.steps:
        parts.append(f"{training.steps} steps")
    if training.series != CONFIG.series:
        parts.append(f"{training.series} series")
    if training.targets != CONFIG.targets:
        parts.append(f"asked in training for what was {training.targets}")
    return "; ".join(parts)


@dataclass(frozen=True, kw_only=True)
class SeriesArm(Arm):
    """A net or a control on series of one sampling.

    Parameters
    ----------
    decoder
        A key of `NETWORKS` or of `CONTROLS`.
    sampling
        When the pendulums are looked at.
    protocol
        How the net is trained; None for a control, which has no use for it.
    keep
        A seed whose trained weights are kept in the record; None keeps none.
    test
        Test series a seed.
    validation
        Whether it serves to choose a learning rate: its seeds are counted from `VALIDATION`, so that it meets
        none of the series, times, noise and first weights that the other arms are judged by.
    called
        Its name, where it is not that of `arm_name`.
    """

    decoder: str
    sampling: Sampling = MAIN
    protocol: SeriesTraining | None = CONFIG
    keep: int | None = None
    test: int = TEST_SERIES
    validation: bool = False
    called: str = ""
    shown: Drawn = field(init=False)

    def __post_init__(self) -> None:
        drawn = f"pendulum, {self.sampling.label}{', validation' if self.validation else ''}"
        object.__setattr__(self, "shown", Drawn(drawn, train=self._train))

    @property
    def name(self) -> str:
        """Net or control, and its sampling."""
        return self.called or arm_name(self.decoder, self.sampling, self.protocol or CONFIG)

    @cached_property
    def model(self) -> dict[str, Any]:
        """What a record says of the net or the control."""
        if self.decoder in CONTROLS:
            return {"kind": "control", "name": self.decoder}
        kind, options = NETWORKS[self.decoder]
        return SeriesNet.description(kind, **options)

    def build(self, seeds: int | Iterable[int] = 1) -> SeriesNet:
        """The nets before training."""
        kind, options = NETWORKS[self.decoder]
        return SeriesNet(kind, seeds, **options)

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Draw the series, train if there is something to train, and test.

        A field that runs away stops its neighbours; then the seeds are run one by one, and the one whose
        field it was has a record that says so.
        """
        started = time.perf_counter()
        drawn_from = tuple(VALIDATION + seed for seed in seeds) if self.validation else seeds
        train, test = _drawn(self.sampling, drawn_from, self._train, self.test)
        course, weights = Course(), {}
        try:
            if self.decoder in CONTROLS:
                measured = _by_seed(errors(test, CONTROLS[self.decoder](test)), len(seeds))
            else:
                net = self.build(drawn_from)
                course = self._learn(net, train, context)
                weights = net.state_dict()
                measured = [{} for _ in seeds] if course.broke_off else measure(net, test)
        except DivergedError:
            course.broke_off, measured = len(course.losses) or 1, [{} for _ in seeds]
        if course.broke_off and len(seeds) > 1:
            alone = replace(context, checkpoint=None)
            return [record for seed in seeds for record in self.run((seed,), alone)]
        seconds, origin = (time.perf_counter() - started) / len(seeds), describe_origin(torch.device("cpu"))
        return [
            Record(
                model=self.model,
                training=self.training,
                seed=seed,
                data={
                    "name": self.shown.name,
                    "checksum": checksum(train, test, row),
                    "train": self.shown.train,
                    "test": self.test,
                },
                history={"train_loss": [*course.of_seed(row)[0]]},
                diverged_at=course.broke_off,
                seconds=seconds,
                trunk=_row(weights, row) if seed == self.keep else {},
                measured=measured[row],
                **origin,
            )
            for row, seed in enumerate(seeds)
        ]

    def _learn(self, net: SeriesNet, train: Series, context: Context) -> Course:
        task = SeriesTask(net, train, self.protocol or CONFIG, label=self.shown.name)
        return learn(task, checkpoint=context.checkpoint, resume=True, progress=context.progress)

    @property
    def _train(self) -> int:
        return (self.protocol or CONFIG).series


def series_arm(decoder: str, sampling: Sampling = MAIN, training: SeriesTraining = CONFIG) -> SeriesArm:
    """The arm of a net or a control; the first seed of the three that the page shows keeps its weights."""
    shown = sampling == MAIN and training == CONFIG and decoder in (ODE, GRU, TIME)
    return SeriesArm(
        decoder=decoder,
        sampling=sampling,
        protocol=None if decoder in CONTROLS else training,
        keep=0 if shown else None,
    )


def long_arm(decoder: str, sampling: Sampling = MAIN, **options: Any) -> SeriesArm:
    """The arm of a net that is trained long, but for these options of the training."""
    training = replace(long_training(decoder), **options)
    shown = sampling == MAIN and training == long_training(decoder) and decoder in (ODE, GRU, TIME)
    return SeriesArm(decoder=decoder, sampling=sampling, protocol=training, keep=0 if shown else None)


def rebuild(record: Record) -> SeriesNet:
    """The trained net of a record that kept its weights.

    Raises
    ------
    ValueError
        If the record kept none.
    """
    if not record.trunk:
        message = f"the record of seed {record.seed} kept no weights; the first seed of the main arms did"
        raise ValueError(message)
    options = {name: value for name, value in record.model.items() if name not in ("kind", "decoder")}
    net = SeriesNet(record.model["decoder"], [record.seed], **options)
    net.load_state_dict(
        {
            name: torch.tensor(part, dtype=torch.float32, device="cpu")[None]
            for name, part in record.trunk.items()
        }
    )
    return net


@lru_cache(maxsize=2)
def _drawn(sampling: Sampling, seeds: tuple[int, ...], count: int, test: int) -> tuple[Series, Series]:
    """Series for training and for testing; arms that follow one another mostly share them."""
    return draw(sampling, seeds, count, "train"), draw(sampling, seeds, test, "test")


def _row(weights: dict[str, Tensor], row: int) -> dict[str, Any]:
    return {name: part[row].tolist() for name, part in weights.items()}


def _by_seed(measured: dict[str, Tensor], seeds: int) -> list[dict[str, float]]:
    return [{name: float(value[row]) for name, value in measured.items()} for row in range(seeds)]


def _first() -> Iterator[SeriesArm]:
    """Short trainings of six seeds, with which the page began: the main comparison first."""
    regular = Sampling("regular", 20)
    kinds: tuple[Kind, ...] = ("irregular", "regular")
    few, many = ([Sampling(kind, count) for kind in kinds] for count in (10, 40))
    everyone: Sequence[str] = (ODE, GRU, DECAY, TIME)
    arms = (
        *(series_arm(name, MAIN) for name in everyone),
        *(series_arm(name, regular) for name in everyone),
        *(series_arm(name, sampling) for sampling in few for name in (GRU, ODE)),
        *(series_arm(name, MAIN) for name in (BLIND, FLAT)),
        series_arm(BLIND, regular),
        *(series_arm(name, Sampling("shared", 20)) for name in (GRU, ODE)),
        *(series_arm(name, MAIN, replace(CONFIG, targets="seen")) for name in (GRU, ODE)),
        *(series_arm(name, sampling) for sampling in many for name in (GRU, ODE)),
        *(series_arm(name, MAIN, replace(CONFIG, series=800)) for name in (GRU, ODE)),
    )
    return (replace(arm, most=FIRST_SEEDS) for arm in arms)


def _controls() -> Iterator[SeriesArm]:
    """What learns nothing from other series."""
    for sampling in (MAIN, Sampling("regular", 20)):
        yield from (series_arm(name, sampling) for name in CONTROLS)
    kinds: tuple[Kind, ...] = ("irregular", "regular")
    others = (Sampling(kind, count) for count in (10, 40) for kind in kinds)
    for sampling in (Sampling("shared", 20), *others):
        yield replace(series_arm(TRUE, sampling), most=FIRST_SEEDS)


def _long() -> Iterator[SeriesArm]:
    """Long trainings of ten seeds: the main comparison, at both kinds of times."""
    for sampling in (MAIN, Sampling("regular", 20)):
        yield from (long_arm(name, sampling) for name in (ODE, GRU))
    yield from (long_arm(name, MAIN) for name in (TIME, DECAY))


def _validation() -> Iterator[SeriesArm]:
    """Trainings that choose the rates of the long ones."""
    for decoder, rates in TRIED.items():
        for rate in rates:
            yield SeriesArm(
                decoder=decoder,
                protocol=at_rate(rate),
                validation=True,
                most=VALIDATION_SEEDS,
                called=validation_name(decoder, rate),
            )


ARMS = (*_controls(), *_long(), *_first(), *_validation())
