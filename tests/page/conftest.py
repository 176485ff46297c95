"""Figures are drawn without a screen, in the style of the book."""

from collections.abc import Iterator

import matplotlib
import matplotlib.pyplot as plt
import pytest

from pdenet.page.style import use_style


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    with matplotlib.rc_context():
        matplotlib.use("agg")
        use_style()
        yield
        plt.close("all")
