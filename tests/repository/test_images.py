"""Tests say which images they take: what a machine happens to have would decide what they test."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def unnamed(source: str) -> list[int]:
    """Lines on which images are loaded without a name, or with ``"auto"``."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        call.lineno
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", None)) == "load_images"
        and all(isinstance(one, ast.Constant) and one.value == "auto" for one in call.args[:1])
        and not call.keywords
    ]


def test_a_call_without_a_name_is_found() -> None:
    assert unnamed('load_images()\nload_images("digits")\ndata.load_images("auto")\nload_images(name)') == [
        1,
        3,
    ]


def test_tests_name_the_images_that_they_take() -> None:
    """Those of the loader itself ask what comes without a name."""
    paths = [path for path in TESTS.rglob("*.py") if path.parent.name != "data"]
    found = {path.name: unnamed(path.read_text(encoding="utf-8")) for path in paths}
    assert len(found) > 100
    assert {name: lines for name, lines in found.items() if lines} == {}
