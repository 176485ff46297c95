"""Right-hand sides for tests of solvers."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class Given(nn.Module):
    """A field without parameters, given as a function."""

    def __init__(self, rate: Callable[[Tensor, Tensor], Any]) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, t: Tensor, u: Tensor) -> Any:
        return self.rate(t, u)


class Tanh(nn.Module):
    """du/dt = tanh(W u) cos t."""

    def __init__(self, size: int = 3, seed: int = 0) -> None:
        super().__init__()
        draw = torch.randn(size, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        self.weight = nn.Parameter(draw)

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        return torch.tanh(u @ self.weight.mT) * torch.cos(t)


class Growth(nn.Module):
    """du/dt = r u."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = nn.Parameter(torch.tensor(rate, dtype=torch.float64))

    def forward(self, t: Tensor, u: Tensor) -> Tensor:
        return self.rate * u


def start(size: int = 3, **kind: Any) -> Tensor:
    """Numbers from -1 to 1, (size,), whose gradient is asked for."""
    kind = {"dtype": torch.float64, **kind}
    return torch.linspace(-1, 1, size).to(**kind).requires_grad_()
