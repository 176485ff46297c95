"""The figures of the page: lines told apart by more than colour, on either page, with their bars."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.container import ErrorbarContainer

from pdenet.subjects.ode_mnist import figures
from pdenet.subjects.ode_mnist.claims import by_place
from pdenet.subjects.ode_mnist.experiment import ODE_MNIST
from pdenet.subjects.ode_mnist.settings import CONV_STEPS, STENCIL_STEPS

pytestmark = pytest.mark.usefixtures("book_style")


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = np.array(to_rgb(colour))
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_networks_are_told_apart_by_colour_and_by_marker() -> None:
    looks = [*figures.LOOKS, figures.ADAPTIVE_LOOK]
    assert len(looks) >= max(len(STENCIL_STEPS), len(CONV_STEPS)) + 1
    for part in (0, 1):
        assert len({look[part] for look in looks}) == len(looks)
    assert all(contrast(colour, page) >= 3 for colour, *_ in looks for page in ("white", "#121212"))


def test_the_solver_test_shows_its_spread_and_has_ticks_in_each_panel() -> None:
    figures.draw_solver_test(by_place(ODE_MNIST.results()))
    for ax in plt.gcf().axes:
        drawn = [one for one in ax.containers if isinstance(one, ErrorbarContainer)]
        assert len(drawn) == len(ax.containers)
        assert all(one.has_yerr for one in drawn)
        assert len(ax.get_yticks()) >= 2
        labels = [text.get_text() for text in ax.get_xticklabels()]
        assert (labels[0], labels[-1]) == ("none", "exact")
    told = [{(line[0].get_color(), line[0].get_marker()) for line in ax.containers} for ax in plt.gcf().axes]
    assert [len(one) for one in told] == [6, 5, 1]


def test_controls_are_drawn_with_each_seed() -> None:
    figures.draw_controls(by_place(ODE_MNIST.results()))
    assert [len(ax.containers) for ax in plt.gcf().axes] == [4, 4, 4]
    figures.draw_controls({})
