"""What tests of several files use."""

from collections.abc import Iterator

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from pdenet.page.style import use_style


@pytest.fixture
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def book_style() -> Iterator[None]:
    """Figures are drawn without a screen, in the style of the book, and closed afterwards."""
    with matplotlib.rc_context():
        matplotlib.use("agg")
        use_style()
        yield
        plt.close("all")
