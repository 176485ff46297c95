"""Irregular series as data: which networks stand side by side on which series, and what the runs say.

``python -m pdenet.irregular`` trains what `results/irregular.jsonl` does not hold yet.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from pdenet.claims import Claim, Direction, Interval, mean_interval, paired_interval
from pdenet.machine import describe_machine, describe_versions
from pdenet.models.ode import DivergedError
from pdenet.models.series import LatentODE, SeriesNet
from pdenet.pendulum import (
    WINDOW,
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
from pdenet.records import Record, append, read, run_key, shipped
from pdenet.seeding import ORDER, as_seeds, generator

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

WINDOWS = ("between", "ahead", "beyond")
"""The three windows of a test: among the times seen; where training was asked as well; where nothing was."""


@dataclass(frozen=True)
class SeriesTraining:
    """How a net learns: Adam, its rate falling along half a cosine, gradients cut at norm one for each seed.

    Parameters
    ----------
    steps, batch
        Steps, and series a step.
    learning_rate
        At first. Chosen on other seeds: for the recurrent net and the function of time among 0.01, 0.02 and
        0.04, for the latent ODE between 0.01 and 0.02.
    series
        Training series.
    targets
        ``"others"``: training asks at other times than those seen. ``"seen"``: in the first window it asks
        for what the encoder has just read.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    steps: int = 500
    batch: int = 50
    learning_rate: float = 0.02
    series: int = 200
    targets: Literal["others", "seen"] = "others"

    def __post_init__(self) -> None:
        if self.steps < 1 or not 1 <= self.batch <= self.series:
            message = (
                f"steps must be at least 1 and batch between 1 and the number of series, {self.series}; "
                f"got {self.steps} and {self.batch}"
            )
            raise ValueError(message)
        if not 0 < self.learning_rate < math.inf:
            message = f"learning_rate must be a positive number, such as 0.02; got {self.learning_rate}"
            raise ValueError(message)


CONFIG = SeriesTraining()


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


def fit(
    net: SeriesNet, train: Series, training: SeriesTraining = CONFIG, every: int = 25
) -> list[list[float]]:
    """Train nets side by side, each on its own series, and return their losses by seed.

    Parameters
    ----------
    net
        S nets; they are changed.
    train
        Series of S seeds, drawn for training.
    training
        How.
    every
        Steps over which a loss (mean square, noise included) is averaged.

    Raises
    ------
    ValueError
        If there are other seeds or fewer series than the training needs.
    """
    seeds, count = train.start.shape[:2]
    if seeds != len(net.seeds) or count < training.series:
        message = (
            f"training needs {training.series} series for each of {len(net.seeds)} nets; "
            f"got {count} for {seeds}"
        )
        raise ValueError(message)
    times, seen, asked, wanted = (
        part.float() for part in (train.times, train.seen, train.asked, train.noisy)
    )
    if training.targets == "seen":
        n = times.shape[-1]
        asked, wanted = (torch.cat([a, b[..., n:]], -1) for a, b in ((times, asked), (seen, wanted)))
    orders = [generator(seed, ORDER) for seed in net.seeds]
    rows = torch.arange(seeds)[:, None]
    parameters = list(net.parameters())
    optimiser = torch.optim.Adam(parameters, training.learning_rate)
    losses = []
    for k in range(training.steps):
        for group in optimiser.param_groups:
            group["lr"] = training.learning_rate * (1 + math.cos(math.pi * k / training.steps)) / 2
        drawn = torch.stack([torch.randperm(training.series, generator=order) for order in orders])
        some = drawn[:, : training.batch]
        error = net(times[rows, some], seen[rows, some], asked[rows, some]) - wanted[rows, some]
        loss = error.square().mean((1, 2))
        optimiser.zero_grad()
        loss.sum().backward()
        _cut(parameters)
        optimiser.step()
        losses.append(loss.detach())
    blocks = torch.stack(losses, 1).split(every, 1)
    return torch.stack([block.mean(1) for block in blocks], 1).tolist()


def _cut(parameters: Sequence[Tensor]) -> None:
    """Shrink the gradients of each seed to norm one where it is larger."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    norm = torch.stack([g.square().flatten(1).sum(1) for g in gradients]).sum(0).sqrt()
    for g in gradients:
        g /= norm.clamp_min(1.0).view(-1, *[1] * (g.dim() - 1))


@torch.no_grad()
def answers(net: SeriesNet, series: Series, asked: Tensor | None = None) -> Tensor:
    """What the nets answer at the asked times of series, or at other times (S, B, K); float64."""
    when = series.asked if asked is None else asked
    return net(series.times.float(), series.seen.float(), when.float()).double()


def errors(series: Series, found: Tensor) -> dict[str, Tensor]:
    """Root mean square of the error by window, (S,), in radians, against the truth without noise."""
    square = (found - series.truth).square()
    return {name: square[..., series.window(i)].mean((1, 2)).sqrt() for i, name in enumerate(WINDOWS)}


def crowd(series: Series, seeds: Iterable[int], times: int = 3) -> tuple[Tensor, Tensor]:
    """The asked times among `times` as many others, (S, B, K'), ascending, and where they are in there."""
    seeds, count = tuple(seeds), series.asked.shape[-1]
    size = (series.asked.shape[1], times * count)
    extra = torch.stack(
        [torch.rand(size, generator=generator(seed, 50), dtype=torch.float64) for seed in seeds]
    )
    both = torch.cat([series.asked, extra * WINDOW * len(WINDOWS)], -1)
    order = both.argsort(-1)
    return both.gather(-1, order), order.argsort(-1)[..., :count]


def measure(net: SeriesNet, test: Series) -> list[dict[str, float]]:
    """Errors by window, and two checks, for each seed.

    ``moved``: root mean square change of the answers when three times as many other times are asked as well.
    ``solver`` (of a latent ODE): the same when the solver takes steps of a quarter of the length.
    """
    found = answers(net, test)
    measured = errors(test, found)
    crowded, places = crowd(test, net.seeds)
    changes = {"moved": answers(net, test, crowded).gather(-1, places)}
    if isinstance(net.decoder, LatentODE):
        net.decoder.step /= 4
        changes["solver"] = answers(net, test)
        net.decoder.step *= 4
    for name, other in changes.items():
        measured[name] = (other - found).square().mean((1, 2)).sqrt()
    return [{name: float(value[row]) for name, value in measured.items()} for row in range(len(net.seeds))]


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


class Runs:
    """Runs read back: what an arm measured, by seed.

    Parameters
    ----------
    records
        Records of arms; others are left out.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        by_arm = {self._name(arm.model, arm.learns, _data(arm, "")): arm for arm in ARMS}
        self._runs: dict[Arm, dict[int, Record]] = {}
        for record in records:
            arm = by_arm.get(self._name(record.model, record.training, record.data))
            if arm is not None:
                self._runs.setdefault(arm, {})[record.seed] = record

    @staticmethod
    def _name(model: Mapping[str, Any], training: Mapping[str, Any], data: Mapping[str, Any]) -> str:
        return repr([sorted(model.items()), sorted(training.items()), data["name"], data["train"]])

    def __contains__(self, arm: Arm) -> bool:
        return arm in self._runs

    def records(self, arm: Arm) -> list[Record]:
        """The records of an arm, by seed; none if it has not been run."""
        return [record for _, record in sorted(self._runs.get(arm, {}).items())]

    def values(self, arm: Arm, what: str) -> np.ndarray:
        """What an arm measured, a key of its `measured`, (seed,)."""
        return np.array([record.measured[what] for record in self.records(arm)], dtype=float)

    def interval(self, arm: Arm, what: str) -> Interval:
        """Mean and interval over seeds."""
        return mean_interval(self.values(arm, what))

    def difference(self, arm: Arm, other: Arm, what: str) -> Interval:
        """How much more an arm measured than another, paired over the seeds they share."""
        first, second = self._paired([arm, other], what)
        return paired_interval(first, second)

    def change(self, arms: tuple[Arm, Arm], others: tuple[Arm, Arm], what: str) -> Interval:
        """By how much the first difference exceeds the second, paired over the seeds all four share."""
        a, b, c, d = self._paired([*arms, *others], what)
        return paired_interval(a - b, c - d)

    def _paired(self, arms: Sequence[Arm], what: str) -> list[np.ndarray]:
        shared = sorted(set.intersection(*(set(self._runs[arm]) for arm in arms)))
        return [np.array([self._runs[arm][seed].measured[what] for seed in shared], float) for arm in arms]


def judge(runs: Runs) -> dict[str, tuple[Claim, Interval]]:
    """What one might expect of the method, with what the runs measure, by the claim's id.

    All numbers are errors in radians or their differences. A claim about arms without runs is left out.
    """
    irregular, regular = Sampling("irregular", 20), Sampling("regular", 20)
    few, many = Sampling("irregular", 10), Sampling("irregular", 40)
    judged: dict[str, tuple[Claim, Interval]] = {}

    def claim(
        name: str,
        text: str,
        arms: Sequence[Arm],
        what: str,
        direction: Direction = "above",
        threshold: float = 0,
    ) -> None:
        if not all(arm in runs for arm in arms):
            return
        if len(arms) == 4:
            measured = runs.change((arms[0], arms[1]), (arms[2], arms[3]), what)
        elif len(arms) == 2:
            measured = runs.difference(arms[0], arms[1], what)
        else:
            measured = runs.interval(arms[0], what)
        judged[f"5.3{name}"] = Claim(f"5.3{name}", text, "comparison", threshold, direction), measured

    ode, gru, decay, clock = (Arm(name, irregular) for name in (ODE, GRU, DECAY, TIME))
    even_ode, even_gru = (Arm(name, regular) for name in (ODE, GRU))
    claim(
        "a", "between irregular times, the latent ODE errs less than the recurrent net", (gru, ode), "between"
    )
    claim("b", "ahead of them, it errs less than the recurrent net", (gru, ode), "ahead")
    claim("c", "ahead of them, it errs less than the decaying recurrent net", (decay, ode), "ahead")
    claim(
        "d", "beyond what training ever asked for, it errs less than the recurrent net", (gru, ode), "beyond"
    )
    claim("e", "ahead, it errs less than the function of time, which is as continuous", (clock, ode), "ahead")
    claim("f", "ahead of regular times, it errs less than the recurrent net", (even_gru, even_ode), "ahead")
    claim(
        "g",
        "ahead, its lead on the recurrent net is larger where times are irregular",
        (gru, ode, even_gru, even_ode),
        "ahead",
    )
    claim("h", "irregular times cost the recurrent net accuracy ahead", (gru, even_gru), "ahead")
    claim("i", "irregular times cost the latent ODE accuracy ahead", (ode, even_ode), "ahead")
    claim(
        "j",
        "ahead, its lead is larger with 10 times than with 40",
        (Arm(GRU, few), Arm(ODE, few), Arm(GRU, many), Arm(ODE, many)),
        "ahead",
    )
    shared_ode, shared_gru = (Arm(name, Sampling("shared", 20)) for name in (ODE, GRU))
    claim(
        "v",
        "ahead, irregular times that all series share cost the recurrent net less than times of their own",
        (gru, shared_gru),
        "ahead",
    )
    claim(
        "w",
        "ahead, the lead of the latent ODE is larger where each series has its own irregular times",
        (gru, ode, shared_gru, shared_ode),
        "ahead",
    )
    plenty = replace(CONFIG, series=800)
    claim(
        "k",
        "with four times the series, it still errs less ahead",
        (Arm(GRU, irregular, plenty), Arm(ODE, irregular, plenty)),
        "ahead",
    )
    claim("y", "between, it errs less than straight lines", (Arm(LINES, irregular), ode), "between")
    claim("x", "between, it errs less than a damped sinusoid", (Arm(SINUSOID, irregular), ode), "between")
    claim("l", "ahead, it errs less than a damped sinusoid", (Arm(SINUSOID, irregular), ode), "ahead")
    claim(
        "m",
        "ahead, it comes within 0.01 of the pendulum's own equation",
        (ode, Arm(TRUE, irregular)),
        "ahead",
        "below",
        0.01,
    )
    claim(
        "n",
        "with the gaps withheld, the recurrent net errs more ahead",
        (Arm(BLIND, irregular), gru),
        "ahead",
    )
    claim(
        "o",
        "on regular times, withholding the gaps costs it less than 0.02",
        (Arm(BLIND, regular), even_gru),
        "ahead",
        "below",
        0.02,
    )
    claim(
        "p",
        "with a state of one number, the latent ODE errs more ahead",
        (Arm(FLAT, irregular), ode),
        "ahead",
    )
    replay = replace(CONFIG, targets="seen")
    claim(
        "q",
        "asked in training only for what it has read, the recurrent net errs more between",
        (Arm(GRU, irregular, replay), gru),
        "between",
    )
    claim(
        "r",
        "that costs the recurrent net more than the latent ODE",
        (Arm(GRU, irregular, replay), gru, Arm(ODE, irregular, replay), ode),
        "between",
    )
    claim(
        "s",
        "the recurrent net's answers move when other times are asked as well",
        (gru,),
        "moved",
        "above",
        0.01,
    )
    claim("t", "those of the latent ODE do not", (ode,), "moved", "below", 1e-4)
    claim("u", "a quarter of the solver's step moves them by less than 0.01", (ode,), "solver", "below", 0.01)
    return judged


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
