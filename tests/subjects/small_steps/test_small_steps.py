"""A cup, a planet and a particle by steps; what a block learns of a flow; the page's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from torchdiffeq import odeint

from pdenet.ops.ode.solvers import DivergedError
from pdenet.ops.pendulum import pendulum, pendulum_after
from pdenet.ops.steppers import UnstableStepWarning, follow
from pdenet.runs.results import Results
from pdenet.subjects.small_steps import figures, measures, system
from pdenet.subjects.small_steps.arms import LAYERS, FieldArm, arm_name, measure
from pdenet.subjects.small_steps.claims import CLAIMS
from pdenet.subjects.small_steps.experiment import SMALL_STEPS
from pdenet.subjects.small_steps.networks import SteppedField
from pdenet.subjects.small_steps.training import BOX, PairTask, PairTraining, states

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdenet.subjects.small_steps.system import Array

pytestmark = pytest.mark.usefixtures("book_style")


def test_a_cup_follows_the_power_of_its_factor() -> None:
    for kh in (0.5, 1.5, 1.99):
        found = system.cool(0.5, 2 * kh, 30)
        wanted = 20 + 70 * (1 - kh) ** np.arange(31)
        assert np.abs(found - wanted).max() < 1e-12 * 90
    with pytest.warns(UnstableStepWarning, match=r"multiplies the difference to the room by 1.01"):
        hot = system.cool(1.0, 2.01, 5)
    assert abs(hot[-1] - 20) > 70


def test_a_planet_by_a_library() -> None:
    found = system.orbit("Runge-Kutta", 0.01, 2.0)[-1]
    exact = solve_ivp(
        lambda _, state: system._pull(state), (0, 2.0), system.CIRCLE, rtol=1e-12, atol=1e-13
    ).y[:, -1]
    assert np.abs(found - exact).max() < 1e-9
    euler = system.orbit("Euler", 0.01, 2.0)[-1]
    theirs = odeint(
        lambda _, state: torch.as_tensor(system._pull(state.numpy())),
        torch.as_tensor(system.CIRCLE),
        torch.linspace(0, 2, 201, dtype=torch.float64),
        method="euler",
    )[-1]
    assert np.abs(euler - theirs.numpy()).max() < 1e-12


@pytest.mark.parametrize(
    ("method", "power", "near"), [("Euler", 1, 0.05), ("taking turns", 1, 0.05), ("Runge-Kutta", 4, 0.1)]
)
def test_methods_have_their_orders(method: str, power: int, near: float) -> None:
    counts = (160, 320, 640)
    assert measures.order(counts, measures.orbit_errors(method, counts)) == pytest.approx(power, abs=near)


def test_taking_turns_keeps_areas_and_the_energy_near_and_euler_does_not() -> None:
    assert measures.area_factor("taking turns") == pytest.approx(1, abs=1e-9)
    assert abs(measures.area_factor("Euler") - 1) > 1e-3
    turns, euler = (np.abs(measures.energy_drift(name, 0.05)).max() for name in ("taking turns", "Euler"))
    assert turns < 2e-3 < 0.3 < euler


def _turns(h: float) -> Callable[[Array], Array]:
    return lambda state: system.METHODS["taking turns"](state, h)


@pytest.mark.parametrize(("sign", "order"), [(-1, 2), (0, 1), (1, 1)])
def test_taking_turns_keeps_an_energy_of_its_own_to_one_order_more(sign: int, order: int) -> None:
    """H - h/2 H_p H_q (Hairer, Lubich and Wanner, chapter IX): with the other sign, or without, it is H's."""
    start = np.array([0.0, 0.8, 1.0, 0.0])  # momentum and place, on an ellipse
    swings = []
    for h in (0.02, 0.01, 0.005):
        path = follow(_turns(h), start, round(6 / h))
        p, q = path[:, :2], path[:, 2:]
        distance = np.linalg.norm(q, axis=1)
        energy = (p**2).sum(1) / 2 - 1 / distance + sign * h / 2 * (p * q).sum(1) / distance**3
        swings.append(np.ptp(energy))
    orders = -np.diff(np.log2(swings))
    assert orders == pytest.approx([order, order], abs=0.2)


def test_a_planet_in_the_sun_and_a_step_of_nothing_are_refused() -> None:
    with pytest.raises(DivergedError, match="fell into the sun"):
        system.gravity(np.zeros(2))
    with pytest.raises(ValueError, match="h must be"):
        system.orbit("Euler", 0.0, 1.0)
    with pytest.raises(ValueError, match="k must be"):
        system.cooling(-1.0)


def test_a_block_that_fits_a_flow_is_the_flow_s_increment_and_not_euler_s() -> None:
    generator = -1j * system.grid_hamiltonian()
    found = {h: measures.block_distances(generator, h) for h in (0.1, 0.05, 0.025)}
    for one in found.values():
        assert one["flow"] < 1e-12
        assert one["norm"] == pytest.approx(1, abs=1e-12)
    # Euler's error is of first order in the step, Crank-Nicolson's of second.
    for large, small in ((0.1, 0.05), (0.05, 0.025)):
        assert found[large]["Euler"] / found[small]["Euler"] == pytest.approx(2, rel=0.1)
        assert found[large]["Crank-Nicolson"] / found[small]["Crank-Nicolson"] == pytest.approx(4, rel=0.1)
    energies = np.linalg.eigvalsh(system.grid_hamiltonian())
    assert found[0.1]["norm of Euler"] == pytest.approx(np.sqrt(1 + (0.1 * np.abs(energies).max()) ** 2))


def test_too_few_states_determine_no_block() -> None:
    with pytest.raises(ValueError, match="span all 4 directions; got 3"):
        measures.fitted_block(np.eye(4)[:3], np.eye(4)[:3])


def test_a_pendulum_keeps_its_energy_and_a_small_one_its_period() -> None:
    state = states((0, 1), 50)
    assert (state.abs() <= torch.tensor(BOX)).all()

    def total(u: torch.Tensor) -> torch.Tensor:
        return u[..., 1] ** 2 / 2 - u[..., 0].cos()

    after = pendulum_after(state, 1.0)
    assert torch.allclose(total(after), total(state), atol=1e-9, rtol=0)
    small = torch.tensor([[1e-4, 0.0]], dtype=torch.float64)
    assert torch.allclose(pendulum_after(small, 2 * np.pi, 2000), small, atol=1e-11, rtol=0)


def test_layers_are_euler_s_steps_of_the_learned_field() -> None:
    net = SteppedField(2, seeds=2, time=1.0).double()
    u = states((0, 1), 5)
    half = u + net.field(u) / 2
    assert torch.equal(net(u), half + net.field(half) / 2)


def test_the_measures_know_the_flow_from_its_equation() -> None:
    class Exact(SteppedField):
        def field(self, u: torch.Tensor) -> torch.Tensor:
            return pendulum(u)

    found = measure(Exact(4, seeds=2))
    assert found["from the field"].max() < 1e-6
    assert torch.allclose(found["from the flow"], found["between them"], rtol=1e-4)
    assert (found["error"] > 0.01).all()


def test_training_lowers_the_loss_and_a_seed_does_not_depend_on_others() -> None:
    short = PairTraining(steps=60, pairs=64)
    both, alone = SteppedField(1, seeds=(0, 3)), SteppedField(1, seeds=(3,))
    from pdenet.runs.loop import learn

    course = learn(PairTask(both, short))
    assert course.losses[-1][0] < course.losses[0][0]
    learn(PairTask(alone, short))
    assert torch.allclose(both.weights[0][1:], alone.weights[0], atol=1e-5)


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = SMALL_STEPS.results()
    assert all(len(results.seeds(arm_name(layers))) == 10 for layers in LAYERS)
    assert SMALL_STEPS.judged().keys() == {claim.id for claim in CLAIMS}
    assert isinstance(results, Results)


def test_figures_are_drawn() -> None:
    assert len(figures.draw_cup_and_planet().axes) == 2
    assert len(figures.draw_energy().axes[0].lines) == 4
    assert len(figures.draw_learned(SMALL_STEPS.results()).axes) == 1


def test_an_arm_is_known_unbuilt() -> None:
    arm = FieldArm(layers=4)
    assert arm.model == SteppedField.description(4)
    assert arm.name == "4 layers"
    with pytest.raises(ValueError, match="layers must be"):
        SteppedField(0)
