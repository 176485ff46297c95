"""Small pictures: fewer bytes, nothing that anyone could see."""

import base64
import io

import execute_book
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from compact_png import RARE, TOLERANCE, compact
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def seen(picture: bytes, page: float) -> np.ndarray:
    """The picture on a grey page, (row, column, channel) from 0 to 255."""
    rgba = np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA")).astype(float)
    opacity = rgba[..., 3:] / 255
    return rgba[..., :3] * opacity + page * (1 - opacity)


@pytest.fixture
def figure() -> bytes:
    fig, ax = plt.subplots(figsize=(4, 3))
    x = np.linspace(0, 6, 200)
    for shift in range(3):
        ax.plot(x, np.sin(x + shift))
    ax.grid()
    buffer = io.BytesIO()
    fig.savefig(buffer, dpi=160, transparent=True)
    plt.close(fig)
    return buffer.getvalue()


@pytest.mark.parametrize("page", [0, 255])
def test_a_figure_becomes_small_and_looks_the_same(figure: bytes, page: int) -> None:
    small = compact(figure)
    assert len(small) < 0.6 * len(figure)
    change = np.abs(seen(small, page) - seen(figure, page)).max(axis=-1)
    # Half a level of a translucent pixel, and for a rare colour its tolerance on top.
    assert change.max() <= 17 + 2 * TOLERANCE
    assert (change > 17).mean() < RARE


def test_opaque_pixels_with_few_colours_stay_as_they_are() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8).repeat(10, 0).repeat(10, 1)
    picture = png(np.dstack([grey, grey, grey, np.full_like(grey, 255)]))
    small = compact(picture)
    assert len(small) < len(picture)
    assert (seen(small, 0) == seen(picture, 0)).all()


def test_a_picture_with_many_colours_is_left_alone() -> None:
    picture = png(np.random.default_rng(0).integers(0, 256, (40, 40, 4), dtype=np.uint8))
    assert compact(picture) == picture


def test_the_pictures_of_a_notebook_are_replaced(figure: bytes) -> None:
    data = {"image/png": base64.b64encode(figure).decode(), "text/plain": "<Figure>"}
    outputs = [new_output("display_data", data), new_output("stream", text="seven\n")]
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=outputs)])
    execute_book.compact_pictures(notebook)
    drawn, printed = notebook.cells[0].outputs
    assert base64.b64decode(drawn.data["image/png"]) == compact(figure)
    assert drawn.data["text/plain"] == "<Figure>"
    assert printed.text == "seven\n"
    nbformat.validate(notebook)
