"""The signal: its truth is that of another solver, and it is drawn as described."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from pdenet.ops.ode.dense import states_at
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Fixed
from pdenet.subjects.irregular.measures import WINDOWS, errors
from pdenet.subjects.irregular.system import (
    CONTROLS,
    DAMPING,
    NOISE,
    REST,
    SINUSOID,
    TRUE,
    WINDOW,
    Pendulum,
    Sampling,
    checksum,
    draw,
)

MAIN = Sampling("irregular", 20)


def test_the_truth_is_that_of_another_solver() -> None:
    series = draw(MAIN, [3], 4, "test")
    for begin, asked, truth in zip(series.start[0], series.asked[0], series.truth[0], strict=True):
        found = solve_ivp(
            lambda t, u: [u[1], -np.sin(u[0]) - DAMPING * u[1]],
            (0, 3 * WINDOW),
            begin.numpy(),
            method="DOP853",
            t_eval=asked.numpy(),
            rtol=1e-12,
            atol=1e-12,
        )
        assert np.abs(found.y[0] - truth.numpy()).max() < 1e-6


def test_states_between_the_steps_are_of_order_four_and_do_not_depend_on_other_times() -> None:
    start = torch.tensor([[[1.5, 0.3], [-0.7, 0.9]]], dtype=torch.float64)
    times = torch.tensor([[[0.0, 1.234, 2.0], [0.31, 2.9, 3.7]]], dtype=torch.float64)
    exact = states_at(Pendulum(), start, times, 0.005)
    assert torch.equal(exact[0, 0, 0], start[0, 0])
    direct = solve(Pendulum(), start[0, 1], [0.0, 0.31, 2.9, 3.7], Fixed("rk4", 500)).states
    assert torch.allclose(exact[0, 1], direct[1:], atol=1e-9)
    errors = [float((states_at(Pendulum(), start, times, h) - exact).abs().max()) for h in (0.2, 0.1)]
    assert 10 < errors[0] / errors[1] < 24
    later = torch.cat([times, torch.full((1, 2, 1), 9.0, dtype=torch.float64)], -1)
    assert torch.equal(
        states_at(Pendulum(), start, later, 0.2)[..., :3, :], states_at(Pendulum(), start, times, 0.2)
    )


@pytest.mark.parametrize(
    ("times", "step", "message"),
    [
        ((1, 3, 2), 0.1, "same S and B"),
        ((1, 2, 2), 0.0, "step must be .*, above 0"),
        ((1, 2, 2), -1.0, "above 0"),
    ],
)
def test_what_cannot_be_solved_is_refused(times: tuple[int, ...], step: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        states_at(Pendulum(), torch.ones(1, 2, 2), torch.ones(times), step)


def test_series_are_drawn_as_described() -> None:
    train, test = draw(MAIN, 2, 30), draw(MAIN, 2, 30, "test")
    assert train.seen.shape == (2, 30, 20)
    assert (train.asked.shape[-1], test.asked.shape[-1]) == (40, 60)
    assert (test.asked.diff(dim=-1) > 0).all()
    for number in range(3):
        window = test.asked[..., test.window(number)]
        assert number * WINDOW <= window.min()
        assert window.max() <= (number + 1) * WINDOW
    assert float((train.noisy - train.truth).std()) == pytest.approx(NOISE, rel=0.1)
    assert not torch.equal(train.start, test.start)
    even = draw(Sampling("regular", 20), 2, 30, "test")
    assert torch.equal(even.start, test.start)
    assert torch.allclose(even.times.diff(dim=-1), torch.tensor(0.3, dtype=torch.float64))
    assert not set(even.times[0, 0].tolist()) & set(even.asked[0, 0].tolist())
    shared = draw(Sampling("shared", 20), 2, 30, "test")
    assert (shared.asked == shared.asked[:, :1]).all()
    assert not torch.equal(shared.asked[0], shared.asked[1])
    learned = draw(Sampling("shared", 20), 2, 30)
    assert torch.equal(learned.times, shared.times)
    assert torch.equal(learned.asked, shared.asked[..., :40])
    alone = draw(MAIN, [1], 30)
    assert torch.equal(alone.seen[0], train.seen[1])
    assert torch.equal(alone.asked[0], train.asked[1])
    assert checksum(alone, alone, 0) != checksum(train, train, 0)
    for sampling in (Sampling("irregular", 6), Sampling("regular", 6)):  # the noise ends within a block
        few, many = draw(sampling, 1, 3), draw(sampling, 1, 30)
        assert torch.equal(few.seen, many.seen[:, :3])
        assert torch.equal(few.noisy, many.noisy[:, :3])
    with pytest.raises(ValueError, match="count must be a whole number, at least 1; got 0"):
        draw(MAIN, 1, 0)
    with pytest.raises(ValueError, match="kind must be"):
        Sampling("random")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 2"):
        Sampling("regular", 1)


def test_controls_err_as_their_knowledge_says() -> None:
    series = draw(MAIN, 1, 40, "test")
    found = {name: errors(series, control(series)) for name, control in CONTROLS.items()}
    assert (series.truth**2).mean((1, 2)).sqrt().mean() > 0.3
    for window in WINDOWS:
        assert found[TRUE][window] < found[SINUSOID][window] < found[REST][window]
    assert found[TRUE]["ahead"] < 0.5 * NOISE
    silent = replace(series, seen=torch.zeros_like(series.seen))
    assert CONTROLS[SINUSOID](silent).abs().max() < 1e-9
