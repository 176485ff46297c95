"""The float32 multiply-add peak of a CUDA device, as a Triton kernel; import it only where Triton is."""

import time

import torch
import triton  # type: ignore[import-untyped,unused-ignore]
import triton.language as tl  # type: ignore[import-untyped,unused-ignore]

WIDTH = 2048  # chains of a program: sixteen a thread at four warps, enough to hide their latency


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]  # Triton has no types
def _chains(out, rounds, factor, step, WIDTH: tl.constexpr):  # type: ignore[no-untyped-def]
    """Chains of ``x = x * factor + step`` in registers; their ends go to `out`, so nothing is left out."""
    lane = tl.arange(0, WIDTH)
    x = lane.to(tl.float32)
    for _ in range(rounds):
        x = x * factor + step
    tl.store(out + tl.program_id(0) * WIDTH + lane, x)


def run_chains(out: torch.Tensor, rounds: int) -> None:
    """Fill `out` (programs, WIDTH) with what ``x = x / 2 + 1`` makes of 0, 1, 2, ... in so many rounds."""
    _chains[(len(out),)](out, rounds, 0.5, 1.0, WIDTH=WIDTH, num_warps=4)


def fma_peak(device: str = "cuda", rounds: int = 20_000, repeats: int = 5) -> float:
    """Operations a second (two a multiply-add) of chains of multiply-adds in registers."""
    processors = torch.cuda.get_device_properties(device).multi_processor_count
    out = torch.empty(16 * processors, WIDTH, device=device)
    run_chains(out, rounds)
    torch.cuda.synchronize(device)
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        run_chains(out, rounds)
        torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - started)
    if not bool((out == 2).all()):
        message = "the multiply-add kernel did not bring every chain to 2"
        raise RuntimeError(message)
    return 2 * out.numel() * rounds / best
