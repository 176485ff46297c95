"""Symbols of layers and their exponentials, where both are known."""

import numpy as np
import pytest

from pdenet.subjects.momentum_space import figures, tables
from pdenet.subjects.momentum_space.measures import exponentials, symbols, wavenumbers


def drift(beta: float) -> np.ndarray:
    """A kernel of drift alone along x, (3, 3)."""
    return np.array([[0, 0, 0], [-beta / 2, 0, beta / 2], [0, 0, 0]])


@pytest.mark.parametrize(("count", "least", "largest"), [(4, -0.5, 1.0), (5, -0.8, 0.8), (1, 0.0, 0.0)])
def test_wavenumbers_lie_in_the_books_range(count: int, least: float, largest: float) -> None:
    p = wavenumbers(count)
    np.testing.assert_allclose([p[0] / np.pi, p[-1] / np.pi], [least, largest], atol=1e-15)
    assert len(p) == count
    assert (p > -np.pi).all()


def test_the_symbol_of_a_drift_is_imaginary_and_along_its_axis() -> None:
    p = wavenumbers(8)
    found = symbols(drift(0.3), 8)  # (q, p)
    np.testing.assert_allclose(found, np.tile(0.3j * np.sin(p), (8, 1)), atol=1e-15)
    np.testing.assert_allclose(symbols(drift(0.3).T, 8), found.T, atol=1e-15)


def test_a_drift_and_a_growth_against_their_exponentials() -> None:
    growth = np.zeros((3, 3))
    growth[1, 1] = 0.1
    found = exponentials(np.stack([[drift(0.5)], [growth]]))
    np.testing.assert_allclose(found.size[:, 0], [0.5, 0.1])
    np.testing.assert_allclose(found.miss[0], abs(np.exp(0.5j) - 1 - 0.5j))
    np.testing.assert_allclose(found.miss[1], np.exp(0.1) - 1.1)
    np.testing.assert_allclose(found.stack[1], np.exp(0.1) / 1.1 - 1)
    assert found.close == 0.5  # the growth is near, the drift is not


def test_kernels_of_another_shape_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"kernels must be \(\.\.\., 3, 3\), a row an offset in y; got \(3,\)"
    ):
        symbols([0.1, 0.2, 0.3])


def test_table_and_figures_show_what_they_are_given() -> None:
    found = {("(39)", 1, "start"): exponentials(np.array([[drift(0.1)]]))}
    assert "| (39) | 1 | start | 0.10 | 100 % |" in tables.exponentials_table(found)
    axes = figures.draw_symbols({"(39)": drift(0.9)[None], "(40)": drift(0.1)[None]}).axes
    assert [len(ax.lines) for ax in axes] == [3, 3, 3]
    lines = figures.draw_compound({0.2j: np.ones(5), 0.1 + 0j: np.ones(5)}).axes[0].lines
    assert [str(line.get_label()) for line in lines] == [
        r"$\tilde\Omega = 0.2i$",
        r"$\tilde\Omega = 0.1$",
    ]
