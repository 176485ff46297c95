"""Fused CPU loops for two other steps of the same equation: on a torus, and implicit.

Sixteen images go through all layers together. The array of a state is (row, column, image), so that what
one image does pixel after pixel, such as eliminating along a row, sixteen do in the lanes of a vector
register. A frame of one cell surrounds it: on the torus it holds what lies across the edge, else zeros.

Six numbers a layer: the taps of the left, own and right pixel of the part along x, then of the upper, own
and lower pixel of the part along y. Together they are the five-point kernel, without the skip connection.

The backward pass recomputes the states, at most `SEGMENT` layers at a time, from a checkpoint.
"""

from typing import Any

import numpy as np
from numba import prange

from pdenet.ops.fused.cpu import FLUSH, FLUSH_GRADIENT
from pdenet.ops.fused.machine_code import compiled
from pdenet.ops.fused.threads import loop

LANES = 16
SEGMENT = 16

_LOOPS: dict[str, Any] = {"fastmath": {"reassoc", "contract", "nsz"}, "error_model": "numpy"}


@compiled(**_LOOPS)
def _load(tile, images, first):
    """Up to sixteen images from `first` on; lanes without an image are zero."""
    batch, height, width = images.shape
    tile[:] = np.float32(0.0)
    row = (width + 2) * LANES
    for lane in range(min(LANES, batch - first)):
        for i in range(height):
            for j in range(width):
                tile[(i + 1) * row + (j + 1) * LANES + lane] = images[first + lane, i, j]


@compiled(**_LOOPS)
def _store(images, tile, first):
    batch, height, width = images.shape
    row = (width + 2) * LANES
    for lane in range(min(LANES, batch - first)):
        for i in range(height):
            for j in range(width):
                images[first + lane, i, j] = tile[(i + 1) * row + (j + 1) * LANES + lane]


@compiled(**_LOOPS)
def _wrap(tile, height, width):
    """Fill the frame with what lies across the edge; the corners stay, no tap reads them."""
    row = (width + 2) * LANES
    tile[:row] = tile[height * row : (height + 1) * row]
    tile[(height + 1) * row : (height + 2) * row] = tile[row : 2 * row]
    for i in range(1, height + 1):
        line = tile[i * row : (i + 1) * row]
        line[:LANES] = line[width * LANES : (width + 1) * LANES]
        line[(width + 1) * LANES :] = line[LANES : 2 * LANES]


@compiled(**_LOOPS)
def _stencil(out, u, taps, height, width, clip):
    """Write u + A u inside the frame; clipped at zero, or only flushed."""
    row = (width + 2) * LANES
    n = width * LANES
    left, right, up, down = taps[0], taps[2], taps[3], taps[5]
    own = np.float32(1.0) + taps[1] + taps[4]
    for i in range(1, height + 1):
        o = i * row + LANES
        mid, before, after = u[o : o + n], u[o - LANES : o - LANES + n], u[o + LANES : o + LANES + n]
        above, below = u[o - row : o - row + n], u[o + row : o + row + n]
        target = out[o : o + n]
        if clip:
            for c in range(n):
                v = own * mid[c] + left * before[c] + right * after[c] + up * above[c] + down * below[c]
                target[c] = np.float32(0.0) if v <= FLUSH else v
        else:
            for c in range(n):
                v = own * mid[c] + left * before[c] + right * after[c] + up * above[c] + down * below[c]
                target[c] = np.float32(0.0) if abs(v) <= FLUSH_GRADIENT else v


@compiled(**_LOOPS)
def _factor(lower, own, upper, n, factors):
    """Elimination of the tridiagonal matrix I - A: rows of `factors` are pivots inverted, down, up."""
    diagonal = np.float32(1.0) - own
    carry = np.float32(0.0)
    for k in range(n):
        inverse = np.float32(1.0) / (diagonal + lower * carry)
        factors[0, k] = inverse
        factors[1, k] = lower * inverse
        carry = -upper * inverse
        factors[2, k] = carry


@compiled(**_LOOPS)
def _solve_y(v, factors, height, width):
    """Solve in place along the columns, a whole row of pixels at a time."""
    row = (width + 2) * LANES
    n = width * LANES
    o = row + LANES
    line = v[o : o + n]
    for c in range(n):
        line[c] *= factors[0, 0]
    for i in range(1, height):
        o = (i + 1) * row + LANES
        line, before = v[o : o + n], v[o - row : o - row + n]
        inverse, f = factors[0, i], factors[1, i]
        for c in range(n):
            line[c] = line[c] * inverse + f * before[c]
    for i in range(height - 2, -1, -1):
        o = (i + 1) * row + LANES
        line, after = v[o : o + n], v[o + row : o + row + n]
        e = factors[2, i]
        for c in range(n):
            line[c] -= e * after[c]


@compiled(**_LOOPS)
def _turn(out, v, height, width):
    """Exchange rows and columns; `out` has `width` rows of `height` pixels."""
    row, turned = (width + 2) * LANES, (height + 2) * LANES
    for i in range(1, height + 1):
        for j in range(1, width + 1):
            a, b = j * turned + i * LANES, i * row + j * LANES
            source, target = v[b : b + LANES], out[a : a + LANES]
            for lane in range(LANES):
                target[lane] = source[lane]


@compiled(**_LOOPS)
def _solve(out, u, taps, adjoint, axis, height, width, work, factors):
    """(I - A)^-1 u along one axis (0: x, 1: y), or with the transposed matrix."""
    lower, own, upper = taps[3 * axis], taps[3 * axis + 1], taps[3 * axis + 2]
    if adjoint:
        lower, upper = upper, lower
    if axis == 1:
        out[:] = u
        _factor(lower, own, upper, height, factors)
        _solve_y(out, factors, height, width)
    else:
        _turn(work, u, height, width)
        _factor(lower, own, upper, width, factors)
        _solve_y(work, factors, width, height)
        _turn(out, work, width, height)


@compiled(**_LOOPS)
def _clip(out, v):
    for c in range(v.size):
        out[c] = np.float32(0.0) if v[c] <= FLUSH else v[c]


@compiled(**_LOOPS)
def _gate(g, out):
    """Drop the gradient where the layer put out zero."""
    for c in range(g.size):
        g[c] = g[c] if (out[c] > np.float32(0.0) and abs(g[c]) > FLUSH_GRADIENT) else np.float32(0.0)


@compiled(**_LOOPS)
def _correlate(g, u, step, height, width, sums):
    """Add sum g(x) u(x - 1), sum g(x) u(x), sum g(x) u(x + 1) to `sums`, neighbours `step` cells apart."""
    row = (width + 2) * LANES
    n = width * LANES
    for i in range(1, height + 1):
        o = i * row + LANES
        h, mid = g[o : o + n], u[o : o + n]
        before, after = u[o - step : o - step + n], u[o + step : o + step + n]
        lower = own = upper = np.float32(0.0)
        for c in range(n):
            lower += h[c] * before[c]
            own += h[c] * mid[c]
            upper += h[c] * after[c]
        sums[0] += lower
        sums[1] += own
        sums[2] += upper


@compiled(**_LOOPS)
def _step(out, u, taps, periodic, height, width, spare, factors):
    """One layer; fills the frame of `u` on the torus."""
    if periodic:
        _wrap(u, height, width)
        _stencil(out, u, taps, height, width, True)
    else:
        _solve(spare[1], u, taps, False, 0, height, width, spare[0], factors)
        _solve(out, spare[1], taps, False, 1, height, width, spare[0], factors)
        _clip(out, out)


@compiled(**_LOOPS)
def _step_back(g, u, out, taps, periodic, height, width, spare, factors, sums):
    """Turn the gradient behind a layer, in place, into the one in front of it; `u` to `out` is the layer."""
    row = (width + 2) * LANES
    _gate(g, out)
    if periodic:
        _wrap(u, height, width)
        _correlate(g, u, LANES, height, width, sums[:3])
        _correlate(g, u, row, height, width, sums[3:])
        _wrap(g, height, width)
        turned = spare[1, :6]
        turned[0], turned[1], turned[2] = taps[2], taps[1], taps[0]
        turned[3], turned[4], turned[5] = taps[5], taps[4], taps[3]
        _stencil(spare[0], g, turned, height, width, False)
        g[:] = spare[0]
    else:
        _solve(spare[1], u, taps, False, 0, height, width, spare[0], factors)
        _solve(spare[2], spare[1], taps, False, 1, height, width, spare[0], factors)
        _solve(g, g, taps, True, 1, height, width, spare[0], factors)
        _correlate(g, spare[2], row, height, width, sums[3:])
        _solve(g, g, taps, True, 0, height, width, spare[0], factors)
        _correlate(g, spare[1], LANES, height, width, sums[:3])


@loop(**_LOOPS)
def forward(out, u, taps, periodic):
    """Fill `out` (S, B, H, W) with the stack's output for `u` and `taps` (S, L, 6), all float32."""
    seeds, batch, height, width = u.shape
    layers = taps.shape[1]
    groups = (batch + LANES - 1) // LANES
    cells = (height + 2) * (width + 2) * LANES
    for part in prange(seeds * groups):
        seed, first = part // groups, part % groups * LANES
        states, spare = np.zeros((2, cells), np.float32), np.zeros((2, cells), np.float32)
        factors = np.empty((3, max(height, width)), np.float32)
        _load(states[0], u[seed], first)
        for i in range(layers):
            _step(states[(i + 1) % 2], states[i % 2], taps[seed, i], periodic, height, width, spare, factors)
        _store(out[seed], states[layers % 2], first)


@loop(**_LOOPS)
def backward(grad_u, sums, grad_out, u, taps, periodic):
    """Fill `grad_u` and `sums` (S, groups of images, L, 6), float64, one sum a tap."""
    seeds, batch, height, width = u.shape
    layers = taps.shape[1]
    groups = (batch + LANES - 1) // LANES
    cells = (height + 2) * (width + 2) * LANES
    segments = (layers + SEGMENT - 1) // SEGMENT
    for part in prange(seeds * groups):
        seed, group = part // groups, part % groups
        states = np.zeros((min(layers, SEGMENT) + 1, cells), np.float32)
        checkpoints = np.zeros((segments, cells), np.float32)
        spare, g = np.zeros((3, cells), np.float32), np.zeros(cells, np.float32)
        factors = np.empty((3, max(height, width)), np.float32)
        t = taps[seed]
        _load(checkpoints[0], u[seed], group * LANES)
        for segment in range(1, segments):
            states[0] = checkpoints[segment - 1]
            for i in range(SEGMENT):
                source, target = states[i % 2], states[(i + 1) % 2]
                layer = (segment - 1) * SEGMENT + i
                _step(target, source, t[layer], periodic, height, width, spare, factors)
            checkpoints[segment] = states[SEGMENT % 2]
        _load(g, grad_out[seed], group * LANES)
        for segment in range(segments - 1, -1, -1):
            start = segment * SEGMENT
            count = min(SEGMENT, layers - start)
            states[0] = checkpoints[segment]
            for i in range(count):
                _step(states[i + 1], states[i], t[start + i], periodic, height, width, spare, factors)
            for i in range(count - 1, -1, -1):
                _step_back(
                    g,
                    states[i],
                    states[i + 1],
                    t[start + i],
                    periodic,
                    height,
                    width,
                    spare,
                    factors,
                    sums[seed, group, start + i],
                )
        _store(grad_u[seed], g, group * LANES)
