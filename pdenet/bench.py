"""Time the residual stack beside what a user would write, in one run: ratios, share of peak, memory.

Every contender takes the same images through the same stack of stencils, forward and backward (gradients of
the image, the taps), in float32. They take turns, a tenth of a second each a round, so that a busy moment of
the machine hits all of them; a ratio is the median over rounds of the ratio within a round.
"""

import importlib.util
import itertools
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from pdenet import peaks
from pdenet.epoch_parts import epoch_parts
from pdenet.machine import describe_machine, describe_versions
from pdenet.ops import residual_stack

FORMAT = 2  # of the saved result; 1 had no number, one stencil, and the matrix product as its only peak
Stencil = Literal["five-point", "nine-point"]
STENCILS: dict[str, tuple[tuple[int, int], ...]] = {  # rows and columns of the taps in a 3x3 kernel
    "five-point": ((1, 1), (1, 0), (1, 2), (0, 1), (2, 1)),
    "nine-point": tuple(itertools.product(range(3), range(3))),
}
SWEEPS: dict[str, tuple[int, ...]] = {
    "depth": (1, 2, 5, 10, 20, 50, 100, 200, 500),
    "batch": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
    "seeds": (1, 2, 4, 8, 16),
    "size": (7, 14, 28, 56, 112, 224),
}
SWEEP_CONTENDERS = ("fused", "slices")
SWEEP_BATCH = {"size": 16}  # images a step where it is not the problem's: 224x224 pixels are many
SWEEP_MEMORY = 2**31  # bytes of activations beyond which a contender that keeps them is not swept
MEMORY_DEPTHS = (5, 50, 500)
MEMORY_CONTENDERS = ("fused", "conv2d", "slices")
Step = Callable[[], Sequence[Any]]  # runs forward and backward, returns the gradients of image and kernels
Events = Iterator[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Problem:
    """What is timed: `depth` layers on `batch` images of `size` x `size` pixels, `seeds` networks at once."""

    depth: int = 50
    batch: int = 128
    size: int = 28
    seeds: int = 1
    stencil: Stencil = "five-point"
    device: str = "cpu"

    def tensors(self) -> tuple[Tensor, Tensor]:
        """Images (S, B, H, W) and stable kernels (S, L, 3, 3), seeded; both ask for gradients."""
        generator = torch.Generator().manual_seed(0)
        u = torch.rand(self.seeds, self.batch, self.size, self.size, generator=generator)
        side = [3 * i + j for i, j in STENCILS[self.stencil] if (i, j) != (1, 1)]
        draw = torch.rand(self.seeds, self.depth, len(side), generator=generator)
        taps = (0.2 + 0.4 * draw) / len(side)
        kernels = torch.zeros(self.seeds, self.depth, 9)
        kernels[..., side] = taps
        kernels[..., 4] = -taps.sum(-1)
        kernels = kernels.view(self.seeds, self.depth, 3, 3)
        return u.to(self.device).requires_grad_(), kernels.to(self.device).requires_grad_()

    @property
    def taps(self) -> int:
        """Numbers in a stencil."""
        return len(STENCILS[self.stencil])

    @property
    def flops(self) -> int:
        """Floating-point operations that a step needs; recomputed activations do not count.

        As many multiply-adds a pixel and layer as the stencil has taps for the output, as many for the
        gradient of the image, as many for that of the taps: 15 with five points, 27 with nine.
        """
        return 2 * 3 * self.taps * self.seeds * self.depth * self.batch * self.size**2

    @property
    def executed_flops(self) -> int:
        """Operations of a step that computes activations twice: 20 or 36 multiply-adds a pixel and layer."""
        return self.flops * 4 // 3

    @property
    def least_bytes(self) -> int:
        """Bytes that every step must move to or from memory, five times the images.

        The image and the output's gradient are read, the output and the image's gradient written, and the
        image is read again by the backward pass, which is a call of its own. Kernels are too small to count.
        """
        return 5 * 4 * self.seeds * self.batch * self.size**2


def fused(problem: Problem) -> Step:
    """This package: `residual_stack` on the fused loops of the device."""
    u, kernels = problem.tensors()
    backend: Any = "numba" if problem.device == "cpu" else "cuda"
    support: Any = "cross" if problem.stencil == "five-point" else "full"
    return _step(lambda u, k: residual_stack(u, k, backend=backend, support=support), u, kernels)


def _convolutions(u: Tensor, kernels: Tensor) -> Tensor:
    """A horizontal and a vertical `conv2d` a layer, added to the skip; the seeds are channels."""
    v, seeds = u.transpose(0, 1), len(u)
    ends = kernels.new_tensor([1.0, 0.0, 1.0])  # the centre is in the horizontal one
    for k in kernels.unbind(1):
        across, down = k[:, 1].view(seeds, 1, 1, 3), (k[:, :, 1] * ends).view(seeds, 1, 3, 1)
        along_x = functional.conv2d(v, across, padding=(0, 1), groups=seeds)
        v = torch.relu(v + along_x + functional.conv2d(v, down, padding=(1, 0), groups=seeds))
    return v


def _full_convolution(u: Tensor, kernels: Tensor) -> Tensor:
    """One 3x3 `conv2d` a layer, added to the skip."""
    v, seeds = u.transpose(0, 1), len(u)
    for k in kernels.unbind(1):
        v = torch.relu(v + functional.conv2d(v, k.unsqueeze(1), padding=1, groups=seeds))
    return v


def _slices(taps: Sequence[tuple[int, int]]) -> Callable[[Tensor, Tensor], Tensor]:
    def stack(u: Tensor, kernels: Tensor) -> Tensor:
        v = u
        rows, columns = u.shape[-2:]
        for k in kernels.unbind(1):
            w = functional.pad(v, (1, 1, 1, 1))
            v = (1 + k[:, 1, 1].view(-1, 1, 1, 1)) * v
            for i, j in taps:
                if (i, j) != (1, 1):
                    v = v + k[:, i, j].view(-1, 1, 1, 1) * w[..., i : i + rows, j : j + columns]
            v = torch.relu(v)
        return v

    return stack


def _conv2d(problem: Problem) -> Callable[[Tensor, Tensor], Tensor]:
    return _convolutions if problem.stencil == "five-point" else _full_convolution


def eager_conv2d(problem: Problem) -> Step:
    """The thesis's own way, eager: two `conv2d` a layer in its PDE network, one in its control."""
    return _step(_conv2d(problem), *problem.tensors())


def eager_slices(problem: Problem) -> Step:
    """A sum of shifted slices of the padded image, eager."""
    return _step(_slices(STENCILS[problem.stencil]), *problem.tensors())


def compiled_slices(problem: Problem) -> Step:
    """The shifted slices under `torch.compile`."""
    return _step(torch.compile(_slices(STENCILS[problem.stencil])), *problem.tensors())


def compiled_conv2d(problem: Problem) -> Step:
    """The convolutions under `torch.compile`."""
    return _step(torch.compile(_conv2d(problem)), *problem.tensors())


def jax_scan(problem: Problem) -> Step:
    """The shifted slices as a jitted `jax.lax.scan`, value and gradient in one call, on JAX's own device."""
    import jax
    import jax.numpy as jnp

    u, kernels = (jnp.asarray(tensor.detach().cpu().numpy()) for tensor in problem.tensors())
    taps = [place for place in STENCILS[problem.stencil] if place != (1, 1)]
    size = problem.size

    def layer(v: Any, k: Any) -> tuple[Any, None]:
        w = jnp.pad(v, ((0, 0), (0, 0), (1, 1), (1, 1)))
        k = k[..., None, None, None]  # (S, 3, 3, 1, 1, 1)
        v = (1 + k[:, 1, 1]) * v
        for i, j in taps:
            v = v + k[:, i, j] * w[..., i : i + size, j : j + size]
        return jnp.maximum(v, 0), None

    def total(u: Any, kernels: Any) -> Any:
        return jax.lax.scan(layer, u, kernels.swapaxes(0, 1))[0].sum()

    step = jax.jit(jax.value_and_grad(total, argnums=(0, 1)))
    return lambda: jax.block_until_ready(step(u, kernels)[1])


CONTENDERS: dict[str, tuple[str, Callable[[Problem], Step]]] = {
    "fused": ("residual_stack, fused loops", fused),
    "conv2d": ("conv2d, eager (the thesis's way)", eager_conv2d),
    "slices": ("shifted slices, eager", eager_slices),
    "compile": ("shifted slices, torch.compile", compiled_slices),
    "compile-conv2d": ("conv2d, torch.compile", compiled_conv2d),
    "jax": ("shifted slices, jitted JAX scan", jax_scan),
}


def available() -> list[str]:
    """Contenders that this machine can run: JAX only where it is installed."""
    return [name for name in CONTENDERS if name != "jax" or importlib.util.find_spec("jax")]


def _step(stack: Callable[[Tensor, Tensor], Tensor], u: Tensor, kernels: Tensor) -> Step:
    return lambda: torch.autograd.grad(stack(u, kernels).sum(), (u, kernels))


class Traffic(TorchDispatchMode):
    """Counts what eager PyTorch does inside: calls of kernels, and bytes of the tensors they read and write.

    Views are free. That a tensor may still lie in a cache is not considered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls = self.bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        read, written = _tensors((args, kwargs or {})), _tensors(result)
        storages = {tensor.untyped_storage().data_ptr() for tensor in read}
        view = any(tensor.untyped_storage().data_ptr() in storages for tensor in written)
        if written and not (view and not func._schema.is_mutable):
            self.calls += 1
            self.bytes += sum(_bytes(tensor) for tensor in [*read, *written])
        return result


def _tensors(values: Any) -> list[Tensor]:
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, Mapping):
        values = values.values()
    elif not isinstance(values, (list, tuple)):
        return []
    return [tensor for value in values for tensor in _tensors(value)]


def _bytes(tensor: Tensor) -> int:
    """Bytes of memory that the elements take; an expanded axis takes none."""
    strides = zip(tensor.shape, tensor.stride(), strict=True)
    count = 1
    for length, stride in strides:
        count *= length if stride else 1
    return count * tensor.element_size()


def traffic(name: str, problem: Problem) -> dict[str, int] | None:
    """``{"calls": ..., "bytes": ...}`` of one step of an eager contender; for others None, it cannot be seen.

    For the fused loops the bytes are those that must be moved (`Problem.least_bytes`), in two calls.
    """
    if name == "fused":
        return {"calls": 2, "bytes": problem.least_bytes}
    if name not in ("conv2d", "slices"):
        return None
    step = CONTENDERS[name][1](problem)
    with Traffic() as counted:
        step()
    return {"calls": counted.calls, "bytes": counted.bytes}


def _seconds_a_step(step: Step, device: str = "cpu", at_least: float = 0.1) -> float:
    """Mean time of a step repeated for about `at_least` so many seconds, at least once."""
    count, elapsed = 1, 0.0
    while True:  # the count is found by doubling, so that a device is waited for once a batch of steps
        peaks.synchronise(device)
        started = time.perf_counter()
        for _ in range(count):
            step()
        peaks.synchronise(device)
        elapsed = time.perf_counter() - started
        if elapsed >= at_least / 2:
            return elapsed / count
        count *= 2


def _grown_memory(name: str, problem: Problem) -> float:
    """MiB by which the process's peak memory grows in two steps; for a fresh process."""
    CONTENDERS[name][1](replace(problem, depth=1, batch=1))()  # libraries loaded, code compiled
    peak = peak_resident if problem.device == "cpu" else _peak_on_device
    before = peak()
    step = CONTENDERS[name][1](problem)
    step()
    step()
    peaks.synchronise(problem.device)
    return peak() - before


def _peak_on_device() -> float:
    return torch.cuda.max_memory_allocated() / 2**20


def peak_resident() -> float:
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
    problem: Problem,
    contenders: Sequence[str],
    rounds: int,
    memory_depths: Sequence[int] = MEMORY_DEPTHS,
    *,
    sweep: bool = False,
    epoch_steps: int = 0,
    stencils: Sequence[Stencil] = ("five-point", "nine-point"),
) -> Events:
    """Yield ``("progress", {...})`` as the work goes on and ``("result", {...})``, plain data, at the end.

    A contender other than the fused loops that fails here (`torch.compile` without a C++ compiler, say) is
    left out, with its reason in the result.

    Parameters
    ----------
    problem
        Depth, batch, size, device; its stencil is replaced by each of `stencils`.
    contenders
        Names in `CONTENDERS`.
    rounds
        How often the contenders take turns.
    memory_depths
        Depths at which peak memory is measured, each in a new process; none, no memory.
    sweep
        Whether cost against depth, batch, seeds and image size is measured as well (`SWEEPS`).
    epoch_steps
        Steps of training to be taken apart (`epoch_parts`); 0 for none.
    """
    device = problem.device
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    yield "progress", {"doing": "peaks of the machine"}
    most = _measure_peaks(device)
    tables: dict[str, dict[str, Any]] = {}
    for stencil in stencils:
        table = yield from _compare(replace(problem, stencil=stencil), contenders, rounds, most)
        tables[stencil] = table
    result: dict[str, Any] = {
        "format": FORMAT,
        "problem": {"depth": problem.depth, "batch": problem.batch, "size": problem.size, "rounds": rounds},
        **tables.pop(stencils[0]),
        "peaks": most,
        "peak_gflops": max(most["matrix_product_gflops"].values()),
        "load_at_start": load,
    }
    if "nine-point" in tables:
        result["nine_point"] = tables["nine-point"]
    if device == "cpu" and "fused" in contenders:
        yield "progress", {"doing": "one thread and all"}
        result["scaling"] = {s: scaling(replace(problem, stencil=s), rounds) for s in stencils}
    memory: dict[str, dict[str, float]] = {}
    result["memory_mib"] = memory
    for name in MEMORY_CONTENDERS:
        if name in contenders:
            memory[name] = {}
            for depth in memory_depths:
                yield "progress", {"doing": f"memory at depth {depth}: {CONTENDERS[name][0]}"}
                memory[name][str(depth)] = peak_memory(name, replace(problem, depth=depth))
    if epoch_steps:
        yield "progress", {"doing": "an epoch, taken apart"}
        result["epoch"] = epoch_parts(problem.depth, problem.batch, device=device, steps=epoch_steps)
    if sweep:
        result["sweeps"] = {}
        for axis in SWEEPS:
            yield "progress", {"doing": f"cost against {axis}"}
            result["sweeps"][axis] = sweep_over(axis, problem)
    result |= {
        "machine": describe_machine(torch.device(device)),
        "versions": describe_versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    yield "result", result


def _measure_peaks(device: str) -> dict[str, Any]:
    """What the machine can do, as plain data; by number of threads (one, all) on a CPU."""
    if device != "cpu":
        found = peaks.cuda_peaks(device)
        return {
            "fma_gflops": {"all": found["fma"] / 1e9},
            "matrix_product_gflops": {"all": found["matrix_product"] / 1e9},
            "bandwidth": [{"kib": 2**21, "gb_s": found["bytes_a_second"] / 1e9}],
        }
    fma, product = {}, {}
    for count in thread_counts():
        with peaks.threads(count):
            fma[str(count)] = peaks.fma_peak() / 1e9
            product[str(count)] = peaks.matrix_product_peak() / 1e9
    return {
        "fma_gflops": fma,
        "matrix_product_gflops": product,
        "fma_vector_bits": peaks.fma_vector_bits(),
        "default_vector_bits": peaks.default_vector_bits(),
        "bandwidth": [
            {"kib": found["kib"], "gb_s": found["bytes_a_second"] / 1e9} for found in peaks.bandwidth()
        ],
    }


def thread_counts() -> list[int]:
    """One thread, and all that PyTorch uses."""
    return sorted({1, torch.get_num_threads()})


def _compare(
    problem: Problem, contenders: Sequence[str], rounds: int, most: Mapping[str, Any]
) -> Generator[tuple[str, dict[str, Any]], None, dict[str, Any]]:
    """Let the contenders take turns; the generator's value is ``{"rows": [...], "left_out": {...}}``."""
    steps: dict[str, Step] = {}
    left_out: dict[str, str] = {}
    for name in contenders:
        yield "progress", {"doing": f"warming up: {problem.stencil}, {CONTENDERS[name][0]}"}
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
        yield "progress", {"doing": f"{problem.stencil}, round {number + 1} of {rounds}"}
        for name, step in steps.items():
            _seconds_a_step(step, problem.device)  # its threads awake, those of the contender before asleep
            times[name].append(_seconds_a_step(step, problem.device))
    fma, product = (1e9 * max(most[key].values()) for key in ("fma_gflops", "matrix_product_gflops"))
    rows = []
    for name in steps:
        seconds = statistics.median(times[name])
        row = {
            "contender": name,
            "what": CONTENDERS[name][0],
            "milliseconds": 1e3 * seconds,
            "best_milliseconds": 1e3 * min(times[name]),
            "floor_milliseconds": 1e3 * problem.flops / fma,
            "gflops": problem.flops / seconds / 1e9,
            "share_of_peak": problem.flops / seconds / product,
            "share_of_fma_peak": problem.flops / seconds / fma,
            "traffic": traffic(name, problem),
        }
        if name == "fused":
            row["executed_share_of_fma_peak"] = problem.executed_flops / seconds / fma
        if "fused" in steps:
            row["ratio_to_fused"] = _median_ratio(times[name], times["fused"])
        rows.append(row)
    return {"rows": rows, "left_out": left_out}


def _median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def scaling(problem: Problem, rounds: int, name: str = "fused") -> dict[str, Any]:
    """Milliseconds of a step with one thread and with all, in turns, and the ratio of the two."""
    counts = thread_counts()
    step = CONTENDERS[name][1](problem)
    times: dict[int, list[float]] = {count: [] for count in counts}
    for _, count in itertools.product(range(rounds), counts):
        with peaks.threads(count):
            _seconds_a_step(step)
            times[count].append(_seconds_a_step(step))
    return {
        "milliseconds": {str(count): 1e3 * statistics.median(found) for count, found in times.items()},
        "ratio": _median_ratio(times[counts[0]], times[counts[-1]]),
    }


def sweep_over(axis: str, problem: Problem) -> dict[str, Any]:
    """Milliseconds of a step of `SWEEP_CONTENDERS` against depth, batch, seeds or size, else as in `problem`.

    A contender that keeps its activations gets None where they would take more than `SWEEP_MEMORY`.
    """
    problem = replace(problem, batch=SWEEP_BATCH.get(axis, problem.batch))
    points = []
    for value in SWEEPS[axis]:
        changed: Any = {axis: value}
        here = replace(problem, **changed)
        kept = 10 * 4 * here.depth * here.seeds * here.batch * here.size**2  # ten tensors a layer, about
        milliseconds: dict[str, float | None] = {}
        for name in SWEEP_CONTENDERS:
            if name != "fused" and kept > SWEEP_MEMORY:
                milliseconds[name] = None
                continue
            step = CONTENDERS[name][1](here)
            step()
            times = [_seconds_a_step(step, here.device, at_least=0.03) for _ in range(3)]
            milliseconds[name] = 1e3 * statistics.median(times)
        points.append({axis: value, "milliseconds": milliseconds})
    fixed = {"depth": problem.depth, "batch": problem.batch, "size": problem.size, "seeds": problem.seeds}
    return {"points": points, "fixed": {key: value for key, value in fixed.items() if key != axis}}
