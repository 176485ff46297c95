"""The drawing of the network: it says what the network is, and stays within its frame."""

import matplotlib.pyplot as plt
import pytest

from pdenet.subjects.tables.figures import draw_pde_net


def test_the_drawing_names_the_maps_of_a_layer_and_the_classifier_s_sizes() -> None:
    fig, ax = plt.subplots(figsize=(6.4, 3))
    draw_pde_net(ax, (784, 256, 128, 10))
    texts = [text.get_text() for text in ax.texts]
    for wanted in ("conv $x$", "conv $y$", "skip", "ReLU", "layer $L$", "to 256", "to 128", "to 10"):
        assert any(wanted in text for text in texts), wanted
    fig.canvas.draw()
    frame = ax.get_window_extent()
    for text in ax.texts:
        box = text.get_window_extent()
        assert frame.x0 - 1 <= box.x0, text.get_text()
        assert box.x1 <= frame.x1 + 1, text.get_text()
    plt.close(fig)


def test_a_classifier_needs_two_sizes() -> None:
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"sizes must be two or more, .* got \(784,\)"):
        draw_pde_net(ax, (784,))
    draw_pde_net(ax, (784, 10))
    assert "linear\nto 10" in [text.get_text() for text in ax.texts]
