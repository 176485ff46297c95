"""Fields that keep an energy, steps that keep areas, and the input that neither can do with."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pdenet.ops.diverged import NotConverged
from pdenet.ops.pendulum import pendulum, pendulum_after
from pdenet.ops.steppers import midpoint
from pdenet.ops.symplectic import energy_rate, halves, implicit_midpoint, leapfrog, turned

J = torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)


def total(state: Tensor) -> Tensor:
    return state[..., 1] ** 2 / 2 + 1 - state[..., 0].cos()


def coupled(state: Tensor) -> Tensor:
    """Two degrees of freedom, not separable."""
    q, p = halves(state)
    return (p**2).sum(-1) * (1 + q[..., 0] ** 2) / 2 + (q[..., 0] * q[..., 1]).sin() + q[..., 1] ** 4


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def jacobian(step, state: Tensor) -> Tensor:  # type: ignore[no-untyped-def]
    return torch.autograd.functional.jacobian(step, state)  # type: ignore[no-any-return]


def leap(state: Tensor, h: float) -> Tensor:
    q, p = halves(state)
    p, q = leapfrog(lambda angle: -angle.sin(), lambda velocity: velocity, (p, q), h)
    return torch.cat([q, p], -1)


def test_the_rate_of_an_energy_is_the_equation_s() -> None:
    state = drawn(7, 2)
    assert torch.allclose(energy_rate(total, state), pendulum(state), atol=1e-15, rtol=0)
    q, p = halves(drawn(5, 4))
    assert torch.equal(turned(torch.cat([q, p], -1)), torch.cat([p, -q], -1))


def test_the_rate_does_no_work_and_has_no_divergence() -> None:
    """Also with two degrees of freedom."""
    for state in drawn(6, 4):
        (gradient,) = torch.autograd.grad(coupled(there := state.clone().requires_grad_()), there)
        assert abs(float((gradient @ energy_rate(coupled, state)).detach())) < 1e-12
        spread = torch.trace(torch.autograd.functional.jacobian(lambda u: energy_rate(coupled, u), state))
        assert abs(float(spread.detach())) < 1e-10


def test_a_constant_in_the_energy_does_nothing() -> None:
    state = drawn(9, 4)
    assert torch.equal(energy_rate(coupled, state), energy_rate(lambda u: coupled(u) + 3.0, state))


@pytest.mark.parametrize("h", [0.1, 0.7])
def test_steps_that_keep_areas(h: float) -> None:
    """M^T J M = J for the derivative M of a step, and not for the explicit step of the same order."""
    for state in drawn(5, 2):
        m = jacobian(lambda u, h=h: leap(u, h), state)
        assert (m.T @ J @ m - J).abs().max() < 1e-12

        def moved(sign: float, part: int, u: Tensor = state) -> Tensor:
            small = 1e-5 * torch.eye(2, dtype=torch.float64)[part]
            return implicit_midpoint(pendulum, u + sign * small, h)

        m = torch.stack([(moved(1, n) - moved(-1, n)) / 2e-5 for n in range(2)], 1)
        assert (m.T @ J @ m - J).abs().max() < 1e-9
        m = jacobian(lambda u, h=h: midpoint(pendulum, u, h), state)
        assert (m.T @ J @ m - J).abs().max() > 1e-6


@pytest.mark.parametrize("name", ["leapfrog", "implicit midpoint"])
def test_they_are_of_second_order(name: str) -> None:
    start = torch.tensor([1.0, 0.3], dtype=torch.float64)
    true = pendulum_after(start, 2.0)
    errors = []
    for count in (40, 80, 160):
        state, h = start, 2.0 / count
        for _ in range(count):
            state = leap(state, h) if name == "leapfrog" else implicit_midpoint(pendulum, state, h)
        errors.append(float((state - true).norm()))
    assert -np.diff(np.log2(errors)) == pytest.approx([2, 2], abs=0.05)


def test_leapfrog_goes_back_and_its_energy_stays_near() -> None:
    start = torch.tensor([1.0, 0.0], dtype=torch.float64)
    state, swing = start, 0.0
    for _ in range(2000):
        state = leap(state, 0.2)
        swing = max(swing, abs(float(total(state) - total(start))))
    assert swing < 0.01
    for _ in range(2000):
        state = leap(state, -0.2)
    assert torch.allclose(state, start, atol=1e-9, rtol=0)


def test_the_implicit_step_keeps_what_is_quadratic_and_the_explicit_one_does_not() -> None:
    def spin(state: Tensor) -> Tensor:
        return state @ J.T

    start = torch.tensor([1.0, 0.0], dtype=torch.float64)
    kept = lost = start
    for _ in range(500):
        kept, lost = implicit_midpoint(spin, kept, 0.2), midpoint(spin, lost, 0.2)
    assert float(kept @ kept) == pytest.approx(1, abs=1e-9)
    assert float(lost @ lost) == pytest.approx((1 + 0.2**4 / 4) ** 500)
    # It turns by 2 arctan(h / 2) each time, exactly.
    angle = 500 * 2 * math.atan(0.1)
    assert kept.tolist() == pytest.approx([math.cos(angle), -math.sin(angle)], abs=1e-9)


@pytest.mark.parametrize("shape", [(3,), (4, 1), ()])
def test_positions_without_momenta_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="as many momenta as positions, so its last axis is even; got"):
        energy_rate(lambda u: u.square().sum(-1), torch.zeros(shape))


def test_a_rate_without_gradients_is_refused_with_advice() -> None:
    with torch.no_grad(), pytest.raises(RuntimeError, match=r"leave torch.no_grad\(\) or"):
        energy_rate(total, drawn(2))
    with torch.inference_mode(), pytest.raises(RuntimeError, match="gradients are switched off"):
        energy_rate(total, drawn(2))


def test_an_energy_that_does_not_depend_on_the_state_is_refused() -> None:
    with pytest.raises(RuntimeError, match="does not depend on the state"):
        energy_rate(lambda u: total(u.detach()), drawn(2))


def test_the_rate_trains_what_the_energy_is_made_of() -> None:
    layer = nn.Linear(2, 1).double()
    energy_rate(lambda u: layer(u).squeeze(-1).square(), drawn(4, 2)).square().sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad.abs().min() > 0


def test_a_step_too_long_does_not_converge_and_says_so() -> None:
    with pytest.raises(NotConverged, match=r"step of 30 still moves by .* take a smaller step"):
        implicit_midpoint(lambda u: -u, drawn(2), 30.0)
    with pytest.raises(ValueError, match="rounds"):
        implicit_midpoint(pendulum, drawn(2), 0.1, rounds=0)


def test_friction_takes_energy_at_the_rate_it_should() -> None:
    state = drawn(5, 2)
    there = state.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(total(there).sum(), there)
    work = (gradient * pendulum(state, 0.3)).sum(-1)
    assert torch.allclose(work, -0.3 * state[:, 1] ** 2, atol=1e-14, rtol=0)
