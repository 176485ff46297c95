"""The residual stack as fused CPU loops: an image stays in cache through all layers, forward and backward.

A tensor library moves the whole batch through memory once a layer. These loops take one image at a time
through the whole stack, so that memory is touched twice in all: once to read the image, once to write it.

The tile
    An image (H, W) lies in a flat array of rows of `stride` numbers, of which the first W are pixels and the
    rest zero, with one zero row above and below and a zero margin in front. The zeros at the end of a row are
    the right border of that row and the left border of the next, so one flat loop over all rows applies the
    stencil with zero boundary. Such loops become full-width SIMD code, and the sums over pixels that the
    gradient of a kernel needs stay in vector registers to the end of the layer.

The threshold
    It holds `FLUSH` at pixels and infinity at border cells. `0 if v <= threshold else v` is then three things
    in one comparison: the ReLU, the border set back to zero, and tiny values flushed to zero before they
    decay into denormal numbers, which slow these loops down several times over. NaN passes, as in PyTorch.

The backward pass
    Activations are recomputed, not stored: at most `SEGMENT` layers at a time, from a checkpoint at the
    start of the segment, in scratch memory that belongs to a thread and not to an image.
"""

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

FLUSH = np.float32(1e-25)  # beside pixels of order one, an activation below this carries nothing in float32
SEGMENT = 64  # layers recomputed at a time: 64 tiles of 28x28 are 245 kB of scratch a thread, well within L2
FLUSH_GRADIENT = np.float32(1e-30)  # and so does a gradient below this
LINE = 16  # float32 numbers in a cache line
MARGIN = LINE  # cells in front of a tile, so that the first pixel has a left neighbour and stays aligned
CHUNKS = 16  # parts into which the images of a seed are split; fixed, so sums do not depend on the threads

# Partial sums may be reassociated into vector lanes; NaN and infinity keep their meaning.
_LOOPS: dict[str, Any] = {"cache": True, "fastmath": {"reassoc", "contract", "nsz"}, "error_model": "numpy"}
# A layer of one image takes a microsecond, so that a call and its reference counts would be a fifth of it.
_INLINE = {**_LOOPS, "inline": "always"}


def make_threshold(height: int, width: int) -> NDArray[np.float32]:
    """What a value must exceed to survive a layer: `FLUSH` at pixels, infinity at border cells.

    Its length also fixes the tile: a row takes the pixels, at least one border cell, whole vectors of 16.
    """
    stride = 16 * (width // 16 + 1)
    rows = np.full((height, stride), np.inf, dtype=np.float32)
    rows[:, :width] = FLUSH
    return rows.ravel()


@njit(**_LOOPS)
def _load(tile, image, stride):  # type: ignore[no-untyped-def]
    height, width = image.shape
    for i in range(height):
        for j in range(width):
            tile[MARGIN + (i + 1) * stride + j] = image[i, j]


@njit(**_LOOPS)
def _store(image, tile, stride):  # type: ignore[no-untyped-def]
    height, width = image.shape
    for i in range(height):
        for j in range(width):
            image[i, j] = tile[MARGIN + (i + 1) * stride + j]


@njit(**_LOOPS)
def _tiles(count, height, stride):  # type: ignore[no-untyped-def]
    """Empty tiles (count, cells), each beginning at a cache line so that no aligned vector straddles two."""
    # two border rows, and one to spare: the last cell of a row looks one beyond the row below
    cells = MARGIN + (height + 3) * stride
    memory = np.zeros(count * cells + LINE, dtype=np.float32)
    skip = (-(memory.ctypes.data // 4)) % LINE
    return memory[skip : skip + count * cells].reshape(count, cells)


@njit(**_INLINE)
def _layer(out, u, k, bias, threshold, stride, corners):  # type: ignore[no-untyped-def]
    """One block, out = relu(u + k * u + bias), on whole tiles."""
    n = threshold.size
    k0, k1, k2, k3, k5, k6, k7, k8 = k[0], k[1], k[2], k[3], k[5], k[6], k[7], k[8]
    centre = np.float32(1.0) + k[4]  # the skip connection
    start = MARGIN - 1
    up, mid, down = (
        u[start : start + n + 2],
        u[start + stride : start + stride + n + 2],
        u[start + 2 * stride : start + 2 * stride + n + 2],
    )
    target = out[MARGIN + stride : MARGIN + stride + n]
    for c in range(n):
        v = bias + centre * mid[c + 1] + k3 * mid[c] + k5 * mid[c + 2] + k1 * up[c + 1] + k7 * down[c + 1]
        if corners:
            v += k0 * up[c] + k2 * up[c + 2] + k6 * down[c] + k8 * down[c + 2]
        target[c] = np.float32(0.0) if v <= threshold[c] else v


@njit(**_LOOPS)
def _close_gates(g, u):  # type: ignore[no-untyped-def]
    """Drop the gradient where the block in front put out zero; `u` is that output."""
    for c in range(g.size):
        g[c] = g[c] if u[c] > np.float32(0.0) else np.float32(0.0)


@njit(**_INLINE)
def _layer_backward(out, g, u, k, floor, n, stride, corners, sums):  # type: ignore[no-untyped-def]
    """The gradient in front of a block from the gated gradient `g` behind it; `u` is the block's input.

    The result is gated in turn by `u > floor`: floor is 0 where `u` is the output of another block, and
    minus infinity where it is the image. `sums` takes the gradients of the nine taps and of the bias.
    """
    k0, k1, k2, k3, k5, k6, k7, k8 = k[0], k[1], k[2], k[3], k[5], k[6], k[7], k[8]
    centre = np.float32(1.0) + k[4]
    zero = np.float32(0.0)
    d0 = d1 = d2 = d3 = d4 = d5 = d6 = d7 = d8 = dbias = zero
    start = MARGIN - 1
    up, mid, down = (
        u[start : start + n + 2],
        u[start + stride : start + stride + n + 2],
        u[start + 2 * stride : start + 2 * stride + n + 2],
    )
    gup, gmid, gdown = (
        g[start : start + n + 2],
        g[start + stride : start + stride + n + 2],
        g[start + 2 * stride : start + 2 * stride + n + 2],
    )
    target = out[MARGIN + stride : MARGIN + stride + n]
    for c in range(n):
        h = gmid[c + 1]
        # the transposed stencil takes each tap from the opposite side
        v = centre * h + k5 * gmid[c] + k3 * gmid[c + 2] + k7 * gup[c + 1] + k1 * gdown[c + 1]
        d1 += h * up[c + 1]
        d3 += h * mid[c]
        d4 += h * mid[c + 1]
        d5 += h * mid[c + 2]
        d7 += h * down[c + 1]
        dbias += h
        if corners:
            v += k8 * gup[c] + k6 * gup[c + 2] + k2 * gdown[c] + k0 * gdown[c + 2]
            d0 += h * up[c]
            d2 += h * up[c + 2]
            d6 += h * down[c]
            d8 += h * down[c + 2]
        target[c] = v if (mid[c + 1] > floor and abs(v) > FLUSH_GRADIENT) else zero
    for tap, value in enumerate((d0, d1, d2, d3, d4, d5, d6, d7, d8, dbias)):
        sums[tap] += value


@njit(parallel=True, **_LOOPS)
def forward(out, u, kernels, bias, threshold, corners):  # type: ignore[no-untyped-def]
    """Fill `out` with the stack's output.

    `out`, `u` (S, B, H, W); `kernels` (S, L, 9), rows of the 3x3 matrix one after another; `bias` (S, L);
    `threshold` from `make_threshold`; `corners` says whether the corner taps count. All float32.
    """
    seeds, batch, height, _ = u.shape
    layers = kernels.shape[1]
    stride = threshold.size // height
    for part in prange(seeds * CHUNKS):
        seed, chunk = part // CHUNKS, part % CHUNKS
        tiles = _tiles(2, height, stride)
        for b in range(batch * chunk // CHUNKS, batch * (chunk + 1) // CHUNKS):
            _load(tiles[0], u[seed, b], stride)
            for i in range(layers):
                k = kernels[seed, i]
                _layer(tiles[(i + 1) % 2], tiles[i % 2], k, bias[seed, i], threshold, stride, corners)
            _store(out[seed, b], tiles[layers % 2], stride)


@njit(parallel=True, **_LOOPS)
def backward(grad_u, sums, grad_out, u, kernels, bias, threshold, corners):  # type: ignore[no-untyped-def]
    """Fill `grad_u` (S, B, H, W) and add the gradients of the taps and the bias to `sums`.

    `sums` (S, CHUNKS, L, 10) float64: the nine taps, then the bias, one row a chunk of images, to be added
    up by the caller; the other arguments are those of `forward`, at least one layer.
    """
    seeds, batch, height, _ = u.shape
    layers = kernels.shape[1]
    stride = threshold.size // height
    segments = (layers + SEGMENT - 1) // SEGMENT
    for part in prange(seeds * CHUNKS):
        seed, chunk = part // CHUNKS, part % CHUNKS
        k, bias_of = kernels[seed], bias[seed]
        states = _tiles(min(layers, SEGMENT) + 1, height, stride)
        checkpoints = _tiles(segments, height, stride)
        grads = _tiles(2, height, stride)
        for b in range(batch * chunk // CHUNKS, batch * (chunk + 1) // CHUNKS):
            _load(checkpoints[0], u[seed, b], stride)
            for segment in range(1, segments):
                states[0] = checkpoints[segment - 1]
                for i in range(SEGMENT):
                    layer = (segment - 1) * SEGMENT + i
                    source, target = states[i % 2], states[(i + 1) % 2]
                    _layer(target, source, k[layer], bias_of[layer], threshold, stride, corners)
                checkpoints[segment] = states[SEGMENT % 2]
            _load(grads[layers % 2], grad_out[seed, b], stride)
            for segment in range(segments - 1, -1, -1):
                first = segment * SEGMENT
                count = min(SEGMENT, layers - first)
                states[0] = checkpoints[segment]
                for i in range(count):
                    layer = first + i
                    _layer(states[i + 1], states[i], k[layer], bias_of[layer], threshold, stride, corners)
                if segment == segments - 1:
                    _close_gates(grads[layers % 2], states[count])
                for i in range(count - 1, -1, -1):
                    layer = first + i
                    floor = np.float32(0.0) if layer > 0 else np.float32(-np.inf)
                    _layer_backward(
                        grads[layer % 2],
                        grads[(layer + 1) % 2],
                        states[i],
                        k[layer],
                        floor,
                        threshold.size,
                        stride,
                        corners,
                        sums[seed, chunk, layer],
                    )
            _store(grad_u[seed, b], grads[0], stride)
