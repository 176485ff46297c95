"""What is recorded of learned surfaces: arms, claims, figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from pdenet.runs.arm import Context
from pdenet.runs.results import Results
from pdenet.subjects.orbitals import figures
from pdenet.subjects.orbitals.arms import (
    ACROSS,
    AVERAGE,
    COORDINATES,
    LOCAL,
    LONGEST,
    MANY,
    MOVING,
    NETS,
    ORBITALS,
    PULLS,
    RUN,
    SOME,
    SORT,
    TURNED,
    SurfaceArm,
    arm_name,
    arms,
    longer_name,
    on_the_test,
)
from pdenet.subjects.orbitals.experiment import ORBITALS_OF_H3
from pdenet.subjects.orbitals.measures import LEAVES, WAYS, leaving_misses, miss_at, misses
from pdenet.subjects.orbitals.networks import PAIRS
from pdenet.subjects.orbitals.training import SurfaceTraining, held_out

SHORT = SurfaceTraining(train=30, steps=20, batch_size=15)


@pytest.fixture(scope="module")
def results() -> Results:
    return ORBITALS_OF_H3.results()


def arm(title: str, *also: str) -> SurfaceArm:
    return SurfaceArm(title=title, protocol=SHORT, also=also, **NETS[title])


def test_an_arm_records_what_its_networks_measure() -> None:
    own = arm(AVERAGE, ACROSS, MOVING)
    records = own.run((3, 5), Context())
    net, _ = own.learned((5,), Context())
    energies, forces = misses(net.predicted(held_out().places), held_out())
    found = records[1].measured
    assert [record.seed for record in records] == [3, 5]
    assert found["energy miss"] == pytest.approx(float(energies), rel=1e-9)
    assert found["force miss"] == pytest.approx(float(forces), rel=1e-9)
    assert found["energy at 6"] == pytest.approx(float(leaving_misses(net)["energy at 6"]), rel=1e-9)
    assert found["true stray"] > 0 < found["stray at step 40"]
    assert records[1].training["steps"] == 20


def test_energies_of_turned_molecules_tell_who_knows_it() -> None:
    knows, not_so = (on_the_test(arm(title).build(2)) for title in (AVERAGE, COORDINATES))
    for found, same in ((knows, True), (not_so, False)):
        assert torch.allclose(found["energy miss"], found["energy miss, turned"], rtol=1e-12) is same


def test_pair_forces_have_no_energy_to_record() -> None:
    (record,) = arm(PULLS, MOVING).run((0,), Context())
    assert "energy miss" not in record.measured
    assert "order" not in record.measured
    assert record.measured["force miss"] > 0
    assert record.model["kind"] == PAIRS


def test_the_comparison_differs_in_nothing_else() -> None:
    """Of one size, all networks have one training, but for what their names say."""
    for own in arms():
        assert isinstance(own, SurfaceArm)
        wanted = SurfaceTraining(train=own.protocol.train)
        if own.name.endswith("leaving"):
            wanted = SurfaceTraining(train=600, far=True)
        if "alone" in own.name:
            wanted = replace(wanted, forces=False)
        if "turned" in own.name:
            wanted = replace(wanted, turned=True)
        assert own.protocol == wanted, own.name
        assert ("l to 1" in own.name) == (own.lmax == 1)
        assert ("l = 0" in own.name) == (own.lmax == 0)
        assert ("wide" in own.name) == (own.span[0] == 0.01)
    assert len(arms()) == len(RUN) + 4


def test_the_records_are_complete(results: Results) -> None:
    for own in ORBITALS_OF_H3.arms("full"):
        assert len(results.seeds(own.name)) == (own.most or 10), own.name
        assert not any(record.diverged_at for record in results.records(own.name))
    assert bool((results.values(arm_name(PULLS, MANY), "looks") == 20).all())


def test_a_recorded_seed_says_the_same_again(results: Results) -> None:
    """The cheapest arm, trained anew beside another seed; another machine may round otherwise."""
    (own,) = (one for one in ORBITALS_OF_H3.arms("full") if one.name == arm_name(COORDINATES, 50))
    again = own.run((2, 3), Context())[0]
    recorded = results.values(own.name, "energy miss")[2]
    assert again.measured["energy miss"] == pytest.approx(recorded, rel=0.05)


def test_claims_are_ratios_of_what_is_recorded(results: Results) -> None:
    judged = ORBITALS_OF_H3.judged(results)
    assert list(judged) == [f"OR{n}" for n in range(1, 32)]

    def ratio(above: str, below: str, what: str = "energy miss") -> float:
        one, other = results.paired([above, below], what)
        return float(np.exp(np.log(one / other).mean()))

    wanted = {
        "OR1": ratio(arm_name(COORDINATES, SOME), arm_name(ORBITALS, SOME)),
        "OR2": ratio(arm_name(COORDINATES, SOME), arm_name(ORBITALS, SOME), "force miss"),
        "OR3": ratio(arm_name(TURNED, MANY), arm_name(ORBITALS, 50)),
        "OR6": ratio(arm_name(AVERAGE, SOME), arm_name(ORBITALS, SOME)),
        "OR9": ratio(arm_name(SORT, SOME), arm_name(ORBITALS, SOME)),
        "OR12": ratio(arm_name("orbitals, l = 0", MANY), arm_name("orbitals, l to 1", MANY)),
        "OR18": ratio(arm_name(PULLS, MANY), arm_name(ORBITALS, MANY), "true stray"),
        "OR22": ratio("distances, leaving", LOCAL, "energy at 9 to 12"),
        "OR23": ratio(LOCAL, "distances, leaving", "force at 5 to 8"),
        "OR25": ratio(longer_name(AVERAGE), longer_name(ORBITALS)),
        "OR26": ratio(longer_name(TURNED, MANY, LONGEST), arm_name(ORBITALS, 50)),
        "OR27": ratio(longer_name(TURNED, 50, LONGEST), arm_name(ORBITALS, 50)),
        "OR28": ratio(longer_name(COORDINATES, 50, LONGEST), longer_name(TURNED, 50, LONGEST)),
        "OR30": ratio("decays, leaving", LOCAL, "energy at 9 to 12"),
        "OR31": ratio(longer_name(AVERAGE, MANY), longer_name(ORBITALS, MANY)),
    }
    for name, value in wanted.items():
        assert judged[name].found.estimate == pytest.approx(value, rel=1e-12), name
    assert judged["OR25"].found.n == 5
    strays = np.array([results.values(arm_name(SORT, MANY), f"stray at step {s}") for s in (5, 10, 20, 40)])
    slopes = np.polyfit(np.log([5, 10, 20, 40]), np.log(strays), 1)[0]
    assert judged["OR17"].found.estimate == pytest.approx(slopes.mean(), rel=1e-9)


def test_claims_without_runs_are_left_out() -> None:
    assert ORBITALS_OF_H3.judged(Results([], [])) == {}


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn(results: Results) -> None:
    chart, ax = figures.draw_molecule().axes
    assert len(ax.lines) == 4
    assert len(chart.lines) == 1
    energies, forces = figures.draw_learning(results, (20.0, 30.0)).axes
    assert energies.get_yscale() == forces.get_yscale() == "log"
    drawn: Any = energies.containers[1][0]
    assert drawn.get_ydata()[1] == pytest.approx(
        np.exp(np.log(results.values(arm_name(ORBITALS, SOME), "energy miss")).mean())
    )
    assert [label.get_text() for label in figures.draw_features(results).axes[0].get_yticklabels()][
        -1
    ] == AVERAGE
    assert len(figures.draw_leaving(results).axes[1].lines) == 6
    left, right = figures.draw_trajectories(results).axes
    assert (len(left.lines), len(right.lines)) == (3, 20)
    plt.close("all")


def test_typical_misses_are_of_both_ways(results: Results) -> None:
    found = figures.typical_misses(results, LOCAL)
    at = LEAVES.index(6.0)
    both = np.mean([np.abs(results.values(LOCAL, miss_at(way, 6.0))) for way in WAYS], 0)
    assert found.shape == (16,)
    assert found[at] == pytest.approx(np.exp(np.log(both).mean()))
