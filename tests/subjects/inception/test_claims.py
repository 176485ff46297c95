"""Claims by hand, on records that are made up; and the experiment's own records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pdenet.subjects.inception.arms import (
    DEEP,
    FAR,
    FIXED,
    INCEPTION,
    LONG,
    RATES,
    RESIDUAL,
    VARIED,
    WIDE,
    canvas_name,
    map_name,
)
from pdenet.subjects.inception.claims import (
    CLAIMS,
    FRESH,
    best_of_rates,
    fading,
    interaction,
    size,
)
from pdenet.subjects.inception.experiment import INCEPTION_OR_DEPTH

if TYPE_CHECKING:
    from pdenet.runs.results import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return INCEPTION_OR_DEPTH.results()


def lead(results: Results, sizes: tuple[float, float], epochs: int, since: int = 0) -> np.ndarray:
    pair = [canvas_name(title, sizes, epochs=epochs) for title in (INCEPTION, RESIDUAL)]
    one, other = (results.values(arm)[since:] for arm in pair)
    return np.subtract(one, other)


def test_the_interaction_is_a_difference_of_leads(results: Results) -> None:
    for epochs, since in ((4, 0), (LONG, 0), (LONG, FRESH)):
        found = interaction(INCEPTION, RESIDUAL, epochs, since=since)(results)
        assert found is not None
        by_hand = lead(results, VARIED, epochs, since) - lead(results, FIXED, epochs, since)
        assert found.estimate == pytest.approx(by_hand.mean())
        assert found.n == len(by_hand)


def test_what_fades_is_measured_on_fresh_seeds_alone(results: Results) -> None:
    found = fading(results)
    assert found is not None
    differences = [
        (lead(results, VARIED, epochs) - lead(results, FIXED, epochs))[FRESH:10] for epochs in (4, LONG)
    ]
    assert found.estimate == pytest.approx(np.subtract(*differences).mean())
    assert found.n == 5


def test_each_family_has_its_best_rate(results: Results) -> None:
    found = best_of_rates(results)
    assert found is not None
    best = [
        max(results.values(canvas_name(title, VARIED, rate=rate))[:5].mean() for rate in (*RATES, 0.01))
        for title in (INCEPTION, RESIDUAL)
    ]
    assert found.estimate == pytest.approx(best[0] - best[1])


def test_longer_trainings_on_maps_are_told_from_the_usual_ones(results: Results) -> None:
    claims = {claim.id: claim for claim in CLAIMS}
    for name, other in (("IN22", FAR), ("IN23", WIDE), ("IN24", WIDE)):
        long = [results.values(map_name(title, 12, epochs=LONG)).mean() for title in (DEEP, other)]
        short = [results.values(map_name(title, 12)).mean() for title in (DEEP, other)]
        measure = claims[name].measure
        assert measure is not None
        found = measure(results)
        assert found is not None
        assert found.n == 5
        assert found.estimate == pytest.approx(long[0] - long[1])
        assert abs(found.estimate - (short[0] - short[1])) > 0.5


def test_without_runs_nothing_is_measured() -> None:
    nothing = INCEPTION_OR_DEPTH.results([])
    for measure in (interaction(INCEPTION, RESIDUAL), fading, best_of_rates, size(fading)):
        assert measure(nothing) is None
    assert INCEPTION_OR_DEPTH.judged(nothing) == {}


def test_an_interaction_changes_its_sign_with_the_families(results: Results) -> None:
    forth, back = (interaction(*pair)(results) for pair in ((INCEPTION, RESIDUAL), (RESIDUAL, INCEPTION)))
    assert forth is not None
    assert back is not None
    assert forth.estimate == -back.estimate
    sized = size(interaction(RESIDUAL, INCEPTION))(results)
    assert sized is not None
    assert sized.estimate == forth.estimate


def test_every_claim_has_its_runs_and_a_name_of_its_own(results: Results) -> None:
    assert [claim.id for claim in CLAIMS] == [f"IN{n}" for n in range(1, 25)]
    assert INCEPTION_OR_DEPTH.judged(results).keys() == {claim.id for claim in CLAIMS}


def test_the_records_say_what_each_network_costs(results: Results) -> None:
    """All that were compared, within five per cent, as they were when they were trained."""
    by_head: dict[str, list[tuple[float, float]]] = {}
    for arm in INCEPTION_OR_DEPTH.arms("full"):
        for record in results.records(arm.name)[:1]:
            if record.model["design"]["blocks"]:
                costs = record.measured["operations"], record.measured["parameters"]
                by_head.setdefault(record.model["head"], []).append(costs)
    assert len(by_head) == 2
    for found in by_head.values():
        for column in zip(*found, strict=True):
            assert max(column) <= 1.05 * min(column)


def test_a_budget_is_no_part_of_what_names_a_run() -> None:
    arm = INCEPTION_OR_DEPTH.arms("full")[0]
    assert replace(arm, budget=()).model == arm.model  # type: ignore[call-arg]
