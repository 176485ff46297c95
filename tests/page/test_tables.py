"""Tables as Markdown: one line a row, nothing that breaks out of its cell."""

import pytest

from pdenet.page.tables import markdown_table


def test_a_table_has_a_header_and_numbers_flush_right() -> None:
    rows = [("PDE net", 5, "98.12"), ("c_ResNet", 15, "-0.3 %")]
    assert markdown_table(["network", "layers", "accuracy"], rows).splitlines() == [
        "| network | layers | accuracy |",
        "| :--- | ---: | ---: |",
        "| PDE net | 5 | 98.12 |",
        "| c_ResNet | 15 | -0.3 % |",
    ]


def test_a_cell_stays_a_cell() -> None:
    last = markdown_table(["a", "b"], [("|H(p)|", "one\ntwo")]).splitlines()[-1]
    assert last == r"| \|H(p)\| | one<br>two |"


def test_a_table_without_rows_is_a_header() -> None:
    assert markdown_table(["a", "b"], []).splitlines() == ["| a | b |", "| :--- | :--- |"]


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="got a row of 1 cells for 2 headings: x"):
        markdown_table(["a", "b"], [("x",)])
