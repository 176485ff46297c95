"""Tickets: the search, masks that hold, whose mask it was, arms, records and figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.data import load_images
from pdenet.models.measures.masks import Masks, all_kept, leaked
from pdenet.models.twin_net import TwinNet
from pdenet.runs.arm import Context
from pdenet.runs.loop import learn
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.runs.shown import Images
from pdenet.subjects.tickets import arms, figures, search
from pdenet.subjects.tickets.arms import (
    COMPARED,
    KINDS,
    ROUNDS,
    SmallArm,
    SparseArm,
    least_channels,
    numbers_kept,
    numbers_of,
    small_arms,
    sparse,
)
from pdenet.subjects.tickets.claims import CLAIMS
from pdenet.subjects.tickets.experiment import TICKETS
from pdenet.subjects.tickets.search import FRESH, Search, bypassed, prunable, searched, twin

pytestmark = pytest.mark.usefixtures("book_style")

DATA = load_images("digits").subset(60, 30)
QUICK = OneCycle(epochs=2, batch_size=20, learning_rate=0.02)
CPU = torch.device("cpu")
SEEDS = (0, 1)


def sought(kind: search.Kind = "residual", beginning: search.Beginning = "own") -> Search:
    return searched(kind, beginning, SEEDS, DATA, QUICK)


def arm(mask: arms.Mask, start: search.Beginning = "fresh", **options: Any) -> SparseArm:
    return SparseArm(
        kind="residual", rounds=2, mask=mask, start=start, protocol=QUICK, shown=Images(60, 30), **options
    )


# The networks


def test_twins_start_from_the_same_tensors_and_prune_the_same_ones() -> None:
    plain, residual = (twin(kind, SEEDS) for kind in KINDS)
    ours, theirs = plain.state_dict(), residual.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    masks = all_kept(prunable(plain), ("a", "b"))
    assert masks.moved(prunable(residual)).keys() == prunable(plain).keys()
    assert bypassed(plain) == []
    assert len(bypassed(residual)) == 6


def test_convolutions_and_the_head_are_pruned_and_nothing_else() -> None:
    net = twin("plain", (0,))
    left = {name for name, _ in net.named_parameters()} - prunable(net).keys()
    assert left == {name for name, one in net.named_parameters() if "norm" in name or "bias" in name}
    assert sum(weight.numel() for weight in prunable(net).values()) == 144 + 6 * 2304 + 640


def test_other_blocks_do_not_fit() -> None:
    masks = all_kept(prunable(twin("plain", (0,), blocks=2)), ("a",))
    with pytest.raises(ValueError, match="on one side alone"):
        masks.moved(prunable(twin("plain", (0,))))


# The search


def test_each_round_starts_from_the_same_bits_and_keeps_three_fifths() -> None:
    found = sought()
    before = {name: values.clone() for name, values in found.start().state_dict().items()}
    for rounds in range(3):
        assert found.masks(rounds).density == pytest.approx([0.6**rounds] * 2, abs=1e-3)
        assert found.trained(rounds).leak.tolist() == [0, 0]
    after = found.start().state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert (
        found.masks(0).whose
        == found.masks(3).whose
        == (
            "residual, own start, seed 0",
            "residual, own start, seed 1",
        )
    )


def test_a_search_is_gone_through_once() -> None:
    assert sought() is sought()
    assert sought().trained(1) is sought().trained(1)
    assert sought() is not sought("plain")
    assert sought() is not searched("residual", "own", SEEDS, load_images("digits").subset(40, 30), QUICK)


def test_a_fresh_start_is_that_of_another_seed_with_the_seed_s_own_order() -> None:
    fresh = sought(beginning="fresh").start()
    assert fresh.seeds == SEEDS
    other = TwinNet(search.BLOCKS, [seed + FRESH for seed in SEEDS], skip=True)
    assert torch.equal(fresh.stem, other.stem)
    assert not torch.equal(fresh.stem, sought().start().stem)


def test_a_mask_of_ones_is_the_dense_network_bit_for_bit() -> None:
    dense, masked = twin("residual", SEEDS), twin("residual", SEEDS)
    ones = all_kept(prunable(masked), ("a", "b")).moved(prunable(masked))
    learn(ScheduledTask(dense, DATA, QUICK, CPU))
    learn(ScheduledTask(masked, DATA, QUICK, CPU, masks=ones))
    theirs = masked.state_dict()
    assert all(torch.equal(values, theirs[name]) for name, values in dense.state_dict().items())


# A mask that leaks, planted


class _Leaky(ScheduledTask):
    """It forgets the mask in its steps."""

    def adjust(self) -> None:
        self.masks = []
        ScheduledTask.adjust(self)  # by name, so that it can be put in another class's place


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_a_mask_that_leaks_is_told_from_one_that_holds(decay: float) -> None:
    found = {}
    for kind in (ScheduledTask, _Leaky):
        net = twin("residual", SEEDS)
        masks = sought().masks(2)
        task = kind(net, DATA, QUICK, CPU, masks=masks.moved(prunable(net)))
        task.optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=decay)
        learn(task)
        found[kind] = leaked(masks, prunable(net))
    assert found[ScheduledTask].tolist() == [0, 0]
    assert (found[_Leaky] > 1e-3).all()


def test_a_leak_shows_in_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(images=DATA)
    assert arm("own").run(SEEDS, context)[0].measured["largest masked weight"] == 0
    monkeypatch.setattr(search, "ScheduledTask", _Leaky)
    assert arm("own").run(SEEDS, context)[0].measured["largest masked weight"] > 1e-3


# Whose mask it was


def test_a_record_says_whose_the_mask_was_and_its_overlap_that_it_is_true(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context, other = Context(images=DATA), arm("of another start")
    assert other.model["mask"] == {
        "found on": "residual",
        "of_twin": False,
        "beginning": "fresh",
        "arrangement": "found",
    }
    assert arm("twin's").model["mask"]["found on"] == "plain"
    for record in other.run(SEEDS, context):
        assert abs(record.measured["beyond chance, own"]) < 0.02
    own = sought()

    def passed_off(*_: object) -> Search:
        return own

    monkeypatch.setattr(arms, "searched", passed_off)  # the network's own mask under another's name
    assert other.run(SEEDS, context)[0].measured["beyond chance, own"] > 0.5


def test_the_twin_s_mask_and_the_rearranged_ones_are_what_they_are_called() -> None:
    plain, residual = sought("plain").masks(2), sought().masks(2)

    def same(one: Masks, other: Masks) -> bool:
        return all(torch.equal(mask, other.kept[name]) for name, mask in one.kept.items())

    assert same(arm("twin's").masks(SEEDS, DATA), plain)
    assert same(arm("own").masks(SEEDS, DATA), residual)
    for mask, of in (("own, shuffled", residual), ("twin's, shuffled", plain)):
        mixed = arm(mask).masks(SEEDS, DATA)  # type: ignore[arg-type]
        assert not same(mixed, of)
        assert all(torch.equal(mixed.counts[name], count) for name, count in of.counts.items())
    even = arm("uniform").masks(SEEDS, DATA)
    assert np.array_equal(even.density, residual.density)
    assert even.density_by_layer["stem"].max() < 0.5 < residual.density_by_layer["stem"].min()


# Arms and records


def test_arms_record_what_they_measure() -> None:
    for one in (arm("own", "own"), arm("twin's", "own"), arm("of another start")):
        measured = one.run(SEEDS, Context(images=DATA))[1].measured
        assert measured["density"] == pytest.approx(0.36, abs=1e-3)
        assert measured["numbers"] == numbers_kept(2)
        assert 0 <= measured["untrained"] <= 100
    dense = replace(arm("own", "own"), rounds=0).run(SEEDS, Context(images=DATA))[0]
    assert "overlap with own" not in dense.measured
    longer = arm("own", "own", times=2).run(SEEDS, Context(images=DATA))[0]
    assert len(longer.history["train_loss"]) == 4
    assert longer.model != arm("own", "own").model
    with pytest.raises(ValueError, match="times must be"):
        arm("own", times=0)
    with pytest.raises(ValueError, match="this arm reads images"):
        arm("own").run(SEEDS, Context())


def test_a_ticket_is_what_its_mask_and_start_make_anew() -> None:
    """The search hands out what it trained; trained again from there, nothing is different."""
    one = arm("own", "own")
    ours = one.trained(SEEDS, DATA)
    again = search.Trained(sought().start(), sought().masks(2), DATA, QUICK)
    assert ours is sought().trained(2)
    assert ours.course.tests == again.course.tests
    assert ours.course.losses == again.course.losses


def test_small_networks_have_as_many_numbers_as_the_ticket_or_more_and_not_many_more() -> None:
    for one in small_arms():
        (wanted,) = {
            numbers_kept(rounds)
            for rounds in COMPARED
            if one.channels == least_channels(one.blocks, numbers_kept(rounds))
        }
        numbers = TwinNet(one.blocks, 1, skip=False, channels=one.channels).parameter_count()
        assert wanted <= numbers < 1.3 * wanted
    assert numbers_kept(0) == twin("plain", (0,)).parameter_count() == 14842
    for blocks, channels in ((0, 5), (1, 3), (4, 6)):
        net = TwinNet(blocks, 1, skip=False, channels=channels)
        weights = sum(weight.numel() for weight in prunable(net).values())
        assert numbers_of(blocks, channels) == (weights, net.parameter_count() - weights)
    quick = SmallArm(kind="plain", blocks=0, channels=2, protocol=QUICK, shown=Images(60, 30))
    assert quick.run((0,), Context(images=DATA))[0].measured == {"numbers": 18 + 4 + 90}


def test_every_arm_has_a_name_and_a_model_of_its_own() -> None:
    every = TICKETS.arms("full")
    assert len({one.name for one in every}) == len({one.key(0, DATA) for one in every}) == len(every)
    assert sparse("plain", ROUNDS) in {one.name for one in every}


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = TICKETS.results()
    assert all(len(results.seeds(one.name)) == 10 for one in TICKETS.arms("full"))
    assert list(TICKETS.judged()) == [claim.id for claim in CLAIMS]


def test_no_recorded_mask_leaked_and_no_mask_was_another_s() -> None:
    results = TICKETS.results()
    for one in TICKETS.arms("full"):
        if isinstance(one, SparseArm):
            assert (results.values(one.name, "largest masked weight") == 0).all()
            if one.rounds and one.times == 1:
                found = results.values(one.name, "overlap with own")
                assert ((found == 1) == (one.mask == "own")).all()


def test_figures_are_drawn() -> None:
    results = TICKETS.results()
    assert len(figures.draw_densities(results).axes) == 2
    assert len(figures.draw_contrasts(results).axes) == len(COMPARED)
    assert len(figures.draw_masks(results).axes) == 2
