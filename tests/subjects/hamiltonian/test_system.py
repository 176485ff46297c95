"""What is observed of a pendulum, the networks that learn it, and what is measured of them."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.special import ellipk

from pdenet.ops.pendulum import pendulum
from pdenet.ops.steppers import runge_kutta_4
from pdenet.ops.symplectic import energy_rate
from pdenet.runs.loop import learn
from pdenet.subjects.hamiltonian import measures
from pdenet.subjects.hamiltonian.networks import LAWS, PhaseField
from pdenet.subjects.hamiltonian.rivals import LinearField
from pdenet.subjects.hamiltonian.system import (
    ENERGIES,
    POINTS,
    STARTS,
    Observed,
    pendulum_energy,
    swings,
)
from pdenet.subjects.hamiltonian.training import RateTask, RateTraining

BASE = Observed()


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def trained(law: str, seeds: tuple[int, ...] = (7, 8), steps: int = 150) -> PhaseField:
    net = PhaseField(law, seeds, width=16)
    learn(RateTask(net, RateTraining(steps=steps), Observed(stretches=5)))
    return net.double()


# What is observed


def test_a_stretch_is_a_motion_of_one_energy() -> None:
    states, rates = Observed(stretches=4, noise=0.0).draw((0, 3))
    assert states.shape == rates.shape == (2, 4 * POINTS, 2)
    assert torch.equal(rates, pendulum(states))
    energies = pendulum_energy(states).reshape(2, 4, POINTS)
    assert (energies - energies[..., :1]).abs().max() < 1e-6
    assert ENERGIES[0] - 1e-9 <= energies.min() < energies.max() <= ENERGIES[1] + 1e-6


def test_a_stretch_by_a_library() -> None:
    damped = Observed(stretches=1, noise=0.0, friction=0.1)
    path = damped.draw((5,))[0][0].numpy()
    exact = solve_ivp(
        lambda _, z: [z[1], -math.sin(z[0]) - 0.1 * z[1]], (0, 3), path[0], rtol=1e-11, atol=1e-12
    ).y[:, -1]
    assert np.abs(path[-1] - exact).max() < 1e-6


def test_noise_has_its_size_is_its_seed_s_and_independent_in_states_and_rates() -> None:
    clean, noisy = Observed(stretches=40, noise=0.0), Observed(stretches=40, noise=0.2)
    (states, rates), (seen, said) = clean.draw((2, 9)), noisy.draw((2, 9))
    off = torch.stack([seen - states, said - rates])
    assert off.std().item() == pytest.approx(0.2, rel=0.03)
    assert abs(torch.corrcoef(off.flatten(1))[0, 1]) < 0.05
    assert torch.equal(noisy.draw((9,))[0][0], seen[1])


def test_energies_are_spread_evenly() -> None:
    energies = pendulum_energy(swings((0,), 2000))
    assert energies.mean().item() == pytest.approx(sum(ENERGIES) / 2, abs=0.03)
    assert energies.std().item() == pytest.approx((ENERGIES[1] - ENERGIES[0]) / math.sqrt(12), rel=0.05)


@pytest.mark.parametrize("bad", [{"stretches": 0}, {"noise": -0.1}, {"friction": -1.0}, {"noise": math.nan}])
def test_what_cannot_be_observed_is_refused(bad: dict[str, float]) -> None:
    (name,) = bad
    with pytest.raises(ValueError, match=f"{name} must be"):
        Observed(**bad)  # type: ignore[arg-type]


# Networks


def test_networks_have_as_many_parameters_as_each_other() -> None:
    """By hand: w^2 + 5w, less one for the plain network, one more for a constant or a friction."""
    counts = {law: PhaseField(law).parameter_count() for law in LAWS}
    assert counts == {"none": 4415, "second order": 4417, "energy": 4416, "energy and friction": 4417}


def test_they_start_alike() -> None:
    first = [PhaseField(law, (4,)).weights[0] for law in LAWS]
    assert all(torch.equal(one, first[0]) for one in first)


def test_the_field_of_an_energy_has_no_divergence_and_does_no_work() -> None:
    net = PhaseField("energy", 2).double()
    states = drawn(2, 50, 2)
    there = states.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(net.energy(there).sum(), there)
    assert (gradient * net(states)).sum(-1).abs().max() < 1e-12
    assert measures.divergence(net, states).abs().max() < 1e-10
    # Central differences, which know nothing of backpropagation.
    step = 1e-5 * torch.eye(2, dtype=torch.float64)
    slopes = [(net.energy(states + s) - net.energy(states - s)) / 2e-5 for s in step]
    assert torch.allclose(net(states), torch.stack([slopes[1], -slopes[0]], -1), atol=1e-8)


def test_a_plain_field_has_divergence_by_differences_too() -> None:
    net = PhaseField("none", 2).double()
    states, step = drawn(2, 20, 2), 1e-5 * torch.eye(2, dtype=torch.float64)
    by_steps = sum((net(states + s) - net(states - s))[..., n] / 2e-5 for n, s in enumerate(step))
    found = measures.divergence(net, states)
    assert torch.allclose(found, by_steps, atol=1e-8)
    assert found.abs().min() > 1e-4


def test_a_friction_is_all_that_diverges() -> None:
    net = PhaseField("energy and friction", 2).double()
    torch.nn.init.constant_(net.friction, 0.3)
    assert torch.allclose(
        measures.divergence(net, drawn(2, 9, 2)), torch.tensor(-0.3, dtype=torch.float64), atol=1e-6
    )


def test_second_order_takes_the_velocity_as_it_is() -> None:
    net, states = PhaseField("second order", 2).double(), drawn(2, 9, 2)
    assert torch.equal(net(states)[..., 0], states[..., 1])


@pytest.mark.parametrize("law", ["none", "second order"])
def test_a_network_without_an_energy_says_so(law: str) -> None:
    with pytest.raises(ValueError, match="has no energy; build it with law='energy'"):
        PhaseField(law).energy(torch.zeros(1, 1, 2))


def test_no_gradients_no_rate() -> None:
    net = PhaseField("energy")
    with torch.no_grad(), pytest.raises(RuntimeError, match="detach the result instead"):
        net(torch.zeros(1, 3, 2))


def test_an_unknown_law_and_a_width_of_one_are_refused() -> None:
    with pytest.raises(ValueError, match="law must be"):
        PhaseField("momentum")
    with pytest.raises(ValueError, match="width must be"):
        PhaseField("none", width=1)


# Training


@pytest.mark.parametrize("law", LAWS)
def test_training_lowers_the_loss_and_a_seed_does_not_depend_on_others(law: str) -> None:
    both, alone = PhaseField(law, (0, 3), width=8), PhaseField(law, (3,), width=8)
    course = learn(RateTask(both, RateTraining(steps=120), Observed(stretches=3)))
    assert course.losses[-1][1] < course.losses[0][1]
    learn(RateTask(alone, RateTraining(steps=120), Observed(stretches=3)))
    assert torch.allclose(both.weights[0][1:], alone.weights[0], atol=1e-4)


def test_the_rate_of_learning_falls_along_half_a_cosine() -> None:
    task = RateTask(PhaseField("none", width=4), RateTraining(steps=60, learning_rate=0.02), BASE)
    for task.step, rate in ((0, 0.02), (20, 0.015), (30, 0.01), (60, 0.0)):
        task.adjust()
        assert task.optimizer.param_groups[0]["lr"] == pytest.approx(rate, abs=1e-12)


@pytest.mark.parametrize("bad", [{"steps": 0}, {"learning_rate": 0.0}, {"batch_size": 0}])
def test_a_training_of_nothing_is_refused(bad: dict[str, float]) -> None:
    (name,) = bad
    with pytest.raises(ValueError, match=f"{name} must be"):
        RateTraining(**bad)  # type: ignore[arg-type]


# Rivals


def test_a_linear_field_is_found_and_with_an_energy_its_trace_is_zero() -> None:
    for keeps in (False, True):
        field = LinearField(BASE, (0, 1), keeps=keeps)
        trace = field.matrix.diagonal(dim1=1, dim2=2).sum(1)
        assert (trace.abs().max() < 1e-14) == keeps
        # It is stationary: no allowed change of A lowers the error.
        states, rates = BASE.draw((0, 1))
        slope = (field(states) - rates).mT @ states
        if keeps:
            assert (slope[:, 0, 0] - slope[:, 1, 1]).abs().max() < 1e-8
        else:
            assert slope.abs().max() < 1e-8
        assert slope[:, 0, 1].abs().max() < 1e-8


def test_a_linear_field_with_an_energy_keeps_it() -> None:
    field = LinearField(BASE, (0,), keeps=True)
    (a, b), (c, _) = field.matrix[0]

    def own(state: torch.Tensor) -> torch.Tensor:
        q, p = state.unbind(-1)
        energy: torch.Tensor = b * p**2 / 2 + a * q * p - c * q**2 / 2
        return energy

    states = drawn(1, 6, 2)
    assert torch.allclose(energy_rate(own, states), field(states), atol=1e-12)
    path = measures.followed(field, measures.starts(1), "implicit midpoint")
    assert measures.own_energy_change(own, path).item() < 1e-9


# Measures


def test_the_true_field_is_right_in_every_measure() -> None:
    found = measures.measured(pendulum, BASE, (0, 1))
    for one in found:
        assert one["field error"] == 0
        assert one["energy"] < 1e-5 > one["state"]
        assert abs(one["gain in a turn"]) < 1e-8 > abs(one["divergence in a turn"])
        assert one["energy, implicit midpoint"] < 0.01 < 0.03 < one["energy, explicit midpoint"]
        assert len(one["energy course"]) == len(one["state course"]) == 50


@pytest.mark.parametrize("friction", [0.0, 0.1])
def test_the_true_path_is_that_of_a_library(friction: float) -> None:
    for h in (0.05, 0.2):
        path = measures.true_path(friction, h)[:, 0].numpy()
        times = h * np.arange(len(path))
        for number, start in enumerate(STARTS):
            exact = solve_ivp(
                lambda _, z: [z[1], -math.sin(z[0]) - friction * z[1]],
                (0, times[-1] + 1e-9),
                start,
                method="DOP853",
                t_eval=times,
                rtol=1e-11,
                atol=1e-12,
            ).y
            assert np.abs(path[:, number] - exact.T).max() < 3e-6


def test_errors_by_hand() -> None:
    """Paths whose velocity is off by what differs by seed, start and time."""
    for way in (measures.FINE, measures.SYMPLECTIC):
        h = measures.WAYS[way].h
        true = measures.true_path(0.0, h)
        size = torch.tensor([[1.0, 2.0, 3.0], [2.0, 2.0, 5.0]])[..., None]  # by seed and start
        time = (h * torch.arange(len(true)))[:, None, None, None]
        path = true + 1e-3 * time * size * torch.tensor([0.0, 1.0])
        found = measures.errors(path.double(), BASE, way)
        inside = h * torch.arange(round(20 / h) + 1)
        root = 1e-3 * inside.square().mean().sqrt()
        for seed, mean in ((0, 14 / 3), (1, 11.0)):
            assert found["state"][seed] == pytest.approx(float(root) * math.sqrt(mean), rel=1e-5)
        energy = (pendulum_energy(path) - pendulum_energy(true)).abs().mean(2)
        late = energy[round(90 / h) + 1 :].mean(0)
        assert found["energy"] == pytest.approx(late.tolist(), rel=1e-5)
        window = energy[round(2 / h) + 1 : round(4 / h) + 1].mean(0)
        assert [course[1] for course in found["energy course"]] == pytest.approx(window.tolist(), rel=1e-5)


def test_a_field_is_followed_by_another_way_too() -> None:
    """Runge-Kutta of steps of 0.4 and 0.2, neither of them in `WAYS`: of fourth order."""
    fine, coarse = (
        (
            measures.followed(pendulum, measures.starts(1), measures.Way(runge_kutta_4, h), 4.0)[-1]
            - measures.true_path(0.0, 0.05)[80]
        ).norm()
        for h in (0.2, 0.4)
    )
    assert float(coarse / fine) == pytest.approx(16, rel=0.25)


def test_divergence_says_what_a_turn_gains() -> None:
    """A friction takes 2 E times itself a turn of a small swing; Green's theorem to second order in it."""
    gains = []
    for friction in (0.01, 0.005):
        found = measures.turn(partial(pendulum, friction=friction), 1)
        gains.append(float(found.gain - found.predicted))
        area = float(found.predicted) / -friction
    assert gains[0] / gains[1] == pytest.approx(4, rel=0.05)
    # The area inside the orbit is its action: by quadrature of the momentum.
    angle = np.linspace(-1, 1, 200_001)
    momentum = np.sqrt(np.maximum(2 * (np.cos(angle) - math.cos(1)), 0))
    assert area == pytest.approx(2 * np.trapezoid(momentum, angle), rel=1e-6)


def test_a_turn_takes_its_period() -> None:
    """Followed for K's period the pendulum is back; that is what the gain in a turn rests on."""
    from pdenet.ops.pendulum import pendulum_after

    start = torch.tensor([1.0, 0.0], dtype=torch.float64)
    period = 4 * float(ellipk(math.sin(0.5) ** 2))
    assert torch.allclose(pendulum_after(start, period, 1000), start, atol=1e-9)


def test_learned_energies_stay_and_true_ones_by_as_much_as_they_differ() -> None:
    net = trained("energy")
    path = measures.followed(net, measures.starts(2), "Runge-Kutta", 20.0)
    assert measures.own_energy_change(net.energy, path).max() < 1e-5
    true = pendulum_energy(path)
    apart = torch.stack([net.energy(one).detach() for one in path]) - true
    assert torch.allclose(true - true[0], apart[0] - apart, atol=1e-5)
    assert (true - true[0]).abs().max() > 1e-3


def test_a_planted_leak_is_seen() -> None:
    """An energy network whose field is turned by a little more than a quarter loses its energy."""
    net = trained("energy")

    def leaking(state: torch.Tensor) -> torch.Tensor:
        rate: torch.Tensor = net(state)
        return rate + 0.05 * torch.stack([rate[..., 1], -rate[..., 0]], -1)

    assert measures.divergence(leaking, measures.starts(2)).abs().max() > 0.01
    path = measures.followed(leaking, measures.starts(2), "Runge-Kutta", 20.0)
    assert measures.own_energy_change(net.energy, path).min() > 0.05


def test_the_library_of_neural_odes_goes_the_same_way() -> None:
    torchdiffeq = pytest.importorskip("torchdiffeq")
    net = trained("energy")
    ours = measures.followed(net, measures.starts(2), "Runge-Kutta", 5.0)[-1]
    theirs = torchdiffeq.odeint(
        lambda _, z: net(z), measures.starts(2), torch.tensor([0.0, 5.0]).double(), rtol=1e-10, atol=1e-11
    )[-1].detach()
    assert torch.allclose(ours, theirs, atol=1e-5)
