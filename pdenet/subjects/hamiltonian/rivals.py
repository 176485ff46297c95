"""Fields that need no training: linear ones by least squares, with a law and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from pdenet.subjects.hamiltonian.system import Observed


class LinearField:
    """Rates A z, one A a seed: the least squares fit to what is observed.

    Parameters
    ----------
    observed
        What is fitted.
    seeds
        Which.
    keeps
        Whether A has trace 0: then the rate is J grad H of a quadratic H, which it keeps.
    """

    def __init__(self, observed: Observed, seeds: tuple[int, ...], *, keeps: bool) -> None:
        self.seeds = seeds
        states, rates = observed.draw(seeds)
        angle, velocity = states.unbind(-1)
        none = torch.zeros_like(angle)
        rows = [[angle, velocity, none, none], [none, none, angle, velocity]]
        design = torch.stack([torch.stack(row, -1) for row in rows], 2).flatten(1, 2)  # (S, 2 points, 4)
        basis = torch.eye(4, dtype=states.dtype)
        if keeps:  # a, b, c for (a, b; c, -a)
            basis = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, 0, 0]], dtype=states.dtype)
        found = torch.linalg.lstsq(design @ basis, rates.flatten(1, 2).unsqueeze(-1)).solution
        self.matrix = (basis @ found).reshape(-1, 2, 2)

    def __call__(self, state: Tensor) -> Tensor:
        """The rates (S, B, 2) of states (S, B, 2)."""
        rates: Tensor = state @ self.matrix.mT
        return rates
