r"""A linear variational autoencoder: its loss without noise of sampling, its optimum, its training.

Latents :math:`z \sim \mathcal N(0, I_d)`, data :math:`x | z \sim \mathcal N(Wz, \sigma^2 I_n)`, encoder
:math:`q(z|x) = \mathcal N(Vx, \operatorname{diag}\delta)`. Data have mean zero and the covariance C (n, n)
and enter by it alone.
Losses are in nats.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from pdenet.checks.numbers import real, whole
from pdenet.ops.seeding import generator

if TYPE_CHECKING:
    from torch import Tensor

SPREAD = 0.1
"""Standard deviation of the weights at the start."""
_ROUNDING = 1e-12  # of a computed covariance, beside its largest entry
_SAME = 1e-8  # variances closer than this, relatively, are one shell


class DegenerateShellWarning(UserWarning):
    """The latents are too few for all modes of one variance: which are kept is arbitrary."""


class Linear(NamedTuple):
    """A linear autoencoder."""

    decoder: Tensor
    """W (n, d)."""
    encoder: Tensor
    """V (d, n)."""
    log_spread: Tensor
    """Logarithms (d,) of the posterior's variances, delta."""
    log_noise: Tensor
    """Logarithm () of the decoder's variance, sigma^2."""

    @property
    def noise(self) -> float:
        """The decoder's variance, sigma^2."""
        return float(self.log_noise.exp())


def covariance_of(covariance: Any) -> Tensor:
    """A covariance (n, n) as it must be.

    Raises
    ------
    ValueError
        If it is no square, not symmetric, or not positive definite.
    """
    matrix = torch.as_tensor(covariance, dtype=torch.float64)
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        message = f"a covariance is a square (n, n); got {tuple(matrix.shape)}"
        raise ValueError(message)
    worst = float((matrix - matrix.mT).abs().max())
    if not worst <= _ROUNDING * float(matrix.abs().max()):
        message = f"a covariance must be symmetric; it differs by up to {worst:.3g}: take (C + C^T)/2"
        raise ValueError(message)
    if int(torch.linalg.cholesky_ex(matrix).info):
        message = "a covariance must be positive definite; this one is not: it needs more samples than sites"
        raise ValueError(message)
    return (matrix + matrix.mT) / 2


def loss(model: Linear, covariance: Tensor) -> Tensor:
    """Expected negative evidence bound (), in nats, over data of this covariance and over the latents."""
    w, v, log_spread, log_noise = model
    encoded = v @ covariance  # (d, n)
    latent = (encoded * v).sum()
    second = encoded @ v.mT  # (d, d): of the posterior's means
    gram = w.mT @ w
    rest = covariance.trace() - 2 * (w.mT * encoded).sum() + (gram * second).sum()
    rest = rest + gram.diagonal() @ log_spread.exp()
    fit = rest / (2 * log_noise.exp()) + len(w) / 2 * (math.log(2 * math.pi) + log_noise)
    found: Tensor = fit + (latent + (log_spread.exp() - 1 - log_spread).sum()) / 2
    return found


def log_likelihood_loss(model: Linear, covariance: Tensor) -> Tensor:
    """Expected minus log-likelihood () of the decoder, in nats: what the bound bounds."""
    w, noise = model.decoder, model.log_noise.exp()
    inside = w @ w.mT + noise * torch.eye(len(w), dtype=w.dtype)
    solved = torch.linalg.solve(inside, covariance).trace()
    found: Tensor = (solved + torch.linalg.slogdet(inside).logabsdet + len(w) * math.log(2 * math.pi)) / 2
    return found


def latents_of(latents: int, n: int) -> int:
    """The number of latents, if it is one."""
    return whole("latents", latents, least=1, most=n - 1)


def optimum(covariance: Any, latents: int, noise: float | None = None) -> Linear:
    """The autoencoder of least loss, in closed form: probabilistic principal components.

    Parameters
    ----------
    covariance
        (n, n).
    latents
        d, from 1 to n - 1.
    noise
        The decoder's variance, where it is given and not learned; modes below it are not used.

    Raises
    ------
    ValueError
        If the covariance is none, or there are too many latents.

    Warns
    -----
    DegenerateShellWarning
        If the modes kept are not determined.

    References
    ----------
    Tipping and Bishop, Probabilistic principal component analysis, J. R. Statist. Soc. B 61 (1999) 611.
    """
    matrix = covariance_of(covariance)
    d = latents_of(latents, len(matrix))
    values, vectors = torch.linalg.eigh(matrix)
    values, vectors = values.flip(0), vectors.flip(1)
    sigma2 = float(values[d:].mean()) if noise is None else real("noise", noise, above=0)
    if _cuts(values, d) and sigma2 < float(values[d]):
        _warn(values, d)
    kept = (values[:d] - sigma2).clamp(min=0)
    return from_decoder(vectors[:, :d] * kept.sqrt(), sigma2)


def from_decoder(decoder: Tensor, noise: float) -> Linear:
    """The best encoder for a decoder (n, d) with orthogonal columns: the posterior itself."""
    sizes = decoder.square().sum(0) + noise
    log_noise = torch.tensor(math.log(noise), dtype=decoder.dtype)
    return Linear(decoder, decoder.mT / sizes[:, None], (noise / sizes).log(), log_noise)


def _cuts(values: Tensor, d: int) -> bool:
    return bool(values[d - 1] - values[d] < _SAME * values[d - 1])


def _warn(values: Tensor, d: int) -> None:
    allowed = [n for n in range(1, len(values)) if not _cuts(values, n)]
    below, above = [n for n in allowed if n < d][-1:], [n for n in allowed if n > d][:1]
    message = (
        f"{d} latents cut a shell of modes of one variance, {float(values[d]):.4g}: which of them are kept "
        f"is arbitrary; take {' or '.join(map(str, below + above))}"
    )
    warnings.warn(message, DegenerateShellWarning, stacklevel=3)


def train(
    covariance: Tensor,
    latents: int,
    seed: int,
    *,
    steps: int = 3000,
    rate: float = 0.01,
    noise: float | None = None,
) -> Linear:
    """Descend on the loss by Adam, from random weights.

    Parameters
    ----------
    covariance
        (n, n).
    latents
        d.
    seed
        Of the weights at the start.
    steps, rate
        Of Adam; the rate falls to zero as a cosine.
    noise
        The decoder's variance; learned unless given.
    """
    matrix = covariance_of(covariance)
    n, d = len(matrix), latents_of(latents, len(matrix))
    stream = generator(seed, d)
    w, v = (SPREAD * torch.randn(*shape, generator=stream, dtype=torch.float64) for shape in ((n, d), (d, n)))
    start = 0.0 if noise is None else math.log(real("noise", noise, above=0))
    model = Linear(w, v, torch.zeros(d, dtype=torch.float64), torch.tensor(start, dtype=torch.float64))
    learned = [part.requires_grad_() for part in (model if noise is None else model[:3])]
    adam = torch.optim.Adam(learned, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, whole("steps", steps, least=1))
    for _ in range(steps):
        adam.zero_grad()
        loss(model, matrix).backward()
        adam.step()
        schedule.step()
    return Linear(*(part.detach() for part in model))
