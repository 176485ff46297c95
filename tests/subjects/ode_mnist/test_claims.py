"""Claims about flows and their controls: paired by seed, with few seeds undecided, and able to fail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from helpers.records import made

from pdenet.runs.claims import Verdict
from pdenet.subjects.ode_mnist import claims, reading
from pdenet.subjects.ode_mnist.arms import ARMS, arm_name
from pdenet.subjects.ode_mnist.experiment import ODE_MNIST
from pdenet.subjects.ode_mnist.measures import NO_STEPS
from pdenet.subjects.ode_mnist.settings import ALONE, CONV, FLOW, STENCIL, euler

if TYPE_CHECKING:
    from pdenet.runs.record import Record


def record(
    place: tuple[str, str],
    seed: int,
    right: float,
    accurate: float | None = None,
    without: float | None = None,
) -> Record:
    """A record as a run of that place would leave it, with these accuracies (shares)."""
    (arm,) = (arm for arm in ARMS if arm.name == arm_name(*place))
    measured: dict[str, Any] = {}
    if accurate is not None:
        shares: dict[str, float | None] = {"trained": right, "accurate": accurate, "euler 1": None}
        if without is not None:
            shares[NO_STEPS] = without
        measured["solver_test"] = {"accuracy": shares, "same": shares}
    whole = arm.setting.train is None and arm.setting.test is None
    return made(
        [right],
        seed=seed,
        model=arm.model,
        training=arm.training,
        data={"name": "mnist" if whole else "mnist[1000+5000]", "checksum": "0"},
        measured=measured,
    )


def test_verdicts_pair_the_seeds_that_both_networks_have() -> None:
    flow, alone = ("conv", FLOW), ("conv", ALONE)
    runs = [record(alone, seed, 0.96 + 0.01 * seed) for seed in (2, 0, 1)]
    runs += [record(flow, seed, 0.97 + 0.01 * seed + 0.0001 * (-1) ** seed) for seed in (0, 1, 3)]
    two = ODE_MNIST.judged(ODE_MNIST.results(runs))["5.2d ahead"]
    assert (two.found.high, two.found.n) == (float("inf"), 2)
    assert two.verdict is Verdict.NOT_DECIDED
    runs += [record(flow, 2, 0.99)]
    results = ODE_MNIST.results([*runs, replace(runs[0], data={"name": "digits", "checksum": "0"})])
    found = claims.by_place(results)
    assert [run.seed for run in found[alone]] == [0, 1, 2]
    assert found.keys() == {flow, alone}
    judged = ODE_MNIST.judged(results)
    assert judged.keys() == {"5.2d ahead", "5.2d agree"}
    assert judged["5.2d ahead"].found.n == 3
    assert judged["5.2d ahead"].found.estimate == pytest.approx(1.0)  # one point
    assert judged["5.2d ahead"].verdict is Verdict.HOLDS
    assert judged["5.2d agree"].verdict is Verdict.DOES_NOT_HOLD
    assert claims.by_place(ODE_MNIST.results(runs, "digits")) == {}


def test_a_network_is_an_ode_from_the_fewest_steps_above_which_nothing_fails() -> None:
    lost = {1: 0.05, 2: 0.001, 4: 0.02, 8: 0.001}
    runs = [
        record(("conv", euler(n)), seed, 0.97, 0.97 - drop * (1 + 0.01 * seed), 0.5 + 0.001 * seed)
        for n, drop in lost.items()
        for seed in range(3)
    ]
    results = ODE_MNIST.results(runs)
    judged = claims.judge_solvers(results, CONV)
    assert list(judged) == [euler(n) for n in lost]
    assert judged[euler(1)].verdict is Verdict.DOES_NOT_HOLD
    assert judged[euler(2)].verdict is Verdict.HOLDS
    assert claims.ode_from(judged) == 8  # two steps hold by luck: four do not
    del judged[euler(8)]
    assert claims.ode_from(judged) is None
    found = claims.by_place(results)
    assert list(claims.in_test(found["conv", euler(1)], "euler 1")) == [0, 0, 0]  # broke off


def solved_anew(without: float | None, *, seeds: int = 3, accurate: float = 0.97) -> claims.SolverTest:
    """The solver test of a network that has 97 % right, with another solver, and without its block."""
    runs = [
        record(
            ("conv", euler(8)),
            seed,
            0.97,
            accurate - 0.0001 * seed,
            None if without is None else without - 0.0001 * seed,
        )
        for seed in range(seeds)
    ]
    return claims.judge_solvers(ODE_MNIST.results(runs), CONV)[euler(8)]


def test_a_network_that_does_without_its_block_is_no_ode_whatever_the_solver() -> None:
    """A zero field passes each solver, and so shows nothing."""
    zero = solved_anew(0.97)
    assert zero.accurate.verdict is Verdict.HOLDS
    assert zero.void
    assert zero.verdict is Verdict.NOT_DECIDED
    assert zero.words == "void: so does no block"
    assert claims.ode_from({euler(8): zero}) is None
    assert "would pass with any field" in reading.control(
        {"stencil": {}, "few": {}, "conv": {euler(8): zero}}
    )
    assert "no verdict" in reading.when_an_ode({"stencil": {}, "few": {}, "conv": {euler(8): zero}})
    assert "from 8 steps on" not in reading.when_an_ode({"stencil": {}, "few": {}, "conv": {euler(8): zero}})


def test_a_network_that_needs_its_block_can_be_an_ode() -> None:
    needed = solved_anew(0.3)
    assert (needed.verdict, needed.words, needed.void) == (Verdict.HOLDS, "yes", False)
    assert claims.ode_from({euler(8): needed}) == 8
    assert "need the block" in reading.control({"stencil": {}, "few": {}, "conv": {euler(8): needed}})
    assert "from 8 steps on" in reading.when_an_ode({"stencil": {}, "few": {}, "conv": {euler(8): needed}})


def test_without_the_control_nothing_is_called_an_ode() -> None:
    for one, words in ((solved_anew(None), "no control"), (solved_anew(0.3, seeds=2), "not decided")):
        assert one.verdict is Verdict.NOT_DECIDED
        assert one.words == words
        assert claims.ode_from({euler(8): one}) is None
    failed = solved_anew(None, accurate=0.9)
    assert (failed.verdict, failed.words) == (Verdict.DOES_NOT_HOLD, "no"), "which needs no control"


def test_the_control_is_of_the_runs_that_have_it() -> None:
    runs = [record(("conv", euler(8)), seed, 0.97, 0.97) for seed in range(5)]
    runs += [record(("conv", euler(8)), seed, 0.97, 0.97, 0.2) for seed in range(5, 8)]
    assert len(claims.in_test(runs, "accurate")) == 8
    assert claims.in_test(runs, NO_STEPS) == pytest.approx([20, 20, 20])
    lost = claims.loss_of_accuracy(runs, NO_STEPS)
    assert lost is not None
    assert lost.n == 3
    assert lost.estimate == pytest.approx(77)
    assert claims.loss_of_accuracy(runs[:5], NO_STEPS) is None


def test_no_network_loses_more_than_it_had() -> None:
    """Student's interval of these three would go beyond all that a network can lose."""
    runs = [
        record(("conv", euler(8)), seed, 0.97, 0.97, without) for seed, without in enumerate((0, 0.2, 0.4))
    ]
    lost = claims.loss_of_accuracy(runs, NO_STEPS)
    assert lost is not None
    assert (lost.low, lost.high) == (-float("inf"), float("inf"))
    assert lost.estimate == pytest.approx(77)


def test_two_seeds_count_in_no_correction() -> None:
    """Their interval has no limits at any level, so that it takes nothing from the others' level."""
    flow, alone = ("conv", FLOW), ("conv", ALONE)
    runs = [record(place, seed, right) for place, right in ((flow, 0.99), (alone, 0.9)) for seed in (0, 1)]
    one = ODE_MNIST.judged(ODE_MNIST.results(runs))["5.2d ahead"]
    assert one.adjusted == pytest.approx(1, abs=1e-3)


def test_comparisons_are_corrected_for_their_number() -> None:
    assert len({claim.family for claim in ODE_MNIST.claims}) == 1
    assert ODE_MNIST.claims[0].family
    for setting in (STENCIL, CONV):
        both = [*claims.solver_claims(setting).values(), *claims.control_claims(setting).values()]
        assert len({claim.family for claim in both}) == 1
        assert both[0].family


def test_what_ships_can_be_read_and_judged() -> None:
    results = ODE_MNIST.results()
    for setting in (STENCIL, CONV):
        judged = claims.judge_solvers(results, setting)
        assert judged
        for member, one in judged.items():
            assert claims.steps_of(member) > 0
            assert one.verdict in set(Verdict)
    assert all(claims.per_cent(runs).max() <= 100 for runs in claims.by_place(results).values())


def test_every_pair_has_a_claim_that_ships_with_its_runs() -> None:
    assert list(ODE_MNIST.judged()) == [
        f"5.2{letter} {what}" for letter in "abcdefghi" for what in ("ahead", "agree")
    ]
    names = {arm.name for arm in ARMS}
    for pair in claims.PAIRS:
        assert {arm_name(pair.setting.name, member) for member in (FLOW, pair.other)} <= names


def test_an_arm_that_broke_off_has_labelled_nothing_right() -> None:
    broken = replace(record(("conv", FLOW), 0, 0.9), diverged_at=1)
    assert claims.per_cent([broken]).tolist() == [0.0]
