"""The explicit layer of (39) on which the rows on stability are checked."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import correlate

from pdenet.symbolic.named import PDE1

STABLE = (0.5**0.5, 0.3, 0.0)
"""Parameters (alpha, beta, gamma) of a stable layer on the line."""


def layers_of_39(theta: np.ndarray, image: np.ndarray, clip: bool) -> np.ndarray:
    """The image (y, x) after layers with parameters (layer, 5), zeros outside, with ReLU or without."""
    for kernel in PDE1.stencil().kernel_map.as_numpy(theta):
        image = image + correlate(image, kernel, mode="constant")
        image = np.maximum(image, 0.0) if clip else image
    return image
