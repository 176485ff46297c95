"""Make the picture of a figure small: few colours, one byte a pixel.

A figure on a transparent ground is mostly empty, and its lines end in a fringe of translucent pixels. Stored
at twice the screen's resolution that fringe is most of the file, though nobody can tell its shades apart.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEP = 17  # between the 16 levels that a channel of a translucent pixel is rounded to
PALETTE = 256  # colours that a PNG with one byte a pixel can have
TOLERANCE = 40  # largest change of a rare colour, of 255 and as seen on black, that is accepted
RARE = 0.01  # share of the pixels that may change in this way


def compact(png: bytes) -> bytes:
    """The picture with at most 256 colours, or as it is where that would show or save nothing.

    Parameters
    ----------
    png : bytes
        A PNG file.
    """
    with Image.open(io.BytesIO(png)) as image:
        shape = image.height, image.width
        pixels = np.asarray(image.convert("RGBA")).reshape(-1, 4)
    translucent = pixels[:, 3:] < 255
    rounded = (np.round(pixels / STEP) * STEP).astype(np.uint8)
    pixels = np.where(translucent, rounded, pixels)
    pixels = np.where(pixels[:, 3:] == 0, 0, pixels)
    colours, places, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    kept = colours[order[:PALETTE]]
    change, nearest = KDTree(_as_seen(kept)).query(_as_seen(colours), p=np.inf)
    if change.max() > TOLERANCE or counts[order[PALETTE:]].sum() > RARE * len(pixels):
        return png
    indexed = Image.fromarray(nearest[places.ravel()].astype(np.uint8).reshape(shape))
    indexed.putpalette(kept.tobytes(), "RGBA")
    buffer = io.BytesIO()
    indexed.save(buffer, "PNG", optimize=True)
    return min(png, buffer.getvalue(), key=len)


def _as_seen(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Colours (n, 4) as they come out on a black page, and their opacity."""
    opacity = colours[:, 3:] / 255
    return np.hstack([colours[:, :3] * opacity, colours[:, 3:]])
