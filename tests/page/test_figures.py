"""What figures show."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import sympy as sp
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from pdenet.page.figures import accuracy_by_depth, accuracy_curves, draw_stencil, error_scale, image_row
from pdenet.symbolic import PDE1

if TYPE_CHECKING:
    from collections.abc import Callable


def x_of(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_xdata(), dtype=float)


def y_of(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata(), dtype=float)


def test_a_symbolic_stencil_shows_its_formulas_where_they_act() -> None:
    figure, ax = plt.subplots()
    draw_stencil(ax, PDE1.stencil().matrix)
    figure.canvas.draw()  # mathtext raises here on what it cannot set
    texts = {text.get_position(): text.get_text() for text in ax.texts}
    assert len(texts) == 9
    assert r"\beta" in texts[2, 1]  # the right neighbour: column 2, row 1
    assert r"\rho" in texts[1, 2]  # the one below
    assert texts[0, 0] == "$0$"
    below, above = ax.get_ylim()
    assert below > above  # rows count downwards


def test_a_numeric_stencil_shows_size_and_sign() -> None:
    _, ax = plt.subplots()
    draw_stencil(ax, [[0.25, -1.0, 0.25]])
    assert [text.get_text() for text in ax.texts] == ["0.25", "-1", "0.25"]
    squares = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_width() < 1]
    left, centre, _ = squares
    assert centre.get_width() == pytest.approx(2 * left.get_width())  # four times the area
    assert left.get_fill()
    assert not centre.get_fill()


def test_formulas_and_numbers_of_every_kind_stand_side_by_side() -> None:
    _, ax = plt.subplots()
    draw_stencil(ax, [[sp.Symbol("a"), np.float32(0.5), sp.Rational(1, 2), 0, np.int64(2)]])
    assert [text.get_text() for text in ax.texts] == ["$a$", "$0.5$", r"$\dfrac{1}{2}$", "$0$", "$2$"]


@pytest.mark.parametrize("beside", [0.5, sp.Symbol("a")], ids=["numbers", "formulas"])
def test_text_in_a_stencil_is_refused_and_not_evaluated(beside: object, tmp_path: Path) -> None:
    mark = tmp_path / "run"
    for text in (f"__import__('pathlib').Path({str(mark)!r}).touch()", "1"):
        with pytest.raises(TypeError, match="an entry of the stencil must be a finite number; got "):
            draw_stencil(plt.figure().add_subplot(), [[text, beside, beside]])
    assert not mark.exists()


def test_text_for_numbers_is_refused() -> None:
    ax = plt.figure().add_subplot()
    text: Any = ["90", "95"]
    calls: list[Callable[[], None]] = [
        lambda: image_row([ax], [[text]]),
        lambda: accuracy_curves(ax, {"a": text}),
        lambda: accuracy_by_depth(ax, {"a": {5: text}}),
        lambda: error_scale(ax, text),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="must be numbers; got text"):
            call()
    with pytest.raises(TypeError, match=r"digits must be a whole number, at least 1; got \['90', '95'\]"):
        draw_stencil(ax, [[1.0]], digits=text)


@pytest.mark.parametrize("matrix", [sp.eye(2), [1, 2, 3], np.zeros((3, 3, 3))], ids=["even", "line", "cube"])
def test_what_is_not_a_stencil_is_refused(matrix: object) -> None:
    with pytest.raises(ValueError, match=r"got a stencil of shape .* two axes .* of odd length"):
        draw_stencil(plt.figure().add_subplot(), matrix)


def test_images_share_one_grey_scale() -> None:
    _, axes = plt.subplots(1, 2)
    image_row(axes, np.stack([np.zeros((3, 3)), np.full((3, 3), 2.0)]), ["input"])
    assert [ax.images[0].get_clim() for ax in axes] == [(0, 2), (0, 2)]
    assert [ax.get_title() for ax in axes] == ["input", ""]


def test_images_that_do_not_fit_are_refused() -> None:
    _, axes = plt.subplots(1, 2)
    with pytest.raises(ValueError, match=r"got images of shape \(3, 4, 4\) for 2 axes"):
        image_row(axes, np.zeros((3, 4, 4)))
    with pytest.raises(ValueError, match="got 3 titles for 2 images"):
        image_row(axes, np.zeros((2, 4, 4)), ["a", "b", "c"])


def test_curves_are_the_mean_in_the_band_of_all_seeds() -> None:
    _, ax = plt.subplots()
    accuracy_curves(ax, {"PDE 1": [[0.2, 0.5, 0.9], [0.4, 0.7, np.nan]]})
    (line,) = ax.lines
    np.testing.assert_allclose(x_of(line), [1, 2, 3])
    np.testing.assert_allclose(y_of(line), [30, 60, 90])  # the diverged seed leaves the mean
    (band,) = ax.collections
    corners = {tuple(map(float, np.round(corner, 9))) for corner in np.asarray(band.get_paths()[0].vertices)}
    assert {(1, 20), (1, 40), (2, 50), (2, 70), (3, 90)} <= corners


def test_where_every_seed_diverged_the_curve_ends() -> None:
    _, ax = plt.subplots()
    accuracy_curves(ax, {"PDE 1": [[0.2, np.nan], [0.4, np.nan]]})
    np.testing.assert_allclose(x_of(ax.lines[0]), [1])


def test_curves_of_the_wrong_shape_are_refused() -> None:
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"got accuracies of shape \(1, 3\) for 'a'; .* with 2 epochs"):
        accuracy_curves(ax, {"a": [0.1, 0.2, 0.3]}, epochs=[1, 2])


def test_every_seed_has_its_mark_beside_the_printed_value() -> None:
    _, ax = plt.subplots()
    ours = {"PDE 1": {5: [0.97, 0.98], 50: [0.9]}, "control": {5: [0.95]}}
    accuracy_by_depth(ax, ours, {"PDE 1": {5: 0.974}})
    ours_1, stars_1, ours_2, _ = ax.lines
    np.testing.assert_allclose(y_of(ours_1), [97, 98, 90])
    places = np.round(x_of(ours_1))
    assert [ax.get_xticklabels()[int(i)].get_text() for i in places] == ["5", "5", "50"]
    assert x_of(ours_2)[0] > x_of(ours_1)[0]
    np.testing.assert_allclose(y_of(stars_1), [97.4])
    assert 0 < x_of(stars_1)[0] - x_of(ours_1)[0] < 0.35
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["PDE 1", "PDE 1, thesis", "control"]


def test_a_printed_value_needs_its_network() -> None:
    with pytest.raises(ValueError, match=r"printed has values of PDE 2; the networks are PDE 1"):
        accuracy_by_depth(plt.figure().add_subplot(), {"PDE 1": {5: [0.9]}}, {"PDE 2": {5: 0.9}})


def test_an_error_scale_halves_the_error_in_equal_steps() -> None:
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3], [11.35, 98, 100])
    error_scale(ax, ticks=(10, 96, 98, 99))
    figure.canvas.draw()
    heights = ax.transData.transform([(0, accuracy) for accuracy in (92, 96, 98, 99)])[:, 1]
    np.testing.assert_allclose(np.diff(heights), np.diff(heights)[0])
    low, high = ax.get_ylim()
    assert low < 10
    assert 99 < high < 100
    assert [label.get_text() for label in ax.get_yticklabels()] == ["10", "96", "98", "99"]


@pytest.mark.parametrize("ticks", [(90,), (95, 90), (90, 100)])
def test_an_error_scale_refuses_other_ticks(ticks: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="they must be two or more, rising, and below 100"):
        error_scale(plt.figure().add_subplot(), ticks)
