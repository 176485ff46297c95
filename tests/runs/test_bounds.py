"""What is just allowed of a run, and what just counts."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from helpers.records import made
from helpers.tables import record_of, tiny_cell

from pdenet.data import load_images
from pdenet.runs.arm import Arm, Context
from pdenet.runs.claims import Claim
from pdenet.runs.cuda_graph import WARM_UP
from pdenet.runs.interval import Interval
from pdenet.runs.intervals import mean_interval, prediction_interval, wilson_interval
from pdenet.runs.lock import claimed
from pdenet.runs.plan import split
from pdenet.runs.results import Results, ahead
from pdenet.runs.shown import Drawn, Images
from pdenet.runs.table import CHANCE, Cell, CellResult
from pdenet.runs.training import TrainingConfig

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.runs.record import Record

CELL = tiny_cell(2)
IMAGES = load_images("digits")


class Bare(Arm):
    """An arm that says nothing of itself."""

    name = "nothing"
    model: ClassVar[dict[str, Any]] = {}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        pytest.fail("this arm is looked at and never run")


def result(accuracies: list[float | None], cell: Cell = CELL) -> CellResult:
    return CellResult(cell, tuple(record_of(cell, IMAGES, i, a) for i, a in enumerate(accuracies)))


def test_a_protocol_may_be_one_epoch_of_single_images_at_any_positive_rate() -> None:
    assert TrainingConfig(1, 1, math.ulp(0.0)).learning_rate > 0
    for changes in ({"epochs": 0}, {"batch_size": 0}, {"learning_rate": 0.0}, {"learning_rate": math.inf}):
        with pytest.raises(ValueError, match="must be"):
            replace(TrainingConfig(), **changes)


def test_a_level_lies_between_nothing_and_certainty() -> None:
    for level in (0.0, 1.0):
        with pytest.raises(ValueError, match="must lie between 0 and 1"):
            mean_interval([1.0, 2.0], level)
    assert mean_interval([1.0, 2.0], math.nextafter(1, 0)).level < 1
    assert wilson_interval(1, 1).high == 1


def test_chance_itself_has_not_learned() -> None:
    """A fifth of the images right: twice what a network gets that always names one digit."""
    assert CHANCE == 0.2
    above = math.nextafter(0.2, 1)
    assert result([0.2, above]).alive == [above]
    at_chance = [record_of(CELL, IMAGES, 0, 0.2)]
    found = Results([CELL], at_chance, "digits")
    assert ahead(CELL.name, CELL.name, learned=100 * CHANCE)(found) is None
    assert ahead(CELL.name, CELL.name, learned=100 * CHANCE - 1e-9)(found) is not None


@pytest.mark.parametrize(
    ("accuracies", "text"),
    [
        ([0.98, 0.98, 0.98], "98.0 [98.0, 98.0]"),
        ([0.98, 0.11, 0.11], "98.0, 11.0, 11.0"),
        ([0.98, 0.11, 0.11, 0.11], "98.0, 1 of 4 learned"),
        ([0.11], "11.0"),
    ],
)
def test_up_to_three_seeds_are_told_one_by_one(accuracies: list[float | None], text: str) -> None:
    assert result(accuracies).text == text


@pytest.mark.parametrize(
    ("beyond", "place"), [(-0.0006, "below"), (-0.0004, "inside"), (0.0004, "inside"), (0.0006, "above")]
)
def test_half_of_the_last_printed_digit_is_granted_on_either_side(beyond: float, place: str) -> None:
    runs = [0.97, 0.98, 0.975, 0.972]
    one_more = prediction_interval(runs)
    end = one_more.low if beyond < 0 else one_more.high
    assert result([*runs], replace(CELL, thesis=end + beyond)).thesis_lies == place


def test_a_record_may_have_fewer_images_than_asked_for_and_not_more() -> None:
    for sizes, fits in (("20+10", True), ("20+11", False), ("21+10", False), ("19+9", True)):
        assert Images(20, 10).fits({"name": f"digits[{sizes}]"}, "digits") is fits, sizes
    assert not Images(20, 10).fits({"name": "digits"}, "digits")
    assert not Images().fits({"name": "digits[20+10]"}, "digits")
    assert Images(20).fits({"name": "digits[20+360]"}, "digits")
    assert Images(5000, 5000).of(IMAGES).name == "digits[1437+360]"
    assert Images(20).of(IMAGES).name == "digits[20+360]"


def test_drawn_data_are_those_of_their_name_and_number() -> None:
    drawn = Drawn("pendulum", 200)
    assert drawn.describe() == {"name": "pendulum", "checksum": "drawn, 200"}
    assert drawn.fits({"name": "pendulum", "train": 200}, "")
    assert not drawn.fits({"name": "pendulum", "train": 201}, "")
    assert not drawn.fits({"name": "spring", "train": 200}, "")
    assert Drawn("noise").fits({"name": "noise"}, "")


@pytest.mark.parametrize(
    ("missing", "most", "groups"),
    [
        (range(6), 3, [(0, 1, 2), (3, 4, 5)]),
        (range(7), 3, [(0, 1, 2), (3, 4), (5, 6)]),
        (range(8), 3, [(0, 1, 2), (3, 4, 5), (6, 7)]),
        (range(4), 1, [(0,), (1,), (2,), (3,)]),
        (range(4), 4, [(0, 1, 2, 3)]),
        (range(4), None, [(0, 1, 2, 3)]),
        ([], 2, []),
    ],
)
def test_missing_seeds_are_divided_evenly(
    missing: list[int], most: int | None, groups: list[tuple[int, ...]]
) -> None:
    assert split(list(missing), most=most) == groups
    assert split(list(missing), [tuple(missing)] if missing else [], 1) == (
        [tuple(missing)] if missing else []
    )


def test_a_group_that_is_begun_comes_first_if_none_of_its_seeds_is_done() -> None:
    assert split([0, 1, 2, 3], [(2, 3)]) == [(2, 3), (0, 1)]
    assert split([0, 1, 3], [(2, 3)]) == [(0, 1, 3)]


def test_a_record_that_broke_off_has_no_accuracy() -> None:
    broken = made([0.9, None])
    assert broken.diverged_at == 2
    assert math.isnan(broken.accuracy)
    assert result([0.9, None]).diverged == 1
    assert result([0.9]).diverged == 0


def test_one_infinite_end_is_enough_to_say_so() -> None:
    for low, high in ((-math.inf, 2.0), (0.0, math.inf)):
        assert "no interval" in Claim("a", "it is so").sentence(Interval(1.0, low, high, 2))


def test_an_arm_weighs_one_and_a_graph_is_recorded_after_three_steps() -> None:
    assert Bare().weight == 1
    assert WARM_UP == 3


def test_a_record_is_found_whatever_the_order_of_its_words() -> None:
    record = record_of(CELL, IMAGES, 0, 0.9)
    turned = replace(record, model=dict(reversed(record.model.items())))
    assert list(turned.model) != list(record.model)
    assert Results([CELL], [turned], "digits").values(CELL.name).tolist() == [90.0]


def test_a_claim_on_a_file_is_open_to_all_that_the_user_lets_in(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with claimed(tmp_path / "claim") as held:
            assert held
            assert (tmp_path / "claim").stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)
