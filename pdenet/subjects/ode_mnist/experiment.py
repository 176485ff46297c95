"""Neural ODEs on MNIST and their controls: which networks stand side by side, and how they are trained.

``python -m pdenet.ode_nets`` trains what `results/ode-nets.jsonl` does not hold yet, one run after the other;
a run that is killed is lost, those before it are not. ``--estimate`` says how long the missing ones take.
"""

import argparse
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.data.image_data import ImageData
from pdenet.data.images import load_images
from pdenet.models.stencil_field import StencilField
from pdenet.ops.ode.solvers import Adaptive, DivergedError, Fixed, Solver
from pdenet.ops.pick import pick
from pdenet.ops.seeding import ORDER, generator
from pdenet.runs.files import append, read
from pdenet.runs.machine import describe_machine, describe_versions
from pdenet.runs.record import Record, run_key
from pdenet.runs.training import TrainingConfig, pixel_scale, scaled
from pdenet.subjects.ode_mnist.measures import accuracy, kept_bytes, solver_test
from pdenet.subjects.ode_mnist.networks import BlockNet, conv_net, stencil_net
from pdenet.symbolic import PDE1

FILE = "ode-nets.jsonl"
ADAPTIVE = Adaptive("dopri5", rtol=1e-3, atol=1e-3)
EQUAL_WIDTH = 11  # channels inside each of six blocks that together have the parameters of one field

ALONE, TIED, FLOW = "no block", "tied stack", "neural ODE"
BLOCKS = "six blocks"


@dataclass(frozen=True)
class Setting:
    """Networks that are trained alike, on the same images.

    Parameters
    ----------
    name
        Short name.
    title
        What a reader is told.
    members
        Networks by name: functions of the seed.
    config
        The protocol.
    train, test
        Random part of the images; None is all.
    seeds
        Runs of each network.
    grid
        Steps of Euler's rule with which a trained flow is solved again; none leaves the solver test out.
    stride
        Every so many test images take part in the solver test.
    only_last
        Whether the test images are looked at after the last epoch only.
    """

    name: str
    title: str
    members: dict[str, Callable[[int], BlockNet]]
    config: TrainingConfig
    train: int | None = None
    test: int | None = None
    seeds: int = 3
    grid: tuple[int, ...] = ()
    stride: int = 1
    only_last: bool = False

    def part(self, data: ImageData) -> ImageData:
        """The images that the setting is about, or fewer where there are fewer."""
        train = None if self.train is None else min(self.train, len(data.train_labels))
        test = None if self.test is None else min(self.test, len(data.test_labels))
        return data.subset(train, test)


def euler(steps: int) -> str:
    """The name of the network whose flow is trained with so many steps of Euler's rule."""
    return f"Euler, {steps} step{'' if steps == 1 else 's'}"


def _stencil(block: int | Solver) -> Callable[[int], BlockNet]:
    return partial(stencil_net, PDE1, block)


def _conv(block: int | Solver, **options: Any) -> Callable[[int], BlockNet]:
    return partial(conv_net, block, **options)


STENCIL_STEPS = (1, 2, 5, 10, 20)
CONV_STEPS = (1, 2, 4, 8)

STENCIL = Setting(
    "stencil",
    "stencil",
    {ALONE: _stencil(0), TIED: _stencil(5), FLOW: _stencil(ADAPTIVE)}
    | {euler(n): _stencil(Fixed("euler", n)) for n in STENCIL_STEPS},
    TrainingConfig(epochs=3),
    seeds=10,
    grid=(1, 2, 5, 10, 20, 40),
    stride=2,
)
_FOUR = {
    ALONE: _conv(0),
    euler(1): _conv(Fixed("euler", 1)),
    BLOCKS: _conv(6, width=EQUAL_WIDTH),
    FLOW: _conv(ADAPTIVE),
}
CONV = Setting(
    "conv",
    "convolutions",
    _FOUR | {euler(n): _conv(Fixed("euler", n)) for n in CONV_STEPS[1:]},
    TrainingConfig(epochs=2, batch_size=64),
    seeds=5,
    grid=(1, 2, 4, 8, 16),
    stride=4,
)
FEW = Setting(
    "few",
    "convolutions, few labels",
    _FOUR,
    TrainingConfig(epochs=10, batch_size=32),
    train=1000,
    test=5000,
    seeds=10,
    only_last=True,
)
SETTINGS = {setting.name: setting for setting in (STENCIL, CONV, FEW)}


@dataclass(frozen=True)
class Run:
    """One network to be trained: setting, name of the member, seed."""

    setting: Setting
    member: str
    seed: int

    def build(self) -> BlockNet:
        """The network before training."""
        return self.setting.members[self.member](self.seed)

    def key(self, data: ImageData) -> str:
        """`Record.key` of its record, if it is trained on this part of the images."""
        net = self.build()
        return run_key(net.description, asdict(self.setting.config), self.seed, data.name, data.checksum)


def plan(seeds: int | None = None, only: Sequence[str] = ()) -> list[Run]:
    """All runs, the most telling first: a run that is cut short has something of everything.

    Parameters
    ----------
    seeds
        Upper limit to the seeds of a network.
    only
        Members, as ``member``, ``setting`` or ``setting:member``; none means all.
    """
    cheap = [name for name in STENCIL.members if name != FLOW]
    waves: tuple[tuple[Setting, Sequence[str], Sequence[int]], ...] = (
        (STENCIL, cheap, range(3)),
        (CONV, [*CONV.members], [0]),
        (FEW, [*FEW.members], range(2)),
        (CONV, [*CONV.members], [1]),
        (STENCIL, [FLOW], range(3)),
        (CONV, [*CONV.members], range(2, CONV.seeds)),
        (FEW, [*FEW.members], range(2, FEW.seeds)),
        (STENCIL, [*STENCIL.members], range(3, STENCIL.seeds)),
    )
    runs = [Run(setting, name, seed) for setting, names, some in waves for seed in some for name in names]
    limit = math.inf if seeds is None else seeds

    def wanted(run: Run) -> bool:
        names = {run.member, run.setting.name, f"{run.setting.name}:{run.member}"}
        return run.seed < limit and (not only or not names.isdisjoint(only))

    return [run for run in runs if wanted(run)]


def train(run: Run, data: ImageData) -> Record:
    """Train one network on a part of the images that is already cut, and measure it.

    ``measured`` of the record holds ``parameters`` by part; ``evaluations``, how often on average a training
    step evaluates the field, by epoch; ``cpu_seconds``, processor time of the training steps (on one
    thread that is about the wall time of a machine with nothing else to do); ``kept_bytes``, what a training
    step keeps for its backward pass (see `kept_bytes`); and, for a flow, ``solver_test`` (see `solver_test`).
    """
    config, setting = run.setting.config, run.setting
    net = run.build()
    optimizer = torch.optim.Adam(net.parameters(), lr=config.learning_rate, fused=True)
    scale = pixel_scale(data, config.pixels)
    test_images = scaled(data.test_images, scale)
    history: dict[str, list[float | None]] = {"train_loss": [], "test_accuracy": []}
    evaluations: list[float] = []
    cpu, started, diverged = 0.0, time.perf_counter(), None
    for epoch in range(config.epochs):
        cpu_before = time.process_time()
        loss, count = _epoch(net, optimizer, data, config, scale, run.seed, epoch)
        cpu += time.process_time() - cpu_before
        evaluations.append(count)
        history["train_loss"].append(loss)
        last = epoch == config.epochs - 1
        skip = setting.only_last and not last
        history["test_accuracy"].append(None if skip else accuracy(net, test_images, data.test_labels))
        if not math.isfinite(loss):
            diverged = epoch + 1
            break
    batch = slice(0, config.batch_size)
    measured: dict[str, Any] = {
        "parameters": net.parameter_count(),
        "evaluations": evaluations,
        "cpu_seconds": cpu,
        "kept_bytes": kept_bytes(net, scaled(data.train_images[batch], scale), data.train_labels[batch]),
    }
    if net.flow is not None and setting.grid and diverged is None:
        every = slice(None, None, setting.stride)
        measured["solver_test"] = solver_test(net, test_images[every], data.test_labels[every], setting.grid)
    return Record(
        model=net.description,
        training=asdict(config),
        seed=run.seed,
        data={
            "name": data.name,
            "checksum": data.checksum,
            "train": len(data.train_labels),
            "test": len(data.test_labels),
        },
        history=history,
        diverged_at=diverged,
        seconds=time.perf_counter() - started,
        machine=describe_machine(torch.device("cpu")),
        versions=describe_versions(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        trunk=_stencil_parameters(net),
        measured=measured,
    )


def _epoch(
    net: BlockNet,
    optimizer: torch.optim.Optimizer,
    data: ImageData,
    config: TrainingConfig,
    scale: tuple[float, float],
    seed: int,
    epoch: int,
) -> tuple[float, float]:
    """Mean loss over the images and mean number of evaluations in a step; NaN if the flow broke off."""
    total, count, steps = 0.0, 0, 0
    try:
        for images, labels in batches(data, config, scale, seed, epoch):
            loss = functional.cross_entropy(net(images), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            count += net.evaluations
            steps += 1
    except DivergedError:
        total = math.nan
    return total / len(data.train_labels), count / max(steps, 1)


def batches(
    data: ImageData, config: TrainingConfig, scale: tuple[float, float], seed: int, epoch: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Images (B, H, W) and labels (B,) of an epoch, in the order in which `pdenet.training.fit` has them."""
    order = torch.randperm(len(data.train_labels), generator=generator(seed, ORDER, epoch))
    images = data.train_images.contiguous()
    for index in order.split(config.batch_size):
        yield pick(images, index[None], *scale)[0], data.train_labels[index]


def _stencil_parameters(net: BlockNet) -> dict[str, list[float]]:
    """The parameters of the equation, if the block has one."""
    rate = getattr(net.block, "rate", None)
    if not isinstance(rate, StencilField):
        return {}
    theta = rate.theta.detach()[0].tolist()
    return {symbol.name: [value] for symbol, value in zip(PDE1.parameters, theta, strict=True)}


def missing(out: Path, data: ImageData, runs: Iterable[Run]) -> Iterator[tuple[Run, ImageData]]:
    """The runs that the file does not hold, each with its images; the file is read anew before each."""
    parts = {name: setting.part(data) for name, setting in SETTINGS.items()}
    for run in runs:
        done = {record.key for record in read(out)} if out.exists() else set()
        part = parts[run.setting.name]
        if run.key(part) not in done:
            yield run, part


def estimate(out: Path, data: ImageData, runs: Iterable[Run], steps: int = 3) -> None:
    """Print what the missing runs would take, from the processor time of a few steps of one of each kind."""
    per_step: dict[tuple[str, str], float] = {}
    total: dict[tuple[str, str], float] = {}
    for run, part in missing(out, data, runs):
        name, config = (run.setting.name, run.member), run.setting.config
        if name not in per_step:
            net, scale = run.build(), pixel_scale(part, config.pixels)
            for i, (images, labels) in enumerate(islice(batches(part, config, scale, 0, 0), steps + 1)):
                if i == 1:  # the first step is a warm-up
                    started = time.process_time()
                functional.cross_entropy(net(images), labels).backward()
            per_step[name] = (time.process_time() - started) / steps
        count = config.epochs * math.ceil(len(part.train_labels) / config.batch_size)
        total[name] = total.get(name, 0.0) + per_step[name] * count / 60
    for (setting, member), minutes in total.items():
        print(
            f"{setting:8s} {member:15s} {1000 * per_step[setting, member]:6.0f} ms a step, {minutes:5.1f} min"
        )
    print(f"together {sum(total.values()):.0f} min of training steps; tests come on top")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m pdenet.ode_nets", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("results") / FILE, help="file of records")
    parser.add_argument("--data", default="auto", choices=["auto", "mnist", "digits"], help="image set")
    parser.add_argument("--seeds", type=int, default=None, help="at most so many seeds of a network")
    names = {f"{s.name}:{member}" for s in SETTINGS.values() for member in s.members}
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="NAME", help="setting, member or setting:member"
    )
    parser.add_argument("--estimate", action="store_true", help="only say how long it would take")
    chosen = parser.parse_args(arguments)
    known = names | {part for name in names for part in name.split(":")}
    if unknown := sorted(set(chosen.only) - known):
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    data = load_images(chosen.data)
    runs = plan(chosen.seeds, chosen.only)
    if chosen.estimate:
        estimate(chosen.out, data, runs)
        return
    for run, part in missing(chosen.out, data, runs):
        record = train(run, part)
        append(chosen.out, [record])
        print(
            f"{run.setting.name}, {run.member}, seed {run.seed}: {100 * record.accuracy:.2f} %, "
            f"{record.measured['evaluations'][-1]:.1f} evaluations, {record.seconds:.0f} s, of which steps "
            f"{record.measured['cpu_seconds']:.0f} s of processor",
            flush=True,
        )


if __name__ == "__main__":
    main()
