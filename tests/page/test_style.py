"""The style of figures: contrast on either page, no colour alone, no background."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba

from pdenet.page.style import INK, PALETTE

DARK_PAGE = "#121212"  # sphinx-book-theme


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("page", ["white", "black"])
def test_text_has_the_contrast_of_small_print(page: str) -> None:
    assert contrast(INK, page) >= 4.5


@pytest.mark.parametrize("page", ["white", DARK_PAGE, "black"])
@pytest.mark.parametrize("colour", PALETTE)
def test_lines_have_the_contrast_of_graphics(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


def test_colour_is_never_alone() -> None:
    _, ax = plt.subplots()
    lines = [ax.plot([0, 1])[0] for _ in PALETTE]
    assert len({line.get_color() for line in lines}) == len(PALETTE)
    assert len({line.get_marker() for line in lines}) == len(PALETTE)
    assert {line.get_linestyle() for line in lines} == {"-", "--", "-.", ":"}


def test_figures_are_transparent() -> None:
    figure, ax = plt.subplots()
    assert to_rgba(figure.get_facecolor())[3] == 0
    assert to_rgba(ax.get_facecolor())[3] == 0
