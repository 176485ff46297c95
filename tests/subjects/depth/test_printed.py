"""Printed numbers beside runs: z, the chance that a run learns, and odds between settings."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from pdenet.subjects.depth.printed import (
    PLACES,
    TENTH,
    TWELVE,
    explain,
    explain_all,
    log_likelihood,
    posterior,
)
from pdenet.subjects.depth.screening import ABOVE, BELOW, LEARNED, NOISY, out_of_reach
from pdenet.subjects.depth.settings import PRINTED

RUNS = np.array([97.0, 97.2, 97.4, 97.6, 97.8])


def test_twelve_numbers_belong_to_ten_networks() -> None:
    assert len(TWELVE) == len({number.name for number in TWELVE}) == 12
    assert {(number.network, number.depth) for number in TWELVE} == set(PLACES)
    assert len(PLACES) == 10


def test_z_is_in_standard_deviations_of_one_more_run() -> None:
    found = explain(96.4, RUNS)
    assert found is not None
    spread = RUNS.std(ddof=1) * math.sqrt(1 + 1 / 5)
    assert found.z == pytest.approx((96.4 - 97.4) / spread)
    expected = stats.t.logpdf(96.4, 4, loc=97.4, scale=spread) + math.log(6 / 7 * TENTH)
    assert found.log_likelihood == pytest.approx(expected)


def test_a_mean_that_is_well_known_does_not_make_a_run_strange() -> None:
    """Of four hundred runs the mean is known to a hundredth; a run a spread away is an ordinary one."""
    runs = np.random.default_rng(0).normal(97, 0.3, 400)
    found = explain(97.3, runs)
    assert found is not None
    assert 0.9 < found.z < 1.1


def test_runs_that_learned_nothing_count_in_the_chance_alone() -> None:
    dead = explain(97.4, np.array([*RUNS, 11.35, 11.35]))
    alive = explain(97.4, RUNS)
    assert dead is not None
    assert alive is not None
    assert (dead.z, dead.runs, dead.learned) == (alive.z, 7, 5)
    assert dead.log_likelihood - alive.log_likelihood == pytest.approx(math.log((6 / 9) / (6 / 7)))
    assert explain(97.4, np.array([97.0])) is None


def test_where_nobody_learned_any_accuracy_is_as_likely() -> None:
    found = explain(97.4, np.array([11.35] * 5))
    assert found is not None
    assert math.isnan(found.z)
    assert found.log_likelihood == pytest.approx(math.log(1 / 7 * TENTH / 80))
    assert (found.runs, found.learned) == (5, 0)


def test_runs_without_spread_are_no_sharper_than_print() -> None:
    found = explain(97.5, np.array([97.4, 97.4, 97.4]))
    assert found is not None
    assert found.z == pytest.approx(math.sqrt(12))


def test_the_likelihood_of_the_table_needs_every_number() -> None:
    cells = dict.fromkeys(PLACES, RUNS)
    assert log_likelihood(explain_all(cells)) == pytest.approx(
        sum(one.log_likelihood for number in TWELVE if (one := explain(number.accuracy, RUNS)))
    )
    assert math.isnan(log_likelihood(explain_all({PLACES[0]: RUNS})))


def test_odds_between_settings() -> None:
    assert posterior([-10.0, -10.0 - math.log(3)]) == pytest.approx([0.75, 0.25])
    assert posterior([-1000.0, -2000.0]) == pytest.approx([1.0, 0.0])
    for wrong in ([], [-1.0, math.nan]):
        with pytest.raises(ValueError, match="every setting needs the likelihood of all numbers"):
            posterior(wrong)


@pytest.mark.parametrize(
    ("off", "drops"), [(ABOVE, False), (ABOVE + 0.1, True), (-BELOW, False), (-BELOW - 0.1, True)]
)
def test_the_rule_of_the_first_look(off: float, drops: bool) -> None:
    for place, printed in PRINTED.items():
        found = {**PRINTED, place: round(printed + off, 1)}
        assert out_of_reach(found) == ([place] if drops and place != NOISY else [])


def test_the_noisy_place_must_only_have_learned() -> None:
    assert out_of_reach({**PRINTED, NOISY: LEARNED}) == []
    assert out_of_reach({**PRINTED, NOISY: LEARNED - 0.1}) == [NOISY]
    with pytest.raises(ValueError, match="it needs all 6 places"):
        out_of_reach({place: value for place, value in PRINTED.items() if place != NOISY})
