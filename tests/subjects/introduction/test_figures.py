"""What the figures of the first chapter show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from pdenet.subjects.introduction import figures


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_the_block_names_its_parts_and_stays_in_its_frame() -> None:
    fig, ax = plt.subplots(figsize=(5.6, 1.3))
    figures.draw_block(ax)
    for wanted in (r"$K_l \star u_{l-1} + b_l$", "+", "ReLU", "skip connection", r"$u_{l-1}$", r"$u_l$"):
        assert wanted in texts(ax)
    fig.canvas.draw()
    frame = ax.get_window_extent()
    for text in ax.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0, text.get_text()
        assert box.x1 <= frame.x1, text.get_text()
    plt.close(fig)


def test_the_first_element_is_the_window_over_the_corner() -> None:
    fig = figures.draw_first_element([[5, 7], [11, 13]], [[1, 0, 0], [0, 2, 3], [0, 0, 4]])
    image, kernel, output = fig.axes
    assert texts(output) == [str(2 * 5 + 3 * 7 + 4 * 13)]
    assert len(texts(image)) == 16
    assert texts(kernel) == list("100023004")
    plt.close(fig)


def test_a_kernel_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(5, 5\); draw one of \(3, 3\)"):
        figures.draw_first_element(np.ones((4, 4)), np.ones((5, 5)))


def test_strands_are_as_thick_as_their_weights_and_apart_by_sign() -> None:
    fig = figures.draw_paths([[5, 5, 5], [5, 6, 7], [5, 4, 4]], [0.5, 0.25, -0.1])
    positive, negative = fig.axes[0].collections
    np.testing.assert_allclose(np.array(positive.get_linewidth()), np.array([3.0, 0.7 + 2.3 / 2]))
    np.testing.assert_allclose(np.array(negative.get_linewidth()), np.array([0.7 + 2.3 / 5]))
    assert fig.axes[0].get_xlim() == (3.5, 7.5)
    plt.close(fig)


def test_slits_show_a_curve_and_a_strip_of_either_kind() -> None:
    fig = figures.draw_slits([-1.0, 0.0, 1.0], [0, 1, 0], [0.5, 0.5, 0.5])
    curve, both, single = fig.axes
    assert [line.get_label() for line in curve.lines] == ["both open", "one by one, added"]
    np.testing.assert_array_equal(both.images[0].get_array(), [[0, 1, 0]])
    np.testing.assert_array_equal(single.images[0].get_array(), [[0.5, 0.5, 0.5]])
    plt.close(fig)


def test_arrows_end_where_their_sum_is() -> None:
    chains = {"bright": np.array([0, 0.5, 1.0]), "dark": np.array([0, 0.5, 0.0])}
    fig = figures.draw_arrows(chains)
    for ax, (name, chain) in zip(fig.axes[1:], chains.items(), strict=True):
        assert ax.get_title() == name
        assert np.array(ax.lines[-1].get_xdata())[-1] == chain[-1].real
    plt.close(fig)


def test_maps_stand_below_their_kernels() -> None:
    fig = figures.draw_maps(np.zeros((4, 4)), {"blur": np.ones((3, 3)) / 16}, {"blur": np.ones((4, 4))})
    assert "1" in texts(fig.axes[1])
    assert [ax.get_title() for ax in fig.axes[2:]] == ["digit", "blur"]
    plt.close(fig)
