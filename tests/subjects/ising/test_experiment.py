"""The record of the glasses, its claims, and the page's figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from matplotlib.patches import Rectangle

from pdenet.runs.arm import Context
from pdenet.runs.results import Results
from pdenet.subjects.ising import figures, measures
from pdenet.subjects.ising.arms import BETAS, LARGER, GlassArm, arm_name
from pdenet.subjects.ising.claims import CLAIMS, column, couplings, slopes
from pdenet.subjects.ising.experiment import ISING
from pdenet.subjects.ising.measures import FIELD, LIKELIHOOD, PSEUDO, SIZES, limits
from pdenet.subjects.ising.sample import draw
from pdenet.subjects.ising.system import fisher, glass, moments, of_pairs, pairs_of

SMALL = GlassArm(beta=1.0, spins=5, sizes=(1000, 50_000))


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = ISING.results()
    for arm in ISING.arms("full"):
        assert len(results.seeds(arm.name)) == (arm.most or ISING.seeds)
    assert ISING.judged().keys() == {claim.id for claim in CLAIMS}
    assert ISING.judged(Results(ISING.arms("full"), [])) == {}


@pytest.mark.parametrize("beta", [1.0, 3.0])
def test_a_record_is_measured_again(beta: float) -> None:
    record = ISING.results().records(arm_name(beta))[3]
    again = GlassArm(beta=beta, sizes=(1000,)).measure(3)
    for what in (*limits(glass(10, beta, 3))._fields, "seen at 1000", "exists at 1000", "tied at 1000"):
        assert again[what] == pytest.approx(record.measured[what], rel=1e-6)
    for what in (f"error, {LIKELIHOOD} at 1000", f"excess, {PSEUDO} at 1000", f"error, {FIELD} at 1000"):
        there = record.measured[what]
        assert again[what] is None if there is None else again[what] == pytest.approx(there, rel=1e-6)


def test_what_has_no_estimate_has_no_error_and_is_not_left_out_of_the_count() -> None:
    measured = GlassArm(beta=6.0, spins=5, sizes=(20,)).measure(0)
    assert measured["exists at 20"] == 0
    assert measured[f"error, {LIKELIHOOD} at 20"] is None
    assert measured[f"excess, {PSEUDO} at 20"] is None
    assert "excess, Adam at 20" not in measured
    (record,) = GlassArm(beta=6.0, spins=5, sizes=(20,)).run((0,), Context())
    results = Results([GlassArm(beta=6.0, spins=5, sizes=(20,))], [record])
    arm = arm_name(6.0, 5)
    assert math.isnan(results.values(arm, f"error, {LIKELIHOOD} at 20")[0])
    assert len(column(results, arm, f"error, {LIKELIHOOD} at 20")[0]) == 0
    assert len(column(results, arm, "exists at 20")[0]) == 1


def test_limits_by_hand_of_two_spins() -> None:
    couple = of_pairs(torch.tensor([0.8], dtype=torch.float64))
    found, t = limits(couple), math.tanh(0.8)
    assert found.cramer_rao == pytest.approx(1 / (1 - t**2))
    assert found.pseudo == pytest.approx(found.cramer_rao)
    assert found.pseudo_excess == pytest.approx(1)
    assert found.condition == 1
    assert found.norm == pytest.approx(0.64)
    assert found.correlation == pytest.approx((t - 0.8) ** 2)
    assert found.field == pytest.approx((t / (1 - t**2) - 0.8) ** 2)  # minus the inverse of [[1, t], [t, 1]]


def test_limits_of_a_glass_are_those_of_its_matrices() -> None:
    couple = glass(5, 1.0, 0)
    found, information = limits(couple), fisher(couple)
    assert found.cramer_rao == pytest.approx(float(torch.linalg.inv(information).trace()), rel=1e-10)
    assert found.condition == pytest.approx(float(torch.linalg.cond(information)), rel=1e-8)
    inverse = torch.linalg.inv(moments(couple))
    off = pairs_of(-inverse - couple)
    assert found.field == pytest.approx(float(off.square().sum()), rel=1e-9)
    assert found.pseudo >= found.cramer_rao
    assert found.pseudo_excess >= couplings(5)


def test_slopes_are_those_of_the_errors() -> None:
    results = ISING.results()
    arm = arm_name(1.0)
    errors = [results.values(arm, f"error, {LIKELIHOOD} at {size}")[:4] for size in SIZES]
    by_hand = [np.polyfit(np.log(SIZES), np.log(np.sqrt(row)), 1)[0] for row in np.array(errors).T]
    assert slopes(results, arm, LIKELIHOOD)[:4] == pytest.approx(by_hand)


def test_an_arm_is_known_unbuilt() -> None:
    assert SMALL.name == "5 spins, beta 1"
    assert SMALL.model == {"kind": "spin glass", "spins": 5, "beta": 1.0, "sizes": [1000, 50_000]}
    assert arm_name(0.5) == "10 spins, beta 0.5"
    assert couplings(LARGER) == 120
    assert measures.estimate(FIELD, draw(glass(3, 9.0, 0), 5, 0)) is None


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn() -> None:
    results, couple = ISING.results(), glass(6, 1.0, 0)
    learned = figures.draw_couplings(couple)
    assert [len(ax.lines) for ax in learned.axes] == [3, 3, 3]
    descent = figures.draw_descent(draw(couple, 500, 0), couple, steps=20)
    straight = descent.axes[0].lines[0].get_ydata()
    assert np.allclose(np.diff(straight, 2), 0, atol=1e-12)
    assert [ax.get_title() for ax in figures.draw_errors(results).axes] == [r"$\beta = 1$", r"$\beta = 2$"]
    excess = figures.draw_excess(results)
    bars = [bar for bar in excess.axes[0].patches if isinstance(bar, Rectangle)]
    assert sum(bar.get_height() * bar.get_width() for bar in bars) == pytest.approx(1)
    wall = figures.draw_wall(results)
    assert len(wall.axes) == 3
    assert np.array_equal(wall.axes[1].lines[0].get_xdata(), BETAS)
