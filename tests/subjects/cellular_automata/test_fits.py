"""The three descents: where they are exact, where they stand still, and what their gradients are."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdenet.subjects.cellular_automata.evidence import counts
from pdenet.subjects.cellular_automata.fits import (
    FRAME_RATE,
    FRAME_STEPS,
    descend,
    descend_frames,
    descend_table,
    descend_units,
    first_logits,
    frame_losses,
    unrolled,
)
from pdenet.subjects.cellular_automata.frames import iterates, labels, narrowed, windows
from pdenet.subjects.cellular_automata.system import RULES, drawn, history, one_cell, tables

RANDOM = np.random.default_rng(2)


def test_a_table_has_what_it_has_seen_and_leaves_the_rest_alone() -> None:
    rules = (0, 30, 90, 110, 184, 255)
    found = np.array([counts(history(rule, one_cell(64), 32)) for rule in rules])
    logits = descend_table(found).numpy()
    seen = found.any(2)
    assert not seen.all()
    assert (logits[~seen] == 0).all()
    assert ((logits > 0) == (tables()[list(rules)] == 1))[seen].all()


def test_under_noise_a_table_ends_at_the_observed_share() -> None:
    found = np.array([[[30, 10], [5, 20], [8, 8], [9, 1], [7, 3], [2, 5], [6, 6], [4, 12]]])
    chances = descend_table(found, steps=3000).sigmoid().numpy()
    assert np.allclose(chances, found[..., 1] / found.sum(2), atol=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_soft_automaton_is_the_hard_one_at_hard_chances(k: int) -> None:
    chances = torch.tensor(tables(), dtype=torch.float64)
    assert np.array_equal(unrolled(chances, k).numpy(), iterates(k))


def test_the_soft_automaton_is_linear_in_each_cell() -> None:
    """Two steps are the mean over eight outcomes of the first, drawn one by one."""
    chances = torch.rand(RULES, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    where = torch.as_tensor(narrowed(windows(2)))
    first = chances[:, where]
    mean = torch.zeros(RULES, len(where), dtype=torch.float64)
    for code in range(8):
        bits = torch.tensor([code >> 2, code >> 1 & 1, code & 1])
        mean += (bits * first + (1 - bits) * (1 - first)).prod(-1) * chances[:, code, None]
    assert torch.allclose(unrolled(chances, 2), mean, atol=1e-14)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_from_equal_logits_all_outcomes_are_pulled_alike(k: int) -> None:
    """By the share of ones alone: (1/2 - share) / 8. Where that is a half nothing moves."""
    logits = torch.zeros(RULES, 8, dtype=torch.float64, requires_grad=True)
    frame_losses(logits, k).sum().backward()
    share = torch.tensor(iterates(k).mean(1))
    assert logits.grad is not None
    assert torch.allclose(logits.grad, ((0.5 - share) / 8)[:, None].expand(-1, 8), atol=1e-15)
    balanced = share == 0.5
    assert balanced[[30, 90, 204]].all()
    assert not balanced[[0, 110, 232 ^ 255 ^ 1]].all()


def test_every_frame_pulls_each_outcome_by_its_own_error() -> None:
    """With k = 1 the loss is a sum over neighbourhoods, convex in the logits; with k = 2 it is not."""
    logits = first_logits(0).double().requires_grad_()
    frame_losses(logits, 1).sum().backward()
    wanted = torch.tensor(tables(), dtype=torch.float64)
    assert logits.grad is not None
    assert torch.allclose(logits.grad, (logits.sigmoid() - wanted).detach() / 8, atol=1e-15)
    ends = frame_losses(first_logits(0).double(), 2), frame_losses(first_logits(1).double(), 2)
    middle = frame_losses((first_logits(0) + first_logits(1)).double() / 2, 2)
    assert (middle > (ends[0] + ends[1]) / 2).any()


def test_every_frame_gives_every_rule() -> None:
    assert np.array_equal(descend_frames(1, 5).outcomes, tables())


def test_skipped_frames_lose_some_whose_losses_stay_high() -> None:
    ended = descend_frames(2, 5)
    same = labels(2)
    right = same[ended.outcomes.astype(int) @ (1 << np.arange(8))] == same
    assert 60 < right.sum() < 200
    assert np.median(ended.losses[right]) < 0.02 < 0.2 < np.median(ended.losses[~right])
    assert np.array_equal(ended.outcomes, descend_frames(2, 5).outcomes)


def test_sixteen_units_are_enough_and_one_is_not() -> None:
    """Exclusive or is no weighted sum."""
    assert (descend_units(16, 5).outcomes == tables()).all(1).sum() > 250
    assert not (descend_units(1, 5).outcomes[[90, 105, 150]] == tables()[[90, 105, 150]]).all(1).any()


def test_from_zero_what_is_balanced_stands_still_and_much_else_is_found() -> None:
    """Without any chance every second frame gives about as many rules as from one random start."""
    logits = torch.zeros(RULES, 8, requires_grad=True)
    descend([logits], lambda: frame_losses(logits, 2), FRAME_RATE, FRAME_STEPS)
    balanced = iterates(2).mean(1) == 0.5
    same, found = labels(2), (logits.detach().numpy() > 0).astype(int) @ (1 << np.arange(8))
    assert balanced.sum() == 46
    assert (logits.detach().numpy()[balanced] == 0).all()
    assert 100 < (same[found] == same).sum() < 156
    assert not (same[found] == same)[balanced].any()


def test_no_units_and_no_frames_are_refused() -> None:
    with pytest.raises(ValueError, match="units"):
        descend_units(0, 0)
    with pytest.raises(ValueError, match="k must be"):
        descend_frames(0, 0)
    with pytest.raises(ValueError, match="steps"):
        descend_table(counts(drawn(RANDOM, 2, 8))[None], steps=-1)
