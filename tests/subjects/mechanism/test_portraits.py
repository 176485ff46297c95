"""The portraits of recorded networks: of all seeds, and of every place that the page shows."""

import numpy as np
import pytest
import torch

from pdenet.data import load_images
from pdenet.models.measures.smoothness import roughness
from pdenet.subjects.mechanism.portraits import (
    COLUMNS,
    DEPTHS,
    digits,
    portrait,
    portraits,
    recorded_flow,
    recorded_portrait,
    runs,
)


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
    flow = recorded_flow(("(39)", 15))
    for name, values in vars(flow).items():
        np.testing.assert_array_equal(values, getattr(recorded_portrait(("(39)", 15)), name), err_msg=name)
    assert portraits([15])["(39)", 15] is recorded_portrait(("(39)", 15))
    assert portraits([15]).keys() == {(equation, 15) for equation in COLUMNS}


def test_a_portrait_says_what_its_measures_say() -> None:
    """Written out for one seed, from the record's own numbers."""
    place = ("(40)", 15)
    record, found = runs(place).records[3], recorded_portrait(place)
    trunk = np.array([record.trunk[name] for name in ("alpha", "beta", "sigma", "rho", "gamma")])
    assert found.rough[3] == pytest.approx(np.mean([roughness(values) for values in trunk]))
    alpha, beta, sigma, rho, gamma = trunk
    # Of (40) the drift has an eighth; per layer it is divided by the sum of the taps, 1 + gamma.
    moved = np.stack([-beta / 8, -rho / 8]) / (1 + gamma)
    assert found.shift[3] == pytest.approx(np.hypot(*moved.sum(axis=1)), rel=1e-4)
    spread = (alpha**2 + sigma**2) / (1 + gamma) - (moved**2).sum(axis=0)
    assert found.variance[3] == pytest.approx(spread.sum() / 2, rel=1e-4)
    assert found.accuracies[3] == pytest.approx(100 * record.accuracy)


def test_the_images_that_are_sent_through_are_digits_in_shares_of_ink() -> None:
    assert torch.equal(digits(), load_images("digits").test_images[:40].float() / 255)
