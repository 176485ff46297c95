"""What the table and the figures of the page show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdenet.subjects.stability import figures, tables
from pdenet.subjects.stability.measures import Portrait, portrait
from pdenet.symbolic import PDE1
from pdenet.symbolic.moments import depth_moments, image_moments

pytestmark = pytest.mark.usefixtures("book_style")

CALM = [0.6, 0.3, 0.6, 0.15, 0.0]


def pair(layers: int = 2) -> tuple[Portrait, Portrait]:
    """Three seeds, calm at the start and drifting in the end."""
    rng = np.random.default_rng(0)
    theta = np.tile(CALM, (3, layers, 1)) + rng.uniform(0, 0.01, size=(3, layers, 5))
    return portrait(theta), portrait(theta * [0, -1, 0, -1, 0])


@pytest.mark.parametrize(
    ("values", "form", "text"),
    [
        ([1.41, 1.6], "", "1.4 to 1.6"),
        ([12.0, 10**9.5], "", "12 to $10^{9.5}$"),
        ([0.1, 0.25, 0.2], ".0%", "10% to 25%"),
        ([0.0, 0.0], ".0%", "0%"),
    ],
)
def test_a_span_is_short(values: list[float], form: str, text: str) -> None:
    assert tables.spans(np.array(values), form) == text


def test_a_row_an_equation_and_depth_with_the_start_in_front() -> None:
    table = tables.portraits_table({("(39)", 2): pair(), ("(40)", 5): pair(5)})
    header, _, first, second = table.splitlines()
    assert header.endswith(r"\|G\| |")  # bars within a cell are written so that they stay there
    assert first.startswith("| (39), 2 |")
    assert second.startswith("| (40), 5 |")
    assert "100% →<br>0%" in first  # of the layers all are stable, then none


def test_ends_are_open_at_the_start_and_filled_after_training() -> None:
    both = pair()
    fig = figures.draw_ends({("(39)", 2): both, ("(40)", 2): both})
    assert [ax.get_title() for ax in fig.axes] == ["(39)", "(40)"]
    opened, filled, middle = fig.axes[0].lines
    for line, one in ((opened, both[0]), (filled, both[1])):
        np.testing.assert_array_equal(np.stack([np.asarray(d) for d in line.get_data()], axis=-1), one.end)
    assert opened.get_markerfacecolor() == "none" != filled.get_markerfacecolor()
    assert [float(np.asarray(d)[0]) for d in middle.get_data()] == [0, 0]
    low, high = fig.axes[0].get_ylim()
    assert low > both[1].end[:, 1].max() > both[0].end[:, 1].min() > high  # rows count downwards


def test_a_film_has_the_middle_where_the_moments_say() -> None:
    image = np.zeros((9, 11))
    image[4, 5], image[2, 3], image[6, 4] = 1, 1, 1
    start, added = image_moments(image), depth_moments(PDE1, [CALM] * 3)
    fig = figures.draw_film([image, image], [0, 3], start, added)
    for ax, layers in zip(fig.axes, (0, 3), strict=True):
        cross = ax.lines[-1]
        x, y = (float(np.asarray(d)[0]) for d in cross.get_data())
        assert (x, y) == pytest.approx(tuple(start.place + added.place[layers] + [5, 4]))


def test_the_spread_has_the_equation_above_the_layers() -> None:
    theta = np.array([CALM] * 12)
    found = depth_moments(PDE1, theta)
    fig = figures.draw_spread(np.ones((29, 29)), theta[:, 0], found, found)
    flow, line, marks = fig.axes[1].lines[:3]
    np.testing.assert_allclose(np.asarray(flow.get_ydata(), dtype=float), 0.36 * np.arange(13))
    np.testing.assert_allclose(np.asarray(line.get_ydata(), dtype=float), (0.36 - 0.09) * np.arange(13))
    np.testing.assert_array_equal(line.get_ydata(), marks.get_ydata())


def test_ovals_are_labelled_with_their_gains() -> None:
    turn = np.exp(1j * np.linspace(0, 2 * np.pi, 50))
    fig = figures.draw_ovals(
        {name: size * turn for name, size in (("a", 0.5), ("b", 1.2), ("c", 2.0))},
        {"a": 0.5, "b": 1.2, "c": 2.0},
    )
    labels = [str(line.get_label()) for line in fig.axes[0].lines]
    assert labels == ["unit circle", "a, 0.50", "b, 1.20", "c, 2.00"]
    edge = np.hypot(*(np.asarray(d, dtype=float) for d in fig.axes[0].lines[2].get_data()))
    np.testing.assert_allclose(edge, 1.2)
    plt.close(fig)
