"""Masks: exact counts, what survives a shuffle, overlap and its chance level, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from pdenet.models.measures.masks import (
    Masks,
    all_kept,
    chance,
    chance_overlap,
    overlap,
    pruned,
    refuse_empty,
    shuffled,
    uniform,
)
from pdenet.ops.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Mapping

SHAPES = {"stem": (2, 4, 1, 3, 3), "branch": (2, 20, 20), "head": (2, 30, 10)}
TOTAL = 36 + 400 + 300


def weights(seed: int = 0, shapes: Mapping[str, tuple[int, ...]] = SHAPES) -> dict[str, Tensor]:
    stream = generator(seed, 50)
    return {name: torch.randn(shape, generator=stream) for name, shape in shapes.items()}


def streams(seed: int = 0) -> list[torch.Generator]:
    return [generator(seed, 51, row) for row in range(2)]


def found(rate: float = 0.6, seed: int = 0) -> Masks:
    drawn = weights(seed)
    return pruned(all_kept(drawn, ("a", "b")), drawn, rate)


# Pruning


def test_the_smallest_go_over_all_layers_together() -> None:
    drawn = weights()
    kept = found(0.75)
    for row in range(2):
        sizes = torch.cat([weight[row].abs().flatten() for weight in drawn.values()])
        mask = torch.cat([one[row].flatten() for one in kept.kept.values()])
        assert mask.sum() == TOTAL - round(0.75 * TOTAL)
        assert sizes[mask].min() > sizes[~mask].max()


def test_a_round_is_that_of_torch() -> None:
    """Of two rounds each, since the second must leave alone what the first took."""
    drawn = weights()
    ours = all_kept(drawn, ("a", "b"))
    for _ in range(2):
        ours = pruned(ours, drawn, 0.4)
    for row in range(2):
        modules = {name: nn.Module() for name in drawn}
        for name, module in modules.items():
            module.register_parameter("weight", nn.Parameter(drawn[name][row].clone()))
        for _ in range(2):
            prune.global_unstructured(
                [(module, "weight") for module in modules.values()],
                pruning_method=prune.L1Unstructured,
                amount=0.4,
            )
        for name, module in modules.items():
            assert torch.equal(ours.kept[name][row], module.get_buffer("weight_mask").bool())


def test_the_density_is_a_power_though_all_weights_are_alike() -> None:
    alike = {name: torch.ones(shape) for name, shape in SHAPES.items()}
    masks = all_kept(alike, ("a", "b"))
    for rounds in range(1, 8):
        masks = pruned(masks, alike, 0.4, bypassed=SHAPES)
        assert masks.density == pytest.approx([0.6**rounds] * 2, abs=1e-3)


def test_what_was_pruned_stays_pruned_even_if_it_grows() -> None:
    drawn, first = weights(), found(0.5)
    grown = {name: torch.where(first.kept[name], weight, 100.0) for name, weight in drawn.items()}
    second = pruned(first, grown, 0.5)
    assert all(not (second.kept[name] & ~first.kept[name]).any() for name in SHAPES)


def test_densities_by_layer_add_up() -> None:
    masks = found()
    whole = sum(masks.sizes[name] * masks.density_by_layer[name] for name in SHAPES) / TOTAL
    assert np.allclose(whole, masks.density)
    assert all_kept(weights(), ("a", "b")).density.tolist() == [1, 1]


# Rearranged


def test_a_shuffle_keeps_the_counts_of_each_layer_and_whose_the_mask_was() -> None:
    masks = found()
    mixed = shuffled(masks, streams())
    assert all(torch.equal(mixed.counts[name], masks.counts[name]) for name in SHAPES)
    assert mixed.whose == masks.whose
    assert not torch.equal(mixed.kept["branch"], masks.kept["branch"])
    again = shuffled(masks, streams())
    assert all(torch.equal(mixed.kept[name], again.kept[name]) for name in SHAPES)


def test_a_uniform_mask_keeps_as_many_but_not_where() -> None:
    drawn = weights()
    drawn["stem"] *= 100  # so that all of the stem is kept
    masks = pruned(all_kept(drawn, ("a", "b")), drawn, 0.6)
    drawn_anew = uniform(masks, None, streams())
    assert np.array_equal(drawn_anew.density, masks.density)
    assert (masks.density_by_layer["stem"] == 1).all()
    assert (drawn_anew.density_by_layer["stem"] < 0.8).all()
    assert uniform(masks, 0.25, streams()).density.tolist() == [0.25, 0.25]


# Overlap


def test_a_mask_overlaps_with_itself_wholly_and_with_its_shuffle_by_chance() -> None:
    shapes = {"branch": (2, 100, 100), "head": (2, 100, 40)}
    drawn = weights(shapes=shapes)
    drawn["head"] *= 2
    masks = pruned(all_kept(drawn, ("a", "b")), drawn, 0.7)
    assert overlap(masks, masks).tolist() == [1, 1]
    mixed = shuffled(masks, streams())
    assert overlap(masks, mixed) == pytest.approx(chance_overlap(masks, mixed), abs=0.01)
    for name in shapes:
        layer = Masks({name: masks.kept[name]}, masks.whose)
        density = float(layer.density[0])
        alone = overlap(layer, Masks({name: mixed.kept[name]}, masks.whose))
        assert alone[0] == pytest.approx(chance(density), abs=0.02)


def test_chance_is_that_of_masks_drawn_over_all_layers_and_higher_where_layers_differ() -> None:
    even = uniform(found(), 0.25, streams())
    assert chance_overlap(even, even) == pytest.approx([chance(0.25)] * 2, abs=0.01)
    drawn = weights()
    drawn["head"] *= 10
    uneven = pruned(all_kept(drawn, ("a", "b")), drawn, 0.75, bypassed=SHAPES)
    assert (chance_overlap(uneven, uneven) > 2 * chance(0.25)).all()


def test_a_mask_of_another_network_that_is_passed_off_as_its_own_shows_in_the_overlap() -> None:
    """Planted: two networks that share nothing overlap by chance; a copy under another name does not."""
    own, other = found(seed=1), found(seed=2)
    assert overlap(own, other) == pytest.approx(chance_overlap(own, other), abs=0.05)
    passed_off = Masks(own.kept, ("c", "d"))
    assert (overlap(own, passed_off) > chance_overlap(own, passed_off) + 0.5).all()


# Moved


def test_a_mask_moves_between_networks_of_the_same_names_and_shapes() -> None:
    masks = found()
    moved = masks.moved(weights(7))
    assert {name: mask.dtype for name, mask in moved.items()} == dict.fromkeys(SHAPES, torch.float32)
    assert all(torch.equal(mask.bool(), masks.kept[name]) for name, mask in moved.items())
    with pytest.raises(ValueError, match="on one side alone: head"):
        masks.moved({name: weight for name, weight in weights().items() if name != "head"})
    with pytest.raises(ValueError, match="on one side alone: tail"):
        masks.moved({**weights(), "tail": torch.ones(2, 3)})
    with pytest.raises(ValueError, match=r"the mask of 'branch' is \(2, 20, 20\), the parameter \(2, 400\)"):
        masks.moved({**weights(), "branch": torch.ones(2, 400)})


# Refused


def test_a_layer_without_a_weight_is_named_unless_a_skip_goes_around_it() -> None:
    drawn = weights()
    drawn["branch"][1] *= 1e-6
    masks = all_kept(drawn, ("first", "second"))
    with pytest.raises(ValueError, match="no weight is left in branch of second: nothing passes"):
        pruned(masks, drawn, 0.6)
    around = pruned(masks, drawn, 0.6, bypassed=["branch"])
    assert around.counts["branch"][1] == 0 < around.counts["branch"][0]
    with pytest.raises(ValueError, match="branch of second"):
        refuse_empty(around, ["stem"])


@pytest.mark.parametrize("rate", [0, 1, -0.1, float("nan")])
def test_a_rate_lies_between_nought_and_one(rate: float) -> None:
    with pytest.raises(ValueError, match="rate must be"):
        found(rate)


@pytest.mark.parametrize("density", [0, 1.01, -0.2])
def test_a_density_lies_above_nought_and_is_at_most_one(density: float) -> None:
    with pytest.raises(ValueError, match="density must be"):
        uniform(found(), density, streams())
    with pytest.raises(ValueError, match="density must be"):
        chance(density)


def test_what_is_no_mask_is_refused() -> None:
    with pytest.raises(ValueError, match=r"mask 'w' must hold 0 and 1 alone; got \[0.0, 0.5\]"):
        Masks({"w": torch.tensor([[0.0, 0.5]])}, ("a",))
    with pytest.raises(ValueError, match="one parameter or more"):
        Masks({}, ("a",))
    with pytest.raises(ValueError, match="is of 2 networks, but whose names 1: a"):
        Masks({"w": torch.ones(2, 3)}, ("a",))
    with pytest.raises(ValueError, match="networks first"):
        Masks({"w": torch.ones(3)}, ("a",))
    with pytest.raises(TypeError, match="whose must be"):
        Masks({"w": torch.ones(1, 3)}, "a")  # type: ignore[arg-type]
    assert Masks({"w": torch.tensor([[0, 1]])}, ("a",)).kept["w"].dtype == torch.bool


def test_what_has_no_order_no_stream_or_no_overlap_is_refused() -> None:
    drawn = weights()
    masks = all_kept(drawn, ("a", "b"))
    drawn["head"][0, 0, 0] = torch.nan
    with pytest.raises(ValueError, match="weights must be finite"):
        pruned(masks, drawn, 0.4)
    with pytest.raises(ValueError, match="2 networks and 1 generators"):
        shuffled(masks, streams()[:1])
    nothing = Masks({"w": torch.zeros(1, 4)}, ("a",))
    with pytest.raises(ValueError, match="no overlap"):
        overlap(nothing, nothing)
