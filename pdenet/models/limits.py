"""How large networks can be: beyond it a number stands in the wrong place, or the machine has no room."""

from __future__ import annotations

import math
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pdenet.checks.numbers import whole
from pdenet.checks.sequences import wholes

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LAYERS = 100_000
MOST_FEATURES = 1_000_000  # of a layer of the classifier, and pixels of an image
_BYTES = 4 * 2  # of a float32, which is there twice while the seeds are drawn and put together
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of a container


def check_size(
    seeds: int, depth: int, image_shape: tuple[int, int], widths: Sequence[int], classes: int
) -> None:
    """Refuse networks that nobody means or that cannot be here, before the first number of them is drawn.

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
    whole("depth", depth, most=MOST_LAYERS)
    whole("the number of pixels", math.prod(image_shape), most=MOST_FEATURES)
    wholes("widths", widths, most=MOST_FEATURES)
    whole("classes", classes, most=MOST_FEATURES)
    sizes = (math.prod(image_shape), *widths, classes)
    numbers = seeds * (9 * depth + sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes)))
    room = memory()
    if numbers * _BYTES > room:
        message = (
            f"{seeds:,} networks of {depth:,} layers with a classifier of {', '.join(map(str, sizes))} are "
            f"{numbers:,} numbers, for which this machine has not enough memory ({room / 2**30:.0f} GiB); "
            "ask for fewer or smaller ones"
        )
        raise ValueError(message)


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
