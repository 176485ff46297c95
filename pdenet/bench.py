"""Time the residual stack beside what a user would write, in one run: ratios, share of peak, memory.

Every contender takes the same images through the same stack of five-point stencils, forward and backward
(gradients of the image, the taps), in float32. They take turns, a tenth of a second each a round, so that a
busy moment of the machine hits all of them; a ratio is the median over rounds of the ratio within a round.
"""

import importlib.util
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.machine import describe_machine, describe_versions
from pdenet.ops import residual_stack

TAPS = 5
Step = Callable[[], Sequence[Any]]  # runs forward and backward, returns the gradients of image and kernels


@dataclass(frozen=True)
class Problem:
    """What is timed: `depth` layers on `batch` images of `size` x `size` pixels, one network."""

    depth: int = 50
    batch: int = 128
    size: int = 28

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Images (1, B, H, W) and stable five-point kernels (1, L, 3, 3), seeded; both ask for gradients."""
        generator = torch.Generator().manual_seed(0)
        u = torch.rand(1, self.batch, self.size, self.size, generator=generator)
        side = 0.05 + 0.1 * torch.rand(1, self.depth, 4, generator=generator)
        kernels = torch.zeros(1, self.depth, 9)
        kernels[..., [1, 3, 5, 7]] = side
        kernels[..., 4] = -side.sum(-1)
        return u.requires_grad_(), kernels.view(1, self.depth, 3, 3).requires_grad_()

    @property
    def flops(self) -> int:
        """Floating-point operations that a step needs; recomputed activations do not count.

        Five multiply-adds a pixel and layer for the output, five for the gradient of the image, five for
        that of the taps.
        """
        return 2 * 3 * TAPS * self.depth * self.batch * self.size**2


def fused(problem: Problem) -> Step:
    """This package: `residual_stack` on the fused CPU loops."""
    u, kernels = problem.tensors()
    return _step(lambda: residual_stack(u, kernels, backend="numba", support="cross"), u, kernels)


def two_convolutions(problem: Problem) -> Step:
    """The thesis's own way: a horizontal and a vertical `conv2d` a layer, added to the skip, eager."""
    u, kernels = problem.tensors()
    images = u.transpose(0, 1)

    def stack() -> Tensor:
        v = images
        for k in kernels[0]:
            across = k[1].view(1, 1, 1, 3)
            down = (k[:, 1] * k.new_tensor([1.0, 0.0, 1.0])).view(1, 1, 3, 1)
            v = torch.relu(
                v + functional.conv2d(v, across, padding=(0, 1)) + functional.conv2d(v, down, padding=(1, 0))
            )
        return v

    return _step(stack, u, kernels)


def _slices(u: Tensor, kernels: Tensor) -> Tensor:
    v = u[0]
    for k in kernels[0]:
        w = functional.pad(v, (1, 1, 1, 1))
        v = torch.relu(
            (1 + k[1, 1]) * v
            + k[1, 0] * w[:, 1:-1, :-2]
            + k[1, 2] * w[:, 1:-1, 2:]
            + k[0, 1] * w[:, :-2, 1:-1]
            + k[2, 1] * w[:, 2:, 1:-1]
        )
    return v


def shifted_slices(problem: Problem) -> Step:
    """A sum of shifted slices of the padded image, eager."""
    u, kernels = problem.tensors()
    return _step(lambda: _slices(u, kernels), u, kernels)


def compiled_slices(problem: Problem) -> Step:
    """The shifted slices under `torch.compile`."""
    u, kernels = problem.tensors()
    stack = torch.compile(_slices)
    return _step(lambda: stack(u, kernels), u, kernels)


def jax_scan(problem: Problem) -> Step:
    """The shifted slices as a jitted `jax.lax.scan`, value and gradient in one call."""
    import jax
    import jax.numpy as jnp

    u, kernels = (jnp.asarray(tensor.detach().numpy()) for tensor in problem.tensors())

    def layer(v: Any, k: Any) -> tuple[Any, None]:
        w = jnp.pad(v, ((0, 0), (1, 1), (1, 1)))
        v = (
            (1 + k[1, 1]) * v
            + k[1, 0] * w[:, 1:-1, :-2]
            + k[1, 2] * w[:, 1:-1, 2:]
            + k[0, 1] * w[:, :-2, 1:-1]
            + k[2, 1] * w[:, 2:, 1:-1]
        )
        return jnp.maximum(v, 0), None

    def total(u: Any, kernels: Any) -> Any:
        return jax.lax.scan(layer, u[0], kernels[0])[0].sum()

    step = jax.jit(jax.value_and_grad(total, argnums=(0, 1)))
    return lambda: jax.block_until_ready(step(u, kernels)[1])


CONTENDERS: dict[str, tuple[str, Callable[[Problem], Step]]] = {
    "fused": ("residual_stack, fused loops", fused),
    "conv2d": ("two conv2d a layer, eager (the thesis's way)", two_convolutions),
    "slices": ("shifted slices, eager", shifted_slices),
    "compile": ("shifted slices, torch.compile", compiled_slices),
    "jax": ("shifted slices, jitted JAX scan", jax_scan),
}


def available() -> list[str]:
    """Contenders that this machine can run: JAX only where it is installed."""
    return [name for name in CONTENDERS if name != "jax" or importlib.util.find_spec("jax")]


def _step(stack: Callable[[], Tensor], *inputs: Tensor) -> Step:
    return lambda: torch.autograd.grad(stack().sum(), inputs)


def peak_flops(size: int = 2048, repeats: int = 8) -> float:
    """Multiply-adds (two operations each) a second that a float32 matrix product reaches here."""
    a, b = torch.rand(size, size), torch.rand(size, size)
    best = min(_seconds(lambda: a @ b) for _ in range(repeats))
    return 2 * size**3 / best


def _seconds(step: Callable[[], Any]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def _seconds_a_step(step: Step, at_least: float = 0.1) -> float:
    """Mean time of a step repeated for `at_least` so many seconds."""
    started, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < at_least or not count:
        step()
        count += 1
    return elapsed / count


def _grown_memory(name: str, problem: Problem) -> float:
    """MiB by which the process's peak memory grows in two steps; for a fresh process."""
    CONTENDERS[name][1](Problem(1, 1, problem.size))()  # libraries loaded, code compiled
    before = _peak_resident()
    step = CONTENDERS[name][1](problem)
    step()
    step()
    return _peak_resident() - before


def _peak_resident() -> float:
    """MiB of resident memory that this process had at its peak."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss begins with the peak of the parent, which may hide ours
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def peak_memory(name: str, problem: Problem) -> float:
    """MiB of memory that two steps of a contender take at their peak, measured in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_grown_memory, (name, problem))


def run(
    problem: Problem, contenders: list[str], rounds: int, memory_depths: tuple[int, ...] = (5, 50, 500)
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield ``("progress", {...})`` as the work goes on and ``("result", {...})``, plain data, at the end.

    A contender other than the fused loops that fails here (`torch.compile` without a C++ compiler, say) is
    left out, with its reason in the result.
    """
    steps: dict[str, Step] = {}
    left_out: dict[str, str] = {}
    for name in contenders:
        yield "progress", {"doing": f"warming up: {CONTENDERS[name][0]}"}
        try:
            step = CONTENDERS[name][1](problem)
            step()
            step()
        except Exception as error:
            if name == "fused":
                raise
            left_out[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
        else:
            steps[name] = step
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(rounds):
        yield "progress", {"doing": f"round {number + 1} of {rounds}"}
        for name, step in steps.items():
            _seconds_a_step(step)  # its threads awake, those of the contender before asleep
            times[name].append(_seconds_a_step(step))
    yield "progress", {"doing": "matrix-product peak"}
    peak = peak_flops()
    memory: dict[str, dict[int, float]] = {}
    for name in [name for name in ("fused", "slices") if name in steps]:
        memory[name] = {}
        for depth in memory_depths:
            yield "progress", {"doing": f"memory at depth {depth}: {CONTENDERS[name][0]}"}
            memory[name][depth] = peak_memory(name, Problem(depth, problem.batch, problem.size))
    rows = []
    for name in steps:
        seconds = statistics.median(times[name])
        row = {
            "contender": name,
            "what": CONTENDERS[name][0],
            "milliseconds": 1e3 * seconds,
            "best_milliseconds": 1e3 * min(times[name]),
            "share_of_peak": problem.flops / seconds / peak,
        }
        if "fused" in steps:
            ratios = [slow / fast for slow, fast in zip(times[name], times["fused"], strict=True)]
            row["ratio_to_fused"] = statistics.median(ratios)
        rows.append(row)
    yield (
        "result",
        {
            "problem": {
                "depth": problem.depth,
                "batch": problem.batch,
                "size": problem.size,
                "rounds": rounds,
            },
            "rows": rows,
            "left_out": left_out,
            "peak_gflops": peak / 1e9,
            "memory_mib": memory,
            "machine": describe_machine(torch.device("cpu")),
            "versions": describe_versions(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )
