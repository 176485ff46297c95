"""Spins and couplings by enumeration: what must hold exactly, closed forms, and what is refused."""

from __future__ import annotations

import itertools
import math

import pytest
import torch

from pdenet.subjects.ising import system
from pdenet.subjects.ising.fits import loss, mean_energy
from pdenet.subjects.ising.sample import Sample, draw, sample_of
from pdenet.subjects.ising.system import glass, half, of_pairs, pairs_of


def everything(n: int) -> torch.Tensor:
    """All states, written down one by one."""
    return torch.tensor([*itertools.product((1.0, -1.0), repeat=n)], dtype=torch.float64)


def test_half_the_states_are_those_whose_first_spin_is_up() -> None:
    found = half(4)
    assert torch.equal(found, everything(4)[:8])
    assert (found[:, 0] == 1).all()


@pytest.mark.parametrize("n", [2, 3, 7])
def test_sums_over_half_the_states_are_those_over_all(n: int) -> None:
    couplings, states = glass(n, 1.3, 5), everything(n)
    energy = -torch.stack(
        [sum(couplings[i, j] * s[i] * s[j] for i in range(n) for j in range(i + 1, n)) for s in states]
    )
    assert torch.allclose(system.energies(couplings, states), energy, atol=1e-14, rtol=0)
    assert torch.allclose(energy, energy.flip(0), atol=1e-14, rtol=0)  # E(s) = E(-s)
    weight = (-energy).exp()
    assert float(system.log_partition(couplings)) == pytest.approx(float(weight.sum().log()), abs=1e-13)
    chance = weight / weight.sum()
    assert torch.allclose(system.chances(couplings), 2 * chance[: 2 ** (n - 1)], atol=1e-15, rtol=0)
    assert float(system.chances(couplings).sum()) == pytest.approx(1, abs=1e-14)
    assert torch.allclose(
        system.moments(couplings), torch.einsum("s,si,sj->ij", chance, states, states), atol=1e-14, rtol=0
    )
    there = system.products(states)
    mean = chance @ there
    covariance = there.mT @ (chance[:, None] * there) - mean[:, None] * mean
    assert torch.allclose(system.fisher(couplings), covariance, atol=1e-14, rtol=0)


def test_the_information_is_summed_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    couplings = glass(7, 1.0, 0)
    whole = system.fisher(couplings)
    monkeypatch.setattr(system, "_BLOCK", 10)
    assert torch.allclose(system.fisher(couplings), whole, atol=1e-14, rtol=0)


def test_without_couplings_nothing_is_known_and_information_is_one() -> None:
    none = torch.zeros(5, 5, dtype=torch.float64)
    assert float(system.log_partition(none)) == pytest.approx(5 * math.log(2), abs=1e-14)
    assert torch.equal(system.fisher(none), torch.eye(10, dtype=torch.float64))
    assert torch.equal(system.moments(none), torch.eye(5, dtype=torch.float64))


def test_two_spins_by_hand() -> None:
    couplings = of_pairs(torch.tensor([0.7], dtype=torch.float64))
    assert float(system.moments(couplings)[0, 1]) == pytest.approx(math.tanh(0.7), abs=1e-15)
    assert float(system.fisher(couplings)) == pytest.approx(1 - math.tanh(0.7) ** 2, abs=1e-15)


def test_pairs_there_and_back() -> None:
    couplings = glass(6, 1.0, 1)
    assert torch.equal(of_pairs(pairs_of(couplings)), couplings)
    assert float(pairs_of(couplings)[1]) == float(couplings[0, 2])


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_the_gradient_is_the_mismatch_of_moments_and_the_hessian_the_information(beta: float) -> None:
    couplings = glass(8, beta, 3)
    sample = draw(glass(8, beta, 4), 500, 0)
    entries = pairs_of(couplings).requires_grad_()
    (gradient,) = torch.autograd.grad(loss(of_pairs(entries), sample), entries)
    mismatch = pairs_of(system.moments(couplings)) - sample.pairs
    assert (gradient - mismatch).abs().max() < 1e-12
    hessian = torch.autograd.functional.hessian(lambda v: loss(of_pairs(v), sample), pairs_of(couplings))
    assert (hessian - system.fisher(couplings)).abs().max() < 1e-10
    assert torch.linalg.eigvalsh(system.fisher(couplings))[0] > 0


def test_the_mean_energy_has_no_curvature() -> None:
    sample = draw(glass(5, 1.0, 0), 100, 0)
    hessian = torch.autograd.functional.hessian(
        lambda v: mean_energy(of_pairs(v), sample) + 0 * v.square().sum(), pairs_of(glass(5, 1.0, 1))
    )
    assert not hessian.any()


def test_a_gauge_leaves_the_loss_alone() -> None:
    """J_ij -> e_i e_j J_ij and s_i -> e_i s_i: the loss, the divergence and the valleys are the same."""
    couplings, signs = glass(6, 1.5, 2), torch.tensor([1.0, -1, -1, 1, -1, 1], dtype=torch.float64)
    turned = couplings * signs[:, None] * signs
    sample = draw(couplings, 300, 1)
    states = sample.seen.repeat_interleave(sample.counts[sample.counts > 0], 0)
    other = sample_of(states * signs)
    assert float(loss(turned, other)) == pytest.approx(float(loss(couplings, sample)), abs=1e-13)
    assert system.valleys(turned) == system.valleys(couplings)
    zero = torch.zeros_like(couplings)
    assert system.divergence(turned, zero) == pytest.approx(system.divergence(couplings, zero), abs=1e-13)


def test_the_divergence_is_zero_where_two_agree_and_positive_elsewhere() -> None:
    couplings = glass(6, 1.0, 0)
    assert system.divergence(couplings, couplings) == 0
    assert all(system.divergence(couplings, glass(6, 1.0, seed)) > 1e-3 for seed in range(1, 5))
    # Near by it is half of the information's square.
    step = 1e-4 * torch.ones(15, dtype=torch.float64)
    half_square = float(step @ system.fisher(couplings) @ step) / 2
    near = of_pairs(pairs_of(couplings) + step)
    assert system.divergence(couplings, near) == pytest.approx(half_square, rel=1e-2)


def test_the_ground_state_is_least_and_lies_in_a_valley() -> None:
    couplings = glass(7, 1.0, 4)
    state = system.ground_state(couplings)
    assert float(system.energies(couplings, state[None])) == float(
        system.energies(couplings, everything(7)).min()
    )
    ferromagnet = torch.ones(5, 5, dtype=torch.float64).fill_diagonal_(0)
    assert torch.equal(system.ground_state(ferromagnet), torch.ones(5, dtype=torch.float64))
    assert system.valleys(ferromagnet) == 1


def test_a_glass_has_the_variance_that_is_said_and_one_draw_at_all_temperatures() -> None:
    drawn = torch.cat([pairs_of(glass(20, 2.0, seed)) for seed in range(20)])
    assert float(drawn.var()) == pytest.approx(4 / 20, rel=0.1)
    assert torch.allclose(glass(9, 3.0, 7), 3 * glass(9, 1.0, 7))
    assert not torch.equal(glass(9, 1.0, 7), glass(9, 1.0, 8))


def test_draws_follow_the_probabilities() -> None:
    couplings = glass(5, 1.0, 0)
    sample = draw(couplings, 200_000, 0)
    assert sample.size == 200_000
    spread = (system.chances(couplings) / sample.size).sqrt()
    assert ((sample.shares - system.chances(couplings)) / spread).abs().max() < 4
    assert torch.equal(draw(couplings, 200_000, 0).counts, sample.counts)
    assert not torch.equal(draw(couplings, 200_000, 1).counts, sample.counts)


def test_a_sample_is_what_its_states_are_up_to_a_flip() -> None:
    states = torch.tensor([[1, 1, -1], [-1, -1, 1], [1, -1, 1], [1, 1, 1]])
    sample = sample_of(states)
    assert (sample.n, sample.size) == (3, 4)
    assert sample.counts.tolist() == [1, 2, 1, 0]
    exact = (states.double().mT @ states.double()) / 4
    assert torch.equal(sample.moments, exact)
    assert sample.commonest.tolist() == [1, 1, -1]
    assert torch.equal(sample.seen, half(3)[:3])


def test_too_many_spins_are_refused() -> None:
    with pytest.raises(ValueError, match=r"an exact sum over 21 spins has 2\^21 states"):
        half(21)
    with pytest.raises(ValueError, match=r"2\^30"):
        sample_of(torch.ones(2, 30))
    with pytest.raises(ValueError, match=r"2\^25"):
        system.couplings_of(torch.zeros(25, 25))
    with pytest.raises(ValueError, match="spins must be a whole number, at least 2"):
        half(1)


@pytest.mark.parametrize("kind", [torch.int64, torch.float64, torch.bool])
def test_zeros_and_ones_are_no_spins(kind: torch.dtype) -> None:
    with pytest.raises(ValueError, match=r"spins are -1 or 1; got .*look like 0 and 1: take 2 s - 1"):
        sample_of(torch.tensor([[0, 1, 1], [1, 0, 1]]).to(kind))


def test_other_spins_are_refused() -> None:
    with pytest.raises(ValueError, match=r"spins are -1 or 1; got \[-1, 1, 2\]$"):
        sample_of([[1, 2, -1]])
    with pytest.raises(ValueError, match=r"spins are -1 or 1"):
        sample_of([[1.0, math.nan]])
    with pytest.raises(ValueError, match=r"states are \(M, N\)"):
        sample_of([1, -1, 1])
    with pytest.raises(ValueError, match=r"at least one; got \(0, 4\)"):
        sample_of(torch.ones(0, 4))


def test_bad_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="got 3 of them"):
        Sample(torch.tensor([1, 2, 3]))
    for counts in ([0, 0], [-1, 3]):
        with pytest.raises(ValueError, match="of one state at least"):
            Sample(torch.tensor(counts))
    with pytest.raises(ValueError, match="size must be a whole number, at least 1"):
        draw(glass(3, 1.0, 0), 0, 0)


def test_couplings_that_are_none_are_refused() -> None:
    good = glass(3, 1.0, 0)
    assert torch.equal(system.couplings_of(good.tolist()), good)
    lopsided = good.clone()
    lopsided[0, 1] += 0.5
    with pytest.raises(ValueError, match=r"symmetric, J_ij = J_ji; they differ by up to 0.5: take"):
        system.couplings_of(lopsided)
    with pytest.raises(ValueError, match=r"the diagonal must be zero; got \[1.0, 1.0, 1.0\]"):
        system.couplings_of(good + torch.eye(3))
    with pytest.raises(ValueError, match=r"a square \(N, N\); got \(2, 3\)"):
        system.couplings_of(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="NaN or infinity"):
        system.couplings_of([[0, math.inf], [math.inf, 0]])
    for use in (system.log_partition, system.fisher, system.ground_state, system.valleys):
        with pytest.raises(ValueError, match="symmetric"):
            use(lopsided)
    with pytest.raises(ValueError, match="the diagonal must be zero"):
        draw(good + torch.eye(3), 10, 0)
    with pytest.raises(ValueError, match="of 3 spins and of 4 have no divergence"):
        system.divergence(good, glass(4, 1.0, 0))
    with pytest.raises(ValueError, match="the states have 3 spins, the couplings are of 4"):
        loss(glass(4, 1.0, 0), draw(good, 10, 0))
    with pytest.raises(ValueError, match="beta must be"):
        glass(3, -1.0, 0)
