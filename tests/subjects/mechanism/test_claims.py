"""Claims about what trained layers became: portraits that satisfy them, and portraits that do not."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pdenet.runs.claims import judge
from pdenet.subjects.mechanism import claims
from pdenet.subjects.mechanism.claims import LAYERS, TRAINED, layers, trained
from pdenet.subjects.mechanism.experiment import MECHANISM
from pdenet.subjects.mechanism.experiment import TRAINED as EXPERIMENT
from pdenet.subjects.mechanism.portraits import COLUMNS, DEPTHS, Place, Portrait


def numbers(*values: float) -> NDArray[np.float64]:
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


def of(portraits: dict[Place, Portrait], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the recorded networks look like this."""
    for name in ("recorded_portrait", "recorded_flow"):
        monkeypatch.setattr(claims, name, portraits.__getitem__)


def test_a_smooth_stack_of_small_steps_passes_and_a_rough_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    of({("(39)", 50): CALM, ("(40)", 50): ROUGH}, monkeypatch)
    judged = judge(trained((("(39)", 50), ("(40)", 50))), None)
    assert {name: str(one.verdict) for name, one in judged.items()} == {
        "5a (39), 50 layers": "holds",
        "5b (39), 50 layers": "holds",
        "5a (40), 50 layers": "does not hold",
        "5b (40), 50 layers": "does not hold",
    }


def test_layers_that_blur_and_drift_are_told_from_those_that_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(DRIFTING, variance=-DRIFTING.variance, shift=DRIFTING.shift[::-1])
    for net, word in ((DRIFTING, "holds"), (other, "does not hold")):
        of({("(39)", 50): net}, monkeypatch)
        judged = judge(layers(50), None)
        assert {name: str(one.verdict) for name, one in judged.items()} == {"4.3g": word, "4.3v": word}


def test_the_claims_of_the_book_are_about_every_place_that_it_shows() -> None:
    assert {claim.id for claim in TRAINED} == {
        f"{part} {equation}, {depth} layers"
        for part in ("5a", "5b")
        for equation in COLUMNS
        for depth in DEPTHS
    }
    assert list(EXPERIMENT.claims) == list(TRAINED)
    assert [claim.id for claim in LAYERS] == ["4.3g", "4.3v"]
    assert list(MECHANISM.judged()) == ["4.3g", "4.3v"]
