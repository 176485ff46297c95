"""The linear autoencoder: closed form, bound, symmetries, other programs; what is measured on it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA, FactorAnalysis

from pdenet.subjects.free_field import measures, vae
from pdenet.subjects.free_field.sampled import Protocol, Vae, fit_drawn, look, told
from pdenet.subjects.free_field.system import Field, free_field, staggered, two_fields, waves
from pdenet.subjects.free_field.vae import DegenerateShellWarning, Linear, loss, optimum, train

SMALL = free_field(0.3, 4)
"""Shells of 1, 4, 6, 4, 1."""


def guess(n: int, d: int, seed: int = 0) -> Linear:
    """Weights drawn at random."""
    stream = torch.Generator().manual_seed(seed)
    w, v, delta = (torch.randn(*shape, generator=stream).double() for shape in ((n, d), (d, n), (d,)))
    return Linear(w, v, delta, torch.tensor(0.3, dtype=torch.float64))


def slopes(model: Linear, covariance: torch.Tensor) -> float:
    """The largest slope of the loss."""
    leaves = [part.clone().requires_grad_() for part in model]
    found = torch.autograd.grad(loss(Linear(*leaves), covariance), leaves)
    return max(float(slope.abs().max()) for slope in found)


@pytest.mark.parametrize("field", [free_field(), staggered(), two_fields()], ids=lambda field: field.name)
def test_the_loss_is_level_at_the_closed_form(field: Field) -> None:
    best = optimum(field.covariance, 9)
    assert slopes(best, field.covariance) < 1e-10
    assert slopes(best._replace(log_noise=best.log_noise + 0.01), field.covariance) > 1e-3
    assert slopes(best._replace(decoder=best.decoder * 1.01), field.covariance) > 1e-3


def test_the_closed_form_is_as_printed() -> None:
    best, values = optimum(SMALL.covariance, 5), SMALL.variances
    assert best.noise == pytest.approx(float(values[5:].mean()), rel=1e-12)
    gram = best.decoder.mT @ best.decoder
    assert torch.allclose(gram, torch.diag(values[:5] - best.noise), atol=1e-12)
    inside = gram + best.noise * torch.eye(5, dtype=torch.float64)
    assert torch.allclose(best.encoder, torch.linalg.solve(inside, best.decoder.mT), atol=1e-12)
    assert torch.allclose(best.log_spread.exp(), best.noise / inside.diagonal(), atol=1e-12)
    kept = waves(4)[1][:, :5]
    wiener = kept @ torch.diag(1 - best.noise / values[:5]) @ kept.mT
    assert torch.allclose(best.decoder @ best.encoder, wiener, atol=1e-12)


def test_no_other_weights_lose_less() -> None:
    best = float(loss(optimum(SMALL.covariance, 5), SMALL.covariance))
    columns, values = waves(4)[1], SMALL.variances
    for kept in ([1, 2, 3, 4, 5], [0, 1, 2, 3, 11], [0, 15, 14, 13, 12]):
        rest = torch.tensor([j for j in range(16) if j not in kept])
        noise = float(values[rest].mean())
        sizes = (values[kept] - noise).clamp(min=0).sqrt()
        other = vae.from_decoder(columns[:, kept] * sizes, noise)
        assert float(loss(other, SMALL.covariance)) > best + 1e-3
    for seed in range(5):
        assert float(loss(guess(16, 5, seed), SMALL.covariance)) > best


def test_the_bound_is_one_and_is_met() -> None:
    c = SMALL.covariance
    for seed in range(5):
        model = guess(16, 3, seed)
        assert float(loss(model, c)) > float(vae.log_likelihood_loss(model, c)) + 1e-3
    best = optimum(c, 5)
    assert float(loss(best, c)) == pytest.approx(float(vae.log_likelihood_loss(best, c)), abs=1e-11)


def test_the_loss_is_the_mean_of_the_sampled_bound() -> None:
    field, model = SMALL, optimum(SMALL.covariance, 5)._replace(log_noise=torch.tensor(0.2).double())
    network = Vae(16, 5, 0).double()
    with torch.no_grad():
        next(network.encoder.parameters()).copy_(model.encoder)
        next(network.decoder.parameters()).copy_(model.decoder)
        assert network.log_spread is not None
        network.log_spread.copy_(model.log_spread)
        network.log_noise.copy_(model.log_noise)
        stream = torch.Generator().manual_seed(0)
        values = torch.stack([network.bound(field.draw(500, stream), stream) for _ in range(200)])
    off = float(values.mean() - loss(model, field.covariance))
    assert abs(off) < 4 * float(values.std()) / 200**0.5
    assert float(values.std()) / 200**0.5 < 0.01


def test_a_rotation_of_latents_is_free_for_the_likelihood_and_not_for_the_bound() -> None:
    c, best = SMALL.covariance, optimum(SMALL.covariance, 5)

    def rotated(one: int, other: int) -> Linear:
        turn = torch.eye(5, dtype=torch.float64)
        turn[[one, one, other, other], [one, other, one, other]] = torch.tensor(
            [0.8, 0.6, -0.6, 0.8]
        ).double()
        w = best.decoder @ turn
        sizes = w.square().sum(0) + best.noise
        posterior = torch.linalg.solve(w.mT @ w + best.noise * torch.eye(5, dtype=torch.float64), w.mT)
        return Linear(w, posterior, (best.noise / sizes).log(), best.log_noise)

    least = float(loss(best, c))
    across, within = rotated(0, 1), rotated(1, 2)
    assert float(vae.log_likelihood_loss(across, c)) == pytest.approx(least, abs=1e-11)
    assert float(loss(across, c)) > least + 1e-2
    assert float(loss(within, c)) == pytest.approx(least, abs=1e-11)  # one shell: columns stay orthogonal
    order = [3, 0, 1, 4, 2]
    swapped = Linear(-best.decoder[:, order], -best.encoder[order], best.log_spread[order], best.log_noise)
    assert float(loss(swapped, c)) == pytest.approx(least, abs=1e-11)


def test_turned_fields_and_turned_weights_lose_the_same() -> None:
    model, c = guess(16, 3), SMALL.covariance
    turn = torch.linalg.qr(torch.randn(16, 16, generator=torch.Generator().manual_seed(0)).double())[0]
    turned = Linear(turn @ model.decoder, model.encoder @ turn.mT, *model[2:])
    there = turn @ c @ turn.mT
    assert float(loss(turned, there)) == pytest.approx(float(loss(model, c)), rel=1e-12)
    assert float(loss(model, there)) != pytest.approx(float(loss(model, c)), rel=1e-3)
    # A shift of the lattice leaves the covariance alone, so that the weights can be shifted by themselves.
    shift = torch.arange(16).reshape(4, 4).roll(1, 0).flatten()
    shifted = Linear(model.decoder[shift], model.encoder[:, shift], *model[2:])
    assert float(loss(shifted, c)) == pytest.approx(float(loss(model, c)), rel=1e-12)


def test_latents_of_the_best_encoder_are_white() -> None:
    c, best = SMALL.covariance, optimum(SMALL.covariance, 5)
    over_all = best.encoder @ c @ best.encoder.mT + torch.diag(best.log_spread.exp())
    assert (over_all - torch.eye(5)).abs().max() < 1e-12


def test_other_programs_find_the_same_of_a_sample() -> None:
    drawn = SMALL.draw(800, torch.Generator().manual_seed(0)).numpy()
    theirs = PCA(n_components=5).fit(drawn)
    ours = optimum(torch.as_tensor(np.cov(drawn.T)), 5)
    assert ours.noise == pytest.approx(theirs.noise_variance_, rel=1e-10)
    assert measures.angle(ours.decoder, torch.as_tensor(theirs.components_.T)) < 1e-5
    score = -float(vae.log_likelihood_loss(ours, torch.as_tensor(np.cov(drawn.T, bias=True))))
    assert score == pytest.approx(theirs.score(drawn), rel=1e-10)
    # Factor analysis has a noise for each site, and so the same or more likelihood.
    factors = FactorAnalysis(n_components=5, tol=1e-6, max_iter=5000).fit(drawn)
    exact = PCA(n_components=5).fit(drawn)
    assert factors.score(drawn) > exact.score(drawn)


def test_training_arrives_and_starts_from_its_seed() -> None:
    c = SMALL.covariance
    best, found = optimum(c, 5), train(c, 5, 0, steps=1500)
    assert 0 <= float(loss(found, c) - loss(best, c)) < 1e-5
    assert measures.angle(found.decoder, best.decoder) < 0.01
    assert torch.equal(train(c, 5, 0, steps=3).decoder, train(c, 5, 0, steps=3).decoder)
    assert not torch.equal(train(c, 5, 0, steps=3).decoder, train(c, 5, 1, steps=3).decoder)


def test_a_given_noise_is_a_cut_off() -> None:
    c = SMALL.covariance
    for noise, modes in ((1.0, 1), (0.35, 5), (0.2, 11)):
        best = optimum(c, 13, noise)
        assert best.noise == pytest.approx(noise)
        assert slopes(best._replace(log_noise=best.log_noise), c) >= 0
        assert measures.used(best, 1e-6) == modes == int((SMALL.variances > noise).sum())
    found = train(c, 8, 0, steps=800, noise=0.35)
    assert found.noise == pytest.approx(0.35)
    assert measures.used(found, 0.02) == 5
    assert float(loss(found, c) - loss(optimum(c, 8, 0.35), c)) < 1e-4


def test_a_cut_shell_is_warned_of() -> None:
    with pytest.warns(DegenerateShellWarning, match=r"7 latents cut a shell .* 2.821.* arbitrary"):
        optimum(free_field().covariance, 7)
    with pytest.warns(DegenerateShellWarning, match=r"arbitrary; take 5 or 9$"):
        optimum(free_field().covariance, 7)
    with pytest.warns(DegenerateShellWarning, match=r"take 1 or 5$"):
        optimum(SMALL.covariance, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimum(free_field().covariance, 9)
        optimum(SMALL.covariance, 7, noise=0.4)  # the shell is below the noise: none of it is kept


def test_covariances_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a square \(n, n\); got \(2, 3\)"):
        optimum(torch.ones(2, 3), 1)
    lopsided = SMALL.covariance.clone()
    lopsided[0, 1] += 1
    with pytest.raises(ValueError, match="differs by up to 1: take"):
        optimum(lopsided, 1)
    with pytest.raises(ValueError, match="must be symmetric"):
        optimum(torch.full((2, 2), torch.nan), 1)
    rounded = SMALL.covariance.clone()
    rounded[0, 1] += 1e-16
    assert optimum(rounded, 1).noise == pytest.approx(optimum(SMALL.covariance, 1).noise)
    with pytest.raises(ValueError, match="needs more samples than sites"):
        optimum(torch.ones(3, 3), 1)
    for latents in (0, 16):
        with pytest.raises(ValueError, match=r"latents must be a whole number"):
            optimum(SMALL.covariance, latents)
        with pytest.raises(ValueError, match=r"latents must be a whole number"):
            train(SMALL.covariance, latents, 0)
    with pytest.raises(ValueError, match="noise must be"):
        optimum(SMALL.covariance, 5, noise=0.0)
    with pytest.raises(ValueError, match="steps must be"):
        train(SMALL.covariance, 5, 0, steps=0)


def test_angles_and_shares_by_hand() -> None:
    axes = torch.eye(4, dtype=torch.float64)
    turned = axes[:, :2].clone()
    turned[:, 1] = torch.tensor([0, 0.8, 0.6, 0])
    assert measures.angle(axes[:, :2], turned) == pytest.approx(np.degrees(np.arcsin(0.6)))
    assert measures.share(3 * turned, axes[:, :2]) == pytest.approx((1 + 0.64) / 2)
    assert measures.angle(axes[:, :1], turned) == pytest.approx(0, abs=1e-6)


def test_the_mass_is_read_off() -> None:
    field = free_field(0.11, 8)
    slope, mass2 = measures.mass_read(optimum(field.covariance, 9), 8)
    assert [slope, mass2] == pytest.approx([1, 0.11], abs=1e-9)
    slope, _ = measures.mass_read(optimum(staggered(0.11, 8).covariance, 9), 8)
    assert slope == pytest.approx(-1, abs=1e-9)


def test_samples_are_off_as_predicted() -> None:
    field, size = SMALL, 4000
    squares = []
    for seed in range(200):
        drawn = field.draw(size, torch.Generator().manual_seed(seed))
        kept = torch.linalg.eigh(drawn.mT @ drawn)[1].flip(1)[:, :5]
        squares.append(5 * (1 - measures.share(kept, waves(4)[1][:, :5])))
    ratio = size * np.array(squares) / measures.predicted_square(field, 5)
    assert abs(ratio.mean() - 1) < 4 * ratio.std() / 200**0.5
    assert measures.predicted_square(field, 1) == pytest.approx(
        sum(float(v * field.variances[0] / (v - field.variances[0]) ** 2) for v in field.variances[1:])
    )


def test_what_latents_tell() -> None:
    stream = torch.Generator().manual_seed(0)
    modes = torch.randn(500, 4, generator=stream).double()
    latents = torch.cat([modes[:, :2] @ torch.randn(2, 2, generator=stream).double(), torch.zeros(500, 1)], 1)
    shares = told(latents, modes)
    assert shares[:2].tolist() == pytest.approx([1, 1])
    assert shares[2:].max() < 0.05
    noisy = told(modes[:, :1] + torch.randn(500, 1, generator=stream).double(), modes)
    assert 0.4 < float(noisy[0]) < 0.6


def test_the_best_linear_network_exceeds_itself_by_nothing() -> None:
    network, best = Vae(16, 5, 0), optimum(SMALL.covariance, 5)
    assert network.log_spread is not None
    with torch.no_grad():
        for mine, theirs in zip(
            (*network.encoder.parameters(), *network.decoder.parameters()),
            (best.encoder, best.decoder),
            strict=True,
        ):
            mine.copy_(theirs)
        network.log_spread.copy_(best.log_spread)
        network.log_noise.copy_(best.log_noise)
    # What is left is that latents are drawn once: some 0.01 nats with 20,000 fields.
    excess = np.array([look(network, SMALL, seed).excess for seed in range(8)])
    assert abs(excess.mean()) < 4 * excess.std(ddof=1) / 8**0.5
    assert excess.std(ddof=1) < 0.03


def test_a_drawn_network_learns_and_is_looked_at() -> None:
    protocol = Protocol(latents=5, steps=800, batch=64, rate=0.02)
    network = fit_drawn(SMALL, protocol, 0)
    seen = look(network, SMALL, 0)
    assert 0 < seen.excess < 0.2
    assert seen.kept[:5].mean() > 0.9 > 0.1 > seen.kept[5:].mean()
    again = fit_drawn(SMALL, Protocol(latents=5, steps=3), 0)
    assert torch.equal(again.log_noise, fit_drawn(SMALL, Protocol(latents=5, steps=3), 0).log_noise)
    bent = fit_drawn(SMALL, Protocol(latents=5, hidden=8, steps=3), 0)
    mean, log_spread = bent.posterior(torch.randn(7, 16))
    assert mean.shape == log_spread.shape == (7, 5)
    assert log_spread.std(0).min() > 0
    with pytest.raises(ValueError, match="hidden must be"):
        Protocol(hidden=-1)
    with pytest.raises(ValueError, match="latents must be"):
        Vae(16, 16, 0)
