"""What the recorded runs of `pdenet.ode_nets` say: accuracies by seed, and claims with their verdicts."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import ArrayLike

from pdenet.claims import Claim, Interval, Verdict, paired_interval
from pdenet.ode_nets import ALONE, BLOCKS, CONV, FEW, FILE, FLOW, SETTINGS, STENCIL, TIED, Setting, euler
from pdenet.records import Record, read, shipped
from pdenet.verdicts import Judged, verdict

Place = tuple[str, str]  # setting, member
FEWEST_SEEDS = 3
HALF_A_POINT = 0.5  # in points of a per cent: what the book calls agreement


def recorded() -> list[Record]:
    """The records that come with the book; none where their file does not yet."""
    try:
        return read(shipped(FILE))
    except FileNotFoundError:
        return []


def results(records: Iterable[Record], data: str = "mnist") -> dict[Place, list[Record]]:
    """The runs by (setting, member), each in the order of its seeds; places without a run are left out.

    Parameters
    ----------
    records
        Of `pdenet.ode_nets`.
    data
        Name of the whole image set; a setting that takes a part of it has its part.
    """
    given = list(records)
    found: dict[Place, list[Record]] = {}
    for setting in SETTINGS.values():
        training = asdict(setting.config)
        fitting = [r for r in given if r.training == training and _is_part(r, setting, data)]
        for name, member in setting.members.items():
            description = member(0).description
            runs = {r.seed: r for r in fitting if r.model == description}
            if runs:
                found[setting.name, name] = [runs[seed] for seed in sorted(runs)]
    return found


def _is_part(record: Record, setting: Setting, data: str) -> bool:
    """Whether the record's images are the setting's part of that image set."""
    base, _, _ = record.data["name"].partition("[")
    whole = record.data["name"] == base
    return base == data and whole == (setting.train is None and setting.test is None)


def per_cent(runs: Sequence[Record]) -> np.ndarray:
    """Accuracies in per cent, (seed,); a network whose training broke off has labelled nothing right."""
    return 100 * np.nan_to_num([run.accuracy for run in runs])


def in_test(runs: Sequence[Record], solver: str, what: str = "accuracy") -> np.ndarray:
    """``accuracy`` or ``same`` of the solver test in per cent, (seed,); a solution that broke off has 0."""
    values = [run.measured["solver_test"][what][solver] for run in runs if "solver_test" in run.measured]
    return 100 * np.array([0.0 if value is None else value for value in values])


def ahead(found: Mapping[Place, list[Record]], place: Place, other: Place) -> Interval | None:
    """Points by which one network is ahead of another, paired over the seeds that both have."""
    first, second = (
        {run.seed: value for run, value in zip(runs, per_cent(runs), strict=True)}
        for runs in (found.get(place, []), found.get(other, []))
    )
    shared = sorted(first.keys() & second.keys())
    return _paired([first[s] for s in shared], [second[s] for s in shared]) if shared else None


def loss_of_accuracy(runs: Sequence[Record]) -> Interval | None:
    """Points that networks lose when their field is solved accurately instead of as in training."""
    trained = in_test(runs, "trained")
    return _paired(trained, in_test(runs, "accurate")) if len(trained) else None


def judge(found: Mapping[Place, list[Record]]) -> dict[str, Judged]:
    """The claims about accuracy with what the runs measure for each, by id; those without a run left out."""
    judged: dict[str, Judged] = {}

    def claim(name: str, text: str, place: Place, other: Place) -> None:
        interval = ahead(found, place, other)
        if interval is not None:
            judged[name] = Claim(name, text, "comparison", 0.0), interval

    def agree(name: str, text: str, place: Place, other: Place) -> None:
        interval = ahead(found, place, other)
        if interval is not None:
            judged[name] = Claim(name, text, "comparison", HALF_A_POINT, "below"), _size(interval)

    flow = (STENCIL.name, FLOW)
    claim("5.2a", "five parameters of a flow in front of the classifier help it", flow, (flow[0], ALONE))
    claim("5.2b", "the stencil's flow beats one Euler step", flow, (flow[0], euler(1)))
    claim("5.2c", "the stencil's flow beats the tied stack with ReLU", flow, (flow[0], TIED))
    agree("5.2d", "the stencil's flow and the tied stack agree to half a point", flow, (flow[0], TIED))
    flow = (CONV.name, FLOW)
    claim("5.2e", "the convolutional flow beats no block", flow, (flow[0], ALONE))
    claim("5.2f", "the convolutional flow beats one block", flow, (flow[0], euler(1)))
    claim("5.2g", "the convolutional flow beats six blocks with as many parameters", flow, (flow[0], BLOCKS))
    agree("5.2h", "the convolutional flow and no block agree to half a point", flow, (flow[0], ALONE))
    agree("5.2i", "the convolutional flow and six blocks agree to half a point", flow, (flow[0], BLOCKS))
    flow = (FEW.name, FLOW)
    claim("5.2j", "with few labels the flow beats no block", flow, (flow[0], ALONE))
    claim("5.2k", "with few labels the flow beats one block", flow, (flow[0], euler(1)))
    claim("5.2l", "with few labels the flow beats six blocks", flow, (flow[0], BLOCKS))
    return judged


def judge_solvers(found: Mapping[Place, list[Record]], setting: Setting) -> dict[str, Judged]:
    """Claims that a network is an ODE, by member, for those with a solver test, coarse steps first.

    A network counts as one if an accurate solver costs it less than half a point.
    """
    judged = {}
    for member in sorted(setting.members, key=steps_of):
        interval = loss_of_accuracy(found.get((setting.name, member), []))
        if interval is not None:
            text = f"{setting.name}, {member}: an accurate solver costs less than half a point"
            judged[member] = (
                Claim(f"5.2 {setting.name} {member}", text, "comparison", HALF_A_POINT, "below"),
                interval,
            )
    return judged


def steps_of(member: str) -> float:
    """Euler steps that the network is trained with; infinitely many for the adaptive solver."""
    return float(member.split()[1]) if member.startswith("Euler") else float("inf")


def ode_from(judged: Mapping[str, Judged]) -> int | None:
    """The fewest Euler steps from which on every tested number gives an ODE; None if the largest does not."""
    fewest = None
    for member in sorted((m for m in judged if m.startswith("Euler")), key=steps_of, reverse=True):
        if verdict(judged[member]) is not Verdict.HOLDS:
            break
        fewest = int(steps_of(member))
    return fewest


def _paired(a: ArrayLike, b: ArrayLike) -> Interval:
    """`paired_interval`, but an infinite one below three seeds: two can agree by luck."""
    found = paired_interval(a, b)
    return found if found.n >= FEWEST_SEEDS else replace(found, low=-math.inf, high=math.inf)


def _size(d: Interval) -> Interval:
    """The interval of |d| from that of d."""
    return Interval(abs(d.estimate), max(d.low, -d.high, 0.0), max(-d.low, d.high), d.n, d.level)
