"""Fits of couplings: closed forms, other programs, and samples that have no fit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import linprog, minimize

from pdenet.ops.diverged import NotConverged
from pdenet.subjects.ising import fits, rivals, system
from pdenet.subjects.ising.existence import check_exists, likelihood_escape, pseudo_escape, tied
from pdenet.subjects.ising.sample import Sample, draw, sample_of
from pdenet.subjects.ising.system import glass, half, of_pairs, pairs_of


def counts(*numbers: int) -> Sample:
    """A sample from its counts."""
    return Sample(torch.tensor(numbers))


def test_two_spins_in_closed_form() -> None:
    sample = counts(70, 30)
    found = fits.fit(sample)
    assert float(found[0, 1]) == pytest.approx(float(np.arctanh(0.4)), abs=1e-12)
    # One coupling is known as well from one spin as from both: pseudolikelihood is the likelihood.
    assert float(rivals.fit_pseudo(sample)[0, 1]) == pytest.approx(float(found[0, 1]), abs=1e-11)


def test_three_spins_in_closed_form() -> None:
    """Three couplings and a constant are as many as the four states up to a flip: every share is met."""
    shares = torch.tensor([5.0, 1, 2, 4], dtype=torch.float64)
    found = fits.fit(Sample(shares))
    assert torch.allclose(system.chances(found), shares / 12, atol=1e-11, rtol=0)


@pytest.mark.parametrize(("beta", "size"), [(0.5, 1000), (1.0, 10_000), (2.0, 100_000)])
def test_the_minimum_is_where_other_programs_find_it(beta: float, size: int) -> None:
    sample = draw(glass(6, beta, 2), size, 2)
    found = fits.fit(sample)
    assert (pairs_of(system.moments(found)) - sample.pairs).abs().max() < 1e-10

    def value(entries: np.ndarray) -> tuple[float, np.ndarray]:
        couplings = of_pairs(torch.as_tensor(entries))
        slopes = pairs_of(system.moments(couplings)) - sample.pairs
        return float(fits.loss(couplings, sample)), slopes.numpy()

    theirs = minimize(value, np.zeros(15), jac=True, method="BFGS", options={"gtol": 1e-9})
    assert np.abs(theirs.x - pairs_of(found).numpy()).max() < 1e-5

    entries = torch.zeros(15, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS(
        [entries],
        max_iter=2000,
        history_size=45,
        tolerance_grad=1e-10,
        tolerance_change=1e-16,
        line_search_fn="strong_wolfe",
    )

    def closure() -> torch.Tensor:
        search.zero_grad()
        now = fits.loss(of_pairs(entries), sample)
        now.backward()
        return now

    search.step(closure)
    assert (entries.detach() - pairs_of(found)).abs().max() < 1e-6


def test_the_minimum_is_found_where_it_is_cold() -> None:
    """Full steps of Newton's method freeze all states here, and the curvature with them."""
    for seed in range(1000, 1006):
        sample = draw(glass(10, 2.0, seed), 100_000, seed)
        found = fits.fit(sample)
        assert (pairs_of(system.moments(found)) - sample.pairs).abs().max() < 1e-10
        assert torch.linalg.eigvalsh(system.fisher(found))[0] > 1e-6


def test_with_the_model_s_own_moments_every_consistent_fit_is_the_truth() -> None:
    """Counts in proportion to the probabilities stand for infinitely many states."""
    couplings = glass(5, 1.0, 0)
    endless = Sample(system.chances(couplings) * 1e6)
    assert (fits.fit(endless) - couplings).abs().max() < 1e-6
    assert (rivals.fit_pseudo(endless) - couplings).abs().max() < 1e-6
    assert float(pairs_of(rivals.mean_field(endless.moments) - couplings).norm()) == pytest.approx(
        rivals.mean_field_miss(couplings), rel=1e-5
    )
    assert rivals.mean_field_miss(couplings) > 0.05


def test_descent_on_the_energy_alone_goes_straight_on() -> None:
    sample = draw(glass(10, 1.0, 0), 1000, 0)
    path = fits.descend(fits.mean_energy, sample, 100, 0.1)
    steps = torch.arange(101, dtype=torch.float64)
    assert torch.allclose(path.norm(dim=1), steps * 0.1 * sample.pairs.norm(), atol=1e-11, rtol=0)
    assert torch.allclose(path[-1], 10 * sample.pairs, atol=1e-12, rtol=0)
    losses = [float(fits.loss(of_pairs(place), sample)) for place in path]
    assert min(losses) < losses[0] < losses[-1]


def test_descent_on_the_loss_arrives() -> None:
    sample = draw(glass(5, 0.5, 0), 1000, 0)
    path = fits.descend(fits.loss, sample, 400, 0.5)
    assert (path[-1] - pairs_of(fits.fit(sample))).abs().max() < 1e-9
    losses = [float(fits.loss(of_pairs(place), sample)) for place in path]
    assert all(after <= before + 1e-14 for before, after in itertools.pairwise(losses))


def test_adam_arrives_where_it_is_warm_and_is_watched() -> None:
    sample = draw(glass(5, 0.5, 0), 1000, 0)
    seen: list[torch.Tensor] = []
    found = fits.adam(sample, 300, watch=seen.append)
    assert (found - fits.fit(sample)).abs().max() < 1e-4
    assert len(seen) == 301
    assert not seen[0].any()
    assert torch.equal(seen[-1], found)


def test_a_search_that_is_cut_short_says_what_is_left() -> None:
    sample = draw(glass(4, 1.0, 0), 100, 0)

    def slopes(entries: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        couplings = of_pairs(entries)
        return pairs_of(system.moments(couplings)) - sample.pairs, system.fisher(couplings)

    with pytest.raises(NotConverged, match=r"the gradient is still \d\.\de[-+]\d\d, above 1e-11"):
        fits.newton(lambda entries: fits.loss(of_pairs(entries), sample), slopes, 6, rounds=2)


def test_spins_that_are_always_equal_or_opposite_are_named() -> None:
    states = half(4)
    same = sample_of(states[states[:, 1] == states[:, 3]])
    assert tied(same) == [(1, 3)]
    with pytest.raises(NotConverged, match=r"does not exist: spins 1 and 3 are always equal"):
        fits.fit(same)
    with pytest.raises(NotConverged, match=r"spins 0 and 2 are always opposite"):
        fits.fit(sample_of(states[states[:, 0] == -states[:, 2]]))
    with pytest.raises(NotConverged, match="pseudolikelihood estimate does not exist"):
        rivals.fit_pseudo(same)
    with pytest.raises(NotConverged, match="correlations with an inverse"):
        rivals.mean_field(same.moments)


def test_a_state_of_three_that_is_never_seen_leaves_no_fit_though_no_two_are_tied() -> None:
    missing = counts(0, 3, 4, 5)
    assert tied(missing) == []
    with pytest.raises(NotConverged, match=r"no state seen is among 1 of 4 .* rules out as it grows"):
        check_exists(missing)
    # The loss falls without end: it comes near a bound and never has it.
    escape = likelihood_escape(missing)
    assert escape is not None
    losses = [
        float(fits.loss(of_pairs(t * escape + torch.tensor([0.1, 0.2, 0.3])), missing)) for t in (1, 2, 4, 8)
    ]
    assert all(after < before for before, after in itertools.pairwise(losses))
    assert likelihood_escape(counts(1, 3, 4, 5)) is None


def by_shares(sample: Sample) -> bool:
    """Whether the data's moments are a mean of all states, each with a share: then there is a maximum."""
    there = system.products(half(sample.n)).numpy()
    # The largest least share; in units of one state seen, so that it is no rounding.
    rows = np.vstack([there.T, np.ones(len(there))])
    right = np.append(sample.pairs.numpy(), 1) * sample.size
    found = linprog(
        np.append(np.zeros(len(there)), -1),
        A_ub=np.hstack([-np.eye(len(there)), np.ones((len(there), 1))]),
        b_ub=np.zeros(len(there)),
        A_eq=np.hstack([rows, np.zeros((len(rows), 1))]),
        b_eq=right,
        bounds=[*[(0, None)] * len(there), (0, None)],
        method="highs",
    )
    return bool(found.status == 0 and -found.fun > 1e-6)


def test_whether_there_is_a_fit_is_what_another_program_finds_from_the_moments() -> None:
    answers = []
    for seed in range(40):
        sample = draw(glass(5, 1.0, seed), 40, seed)
        exists = likelihood_escape(sample) is None
        assert exists == by_shares(sample), seed
        answers.append(exists)
        if not exists:  # what raises the likelihood without end raises the pseudolikelihood
            assert pseudo_escape(sample) is not None
    assert 5 < sum(answers) < 35


def test_an_escape_raises_what_it_must() -> None:
    found = 0
    for seed in range(30):
        sample = draw(glass(5, 1.0, seed), 40, seed)
        escape, pushed = likelihood_escape(sample), pseudo_escape(sample)
        start = pairs_of(glass(5, 0.5, seed))
        if escape is not None:
            losses = [float(fits.loss(of_pairs(start + t * escape), sample)) for t in (0, 1, 2, 4)]
            assert all(after < before for before, after in itertools.pairwise(losses))
        if pushed is not None:
            losses = [
                float(rivals.pseudo_loss(of_pairs(start + t * pushed), sample.seen, sample.weights))
                for t in (0, 1, 2, 4)
            ]
            assert all(after < before for before, after in itertools.pairwise(losses))
            found += 1
        else:
            rivals.fit_pseudo(sample)
    assert 5 < found < 30


def test_pseudolikelihood_has_the_slopes_and_the_curvature_that_autograd_finds() -> None:
    sample, couplings = draw(glass(6, 1.0, 1), 200, 1), glass(6, 0.7, 3)

    def value(entries: torch.Tensor) -> torch.Tensor:
        return rivals.pseudo_loss(of_pairs(entries), sample.seen, sample.weights)

    entries = pairs_of(couplings).requires_grad_()
    (gradient,) = torch.autograd.grad(value(entries), entries)
    scores = rivals.pseudo_scores(couplings, sample.seen)
    assert (gradient + sample.weights @ scores).abs().max() < 1e-12
    hessian = torch.autograd.functional.hessian(value, pairs_of(couplings))
    assert (hessian - rivals.pseudo_curvature(couplings, sample.seen, sample.weights)).abs().max() < 1e-12


def test_the_sandwich_is_never_below_the_limit_of_cramer_and_rao() -> None:
    for beta in (0.3, 1.0, 2.0):
        couplings = glass(6, beta, 0)
        more = rivals.pseudo_covariance(couplings) - torch.linalg.inv(system.fisher(couplings))
        assert torch.linalg.eigvalsh((more + more.mT) / 2)[0] > -1e-9
        assert float(more.trace()) > 0
    alone = of_pairs(torch.tensor([0.6], dtype=torch.float64))
    assert float(rivals.pseudo_covariance(alone)) == pytest.approx(1 / float(system.fisher(alone)), rel=1e-12)


def test_each_spin_s_regression_is_that_of_a_library() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    sample = draw(glass(5, 1.0, 0), 500, 0)
    states, weights = sample.seen.numpy(), sample.counts[sample.counts > 0].numpy()
    for spin in range(5):
        others = [other for other in range(5) if other != spin]
        model = linear_model.LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, max_iter=1000)
        both, twice = np.vstack([states, -states]), np.tile(weights, 2)  # a flip of all spins changes nothing
        model.fit(both[:, others], both[:, spin], sample_weight=twice)
        ours = rivals.fit_one_spin(sample, spin).numpy()
        assert np.abs(model.coef_[0] / 2 - ours).max() < 1e-5
    # Rows differ from the joint fit, and their mean is near it.
    joint = rivals.fit_pseudo(sample)
    rows = torch.zeros(5, 5, dtype=torch.float64)
    for spin in range(5):
        rows[spin, [other for other in range(5) if other != spin]] = rivals.fit_one_spin(sample, spin)
    assert (rows - rows.mT).abs().max() > 1e-3
    assert ((rows + rows.mT) / 2 - joint).abs().max() < (rows - rows.mT).abs().max()


def test_errors_are_those_that_the_limits_say() -> None:
    """400 samples of one small glass: the whole covariance, of the likelihood and of pseudolikelihood."""
    couplings, size = glass(4, 0.8, 1), 4000
    samples = [draw(couplings, size, seed) for seed in range(400)]
    for fit, covariance in (
        (fits.fit, torch.linalg.inv(system.fisher(couplings))),
        (rivals.fit_pseudo, rivals.pseudo_covariance(couplings)),
    ):
        off = torch.stack([pairs_of(fit(sample) - couplings) for sample in samples]) * size**0.5
        found = off.mT @ off / len(samples)
        scale = covariance.diagonal().sqrt()
        assert ((found - covariance) / (scale[:, None] * scale)).abs().max() < 4 * (2 / 400) ** 0.5
