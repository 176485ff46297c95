"""The portraits of recorded networks: of all seeds, and of every place that the page shows."""

import numpy as np
import pytest

from pdenet.subjects.mechanism.portraits import COLUMNS, DEPTHS, portrait, portraits, recorded_portrait, runs


def test_the_portrait_of_recorded_networks_is_of_all_seeds() -> None:
    result = runs(("(39)", 15))
    found = portrait(result)
    for name in ("accuracies", "rough", "halved_start", "halved", "shift", "variance"):
        values = getattr(found, name)
        assert values.shape == (len(result.seeds),), name
        assert np.isfinite(values).all(), name
    assert (found.rough > 0).all()
    assert (found.rough < 4).all()
    np.testing.assert_allclose(found.accuracies, 100 * np.array(result.accuracies))


def test_there_are_runs_of_every_place() -> None:
    for equation in COLUMNS:
        for depth in DEPTHS:
            assert runs((equation, depth)).cell.depth == depth
    with pytest.raises(ValueError, match=r"table-4\.1 has no cell of 7 layers"):
        runs(("(39)", 7))


def test_a_portrait_is_taken_once() -> None:
    assert recorded_portrait(("(39)", 15)) is recorded_portrait(("(39)", 15))
    assert portraits([15])["(39)", 15] is recorded_portrait(("(39)", 15))
    assert portraits([15]).keys() == {(equation, 15) for equation in COLUMNS}
