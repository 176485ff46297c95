"""A linear probe that reads digits behind layers, as they are and with one thing in them changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.models.measures.layers import coefficients
from pdenet.models.measures.probes import linear_probe
from pdenet.subjects.mechanism.layers import (
    follow,
    mirrored,
    shifted,
    through,
    without_diffusion,
    without_drift,
)
from pdenet.symbolic import PDE1
from pdenet.symbolic.moments import depth_moments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    Floats = NDArray[np.float64]

ROOM = 4  # pixels around the old frame and all windows


@dataclass(frozen=True)
class Reader:
    """Digits to fit a linear probe to, and others to test it on.

    Parameters
    ----------
    train, test : (B, H, W)
    labels, test_labels : (B,)
    """

    train: Tensor
    labels: Tensor
    test: Tensor
    test_labels: Tensor

    def sees(self, made: Callable[[Tensor], Tensor]) -> Floats:
        """Per cent of the test digits that the probe reads right in what is made of images.

        Parameters
        ----------
        made
            From images (B, H, W) to features (..., B, H, W).

        Returns
        -------
        (...)
        """
        return self._fitted(made(self.train), made(self.test))

    def behind(self, kernels: Tensor) -> Floats:
        """The same after the last of the layers (S, L, 3, 3), by seed."""
        return self.sees(lambda images: through(images, kernels))

    def course(self, kernels: Tensor, layers: Sequence[int]) -> Floats:
        """The same after each of some layers, (S, len(layers)); they rise, and 0 is the pixels."""
        train, test, done, found = self.train, self.test, 0, []
        for layer in layers:
            if layer > done:
                train, test = (through(u, kernels[:, done:layer]) for u in (train, test))
            found.append(np.broadcast_to(self._fitted(train, test), len(kernels)))
            done = layer
        return np.stack(found, axis=1)

    def moved(self, places: Any) -> Floats:
        """The same on the digits moved rigidly by places (..., 2) along x and y, in pixels."""
        return self.sees(lambda images: shifted(images, places))

    def _fitted(self, train: Tensor, test: Tensor) -> Floats:
        return 100 * linear_probe(train, self.labels, test, self.test_labels)


def suspects(reader: Reader, kernels: Tensor) -> dict[str, Floats]:
    """Per cent that the probe reads behind layers with one thing changed, by change and seed.

    Parameters
    ----------
    reader
        The probe; it is fitted anew to each.
    kernels : (S, L, 3, 3)
    """
    along = np.rint(depth_moments(PDE1, coefficients(kernels)).place[:, -1])
    moves, stays = reader.sees(lambda images: follow(kernels, images, [along, 0 * along], ROOM))
    return {
        "window moves along": moves,
        "window stays": stays,
        "drift alternates": reader.behind(mirrored(kernels)),
        "no drift": reader.behind(without_drift(kernels)),
        "no diffusion": reader.behind(without_diffusion(kernels)),
    }


def regained(found: Floats, as_they_are: Floats, pixels: float) -> Floats:
    """Share of what the layers cost the probe that a change gives back, (S,); a cost is at least a point."""
    share: Floats = (found - as_they_are) / np.maximum(pixels - as_they_are, 1.0)
    return share
