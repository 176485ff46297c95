"""What tests of irregular series share: a truth that takes no time."""

import pytest

from pdenet.subjects.irregular import system


@pytest.fixture(autouse=True)
def coarse_truth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of these tests do not need a truth of six digits, and it takes their time."""
    if "truth" not in request.node.name:
        monkeypatch.setattr(system, "_ACCURATE", 0.3)
