"""What is measured on autoencoders of fields: directions kept, the mass read off, cut-offs, samples."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.linalg import subspace_angles

from pdenet.ops.seeding import generator
from pdenet.subjects.free_field.system import waves
from pdenet.subjects.free_field.vae import DegenerateShellWarning, loss, optimum, train

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.free_field.sampled import Seen
    from pdenet.subjects.free_field.system import Field
    from pdenet.subjects.free_field.vae import Linear

LATENTS, CUT_SHELL = 9, 7
NOISES = (3.5, 2.0, 1.4, 1.0)
"""Variances of a decoder whose noise is given, and the latents that it may use."""
MANY_LATENTS, SHORT = 32, 1000
SIZES = (300, 1_000, 3_000, 10_000, 30_000)
"""Fields that are seen."""
SAMPLES = 10
"""Stream of the fields that are seen."""


def angle(one: Tensor, other: Tensor) -> float:
    """Largest principal angle, in degrees, between the spans of two sets of columns, (n, p) and (n, q)."""
    return math.degrees(float(subspace_angles(one.numpy(), other.numpy()).max()))


def share(kept: Tensor, wanted: Tensor) -> float:
    """Of the span of orthonormal columns (n, q) the share, 0 to 1, that lies in that of columns (n, p)."""
    return float((torch.linalg.qr(kept)[0].mT @ wanted).square().sum() / wanted.shape[1])


def leading(field: Field, count: int) -> Tensor:
    """The modes of largest variance, orthonormal columns (n, count)."""
    order = field.variances.argsort(descending=True, stable=True)
    return waves(field.side)[1][:, order[:count]]


def spectrum_read(model: Linear, side: int) -> tuple[Tensor, Tensor]:
    """Of each latent, (d,): k-hat squared of its column of W, and 1 / (its square + sigma^2).

    The former is the column's mean of the lattice's Laplace operator, so that no wave is chosen for it.
    """
    numbers, columns = waves(side)
    weights = (columns.mT @ model.decoder).square()
    sizes = weights.sum(0)
    return numbers @ weights / sizes, 1 / (sizes + model.noise)


def mass_read(model: Linear, side: int) -> tuple[float, float]:
    """Slope and intercept of what `spectrum_read` finds: 1 and the squared mass, of a free field."""
    number, inverse = spectrum_read(model, side)
    slope, intercept = np.polyfit(number.numpy(), inverse.numpy(), 1)
    return float(slope), float(intercept)


def used(model: Linear, least: float) -> int:
    """How many independent columns W has whose squared size is above the least."""
    return int((torch.linalg.eigvalsh(model.decoder.mT @ model.decoder) > least).sum())


def cut_off(field: Field, noise: float, seed: int) -> tuple[int, int]:
    """Columns that a decoder with this noise uses when trained, and modes whose variance is above it."""
    above = field.variances[field.variances > noise]
    model = train(field.covariance, MANY_LATENTS, seed, steps=SHORT, noise=noise)
    return used(model, float(above.min() - noise) / 2), len(above)


def trained(field: Field, seed: int) -> dict[str, Any]:
    """What training on the exact loss ends at, beside the closed form."""
    model, best = train(field.covariance, LATENTS, seed), optimum(field.covariance, LATENTS)
    wanted, longest = leading(field, LATENTS), waves(field.side)[1][:, :LATENTS]
    slope, intercept = mass_read(model, field.side)
    return {
        "gap": float(loss(model, field.covariance) - loss(best, field.covariance)),
        "angle": max(angle(model.decoder, wanted), angle(model.encoder.mT, wanted)),
        "longest": share(model.decoder, longest),
        "start": share(train(field.covariance, LATENTS, seed, steps=1, rate=1e-12).decoder, longest),
        "slope": slope,
        "mass2": intercept,
    }


def cut_shell(field: Field, seed: int) -> dict[str, Any]:
    """Two trainings with latents too few for a shell: how far apart they end, and what they share."""
    one, other = (
        train(field.covariance, CUT_SHELL, start, steps=2000).decoder for start in (seed, seed + 5000)
    )
    whole = leading(field, 5)
    return {"apart": angle(one, other), "above": max(angle(whole, one), angle(whole, other))}


def predicted_square(field: Field, latents: int = LATENTS) -> float:
    r"""Fields seen times the mean squared sines of all principal angles, to first order, summed.

    It is :math:`\sum_{i \le d < j} \lambda_i \lambda_j / (\lambda_i - \lambda_j)^2`; nothing is fitted.

    References
    ----------
    Anderson, Asymptotic theory for principal component analysis, Ann. Math. Statist. 34 (1963) 122.
    """
    values = field.variances.sort(descending=True).values
    kept, rest = values[:latents, None], values[None, latents:]
    return float((kept * rest / (kept - rest) ** 2).sum())


def of_sample(field: Field, size: int, seed: int) -> dict[str, Any]:
    """How far the best autoencoder of so many fields is from the best of all."""
    seen = field.draw(size, generator(seed, SAMPLES, size))
    second = seen.mT @ seen / size
    values, vectors = torch.linalg.eigh(second)
    kept = vectors.flip(1)[:, :LATENTS]
    angles = subspace_angles(kept.numpy(), leading(field, LATENTS).numpy())
    found = {"angle": math.degrees(angles.max()), "square": float((np.sin(angles) ** 2).sum())}
    if size > len(values):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateShellWarning)
            model = optimum((second + second.mT) / 2, LATENTS)
        best = optimum(field.covariance, LATENTS)
        found["excess"] = float(loss(model, field.covariance) - loss(best, field.covariance))
    return found


def of_drawn(seen: Seen, field: Field) -> dict[str, Any]:
    """What a network trained on drawn fields keeps: of the longest waves, and of the strongest modes."""
    order = field.variances.argsort(descending=True, stable=True)[:LATENTS]
    return {
        "excess": seen.excess,
        "longest": float(seen.kept[:LATENTS].mean()),
        "strongest": float(seen.kept[order].mean()),
    }
