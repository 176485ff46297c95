from dataclasses import replace

import numpy as np
import pytest

from pdenet.runs.compare import verdict
from pdenet.subjects.mechanism import portraits as trained
from pdenet.subjects.mechanism.portraits import Portrait, judge_layers, judge_trained, portrait, runs


def numbers(*values):
    return np.array(values, dtype=np.float64)


CALM = Portrait(
    accuracies=numbers(98.0, 97.0, 96.0, 95.0, 94.0),
    rough=numbers(0.1, 0.12, 0.08, 0.1, 0.11),
    halved_start=numbers(1.0, 1.1, 0.9, 1.0, 1.0),
    halved=numbers(1.0, 1.1, 0.9, 1.0, 1.0),
    shift=numbers(1.0, 2.0, 3.0, 4.0, 5.0),
    variance=numbers(2.0, 2.1, 1.9, 2.0, 2.0),
)
ROUGH = replace(CALM, rough=CALM.rough + 1.9, halved=CALM.halved + 40)
DRIFTING = replace(  # the further the worse, all but one pair in order: a perfect order has no interval
    CALM, shift=numbers(*range(10)), accuracies=numbers(99, 98, 96, 97, 95, 94, 93, 92, 91, 90)
)


def test_a_smooth_stack_of_small_steps_passes_and_a_rough_one_fails():
    judged = judge_trained({("(39)", 50): CALM, ("(40)", 50): ROUGH})
    words = {name: str(verdict(found)) for name, found in judged.items()}
    assert words["5a (39), 50 layers"] == "holds"
    assert words["5b (39), 50 layers"] == "holds"
    assert words["5a (40), 50 layers"] == "does not hold"
    assert words["5b (40), 50 layers"] == "does not hold"


def test_layers_that_blur_and_drift_are_told_from_those_that_do_not():
    words = {name: str(verdict(found)) for name, found in judge_layers(DRIFTING, 50).items()}
    assert words == {"4.3g": "holds", "4.3v": "holds"}
    other = replace(DRIFTING, variance=-DRIFTING.variance, shift=DRIFTING.shift[::-1])
    words = {name: str(verdict(found)) for name, found in judge_layers(other, 50).items()}
    assert words == {"4.3g": "does not hold", "4.3v": "does not hold"}


def test_the_portrait_of_recorded_networks_is_of_all_seeds():
    result = runs(("(39)", 15))
    found = portrait(result)
    for name in ("accuracies", "rough", "halved_start", "halved", "shift", "variance"):
        values = getattr(found, name)
        assert values.shape == (len(result.seeds),), name
        assert np.isfinite(values).all(), name
    assert (found.rough > 0).all()
    assert (found.rough < 4).all()
    np.testing.assert_allclose(found.accuracies, 100 * np.array(result.accuracies))


def test_there_are_runs_of_every_place():
    for equation in trained.COLUMNS:
        for depth in trained.DEPTHS:
            assert runs((equation, depth)).cell.depth == depth
    with pytest.raises(KeyError):
        runs(("(39)", 7))
