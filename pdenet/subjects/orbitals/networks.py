"""Networks of a molecule's energy that differ in what they are shown of it; forces are minus its slopes."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from pdenet.checks.numbers import real, whole
from pdenet.checks.words import one_of
from pdenet.models.initial import draw_affine
from pdenet.ops.linear import seed_linear
from pdenet.ops.seeding import TRUNK, as_seeds, generator
from pdenet.subjects.orbitals.orbitals import MOST_L, distances, invariants_by_angle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GTO, SLATER = "gaussian", "slater"
SORTED, AVERAGED, PLACES, PAIRS = "sorted distances", "averaged distances", "coordinates", "pair forces"
DECAYING = "averaged decays"
KINDS = (GTO, SLATER, SORTED, AVERAGED, DECAYING, PLACES, PAIRS)
RANGE = 2.0
"""Over which what a network is shown of a distance falls to 1/e, bohr."""
FUNCTIONS = 4
NARROW, WIDE = (0.1, 1.6), (0.01, 1.6)
"""Least and largest exponent at the start, 1/bohr^2."""
WIDTHS = {SORTED: (64, 64), PLACES: (64, 64), PAIRS: (64, 64)}
USUAL = (32, 32)
OTHERS = ((1, 2), (0, 2), (0, 1))
"""Of each of three distances, counted as in `distances`, the other two."""


class Predicted(NamedTuple):
    """What S networks say of B geometries."""

    energies: Tensor
    """(S, B), hartree; zeros where a network has no energy."""
    forces: Tensor
    """(S, B, 3, 3), hartree/bohr."""


class SurfaceNet(nn.Module):
    """S networks of three atoms' energy, each of one kind of input.

    ``"gaussian"`` and ``"slater"`` show each atom the invariants of its density and sum one network over the
    atoms; ``"averaged distances"`` is the mean of one network over all orders of the three distances,
    ``"averaged decays"`` the same of exp(-r / 2), ``"sorted distances"`` has the distances sorted,
    ``"coordinates"`` sees the places themselves, about their mean.
    ``"pair forces"`` has no energy: a network says how strongly each pair pulls along its line.

    Parameters
    ----------
    kind
        One of `KINDS`.
    seeds
        How many, or which.
    lmax
        Largest l of orbitals.
    span
        Least and largest exponent of Gaussians at the start, even in the logarithm; they are learned.
        Slater's functions start with the same mean square of the radius.

    Raises
    ------
    TypeError, ValueError
        If the kind is unknown, l is not 0, 1 or 2, or the exponents are not positive and ascending.
    """

    def __init__(
        self,
        kind: str,
        seeds: int | Iterable[int] = 1,
        *,
        lmax: int = MOST_L,
        span: tuple[float, float] = NARROW,
    ) -> None:
        super().__init__()
        self.kind, self.seeds = one_of("kind", kind, KINDS), as_seeds(seeds)
        self.lmax = whole("lmax", lmax, least=0, most=MOST_L)
        low = real("the least exponent", span[0], above=0)
        self.span = (low, real("the largest exponent", span[1], above=low))
        self.atomic = self.kind in (GTO, SLATER)
        count = len(self.seeds)
        if self.atomic:
            ends = torch.tensor(self.span, dtype=torch.float64).log()
            logs = ends[0] + (ends[1] - ends[0]) * torch.linspace(0, 1, FUNCTIONS, dtype=torch.float64)
            if self.kind == SLATER:  # 3 / (4 alpha) = 3 / zeta^2
                logs = logs / 2 + torch.tensor(2.0).double().log()
            self.logs = nn.Parameter(logs.expand(count, 1, 1, FUNCTIONS).clone())
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        widths = WIDTHS.get(self.kind, USUAL)
        sizes = (self.inputs, *widths, 1)
        for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
            streams = [generator(seed, TRUNK, layer) for seed in self.seeds]
            both = draw_affine(inputs, outputs, streams).double()
            self.weights.append(nn.Parameter(both[:, :-1].clone()))
            self.biases.append(nn.Parameter(both[:, -1:].clone()))
        self.middle: Tensor
        self.spread: Tensor
        self.level: Tensor
        self.unit: Tensor
        self.register_buffer("middle", torch.zeros(count, 1, self.inputs, dtype=torch.float64))
        self.register_buffer("spread", torch.ones(count, 1, self.inputs, dtype=torch.float64))
        self.register_buffer("level", torch.zeros(count, 1, dtype=torch.float64))
        self.register_buffer("unit", torch.ones(count, 1, dtype=torch.float64))

    @property
    def inputs(self) -> int:
        """Numbers that a network is shown at once."""
        if self.atomic:
            return (self.lmax + 1) * FUNCTIONS * (FUNCTIONS + 1) // 2
        return 9 if self.kind == PLACES else 3

    def features(self, places: Tensor) -> Tensor:
        """What is shown, (S, B, times, inputs), once or for each atom, order or pair."""
        if self.atomic:
            return invariants_by_angle(places, self.logs.exp(), self.lmax, self.kind)
        if self.kind == PLACES:
            return (places - places.mean(-2, keepdim=True)).flatten(-2).unsqueeze(-2)
        apart = distances(places)
        if self.kind == SORTED:
            return apart.sort(-1).values.unsqueeze(-2)
        if self.kind in (AVERAGED, DECAYING):
            apart = torch.exp(-apart / RANGE) if self.kind == DECAYING else apart
            return apart[..., torch.tensor([*permutations(range(3))])]
        own = apart.unsqueeze(-1)  # pairs 0 1, 0 2, 1 2: the other two distances are those not their own
        others = apart[..., torch.tensor(OTHERS)]
        sums, gaps = others.sum(-1, keepdim=True), (others[..., :1] - others[..., 1:]).square()
        return torch.cat([own, sums, gaps], -1)

    @torch.no_grad()
    def scale(self, places: Tensor, energies: Tensor) -> None:
        """Set what standardises inputs and energies from what is learned from, (S, N, 3, 3) and (S, N)."""
        shown = self.features(places).flatten(1, 2)
        self.middle.copy_(shown.mean(1, keepdim=True))
        self.spread.copy_(shown.std(1, keepdim=True))
        self.level.copy_(energies.mean(1, keepdim=True))
        self.unit.copy_(energies.std(1, keepdim=True))

    def raw(self, places: Tensor) -> Tensor:
        """What the network says of each of its `features`, (S, B, times)."""
        shown = self.features(places)
        u = (shown.flatten(1, 2) - self.middle) / self.spread
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            u = seed_linear(functional.silu(u) if layer else u, weight, bias)
        return u.reshape(shown.shape[:-1])

    def forward(self, places: Tensor) -> Tensor:
        """Energies (S, B), hartree, of places (S, B, 3, 3) or (B, 3, 3), bohr.

        Raises
        ------
        ValueError
            If the places have another shape, or the networks have no energy.
        """
        if self.kind == PAIRS:
            message = "this network says forces and has no energy; ask `predicted`"
            raise ValueError(message)
        said = self.raw(self.every(places))
        said = said.mean(-1) if self.kind in (AVERAGED, DECAYING) else said.sum(-1)
        return self.level + self.unit * said

    def every(self, places: Tensor) -> Tensor:
        """Places for each seed, (S, B, 3, 3)."""
        if places.shape[-2:] != (3, 3) or places.dim() not in (3, 4):
            message = f"places are those of three atoms, (B, 3, 3) or (S, B, 3, 3); got {tuple(places.shape)}"
            raise ValueError(message)
        return places.expand(len(self.seeds), *places.shape[-3:])

    def predicted(self, places: Tensor, *, learning: bool = False) -> Predicted:
        """Energies and forces, minus the energies' slopes.

        Parameters
        ----------
        places
            As in `forward`.
        learning
            Whether the forces are to be differentiated in turn.
        """
        there = self.every(places)
        if self.kind == PAIRS:
            with torch.set_grad_enabled(learning):
                return self._pulls(there)
        with torch.enable_grad():
            moved = there.detach().clone().requires_grad_()
            energies = self(moved)
            (slopes,) = torch.autograd.grad(energies.sum(), moved, create_graph=learning)
        return Predicted(energies if learning else energies.detach(), -slopes)

    def _pulls(self, places: Tensor) -> Predicted:
        strength = self.raw(places) * self.unit.unsqueeze(-1)
        first, second = torch.triu_indices(3, 3, 1)
        along = strength.unsqueeze(-1) * (places[..., first, :] - places[..., second, :])
        forces = torch.zeros_like(places).index_add(-2, first, along).index_add(-2, second, -along)
        return Predicted(torch.zeros(places.shape[:2], dtype=places.dtype), forces)

    def parameter_count(self) -> int:
        """Numbers that are learned, of one network."""
        return sum(p[0].numel() for p in self.parameters())

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, of any seed."""
        return self.description(self.kind, lmax=self.lmax, span=self.span)

    @classmethod
    def description(cls, kind: str, *, lmax: int = MOST_L, span: Sequence[float] = NARROW) -> dict[str, Any]:
        """The configuration as plain data."""
        found: dict[str, Any] = {"name": cls.__name__, "kind": kind, "widths": [*WIDTHS.get(kind, USUAL)]}
        if kind in (GTO, SLATER):
            found |= {"lmax": lmax, "span": [*span], "functions": FUNCTIONS}
        return found
