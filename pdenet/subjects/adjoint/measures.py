"""What the ways to a gradient cost: time and peak memory against the evaluations of the field.

The ways take turns, so that a busy moment of the machine hits all of them; memory is measured in processes
of its own, a way each.
"""

import contextlib
import math
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import torch
from scipy.special import stdtrit
from torch import Tensor, nn

from pdenet.models.measures.memory import saved_numbers
from pdenet.ops.ode.solve import Gradient, solve
from pdenet.ops.ode.solvers import Fixed
from pdenet.runs.interval import Interval
from pdenet.runs.machine import peak_resident
from pdenet.subjects.adjoint.ways import MADE_OF, PLAIN, THETA, WAYS, Problem, Step

EVALUATIONS = (4, 8, 16, 32, 64, 128)  # also of memory
ROUNDS = 5


def saved_by_flow(rate: nn.Module, u: Tensor, duration: float, solver: Fixed, gradient: Gradient) -> int:
    """Numbers kept by `solve` with this solver and this way to the gradient; see `saved_numbers`."""
    return saved_numbers(lambda: solve(rate, u, duration, solver, gradient=gradient).end)


def peak_by_evaluations(way: str, problem: Problem, evaluations: Sequence[int]) -> dict[str, float]:
    """MiB by which the peak memory of a fresh process grows up to so many evaluations, from few to many.

    There every buffer is given back to the system when it is freed, where the C library can be told to
    (glibc). Else the peak would be that of holes between the buffers that are held, twice or three times it.
    """
    with (
        _environment("MALLOC_MMAP_THRESHOLD_", "65536"),
        multiprocessing.get_context("spawn").Pool(1) as pool,
    ):
        return pool.apply(_grown, (way, problem, sorted(evaluations)))


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable of the environment for processes that are started meanwhile."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _grown(way: str, problem: Problem, evaluations: Sequence[int]) -> dict[str, float]:
    build = WAYS[way][1]
    build(replace(problem, batch=1, evaluations=2))()  # libraries loaded, loops compiled
    before = peak_resident()
    found = {}
    for count in evaluations:
        step = build(replace(problem, evaluations=count))
        step()
        step()
        found[str(count)] = peak_resident() - before
    return found


def gaps(problem: Problem) -> dict[str, float]:
    """By how much each way's gradient of theta is off that of the solver's steps, relative.

    The pair is compared with plain automatic differentiation of the pair.
    """
    found = {way: build(problem)()[1].double() for way, (_, build) in WAYS.items()}
    wanted = dict.fromkeys(WAYS, found["solver"]) | {"reversible": plain_pair(problem)[1].double()}
    return {way: float((found[way] - wanted[way]).norm() / wanted[way].norm()) for way in WAYS}


def plain_pair(problem: Problem) -> Sequence[Tensor]:
    """The gradients of the reversible pair by automatic differentiation, every state stored."""
    u, field = problem.images(), problem.field()
    steps = problem.evaluations // 2
    h, first, second = problem.duration / steps, u, u
    for _ in range(steps):
        first = first + h * field(0.0, second)
        second = second + h * field(0.0, first)
    return torch.autograd.grad(first.sum(), (u, field.theta))


def measure(
    problem: Problem,
    evaluations: Sequence[int] = EVALUATIONS,
    rounds: int = ROUNDS,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Time and peak memory of every way, as plain data.

    Parameters
    ----------
    problem
        Its number of evaluations is replaced by each of `evaluations`.
    evaluations
        Forward evaluations of the field (layers).
    rounds
        How often the ways take turns; the median over rounds is reported.
    say
        Told what is being done.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    memory = {}
    for way, (what, _) in WAYS.items():
        say(f"memory: {what}")
        memory[way] = peak_by_evaluations(way, problem, evaluations)
    say("comparing gradients")
    off = gaps(replace(problem, evaluations=max(evaluations)))
    steps = {
        (way, n): build(replace(problem, evaluations=n))
        for n in evaluations
        for way, (_, build) in WAYS.items()
    }
    times: dict[str, dict[str, list[float]]] = {way: {str(n): [] for n in evaluations} for way in WAYS}
    for number in range(rounds + 1):
        say(f"round {number} of {rounds}" if number else "warming up")
        for (way, n), step in steps.items():
            seconds = _seconds(step)
            if number:
                times[way][str(n)].append(seconds)
    return {
        "problem": {
            "batch": problem.batch,
            "size": problem.size,
            "duration": problem.duration,
            "theta": THETA,
            "rounds": rounds,
        },
        "evaluations": list(evaluations),
        "milliseconds": _table(times, statistics.median),
        "fastest_milliseconds": _table(times, min),
        "memory_mib": memory,
        "gradient_off_by": off,
        "load_at_start": load,
    }


def _table(
    times: Mapping[str, Mapping[str, Sequence[float]]], one: Callable[[Iterable[float]], float]
) -> dict[str, dict[str, float]]:
    return {way: {n: 1e3 * one(found) for n, found in row.items()} for way, row in times.items()}


def _seconds(step: Step, at_least: float = 0.04) -> float:
    """Mean time of a step repeated for about so many seconds, at least once."""
    count, started = 0, time.perf_counter()
    while True:
        step()
        count += 1
        elapsed = time.perf_counter() - started
        if elapsed >= at_least:
            return elapsed / count


def slope(points: Mapping[str, float]) -> float:
    """The slope of the least-squares line through values by number, for instance MiB an evaluation."""
    xs, ys = [float(n) for n in points], list(points.values())
    middle_x, middle_y = statistics.mean(xs), statistics.mean(ys)
    across = sum((x - middle_x) ** 2 for x in xs)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / across


def slope_interval(points: Mapping[str, float], level: float = 0.95) -> Interval:
    """The `slope` with its Student-t interval from the scatter of the points about the line.

    Parameters
    ----------
    points
        Values by number.
    level
        Confidence level, between 0 and 1.

    Returns
    -------
    Interval
        Without limits for two points, which any line meets.
    """
    xs, ys = [float(n) for n in points], list(points.values())
    rise, freedom = slope(points), len(xs) - 2
    again = partial(slope_interval, points)
    if freedom < 1:
        return Interval(rise, -math.inf, math.inf, len(xs), level, again=again)
    middle_x, middle_y = statistics.mean(xs), statistics.mean(ys)
    off = sum((y - middle_y - rise * (x - middle_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    error = math.sqrt(off / freedom / sum((x - middle_x) ** 2 for x in xs))
    half = float(stdtrit(freedom, (1 + level) / 2)) * error
    return Interval(rise, rise - half, rise + half, len(xs), level, again=again)


def states_an_evaluation(measured: Mapping[str, Any], way: str) -> dict[str, float]:
    """Peak memory by evaluations of a way, as `measure` gives it, in states: batches of float32 images."""
    problem = measured["problem"]
    state = 4 * problem["batch"] * problem["size"] ** 2 / 2**20  # MiB
    return {n: mib / state for n, mib in measured["memory_mib"][way].items()}


class Beside(NamedTuple):
    """A way beside the plain one that is written in the same: how many times its time, its growing memory."""

    time: float
    growth: float


def beside_plain(measured: Mapping[str, Any]) -> dict[str, Beside]:
    """The ways that have a plain one to stand beside, at the most evaluations measured.

    Between ways that are written differently, times tell of programs and not of methods.
    """
    milliseconds, memory = measured["milliseconds"], measured["memory_mib"]
    deep = str(max(measured["evaluations"]))
    found = {}
    for way, make in MADE_OF.items():
        plain = PLAIN.get(make)
        if plain is not None and plain != way:
            time_ratio = milliseconds[way][deep] / milliseconds[plain][deep]
            found[way] = Beside(time_ratio, slope(memory[way]) / slope(memory[plain]))
    return found
