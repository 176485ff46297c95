"""What figures just show, and what they just refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from pdenet.page.figures import accuracy_by_depth, accuracy_curves, draw_stencil, error_scale, image_row
from pdenet.page.tables import markdown_table


def test_a_title_an_image_and_no_more() -> None:
    _, axes = plt.subplots(1, 2)
    image_row(axes, np.zeros((2, 4, 4)), ["a", "b"])
    assert [ax.get_title() for ax in axes] == ["a", "b"]


def test_two_ticks_are_enough_and_just_below_a_hundred_is_allowed() -> None:
    ax = plt.figure().add_subplot()
    error_scale(ax, (90, 99.9))
    low, high = ax.get_ylim()
    beyond = 0.06 * 2  # of two decades of the error
    assert (100 - low, 100 - high) == pytest.approx((10 * 10**beyond, 0.1 / 10**beyond))
    with pytest.raises(ValueError, match="two or more, rising, and below 100"):
        error_scale(ax, (90, 90))


def test_a_stencil_of_zeros_has_no_squares_and_the_middle_a_heavy_frame() -> None:
    ax = plt.figure().add_subplot()
    draw_stencil(ax, np.zeros((3, 3)))
    frames = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() == 1]
    squares = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() < 1]
    heavy = [p.get_xy() for p in frames if p.get_linewidth() > 2]
    assert len(frames) == 9
    assert heavy == [(0.5, 0.5)]
    assert [(p.get_width(), p.get_fill()) for p in squares] == [(0, False)] * 9


def test_numbers_have_three_digits_unless_told_otherwise() -> None:
    for options, text in (({}, "0.123"), ({"digits": 1}, "0.1")):
        ax = plt.figure().add_subplot()
        draw_stencil(ax, [[0.12345]], **options)
        assert [t.get_text() for t in ax.texts] == [text]


def test_squares_lie_in_the_middle_above_their_numbers() -> None:
    ax = plt.figure().add_subplot()
    draw_stencil(ax, [[1.0, -0.25, 0.0]])
    squares = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() < 1]
    assert [p.get_width() for p in squares] == pytest.approx([0.5, 0.25, 0.0])
    for column, square in enumerate(squares):
        left, top = square.get_xy()
        side = square.get_width()
        assert (left + side / 2, top + side / 2) == pytest.approx((column, -0.12))
        assert square.get_height() == side
    assert [t.get_position() for t in ax.texts] == [(0, 0.33), (1, 0.33), (2, 0.33)]
    assert ax.get_xlim() == (-0.55, 2.55)
    assert ax.get_ylim() == (0.55, -0.55)


def test_a_curve_of_one_seed_does_not_count_seeds() -> None:
    ax = plt.figure().add_subplot()
    accuracy_curves(ax, {"one": [0.1, 0.2], "two": [[0.1, 0.2], [0.3, 0.4]]})
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["one", "two (2 seeds)"]
    assert [line.get_markevery() for line in ax.lines] == [1, 1]
    ax = plt.figure().add_subplot()
    accuracy_curves(ax, {"long": np.linspace(0, 1, 17)}, epochs=range(17))
    assert ax.lines[0].get_markevery() == 2


def test_networks_stand_side_by_side_around_their_depth() -> None:
    ax = plt.figure().add_subplot()
    ours = {name: {5: [0.9], 50: [0.8]} for name in "abc"}
    accuracy_by_depth(ax, ours, {"b": {50: 0.7}})
    places = [np.asarray(line.get_xdata(), dtype=float) for line in ax.lines]
    step = 0.7 / 3
    for i, (dots, offset) in enumerate(zip(places[::2], (-step, 0, step), strict=True)):
        np.testing.assert_allclose(dots, [offset, 1 + offset], atol=1e-12, err_msg=str(i))
    np.testing.assert_allclose(places[3], [1 + 0.4 * step])
    assert ax.get_xlim() == (-0.5, 1.5)


def test_a_column_is_flush_right_if_all_of_it_are_numbers() -> None:
    mixed = markdown_table(["a", "b"], [("1", "2"), ("none", "3.5 %"), ("4", "–1,000")])
    assert mixed.splitlines()[1] == "| :--- | ---: |"
