"""Runs read back by arm and seed: means, paired differences, and nothing where a run measured nothing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.records import made

from pdenet.runs.arm import Arm, Context
from pdenet.runs.intervals import mean_interval, paired_interval
from pdenet.runs.record import Record
from pdenet.runs.results import Results, ahead, apart, errs_more, mean, widened
from pdenet.runs.shown import Drawn


class Given(Arm):
    """An arm of which only the name is asked."""

    shown = Drawn("given")

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    @property
    def name(self) -> str:
        return str(self.__dict__["_name"])

    @property
    def model(self) -> dict[str, Any]:
        return {"name": self.name}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        pytest.fail("this arm is looked at and never run")


ARMS = [Given(name) for name in "abcd"]


def record(arm: str, seed: int, share: float | None, **measured: float) -> Record:
    data = {"name": "given", "checksum": "-"}
    return made([share], seed=seed, model={"name": arm}, data=data, measured=measured)


def results(by_arm: dict[str, dict[int, float | None]]) -> Results:
    """Runs that end with these shares of 1, by arm and seed; the same number is measured as an error."""
    records = [
        record(arm, seed, share, **({} if share is None else {"error": share}))
        for arm, shares in by_arm.items()
        for seed, share in shares.items()
    ]
    return Results(ARMS, records)


def test_runs_are_found_by_arm_in_the_order_of_their_seeds() -> None:
    found = results({"a": {2: 0.3, 0: 0.1, 1: 0.2}})
    assert "a" in found
    assert "b" not in found
    assert found.seeds("a") == [0, 1, 2]
    assert found.values("a").tolist() == pytest.approx([10, 20, 30]), "in per cent"
    assert found.values("a", "error").tolist() == [0.1, 0.2, 0.3]
    assert [r.seed for r in found.records("a")] == [0, 1, 2]
    assert found.records("b") == []
    assert found.seeds("b") == []


def test_runs_of_another_model_protocol_or_data_are_left_out() -> None:
    one = record("a", 0, 0.5)
    others = [
        replace(one, model={"name": "z"}),
        replace(one, training={"epochs": 1}),
        replace(one, data={"name": "other", "checksum": "-"}),
    ]
    assert "a" in Results(ARMS, [one])
    assert not any(arm.name in Results(ARMS, others) for arm in ARMS)


def test_a_mean_is_over_seeds_and_none_without_a_run() -> None:
    found = results({"a": {0: 0.51, 1: 0.52}})
    assert mean("a")(found) == mean_interval(found.values("a"))
    assert mean("b")(found) is None


def test_pairs_are_of_the_seeds_that_both_arms_have() -> None:
    found = results({"a": {1: 0.5, 2: 0.7, 3: 0.9}, "b": {3: 0.6, 1: 0.3}, "c": {9: 0.6}})
    measured = ahead("a", "b")(found)
    assert measured is not None
    assert measured.estimate == pytest.approx((20 + 30) / 2), "seed 1: 50 - 30, seed 3: 90 - 60, in points"
    assert measured.n == 2
    assert ahead("a", "c")(found) is None, "no seed in common"
    assert ahead("a", "d")(found) is None, "no run"


def test_only_where_it_is_asked_for_do_networks_count_that_learned() -> None:
    found = results({"a": {0: 0.98, 1: 0.98, 2: 0.11}, "b": {0: 0.96, 1: None, 2: 0.98}})
    measured = ahead("a", "b", learned=20)(found)
    assert measured is not None
    assert measured.n == 1
    assert measured.estimate == pytest.approx(2.0)
    everyone = ahead("a", "b")(found)
    assert everyone is not None
    assert everyone.estimate == pytest.approx((2 + 98 - 87) / 3)
    assert ahead("a", "b", learned=99)(found) is None


def test_a_diverged_network_has_labelled_nothing_right() -> None:
    assert results({"a": {0: 0.98, 1: None}}).values("a").tolist() == [98.0, 0.0]


def test_a_run_that_measured_nothing_leaves_no_mean_that_would_hide_it() -> None:
    """An error cannot be counted as nothing right: who diverged has none."""
    found = results({"a": {0: 0.1, 1: None, 2: 0.3}, "b": {0: 0.2, 1: 0.2, 2: 0.2}, "c": {0: 0.1, 2: 0.2}})
    assert np.isnan(found.values("a", "error")).tolist() == [False, True, False]
    assert mean("a", "error")(found) is None
    assert ahead("a", "b", "error")(found) is None
    assert apart("b", "a", "error")(found) is None
    assert widened(("a", "b"), ("b", "b"), "error")(found) is None
    assert ahead("a", "c", "error")(found) is not None, "the seed that diverged is in no pair"


def test_what_labels_nothing_has_no_accuracy_instead_of_none_right() -> None:
    """A run without a course of accuracies may have measured one under that name."""
    data = {"name": "given", "checksum": "-"}
    labels, measured = (
        made([], seed=0, model={"name": name}, data=data, measured=what)
        for name, what in (("a", {}), ("b", {"accuracy": 42.0}))
    )
    found = Results(ARMS, [labels, measured])
    for what in ("accuracy", "late accuracy", "epochs to 95 %"):
        assert np.isnan(found.values("a", what)).all(), what
    assert mean("a")(found) is None
    assert found.values("b").tolist() == [42.0]


def test_two_arms_are_apart_whichever_is_ahead() -> None:
    found = results({"a": {0: 0.5, 1: 0.52}, "b": {0: 0.6, 1: 0.63}})
    forward, back = ahead("a", "b")(found), ahead("b", "a")(found)
    assert forward is not None
    assert back is not None
    assert apart("a", "b")(found) == apart("b", "a")(found) == abs(forward)
    assert apart("a", "b")(found) == back, "it lies on one side of nothing"
    assert apart("a", "d")(found) is None


def test_a_lead_is_wider_by_the_difference_of_differences_over_the_seeds_of_all_four() -> None:
    found = results(
        {
            "a": {0: 0.9, 1: 0.8, 2: 0.1},
            "b": {0: 0.5, 1: 0.5, 2: 0.1},
            "c": {0: 0.7, 1: 0.6},
            "d": {1: 0.5, 0: 0.4},
        }
    )
    measured = widened(("a", "b"), ("c", "d"))(found)
    expected = paired_interval([40.0, 30.0], [30.0, 10.0])
    assert measured is not None
    assert measured.n == 2
    assert measured.estimate == pytest.approx(expected.estimate)
    assert measured.low == pytest.approx(expected.low)
    assert widened(("a", "b"), ("c", "c"), "unknown")(found) is None


def test_who_errs_more_is_a_ratio_over_the_shared_seeds() -> None:
    found = results({"a": {0: 0.6, 1: 0.2}, "b": {0: 0.9, 1: 0.9, 2: 0.1}})
    ratio = errs_more("a", "b")(found)
    assert ratio is not None
    assert ratio.estimate == pytest.approx((4 * 8) ** 0.5), "40 and 80 % wrong beside 10 %"
    assert ratio.n == 2
    assert errs_more("a", "c")(found) is None
