"""Helium on a line: what its equations keep, what is known of it otherwise, and how its steps break."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from pdenet.ops.ode.solvers import DivergedError, NotConverged
from pdenet.ops.steppers import crank_nicolson_line
from pdenet.subjects.electrons import measures, pair, propagators
from pdenet.subjects.electrons.propagators import METHODS, VISSCHER, Course, evolve, moments, visscher_step
from pdenet.subjects.electrons.system import (
    Ground,
    Helium,
    density_of,
    ground_state,
    kicked,
    local_exchange,
    soft_coulomb,
)

KICK = 0.01


def dense(atom: Helium, potential: np.ndarray) -> np.ndarray:
    return np.array([atom.energy_applied(potential, e) for e in np.eye(len(atom.x))]).T


# The system


@pytest.mark.parametrize("exchange", ["exact", "local", "no exchange", "none"])
def test_the_energy_is_hermitian(exchange: str) -> None:
    atom = Helium(exchange, 0.4)  # type: ignore[arg-type]
    matrix = dense(atom, atom.potential(density_of(ground_state(atom).psi)))
    assert np.abs(matrix - matrix.T).max() < 1e-13
    energies, orbitals = atom.levels(atom.potential(density_of(ground_state(atom).psi)))
    assert np.allclose(energies, np.linalg.eigvalsh(matrix), atol=1e-11)
    assert np.allclose(atom.spacing * orbitals.T @ orbitals, np.eye(len(energies)), atol=1e-12)


@pytest.mark.parametrize("density", [0.05, 0.5, 1.2])
def test_local_exchange_is_the_hole_of_an_even_gas(density: float) -> None:
    k, end = np.pi * density / 2, 2000.0
    nodes, weights = np.polynomial.legendre.leggauss(20)
    u = np.arange(0, end)[:, None] + (nodes + 1) / 2
    hole = (2 * np.sin(k * u) / (np.pi * u)) ** 2 * soft_coulomb(u)
    beyond = 1 / (np.pi * end) ** 2  # where sin^2 is a half on average
    energy, potential = local_exchange(density)
    assert float(energy) == pytest.approx(-((hole @ weights).sum() / 2 + beyond) / 2, rel=1e-7)
    slope = (local_exchange(density + 1e-5)[0] - local_exchange(density - 1e-5)[0]) / 2e-5
    assert float(potential) == pytest.approx(float(slope), rel=1e-8)


def test_exact_exchange_is_half_the_repulsion_and_no_electron_repels_itself(atom: Helium) -> None:
    density = np.exp(-(atom.x**2))
    whole = Helium("no exchange").potential(density) - atom.external
    assert np.allclose(atom.potential(density) - atom.external, whole / 2, rtol=1e-13)
    assert np.array_equal(Helium("none").potential(density), atom.external)


@pytest.mark.parametrize("exchange", ["exact", "local", "no exchange"])
def test_the_potential_is_the_slope_of_the_energy(exchange: str) -> None:
    atom = Helium(exchange, 0.4)  # type: ignore[arg-type]
    psi = ground_state(atom).psi
    change = np.cos(atom.x) * psi
    slope = (atom.energy(psi + 1e-4 * change) - atom.energy(psi - 1e-4 * change)) / 2e-4
    applied = atom.energy_applied(atom.potential(density_of(psi)), psi)
    assert slope == pytest.approx(4 * atom.sum(change * applied), rel=1e-6)


def test_an_oscillator_without_repulsion_has_the_levels_of_its_grid() -> None:
    grid = Helium()
    oscillator = Helium("none", external=grid.x**2 / 2)
    found = ground_state(oscillator)
    # Of second order: the kinetic energy of the grid is p^2/2 - dx^2 p^4/24, and <p^4> = 3/4.
    assert found.level == pytest.approx(0.5 - 0.2**2 * 0.75 / 24, abs=5e-6)
    assert found.energy == pytest.approx(2 * found.level, abs=1e-12)


def test_energies_stand_in_their_order(ground: Ground) -> None:
    exact = pair.exact_lines()
    local = ground_state(Helium("local"))
    ion = ground_state(Helium("none")).level
    assert exact.energy < ground.energy < local.energy < 2 * ion / 2
    assert exact.energy == pytest.approx(-2.2394, abs=1e-4)
    assert ground.energy - 2 * ground.level < 0  # the repulsion, counted twice by the levels
    assert -local.level < exact.frequencies[0] < ion - exact.energy


def test_the_pair_by_a_dense_matrix_without_symmetry() -> None:
    spacing, half = 0.9, 7
    x = spacing * np.arange(-half, half + 1)
    one = np.diag(1 / spacing**2 - 2 / np.sqrt(x**2 + 1))
    one -= 0.5 / spacing**2 * (np.eye(len(x), k=1) + np.eye(len(x), k=-1))
    still = np.eye(len(x))
    both = np.kron(one, still) + np.kron(still, one) + np.diag(soft_coulomb(x[:, None] - x).ravel())
    energies, states = np.linalg.eigh(both)
    shapes = states.T.reshape(-1, len(x), len(x))
    moved = np.einsum("ij,ij,nij->n", shapes[0], x[:, None] + x, shapes)
    reached = np.flatnonzero(np.abs(moved) > 1e-8)[:4]
    found = pair.exact_lines(spacing, half * spacing, 4)
    assert found.energy == pytest.approx(energies[0], abs=1e-10)
    assert np.allclose(found.frequencies, energies[reached] - energies[0], atol=1e-9)
    assert np.allclose(found.strengths, 2 * found.frequencies * moved[reached] ** 2, atol=1e-8)


# Steps


def test_euler_s_norm_grows_by_its_identity_in_a_moving_field(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, 0.5)
    assert measures.euler_identity(atom, psi, 0.005, 400) < 1e-14


def test_in_a_field_at_rest_norms_grow_by_the_powers_of_the_factors() -> None:
    free = Helium("none")
    start = kicked(free, ground_state(Helium()).psi, 0.3)
    energies, orbitals = free.levels(free.external)
    shares = np.abs(free.sum(orbitals.T * start)) ** 2
    for method in measures.EXPLICIT:
        found = evolve(free, start, 0.02, 50, method).norm[-1]
        assert measures.norm_after(method, energies, shares, 0.02, 50) == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("dt", [0.02, 0.005])
def test_euler_runs_away_when_its_factors_say(atom: Helium, ground: Ground, dt: float) -> None:
    psi = kicked(atom, ground.psi, KICK)
    energies, shares = measures.spread(atom, ground, psi)
    foreseen = measures.predicted_runaway(energies, shares, dt)
    assert measures.runaway(atom, psi, dt) == pytest.approx(foreseen, rel=0.02)
    assert measures.predicted_runaway(energies, shares, 0.04, "Runge-Kutta") == np.inf
    assert measures.runaway(atom, psi, 0.05, "Crank-Nicolson", longest=2.0) == np.inf


def test_the_second_order_does_not_help_and_the_fourth_does(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, KICK)
    with pytest.raises(DivergedError, match=r"midpoint ran away at step \d+ of 200, t = "):
        evolve(atom, psi, 0.05, 200, "midpoint")
    assert np.abs(evolve(atom, psi, 0.02, 500, "Runge-Kutta").norm - 1).max() < 1e-9
    with pytest.raises(DivergedError, match="Runge-Kutta ran away"):  # beyond 2 sqrt(2) / 50 = 0.0566
        evolve(atom, psi, 0.06, 2000, "Runge-Kutta")


def test_the_largest_steps_follow_from_the_factors(atom: Helium, ground: Ground) -> None:
    energies, shares = measures.spread(atom, ground, kicked(atom, ground.psi, KICK))
    euler = measures.largest_step("Euler", energies, shares, 400.0)
    squares = float(shares @ energies**2)
    assert euler == pytest.approx(2 * np.log(1.001) / (400 * squares), rel=1e-3)
    edge = 2 * np.sqrt(2) / energies[-1]
    assert measures.largest_step("Runge-Kutta", energies, shares, 400.0) == pytest.approx(edge, rel=2e-3)


def test_crank_nicolson_keeps_norm_and_energy_and_goes_back(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, 0.2)
    course = evolve(atom, psi, 0.05, 400)
    assert np.abs(course.norm - 1).max() < 1e-10
    assert atom.energy(course.psi) == pytest.approx(atom.energy(psi), abs=1e-6)
    back = evolve(atom, course.psi.conj(), 0.05, 400).psi.conj()
    assert np.abs(back - psi).max() < 1e-5
    weak = kicked(atom, ground.psi, KICK)
    back = evolve(atom, evolve(atom, weak, 0.05, 400).psi.conj(), 0.05, 400).psi.conj()
    assert np.abs(back - weak).max() < 1e-7


def test_crank_nicolson_is_of_second_order_in_its_own_field(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, 0.5)
    ends = [evolve(atom, psi, 2 / steps, steps).psi for steps in (40, 80, 160, 1280)]
    errors = [np.abs(end - ends[-1]).max() for end in ends[:-1]]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.1)


def test_with_the_field_before_a_step_alone_the_order_is_one(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, 0.5)
    wanted = evolve(atom, psi, 2 / 1280, 1280).psi
    errors = []
    for steps in (40, 80):
        late = psi
        for _ in range(steps):
            diagonal = atom.potential(density_of(late)) - 2 * atom.hop
            late = crank_nicolson_line(diagonal, atom.hop, late, -2j / steps)
        errors.append(np.abs(late - wanted).max())
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.15)


def test_without_repulsion_a_run_is_the_exponential() -> None:
    free = Helium("none", 0.4, 10.0)
    psi = kicked(free, ground_state(free).psi, 0.3)
    exact = expm(-2j * dense(free, free.external)) @ psi
    assert np.abs(evolve(free, psi, 0.01, 200, "Runge-Kutta").psi - exact).max() < 1e-8
    assert np.abs(evolve(free, psi, 0.002, 1000).psi - exact).max() < 5e-6


def test_a_library_in_a_field_at_rest(atom: Helium, ground: Ground) -> None:
    qutip = pytest.importorskip("qutip", reason="qutip solves the same equation; it is not installed")
    small = Helium("none", 0.4, 10.0)
    psi = kicked(small, ground_state(small).psi, 0.3)
    matrix = qutip.Qobj(dense(small, small.external))
    options = {"atol": 1e-12, "rtol": 1e-10, "nsteps": 100_000}
    start = qutip.Qobj(psi * np.sqrt(small.spacing))
    theirs = qutip.sesolve(matrix, start, [0.0, 2.0], options=options).states[-1].full()[:, 0]
    ours = evolve(small, psi, 0.01, 200, "Runge-Kutta").psi * np.sqrt(small.spacing)
    assert np.abs(theirs - ours).max() < 1e-8


def test_a_mirrored_kick_gives_the_mirrored_dipole(atom: Helium, ground: Ground) -> None:
    ahead, behind = (
        evolve(atom, kicked(atom, ground.psi, sign * KICK), 0.05, 400).dipole for sign in (1, -1)
    )
    assert np.abs(ahead).max() > 1e-3
    assert np.abs(ahead + behind).max() < 1e-12


def test_ehrenfest_the_dipole_is_driven_by_the_outer_force(atom: Helium, ground: Ground) -> None:
    course = moments(atom, kicked(atom, ground.psi, KICK), 0.05)
    densities = np.array([next(course).density for _ in range(400)])
    dipole = densities @ atom.x * atom.spacing
    force = -2 * atom.x / (atom.x**2 + 1) ** 1.5  # minus the slope of the nucleus's potential
    driven = densities @ force * atom.spacing
    seen = np.diff(dipole, 2) / 0.05**2
    assert np.abs(seen - driven[1:-1]).max() < 1e-2 * np.abs(driven).max()


def test_in_a_harmonic_field_the_repulsion_moves_no_centre() -> None:
    """The harmonic potential theorem: the density sways at the field's own frequency."""
    omega = 0.4  # the grid makes the electron heavier: by dx^2 omega / 8, relative
    grid = Helium(half_width=12.0)
    for exchange in ("exact", "local", "none"):
        atom = Helium(exchange, half_width=12.0, external=omega**2 * grid.x**2 / 2)
        course = evolve(atom, kicked(atom, ground_state(atom).psi, KICK), 0.04, 2000)
        crossings = np.flatnonzero(np.diff(np.sign(course.dipole[1:]))) + 1
        fraction = course.dipole[crossings] / (course.dipole[crossings] - course.dipole[crossings + 1])
        period = 2 * np.diff(course.times[crossings] + 0.04 * fraction).mean()
        assert 2 * np.pi / period == pytest.approx(omega, rel=3e-3)
        assert np.abs(course.dipole).max() == pytest.approx(2 * KICK / omega, rel=5e-3)


def test_strengths_add_up_to_the_number_of_electrons(atom: Helium, ground: Ground) -> None:
    course = evolve(atom, kicked(atom, ground.psi, KICK), 0.05, 4000)
    frequencies = np.linspace(0, 12, 4001)
    total = measures.strength(course, KICK, frequencies).sum() * (frequencies[1] - frequencies[0])
    assert total == pytest.approx(2, rel=0.015)


def test_a_line_is_found_where_it_is() -> None:
    times = np.linspace(0.0, 400.0, 8001)
    swaying = Course(times, 0.02 * np.sin(0.51234 * times), np.ones(8001), np.zeros(1, dtype=complex))
    assert measures.line(swaying, KICK) == pytest.approx(0.51234, abs=1e-6)


def test_linear_response_finds_the_line_without_a_step(atom: Helium, ground: Ground) -> None:
    steps = (0.1, 0.05)
    lines = [
        measures.line(evolve(atom, kicked(atom, ground.psi, KICK), dt, round(400 / dt)), KICK) for dt in steps
    ]
    without = lines[1] + (lines[1] - lines[0]) / 3  # of second order; the window is left
    assert measures.linear_line(atom, ground) == pytest.approx(without, abs=4e-5)
    oscillator = Helium(external=atom.x**2 / 2)  # moves as a whole; dx^2 / 8 is the grid's
    found = measures.linear_line(oscillator, ground_state(oscillator))
    assert found == pytest.approx(1 - 0.2**2 / 8, abs=1e-3)
    with pytest.raises(ValueError, match="exchange"):
        measures.linear_line(Helium("local"), ground)


def test_the_nucleus_and_not_the_wall_feeds_the_highest_waves() -> None:
    foreseen = []
    for width in (20, 30):
        wide = Helium(half_width=width)
        start = ground_state(wide)
        waves = measures.spread(wide, start, kicked(wide, start.psi, KICK))
        foreseen.append(measures.predicted_runaway(*waves, 0.005))
    assert foreseen[1] == pytest.approx(foreseen[0], abs=0.005)


# Visscher's steps


def test_visscher_keeps_his_norm_and_is_undone_where_the_field_is_given(atom: Helium, ground: Ground) -> None:
    psi, potential = kicked(atom, ground.psi, KICK), atom.potential(density_of(ground.psi))
    found = measures.there_and_back(atom, potential, psi, 0.03, 2000)
    assert found["kept"] < 1e-13
    assert found["back"] < 1e-13
    assert 1e-3 < found["norm"] < 0.03
    own = measures.there_and_back(atom, potential, psi, 0.03, 2000, own_field=True)
    assert own["back"] > 1e3 * found["back"]


def test_visscher_breaks_beyond_two(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, KICK)
    energies = atom.levels(atom.potential(density_of(ground.psi)))[0]
    assert 0.045 * energies[-1] > 2 > 0.039 * energies[-1]
    with pytest.raises(DivergedError, match="Visscher ran away at step"):
        evolve(atom, psi, 0.045, 200, VISSCHER)
    assert np.abs(evolve(atom, psi, 0.039, 5000, VISSCHER).norm - 1).max() < 0.2


def test_visscher_follows_the_others(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, KICK)
    one = evolve(atom, psi, 0.005, 4000, VISSCHER).dipole
    other = evolve(atom, psi, 0.02, 1000).dipole
    assert np.abs(one[::4] - other).max() < 2e-3 * np.abs(other).max()


def test_a_field_that_lags_behind_drives(
    atom: Helium, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    psi = kicked(atom, ground.psi, KICK)
    other = evolve(atom, psi, 0.03, 3000).dipole
    apart = []
    for lead in (propagators.LEAD, 0.0):
        monkeypatch.setattr(propagators, "LEAD", lead)
        one = evolve(atom, psi, 0.03, 3000, VISSCHER).dipole
        apart.append(np.abs(one - other)[-400:].max() / np.abs(other).max())
    assert apart[0] < 0.3 * apart[1]


def test_visscher_s_step_is_the_reversible_pair_of_networks(atom: Helium, ground: Ground) -> None:
    import torch

    from pdenet.ops.ode.reversible import reversible_pair

    potential = atom.potential(density_of(ground.psi))
    psi = kicked(atom, ground.psi, 0.3)

    class Energy(torch.nn.Module):
        """H as a layer of a network: a kernel of three taps, and a weight a point."""

        def forward(self, _: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
            kernel = torch.tensor([[[atom.hop, -2 * atom.hop, atom.hop]]], dtype=u.dtype)
            around = torch.nn.functional.conv1d(u[None, None], kernel, padding=1)[0, 0]
            return around + torch.as_tensor(potential) * u

    steps, dt = 50, 0.03
    wanted = psi.real, psi.imag
    for _ in range(steps):
        wanted = visscher_step(atom, potential, wanted, dt)
    found = reversible_pair(
        Energy(), torch.tensor(psi.real), torch.tensor(psi.imag), steps * dt, steps, sign=-1
    )
    assert all(np.abs(a.numpy() - b).max() < 1e-13 for a, b in zip(found, wanted, strict=True))


# Finer grids


def test_a_square_law_is_followed_to_nothing() -> None:
    spacings = (0.2, 0.1, 0.05)
    last, apart = measures.extrapolated(spacings, [3 + h**2 for h in spacings])
    assert last == pytest.approx(3, abs=1e-14)
    assert apart < 1e-14
    assert measures.extrapolated(spacings, [h**4 for h in spacings])[1] > 1e-5
    with pytest.raises(ValueError, match="three spacings, each half"):
        measures.extrapolated((0.2, 0.1), (1.0, 2.0))


# What is not accepted


def test_bad_systems_are_refused() -> None:
    with pytest.raises(TypeError, match="external must be real, or energy is not kept"):
        Helium(external=1j * np.ones(201))
    with pytest.raises(ValueError, match=r"external must be 201 finite numbers.*got the shape \(3,\)"):
        Helium(external=np.ones(3))
    with pytest.raises(ValueError, match="exchange"):
        Helium("some")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="spacing must be"):
        Helium(spacing=0)
    with pytest.raises(ValueError, match="half_width / spacing must be"):
        Helium(half_width=0.01)


def test_a_search_that_is_cut_short_says_what_is_left(atom: Helium) -> None:
    with pytest.raises(NotConverged, match=r"still changes by .* after 3 rounds"):
        ground_state(atom, rounds=3)
    with pytest.warns(RuntimeWarning, match=r"density at the wall is .* widen the box"):
        ground_state(Helium(half_width=3.0))


@pytest.mark.parametrize("method", [*METHODS, VISSCHER])
def test_a_step_of_nothing_is_refused(atom: Helium, ground: Ground, method: str) -> None:
    for dt in (0, -0.05):
        with pytest.raises(ValueError, match="dt must be"):
            evolve(atom, ground.psi, dt, 5, method)
    with pytest.raises(ValueError, match="steps must be"):
        evolve(atom, ground.psi, 0.05, 0, method)


def test_an_unknown_method_is_refused(atom: Helium, ground: Ground) -> None:
    with pytest.raises(ValueError, match="method"):
        evolve(atom, ground.psi, 0.05, 5, "leapfrog")
    with pytest.raises(DivergedError, match=r"Euler ran away at step \d+ of 2000, t = "):
        evolve(atom, kicked(atom, ground.psi, KICK), 0.02, 2000, "Euler")
