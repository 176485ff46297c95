"""What this machine can do at most: fused multiply-adds, matrix products, bytes from memory, all measured.

A share of a peak is only as honest as the peak. These are loops that do nothing else: multiply-adds in
registers with enough independent chains to hide their latency, the best matrix product at hand, a triad over
working sets from the first cache to main memory. All in float32.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from llvmlite import ir  # type: ignore[import-untyped,unused-ignore]
from numba import config, njit, prange, set_num_threads, types
from numba.core import cgutils
from numba.extending import intrinsic

from pdenet.ops.fused.threads import use_torch_threads

# Lanes of a vector and chains side by side. An addition or product takes four cycles or so and two start in a
# cycle, so eight chains are the least; all must fit into the registers, sixteen of them before AVX-512.
FMA_SHAPES = ((16, 12), (8, 12))
WORKING_SETS = (48, 192, 768, 3072, 12288, 49152, 196608)  # KiB, three arrays together
_FACTOR, _STEP, _LIMIT = np.float32(0.5), np.float32(1.0), 2.0  # x <- x/2 + 1 tends to 2


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let PyTorch and numba use so many threads, and afterwards as many as before."""
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(count)
        use_torch_threads()
        yield
    finally:
        torch.set_num_threads(before)
        use_torch_threads()


def fma_peak(milliseconds: float = 20, repeats: int = 10) -> float:
    """Operations a second (two a multiply-add) of chains of multiply-adds in registers, a loop a thread.

    The threads are those that `torch.set_num_threads` allows. The best of `repeats` runs of about
    `milliseconds` each, over two widths of vectors.
    """
    return max(rate for _, rate in _fma_rates(milliseconds, repeats))


def fma_vector_bits() -> int:
    """Width, in bits, of the vector registers in the faster of the multiply-add loops."""
    shape, _ = max(_fma_rates(5, 3), key=lambda found: found[1])
    return register_bits(_fma_loop(*shape))


def default_vector_bits() -> int:
    """Width, in bits, of the vectors that LLVM chooses for an ordinary loop (it may prefer narrower ones)."""
    _triad_rate(WORKING_SETS[0] * 2**10, 1e-4)
    return register_bits(_triad)


def register_bits(function: Any) -> int:
    """Width, in bits, of the widest vector registers that a compiled numba function adds or multiplies in."""
    code = "\n".join(function.inspect_asm().values())
    used = set(re.findall(r"\bv\w*(?:add|mul)\w*ps\b.*?\b([xyz])mm\d", code))  # arithmetic, not copies
    return 512 if "z" in used else 256 if "y" in used else 128


def matrix_product_peak(device: str = "cpu", size: int = 2048, repeats: int = 8) -> float:
    """Operations a second (two a multiply-add) that the best float32 matrix product at hand reaches."""
    a, b = (torch.rand(size, size, device=device) for _ in range(2))
    products: list[Callable[[], Any]] = [lambda: a @ b]
    if device == "cpu":
        from pdenet.ops.linear import _product

        products.append(lambda: _product(a, b))
    best = min(_seconds(product, device) for _ in range(repeats) for product in products)
    return 2 * size**3 / best


def bandwidth(working_sets: Sequence[int] = WORKING_SETS, milliseconds: float = 20) -> list[dict[str, float]]:
    """Bytes a second of ``a = b + s * c`` by working set: ``[{"kib": ..., "bytes_a_second": ...}, ...]``.

    Twelve bytes an element count, as in the STREAM benchmark; the threads are those of PyTorch.
    """
    rates = ((kib, _triad_rate(kib * 2**10, milliseconds / 1e3)) for kib in working_sets)
    return [{"kib": kib, "bytes_a_second": rate} for kib, rate in rates]


def cuda_peaks(device: str = "cuda") -> dict[str, float]:
    """The peaks of a CUDA device: ``fma`` and ``matrix_product`` (operations/s), ``bytes_a_second``."""
    from pdenet.subjects.performance import cuda_peak  # Triton, which it imports, is not everywhere

    a = torch.empty(2**28, device=device)  # 1 GiB, no cache holds it
    b = torch.zeros_like(a)
    copy = min(_seconds(lambda: a.copy_(b), device) for _ in range(5))
    return {
        "fma": cuda_peak.fma_peak(device),
        "matrix_product": matrix_product_peak(device, size=8192),
        "bytes_a_second": 2 * a.numel() * a.element_size() / copy,
    }


def synchronise(device: str) -> None:
    """Wait until a device has done what it was told; a CPU has."""
    if device != "cpu":
        torch.cuda.synchronize(device)


def _seconds(work: Callable[[], Any], device: str = "cpu") -> float:
    started = time.perf_counter()
    work()
    synchronise(device)
    return time.perf_counter() - started


def _fma_rates(milliseconds: float, repeats: int) -> list[tuple[tuple[int, int], float]]:
    most = config.NUMBA_NUM_THREADS
    results = np.zeros(min(torch.get_num_threads(), most), dtype=np.float32)
    set_num_threads(len(results))
    rates = []
    for lanes, chains in FMA_SHAPES:
        loop, rounds = _fma_loop(lanes, chains), 10_000
        loop(results, rounds, _FACTOR, _STEP)  # compiled
        first = _seconds(partial(loop, results, rounds, _FACTOR, _STEP))
        rounds = max(rounds, int(rounds * milliseconds / 1e3 / first))
        best = min(_seconds(partial(loop, results, rounds, _FACTOR, _STEP)) for _ in range(repeats))
        if not np.array_equal(results, np.full_like(results, _LIMIT * lanes * chains)):
            message = f"the multiply-add loop returned {results}; every chain should have come to {_LIMIT:g}"
            raise RuntimeError(message)
        rates.append(((lanes, chains), 2 * lanes * chains * rounds * len(results) / best))
    return rates


@cache
def _fma_loop(lanes: int, chains: int) -> Any:
    """A compiled ``loop(results, rounds, factor, step)``: chains of ``x = x * factor + step`` in each thread.

    As LLVM vectors, since no compiler turns a loop over an array into accumulators that never leave their
    registers. Without any fast-math flag nothing may be folded away; the sum of the chains is returned.
    """
    vector = ir.VectorType(ir.FloatType(), lanes)
    index = ir.IntType(32)

    @intrinsic
    def chain_sum(typing: Any, rounds: Any, factor: Any, step: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            def everywhere(value: Any) -> Any:
                first = builder.insert_element(ir.Constant(vector, ir.Undefined), value, index(0))
                lane = ir.Constant(ir.VectorType(index, lanes), [0] * lanes)
                return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), lane)

            count, factor, step = arguments[0], everywhere(arguments[1]), everywhere(arguments[2])
            kind = ir.FunctionType(vector, [vector] * 3)
            fma = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{lanes}f32")
            before, loop = builder.block, builder.append_basic_block("loop")
            after = builder.append_basic_block("after")
            builder.branch(loop)
            builder.position_at_end(loop)
            done = builder.phi(count.type)
            chain = [builder.phi(vector) for _ in range(chains)]
            longer = [builder.call(fma, [x, factor, step]) for x in chain]
            one_more = builder.add(done, count.type(1))
            done.add_incoming(count.type(0), before)
            done.add_incoming(one_more, loop)
            for number, (x, new) in enumerate(zip(chain, longer, strict=True), start=1):
                x.add_incoming(ir.Constant(vector, [float(number)] * lanes), before)
                x.add_incoming(new, loop)
            builder.cbranch(builder.icmp_signed("<", one_more, count), loop, after)
            builder.position_at_end(after)
            total = longer[0]
            for new in longer[1:]:
                total = builder.fadd(total, new)
            result = ir.FloatType()(0.0)
            for lane in range(lanes):
                result = builder.fadd(result, builder.extract_element(total, index(lane)))
            return result

        return types.float32(types.int64, types.float32, types.float32), generate

    @njit(parallel=True)
    def loop(results, rounds, factor, step):
        for part in prange(results.size):
            results[part] = chain_sum(rounds, factor, step)  # type: ignore[call-arg,unused-ignore]  # compiled

    return loop


@njit(parallel=True)
def _triad(a, b, c, s, repeats, parts):
    for part in prange(parts):
        first, last = a.size * part // parts, a.size * (part + 1) // parts
        to, left, right = a[first:last], b[first:last], c[first:last]
        for repeat in range(repeats):
            scale = s + np.float32(repeat)  # so that no repeat can be left out
            for i in range(to.size):
                to[i] = left[i] + scale * right[i]


def _triad_rate(working_set: int, seconds: float) -> float:
    """Bytes a second of the triad over arrays of `working_set` bytes in all."""
    most = config.NUMBA_NUM_THREADS
    parts = min(torch.get_num_threads(), most)
    set_num_threads(parts)
    a, b, c = (np.ones(working_set // 12, dtype=np.float32) for _ in range(3))

    def run(repeats: int) -> float:
        return _seconds(lambda: _triad(a, b, c, np.float32(3.0), repeats, parts))

    run(1)
    repeats = max(2, int(seconds / max(run(2) / 2, 1e-8)))
    return 12 * len(a) * repeats / min(run(repeats) for _ in range(3))
