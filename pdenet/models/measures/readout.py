"""What a linear read-out recovers of a target from features, in double precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from pdenet.checks.numbers import real

if TYPE_CHECKING:
    from torch import Tensor


def read_out(features: Tensor, targets: Tensor, asked: Tensor, *, penalty: float = 1e-6) -> Tensor:
    """Targets (M, T) that a linear map fitted to other features foretells, by ridge regression.

    Parameters
    ----------
    features : (N, F)
        To fit with; they are centred.
    targets : (N, T)
        To fit.
    asked : (M, F)
        Features of what is foretold.
    penalty
        Relative to the mean eigenvalue of the features' covariance: a direction whose variance is less, of
        that mean, does not count, whatever the scale of the features.

    Raises
    ------
    TypeError, ValueError
        If the penalty is not positive, shapes do not fit, or the features are the same for all examples:
        nothing can be read from them.
    """
    penalty = real("penalty", penalty, above=0)
    if features.dim() != 2 or len(features) != len(targets) or asked.shape[1:] != features.shape[1:]:
        message = (
            "features must be (N, F), targets (N, T) and what is asked (M, F); "
            f"got {tuple(features.shape)}, {tuple(targets.shape)} and {tuple(asked.shape)}"
        )
        raise ValueError(message)
    if constant(features):
        message = f"the features of all {len(features)} examples are the same: nothing can be read from them"
        raise ValueError(message)
    known, wanted = features.double(), targets.double()
    size = known.abs().max()
    known, new = known / size, asked.double() / size  # so that tiny features have no denormal products
    centre, mean = known.mean(0), wanted.mean(0)
    known, new = known - centre, new - centre
    covariance = known.T @ known / len(known)
    covariance.diagonal().add_(penalty * covariance.trace() / len(covariance))
    weights = torch.linalg.solve(covariance, known.T @ (wanted - mean) / len(known))
    foretold: Tensor = new @ weights + mean
    return foretold


def constant(features: Tensor) -> bool:
    """Whether the features (N, F) are the same for all examples, to the last bit."""
    return bool((features == features[:1]).all())


def explained(foretold: Tensor, true: Tensor, mean: Tensor) -> float:
    """Share of the variance of targets (M, T) that was foretold: 1 is all of it, 0 what the mean tells."""
    return float(1 - (foretold - true).square().sum() / (true - mean).square().sum())
