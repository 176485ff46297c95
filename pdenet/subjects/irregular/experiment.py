"""Irregular series as data: which networks stand side by side on which series, and what the runs say.

``python -m pdenet.irregular`` trains what `results/irregular.jsonl` does not hold yet.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pdenet.ops.ode.solvers import DivergedError
from pdenet.ops.seeding import as_seeds
from pdenet.runs.files import append, read, shipped
from pdenet.runs.machine import describe_machine, describe_versions
from pdenet.runs.record import Record, run_key
from pdenet.subjects.irregular.measures import WINDOWS, errors, measure
from pdenet.subjects.irregular.networks import SeriesNet
from pdenet.subjects.irregular.pendulum import (
    Kind,
    Sampling,
    Series,
    checksum,
    damped_sinusoid,
    draw,
    resting,
    straight_lines,
    true_pendulum,
)
from pdenet.subjects.irregular.training import CONFIG, SeriesTraining, fit

FILE = "irregular.jsonl"
SEEDS = 6
TEST_SERIES = 200

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

REST, LINES, SINUSOID, TRUE = "at rest", "straight lines", "damped sinusoid", "the pendulum itself"
CONTROLS: dict[str, Callable[[Series], Tensor]] = {
    REST: resting,
    LINES: straight_lines,
    SINUSOID: damped_sinusoid,
    TRUE: true_pendulum,
}
"""What learns nothing from other series; the last two know some or all of the physics."""


@dataclass(frozen=True)
class Arm:
    """A net or a control on series of one sampling.

    Parameters
    ----------
    name
        A key of `NETWORKS` or `CONTROLS`.
    sampling
        When the pendulums are looked at.
    training
        How the net is trained; a control has no use for it.
    """

    name: str
    sampling: Sampling = field(default_factory=Sampling)
    training: SeriesTraining = field(default=CONFIG)

    def build(self, seeds: int | Iterable[int] = 1) -> SeriesNet:
        """The nets before training."""
        decoder, options = NETWORKS[self.name]
        return SeriesNet(decoder, seeds, **options)

    @property
    def model(self) -> dict[str, Any]:
        """What a record says of the model."""
        return {"kind": "control", "name": self.name} if self.name in CONTROLS else self.build().describe()

    @property
    def learns(self) -> dict[str, Any]:
        """What a record says of the training."""
        return {} if self.name in CONTROLS else asdict(self.training)


def _arms() -> tuple[Arm, ...]:
    """The main comparison first."""
    irregular, regular = Sampling("irregular", 20), Sampling("regular", 20)
    kinds: tuple[Kind, ...] = ("irregular", "regular")
    few, many = ([Sampling(kind, count) for kind in kinds] for count in (10, 40))
    learners = (ODE, GRU, DECAY, TIME)
    return (
        *(Arm(name, irregular) for name in (*CONTROLS, *learners)),
        *(Arm(name, regular) for name in (*CONTROLS, *learners)),
        *(Arm(name, sampling) for sampling in few for name in (TRUE, GRU, ODE)),
        *(Arm(name, irregular) for name in (BLIND, FLAT)),
        Arm(BLIND, regular),
        *(Arm(name, Sampling("shared", 20)) for name in (TRUE, GRU, ODE)),
        *(Arm(name, irregular, replace(CONFIG, targets="seen")) for name in (GRU, ODE)),
        *(Arm(name, sampling) for sampling in many for name in (TRUE, GRU, ODE)),
        *(Arm(name, irregular, replace(CONFIG, series=800)) for name in (GRU, ODE)),
    )


ARMS = _arms()


def train_arm(
    arm: Arm, seeds: Iterable[int], *, keep: int | None = None, test: int = TEST_SERIES
) -> list[Record]:
    """Draw the series, train if there is something to train, test, and return one record a seed.

    Parameters
    ----------
    arm
        What to run.
    seeds
        Which; they run side by side.
    keep
        A seed whose trained weights are kept in the record.
    test
        Test series a seed.
    """
    seeds = as_seeds(seeds)
    started = time.perf_counter()
    training, tested = _drawn(arm.sampling, seeds, arm.training.series, test)
    weights: dict[str, Tensor] = {}
    if arm.name in CONTROLS:
        found = errors(tested, CONTROLS[arm.name](tested))
        measured = [{name: float(value[row]) for name, value in found.items()} for row in range(len(seeds))]
        losses: list[list[float]] = [[] for _ in seeds]
    else:
        net = arm.build(seeds)
        losses = fit(net, training, arm.training)
        measured = measure(net, tested)
        weights = net.state_dict()
    seconds = (time.perf_counter() - started) / len(seeds)
    shared: dict[str, Any] = {
        "model": arm.model,
        "training": arm.learns,
        "seconds": seconds,
        "machine": describe_machine(torch.device("cpu")),
        "versions": describe_versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return [
        Record(
            seed=seed,
            data={**_data(arm, checksum(training, tested, row)), "test": test},
            history={"train_loss": list(losses[row])},
            trunk={name: part[row].tolist() for name, part in weights.items()} if seed == keep else {},
            measured=measured[row],
            **shared,
        )
        for row, seed in enumerate(seeds)
    ]


@lru_cache(maxsize=2)
def _drawn(sampling: Sampling, seeds: tuple[int, ...], count: int, test: int) -> tuple[Series, Series]:
    """Series for training and for testing; arms that follow one another mostly share them."""
    return draw(sampling, seeds, count, "train"), draw(sampling, seeds, test, "test")


def _data(arm: Arm, digest: str) -> dict[str, Any]:
    return {"name": f"pendulum, {arm.sampling.label}", "checksum": digest, "train": arm.training.series}


def missing(arm: Arm, records: Iterable[Record], seeds: Iterable[int], test: int = TEST_SERIES) -> list[int]:
    """Seeds of which `records` holds no run of this arm on these series."""
    done = {record.key for record in records}
    seeds = as_seeds(seeds)
    training, tested = _drawn(arm.sampling, seeds, arm.training.series, test)
    keys = []
    for row, seed in enumerate(seeds):
        data = _data(arm, checksum(training, tested, row))
        keys.append(run_key(arm.model, arm.learns, seed, data["name"], data["checksum"]))
    return [seed for seed, key in zip(seeds, keys, strict=True) if key not in done]


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
    net.load_state_dict({name: torch.tensor(part)[None] for name, part in record.trunk.items()})
    return net


def recorded() -> list[Record]:
    """The records that come with the book; none where the file is not there."""
    try:
        return read(shipped(FILE))
    except FileNotFoundError:
        return []


def run(out: Path, seeds: int = SEEDS, only: Sequence[str] = (), test: int = TEST_SERIES) -> None:
    """Run the arms that `out` lacks, one after the other, and append each when it is done.

    Parameters
    ----------
    out
        File of records; made if need be.
    seeds
        Nets an arm.
    only
        Names to run; none means all.
    test
        Test series a seed.
    """
    shown = {Arm(name) for name in (ODE, GRU, TIME)}
    for arm in ARMS:
        if only and arm.name not in only:
            continue
        left = missing(arm, read(out) if out.exists() else [], range(seeds), test)
        if not left:
            continue
        keep = 0 if arm in shown else None
        what = f"{arm.name}; {arm.sampling.label}; {arm.training.series}, {arm.training.targets}"
        try:
            records = train_arm(arm, left, keep=keep, test=test)
        except DivergedError:  # one field that runs away stops its neighbours: now one at a time
            records = []
            for seed in left:
                try:
                    records += train_arm(arm, [seed], keep=keep, test=test)
                except DivergedError as error:
                    print(f"{what}, seed {seed}: no record, {error}", flush=True)
        if not records:
            continue
        append(out, records)
        found = ", ".join(
            f"{window} {np.mean([record.measured[window] for record in records]):.3f}" for window in WINDOWS
        )
        seconds = sum(record.seconds for record in records)
        print(f"{what}: {found} ({seconds:.0f} s)", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m pdenet.irregular", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("results") / FILE, help="file of records")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="nets an arm")
    parser.add_argument("--only", nargs="*", default=[], choices=[*NETWORKS, *CONTROLS], help="names to run")
    chosen = parser.parse_args(arguments)
    run(chosen.out, chosen.seeds, chosen.only)


if __name__ == "__main__":
    main()
