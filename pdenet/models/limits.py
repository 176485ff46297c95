"""How large networks can be: beyond it a number stands in the wrong place, or the machine has no room."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from pdenet.checks.numbers import whole

MOST_LAYERS = 100_000
MOST_FEATURES = 1_000_000  # of a layer of the classifier, and pixels of an image
_BYTES = 4 * 2  # of a float32, which is there twice while the seeds are drawn and put together
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of a container


def check_size(seeds: int, depth: Any, image_shape: Any, widths: Any, classes: Any) -> None:
    """Refuse networks that nobody means or that cannot be here, before the first number of them is drawn.

    What is no number, or too small, is left to those who use it.

    Parameters
    ----------
    seeds, depth
        Numbers of networks and of layers, at most `MOST_LAYERS`.
    image_shape
        Rows and columns, at most `MOST_FEATURES` pixels.
    widths, classes
        Features behind each layer of the classifier, at most `MOST_FEATURES`.

    Raises
    ------
    ValueError
        If a number is out of range, or this machine has no room for so many.
    """
    layers = _at_most("depth", depth, MOST_LAYERS)
    pixels = math.prod(_at_most("each of image_shape", side, MOST_FEATURES) for side in _several(image_shape))
    sizes = [_at_most("the number of pixels", pixels, MOST_FEATURES)]
    sizes += [_at_most("each of widths", width, MOST_FEATURES) for width in _several(widths)]
    sizes += [_at_most("classes", classes, MOST_FEATURES)]
    numbers = seeds * (9 * layers + sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes)))
    room = memory()
    if numbers * _BYTES > room:
        message = (
            f"{seeds:,} networks of {layers:,} layers with a classifier of {', '.join(map(str, sizes))} are "
            f"{numbers:,} numbers, for which this machine has not enough memory ({room / 2**30:.0f} GiB); "
            "ask for fewer or smaller ones"
        )
        raise ValueError(message)


def _several(values: Any) -> list[Any]:
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str) else []


def _at_most(name: str, value: Any, most: int) -> int:
    try:
        number = whole(name, value)
    except (TypeError, ValueError):
        return 0
    return max(0, whole(name, number, most=most))


def memory() -> float:
    """Bytes that this process can have at most; infinity where the system does not say."""
    found = [math.inf]
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        found.append(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    for name in _LIMITS:
        try:
            found.append(float(Path(name).read_text()))
        except (OSError, ValueError):  # there is none, or it says "max"
            continue
    return min(found)
