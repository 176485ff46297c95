"""The record of the symmetries, its claims, what is measured, and the page's figures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from pdenet.runs.arm import Context
from pdenet.runs.results import Results
from pdenet.subjects.rotation import figures, measures
from pdenet.subjects.rotation.arms import SECTOR, SECTORS, ListArm, PointArm, list_name, point_name
from pdenet.subjects.rotation.claims import CLAIMS
from pdenet.subjects.rotation.experiment import ROTATION, arms
from pdenet.subjects.rotation.measures import (
    AVERAGED,
    CONSTANT,
    ERROR,
    INSIDE,
    OUTSIDE,
    UNEVEN,
    ZERO_INSIDE,
    ZERO_OUTSIDE,
    band,
    list_errors,
    point_errors,
    swapped,
)
from pdenet.subjects.rotation.networks import PLAIN, POOLED, RADIAL, SORTED, ListNet, PointNet
from pdenet.subjects.rotation.particles import draw_lists, energy, shuffled, swaps
from pdenet.subjects.rotation.ratios import ratio
from pdenet.subjects.rotation.system import floor, norm, region, rings, target
from pdenet.subjects.rotation.training import SymmetryTraining

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

SHORT = SymmetryTraining(steps=100, examples=30)


class Guess(nn.Module):
    """In the place of networks: a function of points or lists, for two seeds."""

    def __init__(self, of_inputs: Callable[[Tensor], Tensor], reads: type[PointNet | ListNet]) -> None:
        super().__init__()
        self.net, self.seeds = reads(PLAIN, (0, 1)).double(), (0, 1)
        self.of_inputs = of_inputs

    def forward(self, inputs: Tensor) -> Tensor:
        return self.of_inputs(inputs)


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = ROTATION.results()
    for arm in ROTATION.arms("full"):
        assert len(results.seeds(arm.name)) == ROTATION.seeds
    assert ROTATION.judged().keys() == {claim.id for claim in CLAIMS}
    assert ROTATION.judged(Results(ROTATION.arms("full"), [])) == {}


def test_every_record_has_parts_that_make_its_whole() -> None:
    results = ROTATION.results()
    for arm in arms():
        error, averaged, uneven = (results.values(arm.name, what) for what in (ERROR, AVERAGED, UNEVEN))
        if not getattr(arm, "breaking", 0):
            assert error**2 == pytest.approx(averaged**2 + uneven**2, rel=1e-9)
        if arm.reads in (RADIAL, SORTED, POOLED):
            assert (uneven < 1e-6).all()  # single precision
        if isinstance(arm, PointArm):
            share = arm.seen.half_angle / 180 * (arm.seen.reach / 3) ** 2
            inside = results.values(arm.name, INSIDE)
            outside = results.values(arm.name, OUTSIDE) if share < 1 else 0
            assert error**2 == pytest.approx(share * inside**2 + (1 - share) * outside**2, rel=1e-9)
        if arm.reads == RADIAL and arm.breaking:  # type: ignore[attr-defined]
            assert (error > floor(arm.breaking)).all()  # type: ignore[attr-defined]


def test_a_network_of_the_radius_errs_alike_in_all_sectors() -> None:
    """It is given the same radii, so that even the records differ by rounding that training has amplified."""
    results = ROTATION.results()
    first = results.values(point_name(RADIAL, SECTORS[0]), ERROR)
    for half in SECTORS[1:]:
        assert np.log(results.values(point_name(RADIAL, half), ERROR) / first) == pytest.approx(0, abs=0.3)


def test_errors_of_guesses_by_hand() -> None:
    """A guess that is right in the sector and off by a third elsewhere."""

    def guess(points: Tensor) -> Tensor:
        angle = torch.atan2(points[..., 1], points[..., 0]).abs().rad2deg()
        return target(points) + (angle > SECTOR) / 3

    found = point_errors(Guess(guess, PointNet), region(SECTOR), 0.0)  # type: ignore[arg-type]
    assert found[INSIDE].tolist() == pytest.approx([0, 0], abs=1e-14)
    assert found[OUTSIDE].tolist() == pytest.approx([1 / 3] * 2)
    assert found[ERROR].tolist() == pytest.approx([math.sqrt(5 / 6) / 3] * 2)
    assert found[AVERAGED].tolist() == pytest.approx([5 / 18] * 2)
    assert found[UNEVEN].tolist() == pytest.approx([math.sqrt(5 / 36) / 3] * 2)
    assert float(found[band(20)][0]) == pytest.approx(0, abs=1e-14)
    assert float(found[band(30)][0]) == pytest.approx(1 / 3)
    assert float(found[ZERO_INSIDE][0]) == pytest.approx(norm())
    assert float(found[ZERO_OUTSIDE][0]) == pytest.approx(norm())
    whole = point_errors(Guess(guess, PointNet), region(), 0.0)  # type: ignore[arg-type]
    assert OUTSIDE not in whole
    assert whole[INSIDE].tolist() == whole[ERROR].tolist()


def test_a_ring_that_was_not_seen_is_outside() -> None:
    found = point_errors(
        Guess(lambda p: target(p) + (p.norm(dim=-1) > 2) / 2, PointNet),  # type: ignore[arg-type]
        region(reach=2.0),
        0.0,
    )
    assert float(found[INSIDE][0]) == pytest.approx(0, abs=1e-14)
    assert float(found[OUTSIDE][0]) == pytest.approx(1 / 2)
    assert float(found[ERROR][0]) == pytest.approx(math.sqrt(5 / 9) / 2)
    assert all(float(found[band(start)][0]) == pytest.approx(0, abs=1e-14) for start in range(0, 180, 10))
    r, weights = rings()
    ring = weights * (r > 2)
    zero = (ring * (torch.exp(-(r**2)) * torch.cos(2 * r) ** 2)).sum() / ring.sum()
    assert float(found[ZERO_OUTSIDE][0]) == pytest.approx(math.sqrt(zero))


def test_errors_of_guesses_of_lists_by_hand() -> None:
    """A guess that is off by a tenth for every pair that stands the wrong way."""

    def guess(lists: Tensor) -> Tensor:
        i, j = torch.triu_indices(5, 5, 1)
        return energy(lists) + (lists[..., i] > lists[..., j]).double().sum(-1) / 10

    constant = torch.tensor([0.0, 1.0], dtype=torch.float64)
    found = list_errors(Guess(guess, ListNet), ordered=True, constant=constant)  # type: ignore[arg-type]
    by_hand = swaps().double() / 10
    assert float(found[INSIDE][0]) == pytest.approx(0, abs=1e-13)
    assert [float(found[swapped(k)][0]) for k in range(11)] == pytest.approx(
        [k / 10 for k in range(11)], abs=1e-12
    )
    assert float(found[ERROR][0]) == pytest.approx(float(by_hand.square().mean().sqrt()))
    assert float(found[OUTSIDE][0]) == pytest.approx(float(by_hand[1:].square().mean().sqrt()))
    assert float(found[AVERAGED][0]) == pytest.approx(0.5)  # five of ten pairs, on average
    assert float(found[UNEVEN][0]) == pytest.approx(float(by_hand.std(correction=0)))
    truth = energy(draw_lists((0, 1), 100, ordered=True, test=True))
    assert found[CONSTANT].tolist() == pytest.approx(
        [float((truth[k] - constant[k]).square().mean().sqrt()) for k in range(2)]
    )
    free = list_errors(Guess(guess, ListNet), ordered=False, constant=constant)  # type: ignore[arg-type]
    assert free[INSIDE].tolist() == free[ERROR].tolist()
    assert OUTSIDE not in free


def test_a_record_says_what_a_training_by_hand_measures() -> None:
    for arm in (
        PointArm(title=PLAIN, reads=PLAIN, protocol=SHORT, seen=region(SECTOR)),
        ListArm(title=POOLED, reads=POOLED, protocol=SHORT),
    ):
        first, second = arm.run((1, 2), Context())
        (alone,) = arm.run((2,), Context())
        assert second.measured == alone.measured != first.measured
        assert (second.seed, second.data["train"], second.model) == (2, 30, arm.model)
        assert len(second.history["train_loss"]) == 1
        assert arm.shown.fits(second.data, "mnist")
        assert {*second.measured} >= {ERROR, INSIDE, OUTSIDE, AVERAGED, UNEVEN}
    constant = arm.examples((2,))[1].mean()
    lists = draw_lists((2,), 100, ordered=True, test=True)
    assert second.measured[CONSTANT] == pytest.approx(
        float((energy(lists) - constant).square().mean().sqrt())
    )


def test_ratios_by_hand() -> None:
    results, arm, other = ROTATION.results(), point_name(PLAIN, SECTOR), point_name(RADIAL, SECTOR)
    plain, radial = (results.values(one, OUTSIDE) for one in (arm, other))
    found = ratio((arm, OUTSIDE), (other, OUTSIDE), results)
    assert found is not None
    assert found.estimate == pytest.approx(math.exp(np.log(plain).mean() - np.log(radial).mean()))
    assert found.n == ROTATION.seeds
    number = ratio((arm, OUTSIDE), 0.5, results)
    assert number is not None
    assert number.estimate == pytest.approx(2 * math.exp(np.log(plain).mean()))
    mixed = ratio((arm, measures.band(SECTOR)), (arm, INSIDE), results)
    assert mixed is not None
    near, inside = (results.values(arm, what) for what in (band(SECTOR), INSIDE))
    assert mixed.estimate == pytest.approx(math.exp(np.log(near / inside).mean()))


def test_claims_read_what_their_words_say() -> None:
    """By the ratios of the record: the arms that stand in a claim's words are those it measures."""
    results, found = ROTATION.results(), {claim.id: claim.measure for claim in CLAIMS}

    def said(number: int) -> float:
        measure = found[f"RT{number}"]
        assert measure is not None
        interval = measure(results)
        assert interval is not None
        return interval.estimate

    def geometric(arm: str, what: str) -> float:
        return math.exp(np.log(results.values(arm, what)).mean())

    plain, turned = point_name(PLAIN, SECTOR), point_name("augmented", SECTOR)
    assert said(14) == pytest.approx(geometric(plain, AVERAGED) / norm())
    assert said(18) == pytest.approx(geometric(turned, ERROR) / geometric(point_name(PLAIN), ERROR))
    broken = point_name(RADIAL, breaking=0.4)
    assert said(23) == pytest.approx(geometric(broken, ERROR) / floor(0.4))
    assert said(22) == pytest.approx(
        geometric(broken, ERROR) / geometric(point_name(PLAIN, breaking=0.4), ERROR)
    )
    lists = list_name(PLAIN)
    assert said(27) == pytest.approx(geometric(lists, swapped(1)) / geometric(lists, swapped(0)))
    assert said(31) == pytest.approx(
        geometric(list_name(POOLED), ERROR) / geometric(list_name(SORTED), ERROR)
    )


def test_arms_are_known_unbuilt() -> None:
    names = {arm.name for arm in arms()}
    assert {
        "plain, 30 degrees",
        "radial, 180 degrees, up to 2",
        "plain, 180 degrees, broken by 0.05",
    } <= names
    assert {"lists, plain, in any order", "lists, pooled, 5 times the steps, from left to right"} <= names
    few = replace(arms()[0], protocol=SHORT)
    assert isinstance(few, PointArm)
    assert (few.shown.train, few.tests, few.weight) == (30, 40 * 72, 3000)
    again = shuffled(draw_lists((0,), 5, ordered=True), (0,), 3)
    assert again.shape == (1, 5, 5)


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn() -> None:
    results = ROTATION.results()
    maps = figures.draw_maps({"one": PointNet(PLAIN), "two": PointNet(RADIAL)}, SECTOR)
    assert [ax.get_title() for ax in maps.axes][:4] == ["target", "one", "two", "one,\naveraged"]
    by_angle = figures.draw_by_angle(results).axes[0]
    assert by_angle.get_yscale() == "log"
    labels = by_angle.get_legend_handles_labels()[1]
    assert {"x and y", "r alone", "saying zero"} <= {*labels}
    by_sector = figures.draw_by_sector(results).axes[0]
    assert [tick.get_text() for tick in by_sector.get_xticklabels()] == ["±15°", "±30°", "±90°", "±180°"]
    broken = figures.draw_broken(results).axes[0]
    level = broken.lines[-1]
    assert np.asarray(level.get_ydata())[-1] == pytest.approx(floor(0.42))
    orders = figures.draw_orders(results).axes[0]
    assert len(orders.containers) == 4
    middle, bars = figures.middle(results, point_name(PLAIN), ERROR)
    assert middle == pytest.approx(np.median(results.values(point_name(PLAIN), ERROR)))
    assert (bars >= 0).all()
