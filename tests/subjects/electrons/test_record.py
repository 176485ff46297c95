"""Helium's record and its claims; the figures and the film of its page."""

from __future__ import annotations

import numpy as np
import pytest

from pdenet.runs.arm import Context
from pdenet.runs.results import Results
from pdenet.subjects.electrons import figures, pair
from pdenet.subjects.electrons.arms import GridArm, Kick, RunArm, grid_name
from pdenet.subjects.electrons.claims import CLAIMS
from pdenet.subjects.electrons.experiment import ELECTRONS
from pdenet.subjects.electrons.propagators import VISSCHER, evolve
from pdenet.subjects.electrons.system import Ground, Helium, density_of, ground_state, kicked

KICK = 0.01


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = ELECTRONS.results()
    assert all(len(results.seeds(arm.name)) == 1 for arm in ELECTRONS.arms("full"))
    assert ELECTRONS.judged().keys() == {claim.id for claim in CLAIMS}
    assert ELECTRONS.judged(Results(ELECTRONS.arms("full"), [])) == {}


def test_a_grid_is_computed_again_as_the_record_has_it() -> None:
    (record,) = ELECTRONS.results().records(grid_name(0.2))
    short = GridArm(spacing=0.2, protocol=Kick(time=20.0)).measure(0)
    for what in ("exact energy", "exact line", "ion level", "exact exchange energy", "local exchange level"):
        assert short[what] == pytest.approx(record.measured[what], rel=1e-9)


def test_a_run_says_what_was_foreseen() -> None:
    grew = RunArm(method="Euler", dt=1e-3, protocol=Kick(time=10.0)).run((0,), Context())[0].measured
    assert grew["steps"] == 10_000
    assert grew["growth"] == pytest.approx(grew["foreseen growth"], rel=0.01)
    burst = RunArm(method="Euler", dt=5e-3, protocol=Kick(time=10.0)).measure(0)
    assert burst["runaway"] == pytest.approx(burst["foreseen runaway"], rel=0.1)  # looked at every 64 steps
    assert "growth" not in burst


def test_bad_arms_are_refused() -> None:
    with pytest.raises(ValueError, match="method"):
        RunArm(method=VISSCHER, dt=0.01)
    with pytest.raises(ValueError, match="time must be"):
        Kick(time=0)


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn(atom: Helium, ground: Ground) -> None:
    psi = kicked(atom, ground.psi, KICK)
    assert len(figures.draw_norms(atom, psi, time=3.0).axes) == 2
    course = evolve(atom, psi, 0.05, 400)
    spectrum = figures.draw_spectrum({"run": course}, pair.exact_lines(), 0.467, KICK)
    assert len(spectrum.axes[0].lines) == 1 + 6 + 1


def test_the_film_shows_euler_burst_and_the_other_stay() -> None:
    film = figures.film_density(frames=46)
    assert film.notes[30].startswith("t = 3.0, Euler’s norm 1.00")
    assert film.notes[-1] == "t = 4.5, Euler’s norm ran away"
    smooth, burst = (np.asarray(film.curves[name]) for name in ("Crank-Nicolson", "Euler"))
    assert np.abs(smooth[30] - burst[30]).max() < 0.01
    assert np.isfinite(smooth).all()
    assert np.isnan(burst[-1]).all()
    places = np.asarray(film.x)
    atom = Helium()
    start = density_of(ground_state(atom).psi)[np.abs(atom.x) <= 10 + 1e-9]
    assert np.allclose(smooth[0], start, rtol=1e-12)  # t = 0 is the start: a kick alone moves no density
    assert np.array_equal(smooth[0], burst[0])
    centre = [float((row * places).sum() / row.sum()) for row in smooth[:21:20]]
    assert centre[1] > centre[0] + 0.1  # it was kicked to the right
