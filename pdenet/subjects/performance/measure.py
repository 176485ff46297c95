"""Time the residual stack beside what a user would write, in one run: ratios, share of peak, memory.

Every contender takes the same images through the same stack of stencils, forward and backward (gradients of
the image, the taps), in float32. They take turns, a tenth of a second each a round, so that a busy moment of
the machine hits all of them; a ratio is the median over rounds of the ratio within a round.
"""

import itertools
import multiprocessing
import os
import statistics
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import torch

from pdenet.runs.machine import describe_machine, describe_versions, peak_resident
from pdenet.subjects.performance import peaks
from pdenet.subjects.performance.contenders import CONTENDERS, Step
from pdenet.subjects.performance.epoch import epoch_parts
from pdenet.subjects.performance.problem import Problem, Stencil
from pdenet.subjects.performance.traffic import traffic

FORMAT = 2  # of the saved result; 1 had no number, one stencil, and the matrix product as its only peak
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
Events = Iterator[tuple[str, dict[str, Any]]]


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
