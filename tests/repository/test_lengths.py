"""How long a page is: a reader has an hour, not an afternoon."""

from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).parents[2] / "book" / "part1"
LONGEST = 2000  # words of the Markdown cells
SHORT = (
    "tables",
    "depth",
    "second-equation",
    "blind",
    "mechanism",
    "learned-equations",
    "remedies",
    "adjoint",
    "performance",
)
"""Pages that measure; those that derive are longer."""


def words(path: Path) -> int:
    """Words of the Markdown cells of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", SHORT)
def test_a_page_that_measures_is_short(page: str) -> None:
    assert words(BOOK / f"{page}.ipynb") <= LONGEST


def test_words_are_counted_in_markdown_cells_alone(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_markdown_cell("one two\nthree"), nbformat.v4.new_code_cell("a = 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "page.ipynb")
    assert words(tmp_path / "page.ipynb") == 3
