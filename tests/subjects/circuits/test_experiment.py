"""What is measured of circuits drawn at random, with and without shots; records, claims, figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from pdenet.runs.arm import Context
from pdenet.runs.claims import Verdict
from pdenet.runs.results import Results
from pdenet.subjects.circuits import figures
from pdenet.subjects.circuits.arms import PLATEAU, RULES, PlateauArm, RuleArm
from pdenet.subjects.circuits.experiment import CIRCUITS
from pdenet.subjects.circuits.hydrogen import hydrogen
from pdenet.subjects.circuits.measures import (
    QUBITS,
    SHIFTS,
    STEPS,
    along,
    errors,
    example,
    halvings,
    kept_states,
    noise,
    predicted_deviations,
    reverse_price,
    search,
    slope_variance,
)
from pdenet.subjects.circuits.plateau import MOVES, SLOPES, slope_variance_of_all
from pdenet.subjects.circuits.rivals import Lowest, gradient_errors
from pdenet.subjects.circuits.shifts import reverse_gradient
from pdenet.subjects.circuits.shots import measured_mean, slope_deviation

pytestmark = pytest.mark.usefixtures("book_style")


def test_shots_scatter_as_coins_do() -> None:
    mean = torch.tensor([0.6, -0.2, 1.0], dtype=torch.float64)
    found = measured_mean(mean, 400, 4000, torch.Generator().manual_seed(0))
    assert found.shape == (4000, 3)
    spread = ((1 - mean**2) / 400).sqrt()
    assert ((found.mean(0) - mean).abs() <= 4 * spread / math.sqrt(4000)).all()
    assert torch.allclose(found.std(0), spread, rtol=0.05)
    assert set((found * 400).round().flatten().int().tolist()) <= set(range(-400, 401, 2))


@pytest.mark.parametrize(("shots", "runs"), [(0, 1), (1, 0)])
def test_no_shots_are_refused(shots: int, runs: int) -> None:
    with pytest.raises(ValueError, match=r"shots|runs"):
        measured_mean(torch.zeros(1), shots, runs, torch.Generator())


def test_a_mean_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="has a mean between them; got"):
        measured_mean(torch.tensor([1.5]), 10, 1, torch.Generator())


def test_slopes_scatter_as_predicted() -> None:
    assert slope_deviation(0, 0, 1000, 2) == pytest.approx(math.sqrt(2 / 1000) / 2)
    for shift in (math.pi / 2, 0.1):
        (predicted,) = predicted_deviations(5, [shift])
        assert noise(5, shift).deviation == pytest.approx(predicted, rel=0.06)


def test_the_rule_is_right_in_the_mean_and_the_quotient_is_not() -> None:
    seen = noise(7, math.pi / 2)
    assert abs(seen.mean - seen.slope) < 4 * seen.deviation / math.sqrt(2000)
    assert seen.difference / seen.mean == pytest.approx(2 / math.pi)


def test_one_angle_moves() -> None:
    one = example(0, 2, 2)
    there = one.angles.clone()
    there[3] += 0.4
    assert along(one, 3, torch.tensor([0.0, 0.4], dtype=torch.float64))[1].item() == pytest.approx(
        one.energy(there[None]).item(), abs=1e-14
    )


@pytest.mark.parametrize(("qubits", "wire"), [(2, 0), (3, 0), (3, 2)])
def test_the_variance_of_all_circuits_is_that_of_many(qubits: int, wire: int) -> None:
    """Of 1000 circuits with their own angles, to four standard errors."""
    slopes = []
    for seed in range(1000):
        one = example(seed, qubits, 3)
        at = along(one, qubits + wire, torch.tensor([math.pi / 2, -math.pi / 2]))
        slopes.append(float(at[0] - at[1]) / 2)
    squares = np.square(slopes)
    error = squares.std() / math.sqrt(len(squares))
    assert abs(squares.mean() - slope_variance_of_all(qubits, 3, wire)) < 4 * error


def test_an_angle_outside_the_light_cone_has_no_slope() -> None:
    """Each layer of controlled signs carries a word one qubit further; the last one commutes with Z Z."""
    assert [slope_variance_of_all(4, layers, 3) > 0 for layers in (2, 3, 4)] == [False, False, True]


def test_a_chain_has_no_angle_of_a_qubit_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="wire"):
        slope_variance_of_all(4, 4, 4)


def test_the_steepest_angle_is_one_of_all() -> None:
    one = example(3)
    steepest = int(reverse_gradient(one.energy, one.angles).abs().argmax())
    assert predicted_deviations(3, [0.1]) == predicted_deviations(3, [0.1], steepest)
    assert predicted_deviations(3, [0.1]) != predicted_deviations(3, [0.1], (steepest + 1) % 16)


def test_the_chain_keeps_its_weight() -> None:
    """A rotation is unitary: squared coefficients of a word add up to one; slopes lose what commutes."""
    assert np.allclose(MOVES.sum(1), 1)
    assert np.allclose(SLOPES.sum(1), [0, 2 / 3, 2 / 3, 2 / 3])


def test_deep_circuits_halve_with_each_qubit() -> None:
    """Four times less with two more: what a random state's expectations do."""
    deep = [slope_variance_of_all(qubits, 40 * qubits) for qubits in (4, 6, 8)]
    assert deep[0] / deep[1] == pytest.approx(4, rel=0.02)
    assert deep[1] / deep[2] == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize(("qubits", "layers"), [(1, 4), (11, 4), (4, 1)])
def test_a_chain_that_is_too_small_or_large_is_refused(qubits: int, layers: int) -> None:
    with pytest.raises(ValueError, match=r"qubits|layers"):
        slope_variance_of_all(qubits, layers)


def test_halvings_are_counted() -> None:
    assert halvings([1, 0.25, 0.0625], (2, 4, 6)) == pytest.approx(1)
    assert slope_variance(2, 1) > 0


def test_backpropagation_keeps_more_than_one_state() -> None:
    kept, one = kept_states(example(0))
    assert one == 16
    assert kept > 16 * one


def test_a_price_needs_a_run() -> None:
    assert reverse_price(example(0, 2, 2), 1) > 0
    with pytest.raises(ValueError, match="repeats"):
        reverse_price(example(0, 2, 2), 0)


def test_ways_of_the_same_price_are_told_apart() -> None:
    found = gradient_errors(0, 2, 3)
    assert found["no gradient at all"] == 1
    assert found["the same without scatter"] < found["all at once, one shot each"]
    assert found["each angle shifted"] < 0.2 < found["all at once, as many circuits"]


def test_an_arm_records_what_it_measures() -> None:
    arms = RuleArm(qubits=2, layers=3, most=1), PlateauArm(qubits=(2, 3), most=1)
    (rules,), (plateau,) = (arm.run((1,), Context(images=None)) for arm in arms)
    shifted, differences = errors(example(1, 2, 3))
    assert rules.measured["shift error"] == shifted < 1e-14
    assert rules.measured["differences"] == differences
    assert len(differences) == len(STEPS)
    assert {f"deviation at {shift:.3g}" for shift in SHIFTS} <= set(rules.measured)
    assert plateau.measured["variance at 3"] == slope_variance(3, 1)
    assert plateau.measured["halvings"] == pytest.approx(
        math.log2(plateau.measured["variance at 2"] / plateau.measured["variance at 3"])
    )


def test_the_records_are_twenty_and_a_seed_says_the_same_again() -> None:
    results = CIRCUITS.results()
    assert [len(results.seeds(arm.name)) for arm in (RULES, PLATEAU)] == [20, 20]
    seen = noise(3, 0.5)
    assert results.values(RULES.name, "deviation at 0.5")[3] == pytest.approx(seen.deviation, rel=1e-6)
    assert results.values(PLATEAU.name, "variance at 2")[4] == pytest.approx(slope_variance(2, 4), rel=1e-6)


def test_the_records_have_the_variance_of_all_circuits() -> None:
    results = CIRCUITS.results()
    for qubits in QUBITS:
        found = results.interval(PLATEAU.name, f"variance at {qubits}")
        assert found is not None
        error = (found.high - found.low) / 4
        assert abs(found.estimate - slope_variance_of_all(qubits, 4 * qubits)) < 3 * error


def test_all_claims_hold_on_the_record() -> None:
    assert {judged.verdict for judged in CIRCUITS.judged().values()} == {Verdict.HOLDS}
    assert CIRCUITS.judged(CIRCUITS.results()).keys() == {f"QC{n}" for n in range(1, 6)}


def test_claims_without_runs_are_left_out() -> None:
    assert CIRCUITS.judged(Results([], [])) == {}


def test_the_steepest_slope_is_measured() -> None:
    one = example(2)
    true = reverse_gradient(one.energy, one.angles)
    assert abs(noise(2, 0.5).slope) == true.abs().max()


def test_figures_are_drawn() -> None:
    results, molecule = CIRCUITS.results(), hydrogen()
    assert [ax.get_title() for ax in figures.draw_curves().axes] == ["a rotation", "a controlled rotation"]
    assert figures.draw_errors(results).axes[0].get_xscale() == "log"
    assert len(figures.draw_shots(results).axes) == 2
    found = search(molecule.observable())
    (whole, _) = figures.draw_search(found, molecule, Lowest(0.0, molecule.ground())).axes
    assert whole.lines[0].get_ydata()[0] == found.energies[0]  # type: ignore[index]
    near, far = figures.draw_plateau(results).axes
    assert far.lines[0].get_ydata()[-1] < near.lines[0].get_ydata()[-1] / 1e4  # type: ignore[index,operator]
    assert [line.get_label() for line in near.lines[:3]] == [f"all, layers: {n} a qubit" for n in (1, 4, 16)]
