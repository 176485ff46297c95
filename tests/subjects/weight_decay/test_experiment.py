"""The record of weight decay, its claims, and the page's figures."""

from __future__ import annotations

import numpy as np
import pytest

from pdenet.data import load_images
from pdenet.runs.arm import Context
from pdenet.runs.claims import Verdict
from pdenet.runs.results import Results
from pdenet.subjects.weight_decay import figures
from pdenet.subjects.weight_decay.arms import (
    ADAM,
    BIASED,
    NEARBY,
    SWEPT,
    WHOLE,
    AdamArm,
    NearArm,
    SweepArm,
)
from pdenet.subjects.weight_decay.claims import CLAIMS, EIGHT, NONE, ONE, THREE, at, curves
from pdenet.subjects.weight_decay.experiment import WEIGHT_DECAY
from pdenet.subjects.weight_decay.measures import (
    EVEN,
    NEAR,
    SWEEP,
    TRAINED,
    Subject,
    adam,
    drawn,
    near,
    peak,
    swept,
    trained,
)
from pdenet.subjects.weight_decay.modes import digits_task
from pdenet.subjects.weight_decay.network import Network

DIGITS = load_images("digits")


def subject(*hidden: int, bias: bool = False) -> Subject:
    return Subject(drawn(DIGITS, 3, 60, 40), hidden, bias)


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = WEIGHT_DECAY.results()
    for arm in WEIGHT_DECAY.arms("full"):
        assert len(results.seeds(arm.name)) == (arm.most or WEIGHT_DECAY.seeds)
    assert WEIGHT_DECAY.judged().keys() == {claim.id for claim in CLAIMS}
    assert WEIGHT_DECAY.judged(Results(WEIGHT_DECAY.arms("full"), [])) == {}


def test_weights_of_every_record_are_gone_just_above() -> None:
    results = WEIGHT_DECAY.results()
    for arm in (*NEARBY.values(), BIASED):
        for record in results.records(arm.name):
            assert max(record.measured["norm above"].values()) < 1e-3 < 0.01 < min(record.measured["norms"])


def test_an_arm_is_known_unbuilt() -> None:
    assert [arm.name for arm in SWEPT.values()] == [NONE, ONE, EIGHT, THREE]
    assert (NONE, THREE, BIASED.name) == ("swept, no hidden layer", "swept, 8 and 8", "near, 8, bias")
    assert SweepArm(hidden=(8, 4)).name == "swept, 8 and 4"
    assert NearArm().model == {
        "kind": "decayed network",
        "measured": "near",
        "hidden": [8],
        "bias": False,
        "images": [1000, 1000],
        "distances": [*NEAR],
    }
    assert AdamArm(strengths=(0.0, 1.0)).name == "trained from no decay on, 8"
    assert AdamArm().settings == {"strengths": [*TRAINED], "steps": [100, 400], "rate": 0.02}


def test_an_arm_records_what_it_measures() -> None:
    arm = NearArm(hidden=(2,), train=60, test=40, most=1)
    (record,) = arm.run((3,), Context(images=DIGITS))
    again = near(subject(2), 3)
    assert record.measured["vanishes at"] == pytest.approx(again["vanishes at"], rel=1e-9)
    assert record.measured["critical"] == subject(2).critical
    assert record.data["name"] == "digits"
    short = AdamArm(hidden=(2,), train=60, test=40, most=1, strengths=(0.0, 0.9, 1.1))
    (record,) = short.run((3,), Context(images=DIGITS))
    assert len(record.measured["activity after 400"]) == len(record.model["strengths"]) == 3


@pytest.mark.parametrize("bias", [False, True])
def test_where_weights_vanish_and_how(bias: bool) -> None:
    found = near(subject(2, bias=bias), 3)
    assert found["vanishes at"] == pytest.approx(1, abs=1e-3)
    assert found["exponent"] == pytest.approx(0.5, abs=0.03)
    assert np.all(np.diff(found["norms"]) < 0)
    assert found["critical"] == subject(2, bias=bias).critical


def test_heated_and_cooled_are_kept_in_one_order() -> None:
    found = swept(subject(2), 0, (0.3, 0.6, 0.9, 1.2))
    for way in ("heated", "cooled"):
        assert np.all(np.diff(found[f"{way} norm"]) < 0)
        assert found[f"{way} modes"][-1] == 0 < found[f"{way} modes"][0]
        assert found[f"{way} norm"][-1] < 1e-3
    assert found["heated norm"] == pytest.approx(found["cooled norm"], rel=1e-3, abs=1e-3)


def test_three_layers_remember_where_they_come_from() -> None:
    found = swept(subject(4, 4), 0, (0.05, 0.1))
    assert max(found["cooled norm"]) < 1e-3 < 1 < min(found["heated norm"])
    assert max(found["cooled accuracy"]) < 30 < min(found["heated accuracy"])


def test_dead_weights_answer_the_first_class() -> None:
    """What is left of them has a largest logit, which is no answer."""
    one = subject(2)
    weights = one.start(0, 1e-8)
    zeros = 100 * float((one.data.test_labels == 0).mean())
    assert one.state(weights, 0.1)["accuracy"] == zeros
    assert one.state(weights, 0.1)["modes"] == 0
    assert one.state(weights, 0.1)["loss"] == pytest.approx(np.log(10), abs=1e-9)


def test_a_single_unit_names_two_classes_at_most() -> None:
    one = subject(1)
    rng = np.random.default_rng(0)
    for _ in range(20):
        logits = one.network.states(rng.standard_normal(one.network.size), one.data.test_inputs)[-1]
        assert len(set(logits.argmax(1).tolist())) <= 2


def test_modes_are_counted_of_the_product() -> None:
    one = subject(3)
    rng = np.random.default_rng(1)
    into, out = rng.standard_normal((3, 196)), rng.standard_normal((10, 3))
    into[2] = into[1]
    assert one.state(np.concatenate([into.ravel(), out.ravel()]), 0.0)["modes"] == 2


def test_adam_is_that_of_torch() -> None:
    import torch

    one = subject(2)
    weights, decay = one.start(5, 0.1), 0.05
    leaf = torch.from_numpy(weights.copy()).requires_grad_()
    optimizer = torch.optim.Adam([leaf], lr=0.02)
    kept = []
    for step in range(1, 13):
        leaf.grad = torch.from_numpy(one.network.loss(leaf.detach().numpy(), decay)[1])
        optimizer.step()
        if step in (4, 12):
            kept.append(leaf.detach().numpy().copy())
    for found, expected in zip(adam(one.network, weights, decay, (4, 12)), kept, strict=True):
        assert np.abs(found - expected).max() < 1e-9


def test_the_peak_is_where_values_fall_fastest() -> None:
    assert peak((0.4, 0.5, 0.7, 0.8), (5.0, 4.5, 1.0, 0.9)) == pytest.approx(0.6)
    assert peak((0.4, 0.5, 0.7, 0.8), (5.0, 4.5, 4.4, 9.0)) == pytest.approx(0.45)  # a rise is no fall
    found = trained(subject(2), 0, (0.0, 0.5, 0.9, 1.0, 1.1))
    norms = found["norm after 400"][1:]
    assert found["peak of norm after 400"] == peak((0.5, 0.9, 1.0, 1.1), norms)
    assert len(found["accuracy after 100"]) == 5


def test_a_draw_is_of_its_seed_and_no_larger_than_the_set() -> None:
    few, other = drawn(DIGITS, 0, 50, 20), drawn(DIGITS, 1, 50, 20)
    assert few.inputs.shape == (50, 196)
    assert 0 <= few.inputs.min() < few.inputs.max() <= 1
    assert np.abs(few.inputs - other.inputs).max() > 0.1
    assert np.array_equal(few.inputs, drawn(DIGITS, 0, 50, 20).inputs)
    assert len(drawn(DIGITS, 0, 10**6, 10**6).labels) == len(DIGITS.train_labels)
    assert isinstance(subject(2).network, Network)


def test_claims_are_measured_by_hand() -> None:
    results, judged = WEIGHT_DECAY.results(), WEIGHT_DECAY.judged()
    hot, cold = (at(results, THREE, f"{way} accuracy", 0.2) for way in ("heated", "cooled"))
    assert judged["WD9"].found.estimate == pytest.approx((hot - cold).mean())
    whole = curves(results, EIGHT, "heated accuracy")
    none, early = whole[:, -1], whole[:, SWEEP.index(0.95)]
    assert judged["WD6"].found.estimate == pytest.approx(((early - none) / (whole.max(1) - none)).mean())
    places = np.array([results.values(arm.name, "vanishes at") for arm in NEARBY.values()])
    assert judged["WD1"].found.estimate == pytest.approx(np.abs(places - 1).max(0).mean())
    assert judged["WD1"].found.n == 20
    falls = -np.diff(curves(results, WHOLE.name, "activity after 400"))
    middles = np.array(EVEN[1:]) - 0.025
    assert judged["WD12"].found.estimate == pytest.approx(np.abs(middles[falls.argmax(1)] - 1).mean())


def test_the_range_from_no_decay_on_has_the_runs_of_the_window() -> None:
    """Same draws, first weights and strengths."""
    results = WEIGHT_DECAY.results()
    for what in ("norm", "activity", "accuracy"):
        inside, whole = (curves(results, arm.name, f"{what} after 400") for arm in (ADAM[8], WHOLE))
        assert np.array_equal(inside[:, 1:], whole[:, EVEN.index(0.4) :])
        assert np.array_equal(inside[:, 0], whole[:, 0])


def test_what_the_page_answers() -> None:
    """All hold but two on 8 units after 400 steps: a draw is apart; the peak is not the highest."""
    verdicts = {name: judged.verdict for name, judged in WEIGHT_DECAY.judged().items()}
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.HOLDS} == {"WD5", "WD12"}
    assert verdicts["WD5"] is Verdict.NOT_DECIDED
    assert verdicts["WD12"] is Verdict.DOES_NOT_HOLD
    peaks = WEIGHT_DECAY.results().values(ADAM[8].name, "peak of norm after 400")
    assert sorted(peaks) == pytest.approx([0.425] + 5 * [0.975])


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn() -> None:
    results = WEIGHT_DECAY.results()
    size, accuracy = figures.draw_sweep(results).axes
    assert size.lines[0].get_ydata()[0] == 1  # type: ignore[index]
    assert [line.get_label() for line in accuracy.lines[:3]] == [
        "no hidden layer",
        "8 hidden units",
        "1 hidden unit",
    ]
    linear, log = figures.draw_near(results).axes
    assert log.get_xscale() == log.get_yscale() == "log"
    assert len(linear.lines) == 11
    assert [ax.get_title() for ax in figures.draw_chains(results).axes] == [
        "1 weight",
        "2 weights",
        "3 weights",
        "digits, three layers",
    ]
    for ax in figures.draw_budgets(results).axes:
        assert [np.max(line.get_ydata()) for line in ax.lines[:3]] == [1, 1, 1]
    modes = figures.draw_modes(digits_task(DIGITS, components=4), hidden=5, points=2).axes[0]
    lines = [line for line in modes.lines if line.get_marker() == ""]
    assert len(lines) == 4
    for dots in (line for line in modes.lines if line.get_marker() == "o"):
        decay, found = np.asarray(dots.get_xdata())[0], np.asarray(dots.get_ydata())
        closed = [
            np.interp(decay, np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in lines
        ]
        assert found == pytest.approx(np.array(closed), abs=1e-3)
