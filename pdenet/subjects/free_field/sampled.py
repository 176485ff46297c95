"""Autoencoders as they are trained: on drawn fields with drawn latents, linear or with hidden layers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

from pdenet.checks.numbers import real, whole
from pdenet.ops.seeding import generator
from pdenet.subjects.free_field.system import waves
from pdenet.subjects.free_field.vae import loss, optimum

if TYPE_CHECKING:
    from torch import Tensor

    from pdenet.subjects.free_field.system import Field

WEIGHTS, FIELDS, LATENTS, HELD_OUT = range(100, 104)
"""Streams of a seed."""
SEEN = 20_000
"""Fields on which a trained network is looked at."""


class Vae(nn.Module):
    """A variational autoencoder with Gaussian latents, linear or with a hidden layer on either side.

    Parameters
    ----------
    sites, latents
        n and d.
    hidden
        Units of each hidden layer, of tanh; 0 for none, and for a posterior of one spread for all fields.
    """

    def __init__(self, sites: int, latents: int, hidden: int) -> None:
        super().__init__()
        self.latents = whole("latents", latents, least=1, most=sites - 1)
        hidden = whole("hidden", hidden, least=0)
        if hidden:
            self.encoder = nn.Sequential(nn.Linear(sites, hidden), nn.Tanh(), nn.Linear(hidden, 2 * latents))
            self.decoder = nn.Sequential(nn.Linear(latents, hidden), nn.Tanh(), nn.Linear(hidden, sites))
        else:
            self.encoder = nn.Sequential(nn.Linear(sites, latents, bias=False))
            self.decoder = nn.Sequential(nn.Linear(latents, sites, bias=False))
        self.log_spread = None if hidden else nn.Parameter(torch.zeros(latents))
        self.log_noise = nn.Parameter(torch.zeros(()))

    def posterior(self, fields: Tensor) -> tuple[Tensor, Tensor]:
        """Means (B, d) of the latents, and logarithms of their variances, (B, d), of fields (B, n)."""
        out: Tensor = self.encoder(fields)
        if self.log_spread is not None:
            return out, self.log_spread.expand_as(out)
        mean, log_spread = out.chunk(2, 1)
        return mean, log_spread

    def bound(self, fields: Tensor, stream: torch.Generator) -> Tensor:
        """Negative evidence bound () in nats a field, latents drawn once."""
        mean, log_spread = self.posterior(fields)
        drawn = mean + (log_spread / 2).exp() * torch.randn(mean.shape, generator=stream, dtype=mean.dtype)
        rest = (fields - self.decoder(drawn)).square().sum(1).mean()
        n = fields.shape[1]
        fit = rest / (2 * self.log_noise.exp()) + n / 2 * (math.log(2 * math.pi) + self.log_noise)
        divergence = (mean.square() + log_spread.exp() - 1 - log_spread).sum(1).mean() / 2
        found: Tensor = fit + divergence
        return found


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How a sampled autoencoder is trained.

    Parameters
    ----------
    latents, hidden
        Of the network.
    steps, batch
        Of Adam, each on fields that are drawn afresh.
    rate
        Its length of a step, which falls to zero as a cosine.
    """

    latents: int = 9
    hidden: int = 0
    steps: int = 2000
    batch: int = 128
    rate: float = 0.005

    def __post_init__(self) -> None:
        for name in ("latents", "steps", "batch"):
            whole(name, getattr(self, name), least=1)
        whole("hidden", self.hidden, least=0)
        real("rate", self.rate, above=0)


def fit_drawn(field: Field, protocol: Protocol, seed: int) -> Vae:
    """Train on fields of this kind."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(generator(seed, WEIGHTS).initial_seed())
        network = Vae(len(field.variances), protocol.latents, protocol.hidden)
    drawn, latent = generator(seed, FIELDS), generator(seed, LATENTS)
    adam = torch.optim.Adam(network.parameters(), lr=protocol.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, protocol.steps)
    for _ in range(protocol.steps):
        adam.zero_grad()
        fields = field.draw(protocol.batch, drawn, torch.float32)
        network.bound(fields, latent).backward()
        adam.step()
        schedule.step()
    return network


class Seen(NamedTuple):
    """What a trained network shows on fields that it has not seen."""

    excess: float
    """Nats a field by which its negative bound is above that of the best linear one, on the same fields."""
    kept: Tensor
    """Of the variance of each mode, in the order of `waves`, the share (n,) that the latents' means tell."""


@torch.no_grad()
def look(network: Vae, field: Field, seed: int) -> Seen:
    """What is lost to the best linear one, and what of each mode is linear in the latents' means."""
    stream = generator(seed, HELD_OUT)
    fields = field.draw(SEEN, stream)
    best = optimum(field.covariance, network.latents)
    bound = float(network.bound(fields.float(), stream))
    mean = network.posterior(fields.float())[0].double()
    excess = bound - float(loss(best, fields.mT @ fields / SEEN))
    return Seen(excess, told(mean, fields @ waves(field.side)[1]))


def told(latents: Tensor, modes: Tensor) -> Tensor:
    """Of the variance of each mode (M, n), the share (n,) that a linear map of latents (M, d) recovers."""
    latents, modes = latents - latents.mean(0), modes - modes.mean(0)
    cross = latents.mT @ modes
    # Latents that the encoder does not use have no variance, and no inverse.
    within = torch.linalg.pinv(latents.mT @ latents, hermitian=True)
    explained = (cross * (within @ cross)).sum(0)
    shares: Tensor = explained / modes.square().sum(0)
    return shares
