"""Records of trained autoencoders, their claims, and the page's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pdenet.runs.claims import Verdict
from pdenet.runs.results import Results
from pdenet.subjects.free_field import figures, measures
from pdenet.subjects.free_field.arms import (
    DRAWN,
    EXACT,
    LONG,
    NOISE,
    SAMPLE,
    SHELL,
    ExactArm,
    NoiseArm,
    SampleArm,
    drawn_name,
)
from pdenet.subjects.free_field.claims import CLAIMS, slopes
from pdenet.subjects.free_field.experiment import FREE_FIELD
from pdenet.subjects.free_field.measures import LATENTS, NOISES, SIZES
from pdenet.subjects.free_field.system import free_field, staggered, two_fields
from pdenet.subjects.free_field.vae import optimum

if TYPE_CHECKING:
    from matplotlib.lines import Line2D


def points(line: Line2D) -> tuple[np.ndarray, np.ndarray]:
    """Where a line is drawn."""
    return np.asarray(line.get_xdata()), np.asarray(line.get_ydata())


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = FREE_FIELD.results()
    for arm in FREE_FIELD.arms("full"):
        assert len(results.seeds(arm.name)) == (arm.most or FREE_FIELD.seeds)
    assert FREE_FIELD.judged().keys() == {claim.id for claim in CLAIMS}
    assert FREE_FIELD.judged(Results(FREE_FIELD.arms("full"), [])) == {}
    assert FREE_FIELD.judged()["FF5"].verdict == Verdict.HOLDS


def test_hidden_layers_are_compared_with_linear_ones_of_the_same_seed() -> None:
    results = FREE_FIELD.results()
    linear, hidden = (results.values(arm.name, "excess") for arm in LONG)
    judged = FREE_FIELD.judged()
    assert judged["FF17"].found.estimate == pytest.approx(float(np.mean(hidden - linear)))
    assert judged["FF17"].found.estimate == pytest.approx(
        judged["FF16"].found.estimate - judged["FF15"].found.estimate
    )
    one_sided = [r for r in FREE_FIELD.recorded() if r.model["measured"] != LONG[0].name]
    assert "FF17" not in FREE_FIELD.judged(Results(FREE_FIELD.arms("full"), one_sided))


def test_a_sample_is_measured_again() -> None:
    (record,) = (r for r in FREE_FIELD.results().records(SAMPLE.name) if r.seed == 3)
    again = SampleArm(sizes=SIZES[:2]).measure(3)
    assert {"angle at 300", "square at 1000", "excess at 1000", "ratio at 300"} < again.keys()
    assert all(record.measured[what] == pytest.approx(value, rel=1e-6) for what, value in again.items())


def test_slopes_are_those_of_the_angles() -> None:
    results = FREE_FIELD.results()
    angles = np.array([results.values(SAMPLE.name, f"angle at {size}") for size in SIZES])
    by_hand = [np.polyfit(np.log(SIZES), np.log(row), 1)[0] for row in angles.T]
    assert slopes(results) == pytest.approx(by_hand)
    assert np.all(slopes(results) < 0)


def test_what_is_recorded_of_a_training() -> None:
    measured = ExactArm(side=8).measure(0)
    assert measured.keys() == {"gap", "angle", "longest", "start", "slope", "mass2"}
    assert measured["start"] < measured["longest"]
    counts = NoiseArm(side=6, noises=(3.0,)).measure(0)
    assert counts == {"used at 3": 1, "as predicted": 1.0}
    # A search that is cut short uses other columns than it should, and the record says so.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measures, "SHORT", 2)
        assert NoiseArm(side=6, noises=(1.0,)).measure(0)["as predicted"] == 0.0


def test_arms_are_known_unbuilt() -> None:
    names = [arm.name for arm in (*EXACT, *DRAWN, *LONG, NOISE, SHELL, SAMPLE)]
    assert len(set(names)) == len(names)
    assert drawn_name("two", 128) == "hidden layers, drawn, two"
    assert drawn_name("free", 0) == "linear, drawn, free"
    assert [arm.name for arm in LONG] == [
        "linear, drawn, free, 10,000 steps",
        "hidden layers, drawn, free, 10,000 steps",
    ]
    assert SHELL.model == {
        "kind": "Gaussian field",
        "field": "free",
        "side": 16,
        "measured": "exact loss, 7 latents",
    }
    assert NOISE.model["noises"] == [*NOISES]
    assert SAMPLE.model["sizes"] == [*SIZES]
    assert EXACT[2].field.name == "two fields"
    assert (NOISES, LATENTS) == ((3.5, 2.0, 1.4, 1.0), 9)


@pytest.mark.usefixtures("book_style")
def test_figures_are_drawn() -> None:
    free, turned, two = free_field(), staggered(), two_fields()
    titles = [ax.get_title() for ax in figures.draw_fields((free, two)).axes]
    assert titles == ["field", "9 latents", "blocks of 4 x 4", "", "", ""]
    best = optimum(free.covariance, LATENTS)
    reading = figures.draw_reading(best, free, FREE_FIELD.results())
    at, read = points(reading.axes[0].lines[1])
    assert np.allclose(read, at + 0.05)
    kept = figures.draw_kept((free, turned, two))
    assert [ax.get_title() for ax in kept.axes[:3]] == ["free field", "staggered field", "two fields"]
    assert points(kept.axes[0].lines[1])[0].max() < 1
    assert all(points(ax.lines[1])[0].min() > 7 for ax in kept.axes[1:3])
    flow = figures.draw_flow(free).axes[0]
    for number, width in ((0, 1), (1, 2), (3, 4)):
        at, inverse = points(flow.lines[number])
        assert np.allclose(inverse, at + 0.05 * width**2)
    assert np.allclose(points(flow.lines[-1])[1], 1)
    captured = figures.draw_captured((free, two)).axes[0]
    top, blocks = (dict(zip(*points(captured.lines[n]), strict=True)) for n in (0, 1))
    assert all(blocks[count] < top[count] for count in (4, 16, 64))
