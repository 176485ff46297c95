"""Right-hand sides for tests of solvers."""

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn


class Given(nn.Module):
    """A field without parameters, given as a function."""

    def __init__(self, rate: Callable[[Tensor, Tensor], Any]) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, t: Tensor, u: Tensor) -> Any:
        return self.rate(t, u)
