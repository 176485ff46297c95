"""The residual stack as fused CUDA kernels: an image stays on the chip through all layers.

This module sizes and launches the kernels of `cuda_kernels`, which it imports when first needed. All seeds
go in one launch. The boundary, the thresholds and the gates follow `fused.cpu`. The kernels are written in
numba-cuda, where a thread reads its neighbours in shared memory as it likes; Triton offers no such access.

One block of threads takes one image
    A thread keeps a strip of `rows` pixels, one below the other, in registers. The 32 threads of a warp
    stand side by side in a row, so that no two of them meet in a bank of shared memory. A layer has two
    halves: each thread publishes its strip in a tile in shared memory, which has a border of zeros; then,
    after a barrier, it reads the neighbours that it does not hold, those to the left and right and the ones
    above and below the strip. Only the first image is read from the GPU's memory, and only the last one is
    written to it.

The backward pass
    The stack is cut into segments of up to five layers. Where a gradient will be asked for, the forward
    pass also writes the state between two segments: 9 images an image at 50 layers. The backward pass reads
    it, recomputes the states of one segment into shared memory, and goes back through them. Keeping all
    states would be slower: a pixel written and read back is 8 bytes, 1.7 ps of an H200's 4.8 TB/s, and to
    recompute it takes 3.3 accesses to shared memory, 0.4 ps of what its 132 multiprocessors can do. Five is
    the longest segment with which eight blocks fit into the 228 kB of shared memory of a multiprocessor; 56
    registers a thread (compiled for sm_90) leave room for nine.

The gradient of a tap
    It is a sum over pixels, each times the gradient at a neighbour, and the same gradients at the
    neighbours, each times its tap, add up to the gradient of the pixel: one read from shared memory serves
    both. Threads leave their sums in shared memory, `parts` threads a tap add them in a fixed order, and
    `torch.sum` adds those over images. No addition is atomic, so two runs give the same bits.

What a step should cost, an estimate that nobody has measured
    A pixel and layer take 5 multiply-adds forward (9 with corners), up to as many to recompute, and twice
    as many backward: 20 in all (36). Ten networks of 50 layers, each with 128 images of 28x28 pixels, make
    10 * 128 * 50 * 784 * 20 = 1.0e9 multiply-adds a training step (1.8e9), in the stack alone. The vendor
    states 67e12 float32 operations a second for an H200, two to a multiply-add: 30 microseconds (54) are
    the floor. Shared memory is the nearer limit. For a layer of a warp, 224 pixels, the code compiled for
    sm_90 has 23 accesses forward and about 64 backward (five points). At one a cycle on each of 132
    multiprocessors at 1.98 GHz the same step takes 85 microseconds. Barriers and latencies come on top.
"""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from pdenet.ops.fused.cuda_layout import Layout, choose_layout

CURE = "install numba-cuda (pip install 'numba-cuda[cu13]'; cu12 for CUDA 12), or use backend='torch'"


@cache
def missing() -> str:
    """What this machine lacks for the kernels to run, or an empty string; found out once, by running one."""
    try:
        from numba import cuda
    except ImportError as error:
        return f"numba.cuda cannot be imported ({error}); {CURE}"
    if not torch.cuda.is_available():
        return "PyTorch sees no CUDA device; use backend='torch'"
    if not cuda.is_available():
        return f"Numba finds no CUDA driver or compiler that it can use; {CURE}"
    try:
        from pdenet.ops.fused import cuda_kernels

        out = torch.zeros(1, device="cuda")
        cuda_kernels.launch(cuda_kernels.probe, (1, 1), (1, 1), out)
        works = out.item() == 1
    except Exception as error:  # compiler, linker and driver each have errors of their own
        reason = next(iter(str(error).strip().splitlines()), "no message")
        return f"Numba cannot run a kernel ({type(error).__name__}: {reason}); {CURE}"
    return "" if works else f"a kernel compiled by Numba does not run; {CURE}"


def apply(
    u: Tensor, kernels: Tensor, bias: Tensor | None, corners: bool, layout: Layout | None = None
) -> Tensor:
    """The stack of `residual_stack` for float32 on a CUDA device, one layer or more, differentiable once.

    `layout` is for tests; otherwise it is chosen, and the images must have one.
    """
    layout = layout or choose_layout(u.shape[-2], u.shape[-1], corners)
    inputs = [tensor for tensor in (u, kernels, bias) if tensor is not None]
    differentiated = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in inputs)
    result: Tensor = _FusedStack.apply(u, kernels, bias, layout, differentiated)
    return result


class _FusedStack(torch.autograd.Function):
    """The kernels as a differentiable operator; it keeps its inputs, its output and a state a segment."""

    @staticmethod
    def forward(
        ctx: Any, u: Tensor, kernels: Tensor, bias: Tensor | None, layout: Layout, differentiated: bool
    ) -> Tensor:
        from pdenet.ops.fused import cuda_kernels

        u = u.contiguous()
        (seeds, batch), layers = u.shape[:2], kernels.shape[1]
        taps = _taps(kernels, bias)
        keep = (layers - 1) // layout.segment if differentiated else 0
        kept = u.new_empty(seeds, batch, keep, *u.shape[2:]) if keep else u  # not touched where none is kept
        out = torch.empty_like(u)
        if u.numel():
            kernel = cuda_kernels.build(layout)[0]
            grid, block = (batch, seeds), (layout.lanes, layout.strips)
            cuda_kernels.launch(kernel, grid, block, out, kept, keep, u, taps, layers)
        ctx.save_for_backward(u, out, kept, taps)
        ctx.layout, ctx.keep, ctx.shape, ctx.with_bias = layout, keep, kernels.shape, bias is not None
        return out

    @staticmethod
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        from pdenet.ops.fused import cuda_kernels

        if torch.is_grad_enabled():  # only so under create_graph=True
            message = "the fused kernels differentiate once; for higher derivatives use backend='torch'"
            raise RuntimeError(message)
        u, out, kept, taps = ctx.saved_tensors
        layout = ctx.layout
        (seeds, batch), layers = u.shape[:2], taps.shape[1]
        grad_u = torch.empty_like(u)
        sums = u.new_empty(seeds, batch, layers, layout.totals, layout.parts)
        if u.numel():
            kernel = cuda_kernels.build(layout)[1]
            grid, block = (batch, seeds), (layout.lanes, layout.strips)
            arrays = grad_u, sums, grad_out.contiguous(), out, u, kept
            cuda_kernels.launch(kernel, grid, block, *arrays, ctx.keep, taps, layers)
        totals = sums.sum((1, 4), dtype=torch.float64).to(u.dtype)  # (S, L, totals)
        # Slices, not lists of indices: a list would be copied from the host, which a CUDA graph cannot hold.
        grad_taps = u.new_zeros(seeds, layers, 9)
        grad_taps[..., 1::2] = totals[..., :4]
        grad_taps[..., 4] = totals[..., 4]
        if layout.corners:
            grad_taps[..., 0:3:2] = totals[..., 6:8]
            grad_taps[..., 6:9:2] = totals[..., 8:]
        grad_bias = totals[..., 5] if ctx.with_bias else None
        return grad_u, grad_taps.view(ctx.shape), grad_bias, None, None


def _taps(kernels: Tensor, bias: Tensor | None) -> Tensor:
    """Taps and bias as (S, L, 10), what the kernels read."""
    seeds, layers = kernels.shape[:2]
    last = kernels.new_zeros(seeds, layers, 1) if bias is None else bias.unsqueeze(-1)
    return torch.cat([kernels.reshape(seeds, layers, 9), last], dim=-1)
