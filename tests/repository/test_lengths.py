"""How long a page is: a reader has an hour, not an afternoon."""

from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).parents[2] / "book"
PART = BOOK / "part1"
PAGES = sorted(PART.glob("*.ipynb"))
LONGEST = 2500  # words of the Markdown cells
MEASURING = 2000  # of a page that measures
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
PER_SYSTEM = sorted(page for part in ("part2", "part3") for page in (BOOK / part).glob("*.ipynb"))
"""One page a system: one question, one model, one answer."""
SYSTEM_CELLS, FIGURES, VISIBLE = 35, 5, 120  # of such a page; lines of code that a reader sees
HIDDEN = {"remove-cell", "hide-cell", "hide-input", "remove-input"}
LEDGER = 1500  # of the page of the ledger, whose rows are longer than any page
CELLS = {"residual-block-as-pde": 45}
"""Most cells of the page that every reader needs."""


def words(path: Path) -> int:
    """Words of the Markdown cells of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")


def visible_lines(path: Path) -> int:
    """Lines of code that are not hidden, without blank ones."""
    cells = nbformat.read(path, as_version=4).cells
    return sum(
        bool(line.strip())
        for cell in cells
        if cell.cell_type == "code" and not HIDDEN & set(cell.metadata.get("tags", []))
        for line in cell.source.splitlines()
    )


def figures(path: Path) -> int:
    """Figures with a caption."""
    cells = nbformat.read(path, as_version=4).cells
    return sum("figure" in cell.metadata.get("mystnb", {}) for cell in cells)


@pytest.mark.parametrize("path", PER_SYSTEM, ids=lambda path: path.stem)
def test_a_page_of_a_system_is_short(path: Path) -> None:
    assert words(path) <= MEASURING
    assert len(nbformat.read(path, as_version=4).cells) <= SYSTEM_CELLS
    assert figures(path) <= FIGURES
    assert visible_lines(path) <= VISIBLE


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_read_in_an_hour(path: Path) -> None:
    assert words(path) <= LONGEST


@pytest.mark.parametrize("page", SHORT)
def test_a_page_that_measures_is_short(page: str) -> None:
    assert words(PART / f"{page}.ipynb") <= MEASURING


def test_the_page_of_the_ledger_leaves_room_for_its_rows() -> None:
    assert words(BOOK / "ledger.ipynb") <= LEDGER


@pytest.mark.parametrize(("page", "most"), CELLS.items())
def test_the_page_that_all_need_has_few_cells(page: str, most: int) -> None:
    assert len(nbformat.read(PART / f"{page}.ipynb", as_version=4).cells) <= most


def test_words_are_counted_in_markdown_cells_alone(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_markdown_cell("one two\nthree"), nbformat.v4.new_code_cell("a = 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "page.ipynb")
    assert words(tmp_path / "page.ipynb") == 3
