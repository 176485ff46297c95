"""Tables of a page as Markdown text, so that what a cell computed can be read as a table."""

from collections.abc import Iterable, Sequence


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; a column of numbers is set flush right.

    Parameters
    ----------
    header
        One heading a column.
    rows
        What the cells show, as `str` gives it; a vertical bar and a line break are written so that they stay
        within their cell.

    Raises
    ------
    ValueError
        If a row has another number of cells than the header.
    """
    cells = [[_cell(item) for item in row] for row in rows]
    for row in cells:
        if len(row) != len(header):
            message = f"got a row of {len(row)} cells for {len(header)} headings: {', '.join(row)}"
            raise ValueError(message)
    flush = [
        "---:" if cells and all(map(_is_number, column)) else ":---" for column in zip(*cells, strict=True)
    ]
    lines = [[_cell(item) for item in header], flush or [":---"] * len(header), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(item: object) -> str:
    return str(item).replace("|", r"\|").replace("\n", "<br>")


def _is_number(text: str) -> bool:
    return text.strip("%–+-−* ").replace(".", "").replace(",", "").isdigit()
