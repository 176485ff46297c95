"""The CUDA kernels of the residual stack; `fused.cuda` explains and launches them. Needs `numba.cuda`.

Arrays are flat. Numba lets a negative index count from the end and would test every single one for it; an
index that begins with a mask (`& POSITIVE`) is known not to be negative, and the tests fall away.
"""

import warnings
from functools import cache
from typing import Any

import numpy as np
import torch
from numba import cuda, float32
from numba.core.errors import NumbaPerformanceWarning

from pdenet.ops.fused.cpu import FLUSH, FLUSH_GRADIENT
from pdenet.ops.fused.cuda_layout import Layout

POSITIVE = 2**62 - 1
SMALL = 1023  # no block has more threads in a direction, or layers in a segment


def launch(kernel: Any, grid: tuple[int, int], block: tuple[int, int], *arguments: Any) -> None:
    """Start a kernel on PyTorch's stream and return at once; tensors are contiguous and all on one device."""
    device = next(a.device for a in arguments if isinstance(a, torch.Tensor))
    if device.type == "cpu":  # under Numba's simulator
        kernel[grid, block](
            *(a.detach().view(-1).numpy() if isinstance(a, torch.Tensor) else a for a in arguments)
        )
        return
    with torch.cuda.device(device):  # Numba uses the context that is current
        stream = cuda.external_stream(torch.cuda.current_stream().cuda_stream)
        with warnings.catch_warnings():  # a small batch leaves the device half empty, and may
            warnings.simplefilter("ignore", NumbaPerformanceWarning)
            configured = kernel[grid, block, stream]
        configured(
            *(
                cuda.as_cuda_array(a.detach().view(-1), sync=False) if isinstance(a, torch.Tensor) else a
                for a in arguments
            )
        )


@cuda.jit
def probe(out):
    """Write a one: whether kernels compile, load and run here."""
    out[0] = float32(1.0)


@cache
def build(layout: Layout) -> tuple[Any, Any]:  # noqa: C901 - the kernels close over its constants
    """The forward and the backward kernel for images of one shape; they compile when first launched.

    Sizes are constants of the kernels, so that the loops over a thread's pixels unroll and the pixels live in
    registers.
    """
    height, width, rows, corners = layout.height, layout.width, layout.rows, layout.corners
    stride, cells, segment = layout.stride, layout.cells, layout.segment
    lanes, threads, totals = layout.lanes, layout.threads, layout.totals
    parts, pitch = layout.parts, layout.pitch
    uneven = height % rows != 0  # the lowest strip then has rows below the image
    area, two_tiles, some_tiles, scratch_size = height * width, 2 * cells, segment * cells, totals * pitch
    one_row, two_rows = stride, 2 * stride
    zero, one, flush, flush_gradient = np.float32(0), np.float32(1), FLUSH, FLUSH_GRADIENT

    @cuda.jit(device=True)
    def coefficients(taps, block):
        """The nine taps and the bias of a block, with the skip connection in the middle one."""
        i = (10 * block) & POSITIVE
        return (
            taps[i],
            taps[i + 1],
            taps[i + 2],
            taps[i + 3],
            one + taps[i + 4],
            taps[i + 5],
            taps[i + 6],
            taps[i + 7],
            taps[i + 8],
            taps[i + 9],
        )

    @cuda.jit(device=True)
    def publish(tiles, at, strip):
        """Write a thread's pixels to a tile, where its neighbours see them.

        `at` is the cell to the upper left of the first pixel: the first in the tile that the thread reads.
        """
        for r in range(rows):
            tiles[at + ((r + 1) * stride + 1)] = strip[r]

    @cuda.jit(device=True)
    def advance(strip, tiles, at, top, k):
        """One block, strip <- relu(strip + k * strip + bias); the tile holds what `strip` had before."""
        above = tiles[at + 1]
        for r in range(rows):
            northwest = at + r * stride
            middle = strip[r]
            below = strip[r + 1] if r + 1 < rows else tiles[northwest + (two_rows + 1)]
            v = k[9] + k[4] * middle
            v += k[3] * tiles[northwest + one_row]
            v += k[5] * tiles[northwest + (one_row + 2)]
            v += k[1] * above
            v += k[7] * below
            if corners:
                v += k[0] * tiles[northwest]
                v += k[2] * tiles[northwest + 2]
                v += k[6] * tiles[northwest + two_rows]
                v += k[8] * tiles[northwest + (two_rows + 2)]
            if v <= flush or (uneven and top + r >= height):
                v = zero
            strip[r] = v
            above = middle

    @cuda.jit
    def forward(out, kept, keep, u, taps, layers):
        """Fill `out` (S, B, H, W) and `kept` (S, B, keep, H, W) with the states after the first segments.

        `u` (S, B, H, W), `taps` (S, L, 10): nine taps and the bias. Blocks (B, S).
        """
        tiles = cuda.shared.array(two_tiles, float32)
        strip = cuda.local.array(rows, float32)
        x, top = cuda.threadIdx.x & SMALL, rows * (cuda.threadIdx.y & SMALL)
        seed, image = cuda.blockIdx.y, cuda.gridDim.x * cuda.blockIdx.y + cuda.blockIdx.x
        pixel = (area * image + top * width + x) & POSITIVE
        at = top * stride + x
        inside = x < width
        for cell in range(lanes * (cuda.threadIdx.y & SMALL) + x, two_tiles, threads):
            tiles[cell] = zero
        for r in range(rows):
            strip[r] = u[pixel + r * width] if inside and top + r < height else zero
        cuda.syncthreads()
        for layer in range(layers):
            # two tiles in turn: a fast thread then cannot write where a slow one still reads
            here = at + (layer & 1) * cells
            k = coefficients(taps, layers * seed + layer)
            if inside:
                publish(tiles, here, strip)
            cuda.syncthreads()
            if inside:
                advance(strip, tiles, here, top, k)
                done = (layer + 1) // segment
                if done * segment == layer + 1 and done <= keep:
                    place = (area * (image * keep + done - 1) + top * width + x) & POSITIVE
                    for r in range(rows):
                        if top + r < height:
                            kept[place + r * width] = strip[r]
        for r in range(rows):
            if inside and top + r < height:
                out[pixel + r * width] = strip[r]

    @cuda.jit
    def backward(grad_u, sums, grad_out, out, u, kept, keep, taps, layers):  # noqa: C901 - one kernel
        """Fill `grad_u` (S, B, H, W) and `sums` (S, B, L, totals, parts), in which the parts are to be added.

        The order of the totals is that of `Layout.totals`; `out` and `kept` are what `forward` wrote, the
        other arguments those of `forward`, at least one layer. Blocks (B, S).
        """
        states = cuda.shared.array(some_tiles, float32)
        slope = cuda.shared.array(cells, float32)
        scratch = cuda.shared.array(scratch_size, float32)
        strip = cuda.local.array(rows, float32)
        g = cuda.local.array(rows, float32)
        x, top = cuda.threadIdx.x & SMALL, rows * (cuda.threadIdx.y & SMALL)
        seed, image = cuda.blockIdx.y, cuda.gridDim.x * cuda.blockIdx.y + cuda.blockIdx.x
        pixel = (area * image + top * width + x) & POSITIVE
        thread = lanes * (cuda.threadIdx.y & SMALL) + x
        at = top * stride + x
        inside = x < width
        for cell in range(thread, some_tiles, threads):
            states[cell] = zero
        for cell in range(thread, cells, threads):
            slope[cell] = zero
        for r in range(rows):
            strip[r] = zero
            g[r] = zero
            if inside and top + r < height and not out[pixel + r * width] <= zero:
                g[r] = grad_out[pixel + r * width]
        cuda.syncthreads()
        for layer in range(layers - 1, -1, -1):
            first = layer // segment * segment
            if layer == layers - 1 or layer == first + segment - 1:  # a new segment: recompute its states
                if inside:
                    place = (area * (image * keep + first // segment - 1) + top * width + x) & POSITIVE
                    for r in range(rows):
                        if top + r < height:
                            strip[r] = u[pixel + r * width] if first == 0 else kept[place + r * width]
                for i in range(layer - first):
                    here = at + (i & SMALL) * cells
                    k = coefficients(taps, layers * seed + first + i)
                    if inside:
                        publish(states, here, strip)
                    cuda.syncthreads()
                    if inside:
                        advance(strip, states, here, top, k)
                if inside:  # from here on a thread reads its own pixels of the states only: no barrier
                    publish(states, at + ((layer - first) & SMALL) * cells, strip)
            here = at + ((layer - first) & SMALL) * cells
            k = coefficients(taps, layers * seed + layer)
            if inside:
                publish(slope, at, g)
            cuda.syncthreads()
            d0 = d1 = d2 = d3 = d4 = d5 = d6 = d7 = d8 = dbias = zero
            if inside:
                floor = zero if layer > 0 else -np.float32(np.inf)
                above = slope[at + 1]
                for r in range(rows):
                    # A neighbour's gradient times a tap is a share of the gradient here, and times the
                    # pixel here a share of the gradient of that tap: what a tap brings in from the left
                    # goes back to the left, so the neighbour on the right is the one that tap 3 meets.
                    northwest = at + r * stride
                    state = states[here + ((r + 1) * stride + 1)]
                    middle = g[r]
                    left, right = slope[northwest + one_row], slope[northwest + (one_row + 2)]
                    below = g[r + 1] if r + 1 < rows else slope[northwest + (two_rows + 1)]
                    v = k[4] * middle
                    v += k[5] * left
                    v += k[3] * right
                    v += k[7] * above
                    v += k[1] * below
                    d4 += state * middle
                    d5 += state * left
                    d3 += state * right
                    d7 += state * above
                    d1 += state * below
                    dbias += middle
                    if corners:
                        h8, h6 = slope[northwest], slope[northwest + 2]
                        h2, h0 = slope[northwest + two_rows], slope[northwest + (two_rows + 2)]
                        v += k[8] * h8
                        v += k[6] * h6
                        v += k[2] * h2
                        v += k[0] * h0
                        d8 += state * h8
                        d6 += state * h6
                        d2 += state * h2
                        d0 += state * h0
                    above = middle
                    if state <= floor or abs(v) <= flush_gradient or (uneven and top + r >= height):
                        v = zero
                    g[r] = v
            scratch[thread] = d1
            scratch[thread + pitch] = d3
            scratch[thread + 2 * pitch] = d5
            scratch[thread + 3 * pitch] = d7
            scratch[thread + 4 * pitch] = d4
            scratch[thread + 5 * pitch] = dbias
            if corners:
                scratch[thread + 6 * pitch] = d0
                scratch[thread + 7 * pitch] = d2
                scratch[thread + 8 * pitch] = d6
                scratch[thread + 9 * pitch] = d8
            cuda.syncthreads()  # from here on nobody reads `slope`, which the next layer writes
            if thread < totals * parts:
                source = (thread // parts * pitch + thread % parts) & POSITIVE
                total = zero
                for i in range(threads // parts):
                    total += scratch[source + i * parts]
                sums[((image * layers + layer) * (totals * parts) + thread) & POSITIVE] = total
        for r in range(rows):
            if inside and top + r < height:
                grad_u[pixel + r * width] = g[r]

    return forward, backward
