"""What a gradient costs: time and peak memory of several ways through one flow, against its evaluations.

All ways differentiate the same sum over the same images after the same time, by the images and by the
parameters of equation (39); all but the reversible pair go through the same Euler steps. They take turns, so
that a busy moment of the machine hits all of them; memory is measured in processes of its own, a way each.
"""

import contextlib
import math
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from pdenet.checks.numbers import real, whole
from pdenet.checks.sequences import wholes
from pdenet.models import Init, StencilField
from pdenet.models.measures.memory import saved_numbers
from pdenet.models.pde_net import square_kernels
from pdenet.ops import residual_stack
from pdenet.ops.ode.reversible import reversible_pair
from pdenet.ops.ode.solve import Gradient, solve
from pdenet.ops.ode.solvers import Fixed
from pdenet.runs.arm import Arm, Context
from pdenet.runs.experiment import Experiment, Mode
from pdenet.runs.machine import describe_origin, peak_resident
from pdenet.runs.record import Record
from pdenet.runs.shown import Drawn
from pdenet.symbolic import PDE1

EVALUATIONS = (4, 8, 16, 32, 64, 128)  # also of memory
ROUNDS = 5

# alpha, beta, sigma, rho, gamma of (39). With steps of length one or less no tap of skip plus kernel is
# negative, so that positive images stay positive and a ReLU between the steps changes nothing.
THETA = (0.5, 0.1, 0.4, -0.05, 0.01)

Step = Callable[[], Sequence[Tensor]]  # forward and backward; the gradients of the images and of theta


@dataclass(frozen=True)
class Problem:
    """The flow of (39) over `duration`, in so many evaluations, on `batch` images of `size` x `size`.

    Raises
    ------
    TypeError
        If a number is none.
    ValueError
        If a number is out of range, or the evaluations are not even.
    """

    evaluations: int = 64
    batch: int = 128
    size: int = 28
    duration: float = 4.0
    dtype: torch.dtype = torch.float32

    def __post_init__(self) -> None:
        for name, least in (("evaluations", 2), ("batch", 1), ("size", 1)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least=least))
        object.__setattr__(self, "duration", real("duration", self.duration))
        if self.evaluations % 2:
            message = f"evaluations must be even, at least 2: two a step of the pair; got {self.evaluations}"
            raise ValueError(message)

    @property
    def step(self) -> float:
        """Length of an Euler step, in layers."""
        return self.duration / self.evaluations

    def images(self) -> Tensor:
        """Positive images (1, B, H, W), seeded, that ask for a gradient."""
        draw = Init().draw((1, self.batch, self.size, self.size), torch.Generator().manual_seed(0))
        return draw.to(self.dtype).requires_grad_()

    def field(self) -> StencilField:
        """The right-hand side, with the parameters `THETA`."""
        field = StencilField(PDE1).to(self.dtype)
        with torch.no_grad():
            field.theta.copy_(field.theta.new_tensor([THETA]))
        return field


def _stack(problem: Problem, apply: Callable[[Tensor, Tensor], Tensor]) -> Step:
    """A way that sees the Euler steps as layers with the kernels h K(theta), all the same."""
    u, field = problem.images(), problem.field()

    def step() -> Sequence[Tensor]:
        kernels = problem.step * square_kernels(field.stencil, field.theta)  # (1, 3, 3)
        end = apply(u, kernels.unsqueeze(1).expand(1, problem.evaluations, 3, 3))
        return torch.autograd.grad(end.sum(), (u, field.theta))

    return step


def fused(problem: Problem) -> Step:
    """The residual stack in this package's loops, which compute states again while they are in the cache."""
    return _stack(problem, lambda u, kernels: residual_stack(u, kernels, support="cross"))


def _layers(u: Tensor, kernels: Tensor) -> Tensor:
    return residual_stack(u, kernels, backend="torch", support="cross")


def layers(problem: Problem) -> Step:
    """The same stack in plain PyTorch, which stores what each layer needs for its way back."""
    return _stack(problem, _layers)


def checkpoints(problem: Problem) -> Step:
    """The same with about sqrt(L) states kept; the layers between two of them are computed again."""
    length = math.isqrt(problem.evaluations - 1) + 1  # the root, rounded up

    def apply(u: Tensor, kernels: Tensor) -> Tensor:
        for part in kernels.split(length, dim=1):
            u = checkpoint(_layers, u, part, use_reentrant=False)
        return u

    return _stack(problem, apply)


def reversible(problem: Problem) -> Step:
    """A pair of states, half as many steps of two evaluations each, undone on the way back."""
    u, field = problem.images(), problem.field()

    def step() -> Sequence[Tensor]:
        ends = reversible_pair(field, u, u, problem.duration, problem.evaluations // 2)
        return torch.autograd.grad(ends[0].sum(), (u, field.theta))

    return step


def _solved(problem: Problem, gradient: Gradient) -> Step:
    u, field = problem.images(), problem.field()
    solver = Fixed("euler", problem.evaluations)

    def step() -> Sequence[Tensor]:
        end = solve(field, u, problem.duration, solver, gradient=gradient).end
        return torch.autograd.grad(end.sum(), (u, field.theta))

    return step


def solver(problem: Problem) -> Step:
    """Backpropagation through Euler steps of the solver."""
    return _solved(problem, "backprop")


def adjoint(problem: Problem) -> Step:
    """The adjoint equations (43) and (44), solved backward by as many Euler steps."""
    return _solved(problem, "adjoint")


WAYS: dict[str, tuple[str, Callable[[Problem], Step]]] = {
    "fused": ("residual stack, fused", fused),
    "layers": ("residual stack, PyTorch", layers),
    "checkpoints": ("the same, checkpointed", checkpoints),
    "reversible": ("reversible pair", reversible),
    "adjoint": ("adjoint", adjoint),
    "solver": ("backprop through the solver", solver),
}


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


@dataclass(frozen=True)
class CostProtocol:
    """What is measured: a `Problem` of this size, at so many evaluations, so many rounds.

    Raises
    ------
    ValueError
        If a number is out of range, or the evaluations span less than a factor of two.
    """

    batch: int = Problem.batch
    evaluations: tuple[int, ...] = EVALUATIONS
    rounds: int = ROUNDS

    def __post_init__(self) -> None:
        object.__setattr__(self, "batch", whole("batch", self.batch, least=1))
        object.__setattr__(self, "rounds", whole("rounds", self.rounds, least=1))
        object.__setattr__(self, "evaluations", wholes("evaluations", self.evaluations))
        if not self.evaluations or any(n < 2 or n % 2 for n in self.evaluations):
            got = ", ".join(map(str, self.evaluations)) or "none"
            message = f"evaluations must be even, at least 2: the reversible pair takes two a step; got {got}"
            raise ValueError(message)
        if max(self.evaluations) < 2 * min(self.evaluations):
            message = "evaluations must span a factor of two at least, or there is nothing to compare"
            raise ValueError(message)


NOISE = Drawn("uniform noise")


@dataclass(frozen=True, kw_only=True)
class CostArm(Arm):
    """All ways together, since they take turns; nothing is trained."""

    protocol: CostProtocol = CostProtocol()
    shown: Drawn = NOISE
    most: int | None = 1

    @property
    def name(self) -> str:
        """What is measured."""
        return "all ways to a gradient"

    @property
    def model(self) -> dict[str, Any]:
        """The ways."""
        return {"kind": "gradient costs", "ways": [*WAYS]}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        """Measure, once a seed."""
        return [self._run(seed) for seed in seeds]

    def _run(self, seed: int) -> Record:
        started = time.perf_counter()
        protocol = self.protocol
        measured = measure(Problem(batch=protocol.batch), protocol.evaluations, protocol.rounds)
        return Record(
            model=self.model,
            training=self.training,
            seed=seed,
            data=self.shown.describe(),
            history={},
            seconds=time.perf_counter() - started,
            trunk={},
            measured=measured,
            **describe_origin(torch.device("cpu")),
        )


def _arms(mode: Mode) -> tuple[CostArm, ...]:
    if mode == "full":
        return (CostArm(),)
    return (CostArm(protocol=CostProtocol(batch=32, evaluations=(4, 16), rounds=2)),)


ADJOINT = Experiment(
    "adjoint",
    "What a gradient costs: time and peak memory of several ways through one flow",
    _arms,
    seeds=1,
    page="adjoint",
)
