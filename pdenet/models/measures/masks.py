"""Masks of S networks side by side: which weights are kept, pruned by magnitude, shuffled, compared.

A mask is a tensor of switches for each parameter that may be pruned, shaped as the parameter, networks first.
It knows whose weights it was found on, and keeps that through every rearrangement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from pdenet.checks.numbers import real
from pdenet.checks.sequences import names as as_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Masks:
    """A mask for each parameter that may be pruned, of S networks.

    Parameters
    ----------
    kept
        By the parameter's name, (S, ...): true, or 1, where a weight is kept, false, or 0, where it is not.
    whose
        On which network each was found, (S,).

    Raises
    ------
    TypeError
        If `whose` are no words.
    ValueError
        If there is no mask, one holds something else than 0 and 1, or their first axes or `whose` differ in
        length.
    """

    kept: Mapping[str, Tensor]
    whose: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.kept:
            message = "masks must name one parameter or more; got none"
            raise ValueError(message)
        object.__setattr__(self, "whose", as_names("whose", self.whose))
        object.__setattr__(self, "kept", {name: _switches(name, mask) for name, mask in self.kept.items()})
        for name, mask in self.kept.items():
            if len(mask) != len(self.whose):
                message = (
                    f"mask {name!r} is of {len(mask)} networks, but whose names {len(self.whose)}: "
                    f"{', '.join(self.whose)}; give one name a network"
                )
                raise ValueError(message)

    @property
    def counts(self) -> dict[str, Tensor]:
        """How many weights each network keeps, by layer, (S,)."""
        return {name: mask.flatten(1).sum(1) for name, mask in self.kept.items()}

    @property
    def sizes(self) -> dict[str, int]:
        """How many weights a network has, by layer."""
        return {name: mask[0].numel() for name, mask in self.kept.items()}

    @property
    def density(self) -> Floats:
        """Share of the weights that each network keeps, (S,)."""
        return _sum(self.counts) / sum(self.sizes.values())

    @property
    def density_by_layer(self) -> dict[str, Floats]:
        """That share by layer, (S,)."""
        return {name: _array(count) / self.sizes[name] for name, count in self.counts.items()}

    def moved(self, onto: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The masks as numbers 0 and 1 for the parameters of another network, by name.

        Parameters
        ----------
        onto
            The parameters there that may be pruned, by name.

        Raises
        ------
        ValueError
            If names or shapes differ.
        """
        if other := sorted(self.kept.keys() ^ onto.keys()):
            message = (
                f"a mask moves between networks whose parameters have the same names; "
                f"on one side alone: {', '.join(other)}"
            )
            raise ValueError(message)
        for name, mask in self.kept.items():
            if mask.shape != onto[name].shape:
                message = (
                    f"the mask of {name!r} is {tuple(mask.shape)}, the parameter {tuple(onto[name].shape)}; "
                    "a mask moves between parameters of one shape"
                )
                raise ValueError(message)
        return {name: mask.to(onto[name].dtype) for name, mask in self.kept.items()}


def all_kept(parameters: Mapping[str, Tensor], whose: Iterable[str]) -> Masks:
    """Masks that keep every weight.

    Parameters
    ----------
    parameters
        Those that may be pruned, by name, (S, ...).
    whose
        Names of the networks, (S,).
    """
    kept = {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in parameters.items()}
    return Masks(kept, tuple(whose))


def pruned(masks: Masks, weights: Mapping[str, Tensor], rate: float, bypassed: Iterable[str] = ()) -> Masks:
    """The masks without the smallest of the weights that they keep, all layers of a network together.

    Exactly so many go as the rate says, rounded as Python rounds: of weights of equal size the earlier ones.

    Parameters
    ----------
    masks
        What is kept now.
    weights
        Of the same names and shapes.
    rate
        Share of the weights kept now that go, between 0 and 1.
    bypassed
        Parameters that a skip goes around: they may be pruned to nothing.

    Raises
    ------
    TypeError, ValueError
        If the rate is none or out of range, names or shapes differ, a weight is no number, or a layer that
        nothing goes around would be pruned to nothing.
    """
    rate = real("rate", rate, above=0, below=1)
    masks.moved(weights)
    sizes = torch.cat([weights[name].detach().abs().flatten(1) for name in masks.kept], dim=1).cpu()
    if not bool(torch.isfinite(sizes).all()):
        message = "weights must be finite to be ordered by size; the network diverged, or was never trained"
        raise ValueError(message)
    kept = torch.cat([mask.flatten(1) for mask in masks.kept.values()], dim=1).cpu()
    for row in range(len(kept)):
        places = kept[row].nonzero()[:, 0]
        smallest = sizes[row, places].argsort(stable=True)
        kept[row, places[smallest[: round(rate * len(places))]]] = False
    found = replace(masks, kept=_apart(kept, masks))
    refuse_empty(found, bypassed)
    return found


def refuse_empty(masks: Masks, bypassed: Iterable[str] = ()) -> None:
    """Raise where a layer is pruned to nothing, so that nothing of the input reaches the output.

    Parameters
    ----------
    masks
        Those in question.
    bypassed
        Parameters that a skip goes around.

    Raises
    ------
    ValueError
        It names the layers and the networks.
    """
    around = set(bypassed)
    empty = [
        f"{name} of {masks.whose[row]}"
        for name, count in masks.counts.items()
        if name not in around
        for row in (count == 0).nonzero()[:, 0].tolist()
    ]
    if empty:
        message = (
            f"no weight is left in {', '.join(empty)}: nothing passes; "
            "prune less, or name what a skip goes around"
        )
        raise ValueError(message)


def shuffled(masks: Masks, generators: Iterable[torch.Generator]) -> Masks:
    """The masks with the switches of each layer in a random order: the densities by layer stay, no more.

    Parameters
    ----------
    masks
        Of S networks.
    generators
        One a network.

    Raises
    ------
    ValueError
        If there are more or fewer generators than networks.
    """
    streams, kept = _streams(generators, masks), {}
    for name, mask in masks.kept.items():
        flat = mask.flatten(1).cpu()
        rows = [
            row[torch.randperm(len(row), generator=stream)] for row, stream in zip(flat, streams, strict=True)
        ]
        kept[name] = torch.stack(rows).view(mask.shape)
    return replace(masks, kept=kept)


def uniform(masks: Masks, density: float | None, generators: Iterable[torch.Generator]) -> Masks:
    """Masks of the same shapes that keep so many weights, drawn over all layers together.

    Parameters
    ----------
    masks
        Whose shapes.
    density
        Share that is kept, above 0 and at most 1, as a rounded number of weights; None: as many as the masks.
    generators
        One a network.

    Raises
    ------
    TypeError, ValueError
        If the density is none or out of range, or there are more or fewer generators than networks.
    """
    total = sum(masks.sizes.values())
    counts = _sum(masks.counts).astype(int).tolist()
    if density is not None:
        counts = [round(real("density", density, above=0, most=1) * total)] * len(masks.whose)
    streams = _streams(generators, masks)
    kept = torch.zeros(len(streams), total, dtype=torch.bool)
    for row, (count, stream) in enumerate(zip(counts, streams, strict=True)):
        kept[row, torch.randperm(total, generator=stream)[:count]] = True
    return replace(masks, kept=_apart(kept, masks))


def leaked(masks: Masks, parameters: Mapping[str, Tensor]) -> Floats:
    """The largest of the weights that should be zero, (S,): zero, if the mask was held.

    Raises
    ------
    ValueError
        If names or shapes differ.
    """
    masks.moved(parameters)
    left_out = [
        torch.where(mask, 0.0, parameters[name].detach().abs()).flatten(1).amax(1)
        for name, mask in masks.kept.items()
    ]
    return _array(torch.stack(left_out).amax(0))


def overlap(masks: Masks, other: Masks) -> Floats:
    """Weights that both keep over those that either keeps, network by network, (S,): Jaccard's index.

    Raises
    ------
    ValueError
        If names or shapes differ, or two masks keep nothing.
    """
    masks.moved(other.kept)
    both = _sum({name: mask & other.kept[name] for name, mask in masks.kept.items()})
    either = _sum({name: mask | other.kept[name] for name, mask in masks.kept.items()})
    if not (either > 0).all():
        message = "masks that keep nothing have no overlap; prune less"
        raise ValueError(message)
    return both / either


def chance_overlap(masks: Masks, other: Masks) -> Floats:
    """The overlap of masks of these densities by layer that have nothing else in common, (S,).

    Of two masks of density d each it is d / (2 - d).

    Raises
    ------
    ValueError
        If names or shapes differ.
    """
    masks.moved(other.kept)
    both, either = np.zeros(len(masks.whose)), np.zeros(len(masks.whose))
    for name, size in masks.sizes.items():
        first, second = masks.density_by_layer[name], other.density_by_layer[name]
        both += size * first * second
        either += size * (first + second - first * second)
    return both / either


def chance(density: float) -> float:
    """The overlap d / (2 - d) of two masks of density d that have nothing in common.

    Raises
    ------
    TypeError, ValueError
        If the density is none, or not above 0 and at most 1.
    """
    density = real("density", density, above=0, most=1)
    return density / (2 - density)


def _switches(name: str, mask: Tensor) -> Tensor:
    if mask.dim() < 2:
        message = f"mask {name!r} must be (S, ...), networks first; got {tuple(mask.shape)}"
        raise ValueError(message)
    if mask.dtype == torch.bool:
        return mask
    if not bool(((mask == 0) | (mask == 1)).all()):
        message = f"mask {name!r} must hold 0 and 1 alone; got {mask.unique().tolist()[:5]}"
        raise ValueError(message)
    return mask.bool()


def _apart(flat: Tensor, masks: Masks) -> dict[str, Tensor]:
    parts = flat.split(list(masks.sizes.values()), dim=1)
    return {
        name: part.reshape(mask.shape) for (name, mask), part in zip(masks.kept.items(), parts, strict=True)
    }


def _streams(generators: Iterable[torch.Generator], masks: Masks) -> list[torch.Generator]:
    streams = list(generators)
    if len(streams) != len(masks.whose):
        message = f"there are {len(masks.whose)} networks and {len(streams)} generators; give one a network"
        raise ValueError(message)
    return streams


def _array(count: Tensor) -> Floats:
    found: Floats = count.double().cpu().numpy()
    return found


def _sum(parts: Mapping[str, Tensor]) -> Floats:
    """Sum over everything but the networks."""
    found: Floats = np.sum([_array(part.reshape(len(part), -1).sum(1)) for part in parts.values()], axis=0)
    return found
