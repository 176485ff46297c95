"""What is counted of networks, and what is drawn of them."""

import numpy as np
import pytest
from matplotlib.lines import Line2D

from pdenet.subjects.learned_equations import figures, report
from pdenet.subjects.learned_equations.measures import Controls, Traits

NAMES = ("reach", "around", "centre", "sharpens", "gathers", "variance", "growth")


def some(**changes: list[float]) -> Traits:
    """Traits of three networks."""
    return Traits(**{name: np.array(changes.get(name, [0.0, 0.0, 0.0])) for name in NAMES})


def group(accuracies: tuple[float, ...] = (0.95, 0.97, 0.96)) -> Controls:
    """Three controls of two layers, of four that were trained."""
    rng = np.random.default_rng(0)
    start, trained = rng.uniform(-0.1, 0.1, size=(2, 3, 2, 3, 3))
    return Controls(4, np.array([0, 2, 3]), start, trained, np.array(accuracies))


def test_what_networks_did_is_counted() -> None:
    first = some(reach=[0.1, 0.2, 0.3], sharpens=[0.5, 0.5, 0.2], variance=[-1, 1, 1])
    last = some(reach=[0.2, 0.1, 0.4], sharpens=[0.6, 0.5, 0.1], variance=[-1, -1, -1])
    found = report.counts(first, last, 0.3)
    assert found["moved towards (39)"] == 2
    assert found["moved, the centre tap left out"] == 0
    assert found["at the start sharpen in more layers than chance"] == 2
    assert found["trained sharpen in more layers than chance"] == 2
    assert found["sharpen in more layers than at the start"] == found["in fewer"] == 1
    assert found["at the start add negative variance"] == 1
    assert found["trained add negative variance"] == 3
    table = report.counts_table({"one": first}, {"one": last}, 0.3)
    assert "| moved towards (39) | 2 of 3 |" in table
    assert len(table.splitlines()) == 2 + len(found)


def test_traits_of_all_depths_stand_one_after_another() -> None:
    both = report.together({5: some(growth=[1, 2, 3]), 15: some(growth=[4, 5, 6])})
    np.testing.assert_array_equal(both.growth, [1, 2, 3, 4, 5, 6])


def test_tables_say_who_learned_and_how_wide_coefficients_are() -> None:
    controls = {"small": {5: group(), 15: group()}}
    assert "| small | 3 of 4: 96.00 | 3 of 4: 96.00 |" in report.survivors(controls)
    table = report.noise_table(controls, {"small": 0.1}, [(0, 0), (2, 2)])
    assert "$a_{00}$ | $a_{22}$" in table
    assert "| noise, tap of deviation 1 | 3.00 | 0.50 |" in table
    wide, narrow = (report.coefficient_spread(controls["small"], width) for width in (0.1, 0.2))
    np.testing.assert_allclose(wide, 2 * narrow)


def test_the_network_whose_growth_is_odd_is_named() -> None:
    words = report.growth_words({5: group()}, {5: some(growth=[0.1, -7.2, 2.0])}, 5)
    assert words == "5 layers, seed 2: -7.2, and 97.0 % of the digits right"


@pytest.mark.usefixtures("book_style")
def test_a_panel_of_taps_a_group() -> None:
    rng = np.random.default_rng(0)
    kernels = {name: rng.uniform(-0.1, 0.1, size=(20, 3, 3)) for name in ("one", "other")}
    fig = figures.draw_reach(kernels)
    assert [ax.get_title() for ax in fig.axes] == ["one", "other"]
    for ax, taps in zip(fig.axes, kernels.values(), strict=True):
        dots = ax.lines[-1]
        np.testing.assert_array_equal(dots.get_xdata(), taps[:, 1, 0])
        np.testing.assert_array_equal(dots.get_ydata(), taps[:, 1, 2])
        left, right = (np.asarray(data, dtype=float) for data in ax.lines[1].get_data())
        np.testing.assert_allclose((right - left) ** 2, left + right, atol=1e-12)  # beta^2 = alpha^2


def heights(line: Line2D) -> list[float]:
    """The data of a line along y."""
    return [float(y) for y in np.asarray(line.get_ydata(), dtype=float)]


@pytest.mark.usefixtures("book_style")
def test_open_marks_before_and_filled_ones_after() -> None:
    before = {name: {5: some(reach=[0.1, 0.2, 0.3]), 15: some()} for name in ("one", "other")}
    after = {name: {5: some(reach=[0.4, 0.5, 0.6]), 15: some()} for name in ("one", "other")}
    fig = figures.draw_traits(before, after, {"reach": ("within reach", "share")}, {"reach": 4 / 9})
    ax = fig.axes[0]
    opened, filled = ax.lines[0], ax.lines[1]
    assert heights(opened) == [0.1, 0.2, 0.3]
    assert heights(filled) == [0.4, 0.5, 0.6]
    assert opened.get_markerfacecolor() == "none" != filled.get_markerfacecolor()
    chance = ax.lines[-1]
    assert heights(chance) == [4 / 9, 4 / 9]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["one", "other"]
