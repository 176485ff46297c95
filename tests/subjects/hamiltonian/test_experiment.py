"""The records of the learned fields, their claims, and the page's figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from pdenet.runs.arm import Context
from pdenet.runs.loop import learn
from pdenet.runs.results import Results
from pdenet.subjects.hamiltonian import figures, measures
from pdenet.subjects.hamiltonian.arms import (
    BASE,
    DAMPED,
    KEEPING,
    LEARNED,
    LINEAR,
    RIVALS,
    FieldArm,
    RivalArm,
    arm_name,
    of_network,
)
from pdenet.subjects.hamiltonian.claims import CLAIMS, ENERGY, FRICTION, PLAIN
from pdenet.subjects.hamiltonian.experiment import HAMILTONIAN
from pdenet.subjects.hamiltonian.networks import LAWS, PhaseField
from pdenet.subjects.hamiltonian.system import Observed, pendulum_energy
from pdenet.subjects.hamiltonian.training import RateTask, RateTraining

SHORT = RateTraining(steps=20)


@pytest.fixture(scope="module")
def results() -> Results:
    return HAMILTONIAN.results()


def test_the_full_runs_are_there_and_every_claim_is_judged(results: Results) -> None:
    for arm in HAMILTONIAN.arms("full"):
        assert results.seeds(arm.name) == [*range(HAMILTONIAN.seeds)]
    assert HAMILTONIAN.judged().keys() == {claim.id for claim in CLAIMS}
    assert HAMILTONIAN.judged(Results(HAMILTONIAN.arms("full"), [])) == {}


def test_a_claim_is_the_geometric_mean_of_ratios_of_one_seed_each(results: Results) -> None:
    judged = HAMILTONIAN.judged(results)
    ratios = results.values(arm_name(PLAIN), "energy") / results.values(arm_name(ENERGY), "energy")
    assert judged["HA1"].found.estimate == pytest.approx(math.exp(np.log(ratios).mean()))
    assert judged["HA1"].found.n == len(ratios) == 40


def test_a_claim_pairs_seeds_where_an_arm_lacks_some(results: Results) -> None:
    arms = HAMILTONIAN.arms("full")
    plain, energy = (results.records(arm_name(law)) for law in (PLAIN, ENERGY))
    few = Results(arms, [*plain, *energy[5:9]])
    found = HAMILTONIAN.judged(few)["HA1"].found
    logs = [
        math.log(a.measured["energy"] / b.measured["energy"])
        for a, b in zip(plain[5:9], energy[5:9], strict=True)
    ]
    assert found.n == 4
    assert found.estimate == pytest.approx(math.exp(np.mean(logs)))


@pytest.mark.parametrize("rival", [LINEAR, KEEPING])
def test_a_record_without_training_is_measured_again(results: Results, rival: str) -> None:
    record = results.records(arm_name(rival))[7]
    (again,) = RivalArm(rival=rival).run((7,), Context())
    for what in ("field error", "energy", "state", f"energy, {measures.SYMPLECTIC}", "gain in a turn"):
        assert again.measured[what] == pytest.approx(record.measured[what], rel=1e-6)


def test_a_seed_is_recorded_alone_as_beside_others() -> None:
    arm = FieldArm(law=ENERGY, observed=Observed(stretches=3), protocol=SHORT, width=8)
    both, alone = arm.run((0, 3), Context()), arm.run((3,), Context())
    assert [one.seed for one in both] == [0, 3]
    for what in ("field error", "energy", "state"):
        assert both[1].measured[what] == pytest.approx(alone[0].measured[what], rel=1e-3)
    assert both[0].measured["energy"] != both[1].measured["energy"]
    assert both[0].data["train"] == 3 * 31


@pytest.mark.parametrize("law", LAWS)
def test_what_is_recorded_of_a_law(law: str) -> None:
    """All ways of stepping and a turn in the base case; a friction and an energy where there is one."""
    net = PhaseField(law, (0,), width=4)
    (base,), (damped,) = of_network(net, BASE), of_network(net, DAMPED)
    assert ("change of its own energy" in base) == ("change of its own energy" in damped) == (law == ENERGY)
    assert ("friction" in base) == ("friction" in damped) == (law == FRICTION)
    assert ("gain in a turn" in base, "gain in a turn" in damped) == (True, False)
    assert (f"energy, {measures.EXPLICIT}" in base, f"energy, {measures.EXPLICIT}" in damped) == (True, False)


def test_the_law_in_the_records(results: Results) -> None:
    """What an energy is built for holds in every record; a plain field breaks each of the three."""
    plain, energy = arm_name(PLAIN), arm_name(ENERGY)
    assert results.values(energy, "change of its own energy").max() < 1e-5
    assert np.abs(results.values(energy, "divergence in a turn")).max() < 1e-15
    assert np.abs(results.values(energy, "gain in a turn")).max() < 0.001
    assert np.abs(results.values(plain, "divergence in a turn")).max() > 0.03
    assert np.abs(results.values(plain, "gain in a turn")).max() > 0.03


def test_what_a_turn_gains_is_what_divergence_says_in_the_records(results: Results) -> None:
    gain, said = (
        results.values(arm_name(PLAIN), what) for what in ("gain in a turn", "divergence in a turn")
    )
    assert np.corrcoef(gain, said)[0, 1] > 0.99
    assert float(said @ gain / (said @ said)) == pytest.approx(1, abs=0.05)


def test_arms_are_known_unbuilt() -> None:
    assert arm_name(PLAIN) == "none: 25 stretches, noise 0.05, friction 0"
    assert [arm.weight for arm in LEARNED[:2]] == [1.0, 2.0]
    assert RivalArm(rival=KEEPING).model == {"kind": "untrained field", "name": KEEPING}
    assert LEARNED[0].model == {"name": "PhaseField", "law": "none", "width": 64}
    with pytest.raises(ValueError, match="rival must be"):
        RivalArm(rival="guess")
    assert len(RIVALS) == 4


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn(results: Results) -> None:
    net = PhaseField(ENERGY, (0,), width=8)
    learn(RateTask(net, SHORT, BASE))
    path = measures.followed(net.double(), measures.starts(1), measures.FINE, 10.0)
    drawn = figures.draw_paths({ENERGY: path}, 0.05)
    assert [len(ax.lines) for ax in drawn.axes] == [6]
    true = torch.from_numpy(drawn.axes[0].lines[1].get_xydata())
    energies = pendulum_energy(true)
    assert (energies - energies[0]).abs().max() < 1e-5
    assert (true[100:] - true[0]).norm(dim=1).min() < 0.05  # a whole turn is drawn

    courses = figures.draw_courses(results)
    assert [len(ax.lines) for ax in courses.axes] == [3, 4]
    plain, _, kept = (np.asarray(line.get_ydata(), dtype=float) for line in courses.axes[0].lines)
    assert plain[-1] > 10 * plain[1]  # without a law it grows
    assert kept[-1] < 2 * kept[1]

    turns = figures.draw_turns(results)
    assert [len(ax.lines) for ax in turns.axes] == [5, 5]
    steps = figures.draw_steps(results)
    assert [len(ax.containers) for ax in steps.axes] == [15, 8]
    data = figures.draw_data(results)
    assert [len(ax.containers) for ax in data.axes] == [6, 6, 6, 6]
    assert [tick.get_text() for tick in data.axes[2].get_xticklabels()] == ["0", "0.05", "0.2"]
    assert [tick.get_text() for tick in data.axes[3].get_xticklabels()] == ["5", "25", "100"]
