"""Every test of this room draws in the style of the book."""

import pytest


@pytest.fixture(autouse=True)
def style(book_style: None) -> None:
    """Asked for by all."""
