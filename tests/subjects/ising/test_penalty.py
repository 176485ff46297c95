"""Fits with a penalty on the couplings, which every sample has."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from pdenet.runs.results import Results
from pdenet.subjects.ising import fits, system
from pdenet.subjects.ising.arms import PenalisedArm
from pdenet.subjects.ising.claims import CLAIMS
from pdenet.subjects.ising.experiment import ISING
from pdenet.subjects.ising.measures import measured_penalised
from pdenet.subjects.ising.sample import Sample, draw
from pdenet.subjects.ising.system import glass, of_pairs, pairs_of


def test_a_penalised_fit_is_where_another_program_finds_it() -> None:
    sample, variance = draw(glass(5, 2.0, 0), 50, 0), 0.3

    def value(entries: np.ndarray) -> float:
        there = float(fits.loss(of_pairs(torch.as_tensor(entries)), sample))
        return there + float(entries @ entries) / (2 * 50 * variance)

    theirs = minimize(value, np.zeros(10), method="BFGS", options={"gtol": 1e-7})
    assert np.abs(theirs.x - pairs_of(fits.fit_penalised(sample, variance)).numpy()).max() < 1e-4


def test_two_spins_that_were_always_equal_have_a_penalised_coupling() -> None:
    """Where the slope of the penalty, J / (M v), is what tanh J lacks to 1."""
    found = float(fits.fit_penalised(Sample(torch.tensor([20, 0])), 0.5)[0, 1])
    assert found / (20 * 0.5) == pytest.approx(1 - np.tanh(found), abs=1e-10)


def test_a_wide_penalty_is_the_likelihood_and_a_narrow_one_says_zero() -> None:
    sample = draw(glass(5, 1.0, 0), 1000, 0)
    assert (fits.fit_penalised(sample, 1e9) - fits.fit(sample)).abs().max() < 1e-8
    assert fits.fit_penalised(sample, 1e-9).abs().max() < 1e-5


@pytest.mark.parametrize("variance", [0.0, -1.0, float("nan")])
def test_a_variance_is_positive(variance: float) -> None:
    with pytest.raises(ValueError, match="variance must be"):
        fits.fit_penalised(Sample(torch.tensor([3, 1])), variance)


def test_what_is_measured_is_off_by_hand() -> None:
    found = measured_penalised(6, 2.0, 300, 4)
    couplings = glass(6, 2.0, 4)
    guess = fits.fit_penalised(draw(couplings, 300, 4), 4 / 6)
    assert found["off, 1"] == pytest.approx(float((guess - couplings).norm() / couplings.norm()))
    assert found["excess, 1"] == pytest.approx(600 * system.divergence(couplings, guess))
    assert {"off, 0.25", "off, 4", "exists"} < found.keys()


def test_an_arm_is_not_taken_for_the_glass_without_penalty() -> None:
    arm = PenalisedArm(beta=2.0)
    names = [one.name for one in ISING.arms("full")]
    assert arm.name == "10 spins, beta 2, penalised"
    assert len({*names}) == len(names)
    assert (
        arm.measure(0)["exists"] == ISING.results().records("10 spins, beta 2")[0].measured["exists at 1000"]
    )


def test_claims_of_the_penalty_wait_for_its_records() -> None:
    nothing = Results(ISING.arms("full"), [])
    found = [claim.measure(nothing) for claim in CLAIMS if claim.id in ("IS13", "IS14") and claim.measure]
    assert found == [None, None]
