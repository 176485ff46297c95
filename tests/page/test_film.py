"""A film is one piece of HTML that asks nobody and stands still at first, and a picture beside it."""

import base64
import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from pdenet.page.film import BOTTOM, FINE, LEFT, RIGHT, TOP, Film

pytestmark = pytest.mark.usefixtures("book_style")


def film(**changes: object) -> Film:
    given: dict[str, object] = {
        "name": "hump",
        "x": [0.0, 1.0, 2.0],
        "curves": {"rise": [[0.0, 0.5, 1.0], [1.0, 0.5, 0.0]], "odd": [[0.2, 0.2, 0.2], [np.nan, 0.1, 0.1]]},
        "notes": ["t = 0", "t = 1 & on"],
        "alt": 'A line that "rises" and falls.',
        "labels": ("place", "height"),
    }
    return Film(**(given | changes))  # type: ignore[arg-type]


class Tags(HTMLParser):
    """What opens and closes, and the attributes of each tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "input":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


def data(html: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    return dict(json.loads(found))


def test_the_frames_are_those_that_were_given() -> None:
    found = data(film().html())
    middle = FINE * (TOP + BOTTOM) // 2
    assert found["x"] == [LEFT, (LEFT + RIGHT) / 2, RIGHT]
    curves = found["curves"]
    assert curves[0] == [[FINE * BOTTOM, middle, FINE * TOP], [FINE * TOP, middle, FINE * BOTTOM]]
    assert curves[1][1] is None
    assert found["notes"] == ["t = 0", "t = 1 & on"]


def test_the_first_frame_is_there_before_any_script_runs() -> None:
    tags = parsed(film().html())
    lines = [attributes for tag, attributes in tags.seen if tag == "polyline"]
    assert (
        lines[0]["points"] == f"{LEFT},{BOTTOM} {(LEFT + RIGHT) / 2:g},{(TOP + BOTTOM) / 2:g} {RIGHT},{TOP}"
    )
    assert len({line["stroke"] for line in lines}) == len({line["stroke-dasharray"] for line in lines}) == 2
    assert film().figure().axes[0].lines[0].get_ydata().tolist() == [0, 0.5, 1]  # type: ignore[union-attr]


def test_nothing_is_asked_for_and_keys_wait_for_the_script() -> None:
    html = film().html()
    tags = parsed(html)
    assert not re.search(r"https?:|//|@import|url\(", re.sub(r"data-film.*?<style>", "", html))
    assert not any({"src", "href"} & attributes.keys() for _, attributes in tags.seen)
    (keys,) = [attributes for _, attributes in tags.seen if attributes.get("class") == "keys"]
    assert "hidden" in keys
    (slide,) = [attributes for tag, attributes in tags.seen if tag == "input"]
    assert slide | {"type": "range", "min": "0", "max": "1", "value": "0", "aria-label": "Frame"} == slide
    assert "prefers-reduced-motion" in html
    assert "autoplay" not in html
    assert html.count("setInterval") == 1  # which a click starts
    (picture,) = [attributes for tag, attributes in tags.seen if tag == "svg"]
    assert picture["role"] == "img"
    assert picture["aria-label"] == 'A line that "rises" and falls.'


def test_text_stays_text() -> None:
    html = film(curves={"</script><b>": [[0, 0, 0], [0, 0, 0]]}, notes=["</script>", "<i>"]).html()
    assert "<b>" not in html
    assert "<i>" not in html
    assert [tag for tag, _ in parsed(html).seen].count("script") == 2
    assert data(html)["notes"] == ["</script>", "<i>"]


def test_heights_beyond_the_limits_are_drawn_at_the_edge() -> None:
    found = data(film(limits=(0.25, 0.75)).html())
    assert found["curves"][0][0] == [FINE * BOTTOM, FINE * (TOP + BOTTOM) // 2, FINE * TOP]


def test_a_notebook_gets_the_film_the_picture_and_the_words() -> None:
    shown = film()._repr_mimebundle_()
    assert set(shown) == {"text/html", "image/png", "text/plain"}
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")
    assert shown["text/plain"] == 'A line that "rises" and falls.'
    assert film().html() == shown["text/html"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "a b"}, "the name of a film is made of"),
        ({"curves": {}}, "one to 3 curves; got 0"),
        ({"notes": ["t = 0"]}, r"curve 'rise' has the shape \(2, 3\); with 1 notes"),
        ({"x": [0.0, 1.0]}, r"places of shape \(2,\)"),
        ({"x": [[0.0, 1.0, 2.0]]}, r"places of shape \(1, 3\)"),
        ({"limits": (1.0, 1.0)}, "limits must be the lowest and the highest"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        film(**changes)
