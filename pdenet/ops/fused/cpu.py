"""The residual stack as fused CPU loops: images stay in cache through all layers, forward and backward.

A tensor library moves the whole batch through memory once a layer. These loops take four images at a time
through the whole stack, so that memory is touched twice in all: once to read the images, once to write them.

The tile
    A vector has sixteen lanes: `IMAGES` images times `BLOCKS` vertical strips of an image, lane ``IMAGES *
    block + image``. A tile is (H + 2, w + 2, lanes): w = ceil(W / BLOCKS) columns of a strip, with a halo.
    The halo's rows, above and below, are zero; its columns repeat, a strip further, what the neighbouring
    strips have there, and are zero beyond the image. All loads are aligned, neighbours are in registers
    already when a loop walks along a row, no lane is idle if four divides W, and a 28x28 tile of four images
    is 17 kB: two fit in the first-level cache.

The threshold
    It holds `FLUSH` at pixels and infinity in lanes beyond the right edge. `keep_above(v, threshold, v)` is
    then three things in one comparison: the ReLU, the border set back to zero, and tiny values flushed to
    zero before they decay into denormal numbers, which slow these loops down several times over. NaN passes,
    as in PyTorch.

The backward pass
    Activations are recomputed, not stored: at most `SEGMENT` layers at a time, from a checkpoint at the
    start of the segment, in scratch memory that belongs to a thread and not to an image.
"""

from functools import cache
from typing import Any

import numpy as np
from numba import get_thread_id, prange
from numpy.typing import NDArray

from pdenet.ops.fused.machine_code import compiled
from pdenet.ops.fused.simd import (
    LANES,
    add,
    fill,
    keep_above,
    load,
    magnitude,
    multiply_add,
    prefetch,
    read_columns,
    shift_lanes,
    store,
    total,
    write_columns,
)
from pdenet.ops.fused.threads import loop

FLUSH = np.float32(1e-25)  # beside pixels of order one, an activation below this carries nothing in float32
FLUSH_GRADIENT = np.float32(1e-30)  # and so does a gradient below this
BLOCKS = 4
IMAGES = LANES // BLOCKS
TO_NEXT, TO_PREVIOUS = IMAGES, -IMAGES  # lanes from a strip to its neighbours
SEGMENT = 64  # layers recomputed at a time: 65 tiles of 28x28 are 0.9 MB, about a second-level cache
CHUNKS = 16  # parts into which the images of a seed are split; fixed, so sums do not depend on the threads
GROUPS = 8  # groups of images whose sums are added up in float32 before they go on in float64

USUAL = 7  # strips of 28 columns: loops over a row of so many vectors are unrolled, twice as fast

_LOOPS: dict[str, Any] = {"error_model": "numpy"}
_INLINE = {**_LOOPS, "inline": "always"}  # a layer of four images takes less than a microsecond


def strip_width(width: int) -> int:
    """Columns of a strip, w."""
    return -(-width // BLOCKS)


@cache
def make_threshold(width: int) -> NDArray[np.float32]:
    """What a value must exceed to survive a layer, (w * lanes,): `FLUSH`, infinity beyond the right edge."""
    strip = strip_width(width)
    column = np.arange(strip)[:, None] + strip * np.arange(BLOCKS)  # (w, block)
    rows = np.where(column < width, FLUSH, np.float32(np.inf)).astype(np.float32)
    return np.repeat(rows, IMAGES, axis=1).ravel()


@compiled(**_INLINE)
def _close_row(scratch, first, last):
    """Fill the halo beside a row whose first and last vectors lie at these places."""
    store(scratch, first - LANES, shift_lanes(load(scratch, last), TO_NEXT))
    store(scratch, last + LANES, shift_lanes(load(scratch, first), TO_PREVIOUS))


@compiled(**_LOOPS)
def _read(scratch, tile, images, first):
    """Bring `images[first : first + IMAGES]` (B, H, W) into a tile, with zeros beyond batch and edge."""
    batch, height, width = images.shape
    strip = (width + BLOCKS - 1) // BLOCKS
    row = (strip + 2) * LANES
    whole = width == BLOCKS * strip and strip >= 4 and first + IMAGES <= batch  # no lane is idle
    for i in range(height):
        cell = tile + (i + 1) * row + LANES
        if whole:
            start = (first * height + i) * width
            for j in range(0, strip - 4, 4):
                read_columns(scratch, cell + j * LANES, images, start + j, height * width, strip)
            j = strip - 4  # the last four, of which some may have been read
            read_columns(scratch, cell + j * LANES, images, start + j, height * width, strip)
        else:
            for lane in range(LANES):
                b, left = first + lane % IMAGES, lane // IMAGES * strip
                for j in range(strip):
                    inside = b < batch and left + j < width
                    scratch[cell + j * LANES + lane] = images[b, i, left + j] if inside else np.float32(0.0)
        _close_row(scratch, cell, cell + (strip - 1) * LANES)


@compiled(**_LOOPS)
def _announce(images, first):
    """Ask for `images[first : first + IMAGES]` ahead: four short streams at once are hard to foresee."""
    batch, height, width = images.shape
    for place in range(first * height * width, min(first + IMAGES, batch) * height * width, LANES):
        prefetch(images, place)


@compiled(**_LOOPS)
def _write(images, scratch, tile, first):
    """Fill `images[first : first + IMAGES]` from a tile."""
    batch, height, width = images.shape
    strip = (width + BLOCKS - 1) // BLOCKS
    row = (strip + 2) * LANES
    whole = width == BLOCKS * strip and strip >= 4 and first + IMAGES <= batch
    for i in range(height):
        cell = tile + (i + 1) * row + LANES
        if whole:
            start = (first * height + i) * width
            for j in range(0, strip - 4, 4):
                write_columns(images, start + j, height * width, strip, scratch, cell + j * LANES)
            j = strip - 4
            write_columns(images, start + j, height * width, strip, scratch, cell + j * LANES)
        else:
            for lane in range(LANES):
                b, left = first + lane % IMAGES, lane // IMAGES * strip
                for j in range(strip):
                    if b < batch and left + j < width:
                        images[b, i, left + j] = scratch[cell + j * LANES + lane]


@compiled(**_INLINE)
def _layer(scratch, target, source, k, bias, threshold, height, strip, corners):
    """One block, target = relu(source + k * source + bias), on tiles at these places of `scratch`."""
    row = (strip + 2) * LANES
    b = fill(bias)
    k0, k1, k2 = fill(k[0]), fill(k[1]), fill(k[2])
    k3, k4, k5 = fill(k[3]), fill(np.float32(1.0) + k[4]), fill(k[5])  # with the skip connection
    k6, k7, k8 = fill(k[6]), fill(k[7]), fill(k[8])
    for i in range(height):
        up = source + i * row + LANES
        mid = up + row
        down = mid + row
        out = target + (i + 1) * row + LANES
        left, centre = load(scratch, mid - LANES), load(scratch, mid)
        up_left, up_centre = load(scratch, up - LANES), load(scratch, up)
        down_left, down_centre = load(scratch, down - LANES), load(scratch, down)
        for j in range(0, strip * LANES, LANES):
            right = load(scratch, mid + j + LANES)
            v = multiply_add(k4, centre, b)
            v = multiply_add(k3, left, v)
            v = multiply_add(k5, right, v)
            if corners:
                up_right, down_right = load(scratch, up + j + LANES), load(scratch, down + j + LANES)
                v = multiply_add(k0, up_left, v)
                v = multiply_add(k1, up_centre, v)
                v = multiply_add(k2, up_right, v)
                v = multiply_add(k6, down_left, v)
                v = multiply_add(k7, down_centre, v)
                v = multiply_add(k8, down_right, v)
                up_left, up_centre = up_centre, up_right
                down_left, down_centre = down_centre, down_right
            else:
                v = multiply_add(k1, load(scratch, up + j), v)
                v = multiply_add(k7, load(scratch, down + j), v)
            store(scratch, out + j, keep_above(v, load(threshold, j), v))
            left, centre = centre, right
        _close_row(scratch, out, out + (strip - 1) * LANES)


@compiled(**_LOOPS)
def _layers(scratch, kernels, bias, threshold, height, corners, begin, count, keep):
    """`count` blocks from layer `begin` on, the input being the first tile of `scratch`.

    `keep` says whether all tiles stay; the last one lies at tile `count`, else at `count % 2`.
    """
    size = (height + 2) * (threshold.size + 2 * LANES)
    for i in range(count):
        target, source = ((i + 1) * size, i * size) if keep else ((i + 1) % 2 * size, i % 2 * size)
        k, b = kernels[begin + i], bias[begin + i]
        if threshold.size == USUAL * LANES:
            _layer(scratch, target, source, k, b, threshold, height, USUAL, corners)
        else:
            _layer(scratch, target, source, k, b, threshold, height, threshold.size // LANES, corners)


@compiled(**_LOOPS)
def _close_gates(scratch, g, u, cells):
    """Drop the gradient where the block in front put out zero; `u` is that output."""
    zero = fill(np.float32(0.0))
    for c in range(0, cells, LANES):
        store(scratch, g + c, keep_above(load(scratch, g + c), zero, load(scratch, u + c)))


@compiled(**_INLINE)
def _layer_backward(scratch, target, g, u, k, floor, height, strip, corners, sums):
    """The gradient in front of a block from the gated gradient `g` behind it; `u` is the block's input.

    The result is gated in turn by `u > floor`: floor is 0 where `u` is the output of another block, and
    minus infinity where it is the image. `sums` (10 * lanes,) takes the gradients of the nine taps and of
    the bias.
    """
    row = (strip + 2) * LANES
    zero, tiny, gate = fill(np.float32(0.0)), fill(FLUSH_GRADIENT), fill(floor)
    k0, k1, k2 = fill(k[0]), fill(k[1]), fill(k[2])
    k3, k4, k5 = fill(k[3]), fill(np.float32(1.0) + k[4]), fill(k[5])
    k6, k7, k8 = fill(k[6]), fill(k[7]), fill(k[8])
    d0, d1, d2 = load(sums, 0), load(sums, LANES), load(sums, 2 * LANES)
    d3, d4, d5 = load(sums, 3 * LANES), load(sums, 4 * LANES), load(sums, 5 * LANES)
    d6, d7, d8 = load(sums, 6 * LANES), load(sums, 7 * LANES), load(sums, 8 * LANES)
    dbias = load(sums, 9 * LANES)
    for i in range(height):
        mid = (i + 1) * row + LANES
        up, down, out = mid - row, mid + row, target + mid
        left, centre = load(scratch, g + mid - LANES), load(scratch, g + mid)
        up_left, above = load(scratch, g + up - LANES), load(scratch, g + up)
        down_left, below = load(scratch, g + down - LANES), load(scratch, g + down)
        for j in range(0, strip * LANES, LANES):
            # What a tap brings in from the left goes back to the left: tap 3 meets the gradient on the
            # right, and so on. The same neighbours, times the state here, make the gradients of the taps.
            right = load(scratch, g + mid + j + LANES)
            state = load(scratch, u + mid + j)
            if not corners:
                above, below = load(scratch, g + up + j), load(scratch, g + down + j)
            v = multiply_add(k5, left, multiply_add(k3, right, multiply_add(k4, centre, zero)))
            v = multiply_add(k1, below, multiply_add(k7, above, v))
            d1 = multiply_add(state, below, d1)
            d3 = multiply_add(state, right, d3)
            d4 = multiply_add(state, centre, d4)
            d5 = multiply_add(state, left, d5)
            d7 = multiply_add(state, above, d7)
            dbias = add(dbias, centre)
            if corners:
                up_right, down_right = load(scratch, g + up + j + LANES), load(scratch, g + down + j + LANES)
                v = multiply_add(k8, up_left, multiply_add(k6, up_right, v))
                v = multiply_add(k2, down_left, multiply_add(k0, down_right, v))
                d0 = multiply_add(state, down_right, d0)
                d2 = multiply_add(state, down_left, d2)
                d6 = multiply_add(state, up_right, d6)
                d8 = multiply_add(state, up_left, d8)
                up_left, above = above, up_right
                down_left, below = below, down_right
            v = keep_above(v, tiny, magnitude(v))
            store(scratch, out + j, keep_above(v, gate, state))
            left, centre = centre, right
        _close_row(scratch, out, out + (strip - 1) * LANES)
    for tap, d in enumerate((d0, d1, d2, d3, d4, d5, d6, d7, d8, dbias)):
        store(sums, tap * LANES, d)


@compiled(**_LOOPS)
def _layers_backward(scratch, grads, kernels, sums, height, strip, corners, begin, count):
    """The gradient in front of layer `begin` from that behind layer ``begin + count - 1``.

    The tiles of `scratch` are the inputs of these layers, one after another. The two tiles at `grads` take
    turns; the gradient in front of an even layer lies in the first.
    """
    size = (height + 2) * (strip + 2) * LANES
    for i in range(count - 1, -1, -1):
        layer = begin + i
        target, source = grads + layer % 2 * size, grads + (layer + 1) % 2 * size
        floor = np.float32(0.0) if layer > 0 else np.float32(-np.inf)
        k, into = kernels[layer], sums[layer]
        if strip == USUAL:
            _layer_backward(scratch, target, source, i * size, k, floor, height, USUAL, corners, into)
        else:
            _layer_backward(scratch, target, source, i * size, k, floor, height, strip, corners, into)


@compiled(**_LOOPS)
def _hand_on(sums, partial):
    """Add what the lanes have gathered, (L, 10 * lanes), to `sums` (L, 10), and set it to zero."""
    zero = fill(np.float32(0.0))
    for layer in range(len(partial)):
        lanes = partial[layer]
        for tap in range(10):
            sums[layer, tap] += total(load(lanes, tap * LANES))
            store(lanes, tap * LANES, zero)


@loop(**_LOOPS)
def forward(out, u, kernels, bias, threshold, corners, scratch):
    """Fill `out` with the stack's output.

    `out`, `u` (S, B, H, W); `kernels` (S, L, 9), rows of the 3x3 matrix one after another; `bias` (S, L);
    `threshold` from `make_threshold`; `corners` says whether the corner taps count; `scratch` from
    `make_scratch`. All float32.
    """
    seeds, batch, height, _ = u.shape
    layers = kernels.shape[1]
    size = (height + 2) * (threshold.size + 2 * LANES)
    groups = (batch + IMAGES - 1) // IMAGES
    for part in prange(seeds * CHUNKS):
        seed, chunk = part // CHUNKS, part % CHUNKS
        own = scratch[get_thread_id()]
        for group in range(groups * chunk // CHUNKS, groups * (chunk + 1) // CHUNKS):
            _read(own, 0, u[seed], group * IMAGES)
            _announce(out[seed], group * IMAGES)
            _announce(u[seed], (group + 1) * IMAGES)
            _layers(own, kernels[seed], bias[seed], threshold, height, corners, 0, layers, False)
            _write(out[seed], own, layers % 2 * size, group * IMAGES)


@loop(**_LOOPS)
def backward(grad_u, sums, grad_out, u, kernels, bias, threshold, corners, scratch):
    """Fill `grad_u` (S, B, H, W) and add the gradients of the taps and the bias to `sums`.

    `sums` (S, CHUNKS, L, 10) float64: the nine taps, then the bias, one row a chunk of images, to be added
    up by the caller; the other arguments are those of `forward`, at least one layer.
    """
    seeds, batch, height, _ = u.shape
    layers = kernels.shape[1]
    strip = threshold.size // LANES
    size = (height + 2) * (strip + 2) * LANES
    groups = (batch + IMAGES - 1) // IMAGES
    segments = (layers + SEGMENT - 1) // SEGMENT
    grads = (min(layers, SEGMENT) + 1) * size  # behind the tiles of a segment
    checkpoints = grads + 2 * size
    for part in prange(seeds * CHUNKS):
        seed, chunk = part // CHUNKS, part % CHUNKS
        own = scratch[get_thread_id()]
        k, b = kernels[seed], bias[seed]
        partial = np.zeros((layers, 10 * LANES), dtype=np.float32)
        first, last = groups * chunk // CHUNKS, groups * (chunk + 1) // CHUNKS
        for group in range(first, last):
            _read(own, 0, u[seed], group * IMAGES)
            _announce(grad_out[seed], group * IMAGES)
            for segment in range(segments - 1):
                saved = checkpoints + segment * size
                own[saved : saved + size] = own[:size]
                _layers(own, k, b, threshold, height, corners, segment * SEGMENT, SEGMENT, False)
            for segment in range(segments - 1, -1, -1):
                begin = segment * SEGMENT
                count = min(SEGMENT, layers - begin)
                if segment < segments - 1:
                    saved = checkpoints + segment * size
                    own[:size] = own[saved : saved + size]
                _layers(own, k, b, threshold, height, corners, begin, count, True)
                if segment == segments - 1:
                    _announce(grad_u[seed], group * IMAGES)
                    _announce(u[seed], (group + 1) * IMAGES)
                    _read(own, grads + layers % 2 * size, grad_out[seed], group * IMAGES)
                    _close_gates(own, grads + layers % 2 * size, count * size, size)
                _layers_backward(own, grads, k, partial, height, strip, corners, begin, count)
            _write(grad_u[seed], own, grads, group * IMAGES)
            if (group - first) % GROUPS == GROUPS - 1 or group == last - 1:
                _hand_on(sums[seed, chunk], partial)


def make_scratch(threads: int, layers: int, height: int, width: int) -> NDArray[np.float32]:
    """Working memory for `forward` and `backward`, (threads, cells): zero, rows beginning at a cache line.

    It may be used again for the same shapes; the zero rows of the tiles are never written.
    """
    tile = (height + 2) * (strip_width(width) + 2) * LANES
    tiles = min(layers, SEGMENT) + 3 + max(0, -(-layers // SEGMENT) - 1)
    memory = np.zeros(threads * tiles * tile + LANES, dtype=np.float32)
    skip = (-(memory.ctypes.data // 4)) % LANES
    return memory[skip : skip + threads * tiles * tile].reshape(threads, -1)
