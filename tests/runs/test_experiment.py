"""An experiment as data: what its arms are shown, which records are theirs, what is claimed of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from helpers.records import made
from helpers.tables import record_of, tiny_cell

from pdenet.data import ImageData, load_images
from pdenet.runs import experiment as experiments
from pdenet.runs.arm import Arm, Context
from pdenet.runs.claims import Claim, Verdict
from pdenet.runs.experiment import Experiment, distinct
from pdenet.runs.files import append
from pdenet.runs.results import mean
from pdenet.runs.shown import Drawn, Images

if TYPE_CHECKING:
    from pathlib import Path

    from pdenet.runs.record import Record

DIGITS = load_images("digits")
ONE, TWO = tiny_cell(1), tiny_cell(2)


@dataclass(frozen=True)
class Protocol:
    """A protocol with what JSON has not: a tuple."""

    rounds: tuple[int, ...] = (1, 2)


NOISE = Drawn("noise", 3)


@dataclass(frozen=True, kw_only=True)
class Noise(Arm):
    """An arm that trains nothing and draws its data."""

    shown: Drawn = NOISE
    label: str = "noise"

    @property
    def name(self) -> str:
        return self.label

    @property
    def model(self) -> dict[str, Any]:
        return {"kind": "noise"}

    def run(self, seeds: tuple[int, ...], context: Context) -> list[Record]:
        data = {"name": "noise", "checksum": "drawn", "train": 3}
        return [
            made([None], seed=seed, model=self.model, training=self.training, data=data, measured={"x": 1.0})
            for seed in seeds
        ]


# What an arm is shown


@pytest.mark.parametrize(
    ("shown", "name", "numbers"),
    [
        (Images(), "digits", (len(DIGITS.train_labels), len(DIGITS.test_labels))),
        (Images(200, 50), "digits[200+50]", (200, 50)),
        (Images(test=50), f"digits[{len(DIGITS.train_labels)}+50]", (len(DIGITS.train_labels), 50)),
        (Images(10**6, 20), f"digits[{len(DIGITS.train_labels)}+20]", (len(DIGITS.train_labels), 20)),
    ],
)
def test_images_are_a_part_of_a_set_or_all_there_are(
    shown: Images, name: str, numbers: tuple[int, int]
) -> None:
    part = shown.of(DIGITS)
    assert (len(part.train_labels), len(part.test_labels)) == numbers
    assert shown.describe(DIGITS) == {"name": name, "checksum": part.checksum}
    assert shown.fits(shown.describe(DIGITS), "digits")
    assert not shown.fits(shown.describe(DIGITS), "mnist")


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("mnist[1000+5000]", True),
        ("mnist[800+300]", True),  # all of a smaller set
        ("mnist[1000+5001]", False),
        ("mnist[2000+5000]", False),
        ("mnist", False),
        ("digits[1000+5000]", False),
    ],
)
def test_a_part_is_told_from_larger_parts_and_from_the_whole(name: str, *, fits: bool) -> None:
    assert Images(1000, 5000).fits({"name": name, "checksum": "-"}, "mnist") == fits


def test_drawn_data_are_known_by_name_and_number() -> None:
    drawn = Drawn("pendulum", 200)
    assert drawn.fits({"name": "pendulum", "checksum": "any", "train": 200}, "whatever set is here")
    assert not drawn.fits({"name": "pendulum", "checksum": "any", "train": 800}, "")
    assert not drawn.fits({"name": "spring", "checksum": "any", "train": 200}, "")
    assert Drawn("noise").fits({"name": "noise", "checksum": "any"}, "")
    assert drawn.describe()["checksum"] != Drawn("pendulum", 800).describe()["checksum"]


# Arms


def test_what_a_record_says_of_a_protocol_has_the_types_of_json() -> None:
    assert Noise(protocol=Protocol()).training == {"rounds": [1, 2]}
    assert Noise().training == {}


def test_the_key_of_an_arm_depends_on_all_that_makes_a_run_another() -> None:
    arm = Noise(protocol=Protocol())
    others = [
        arm.key(1, None),
        Noise().key(0, None),
        Noise(protocol=Protocol((3,))).key(0, None),
        Noise(protocol=Protocol(), shown=Drawn("noise", 4)).key(0, None),
    ]
    assert len({arm.key(0, None), *others}) == 5
    assert arm.key(0, None) == arm.key(0, DIGITS), "it reads no images"
    assert ONE.key(0, DIGITS) != ONE.key(0, DIGITS.subset(200, 50))


def test_an_arm_has_no_more_seeds_than_it_says() -> None:
    assert Noise().seeds(range(4)) == (0, 1, 2, 3)
    assert Noise(most=2).seeds(range(4)) == (0, 1)


# Records of an experiment


def experiment(*arms: Arm, **changes: Any) -> Experiment:
    given: dict[str, Any] = {"name": "mine", "title": "Mine", "arms": lambda mode: arms}
    return Experiment(**given | changes)


def test_of_two_records_of_one_run_the_first_counts(tmp_path: Path) -> None:
    """And a file that is not there has no records."""
    out = tmp_path / "mine.jsonl"
    mine = experiment(ONE, TWO)
    assert mine.read(out) == []
    append(out, [record_of(ONE, DIGITS, 0), record_of(ONE, DIGITS, 1), record_of(TWO, DIGITS, 0)])
    append(out, [record_of(ONE, DIGITS, 1, 0.5), record_of(ONE, DIGITS, 2)])
    known = mine.read(out)
    assert len(known) == len({r.key for r in known}) == 4
    results = mine.results(known, "digits")
    assert results.seeds(ONE.name) == [0, 1, 2]
    assert results.values(ONE.name).tolist() == [90, 90, 90]


def test_records_of_a_subject_are_those_of_each_of_its_experiments_arms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "shipped", lambda name: tmp_path / name)
    first = experiment(ONE, name="first", subject="both")
    second = experiment(TWO, name="second", subject="both")
    assert first.file == second.file == "both.jsonl"
    assert first.recorded() == [], "no file, no records"
    append(tmp_path / "both.jsonl", [record_of(ONE, DIGITS), record_of(TWO, DIGITS)])
    assert [r.model for r in first.recorded()] == [ONE.model]
    assert [r.model for r in second.recorded()] == [TWO.model]


def test_an_experiment_without_a_file_has_no_records() -> None:
    assert experiment(ONE, name="table-9.9").recorded() == []


def test_the_runs_of_a_mode_are_those_of_its_arms() -> None:
    book = replace(ONE, protocol=replace(ONE.protocol, epochs=1))
    mine = Experiment("mine", "Mine", lambda mode: (ONE,) if mode == "full" else (book,))
    records = [record_of(ONE, DIGITS, 0), record_of(book, DIGITS, 1)]
    assert mine.results(records, "digits").seeds(ONE.name) == [0]
    assert mine.results(records, "digits", "book").seeds(ONE.name) == [1]


def test_distinct_keeps_the_first_of_each_run_and_the_order() -> None:
    given = [record_of(ONE, DIGITS, seed, share) for seed, share in ((2, 0.1), (0, 0.2), (2, 0.3))]
    assert [(r.seed, r.accuracy) for r in distinct(given)] == [(2, 0.1), (0, 0.2)]


# Claims


def test_its_claims_are_judged_by_its_runs_and_left_out_without() -> None:
    claims = (
        Claim("a", "it learns", threshold=80, measure=mean(ONE.name)),
        Claim("b", "so does the other", threshold=80, measure=mean(TWO.name)),
    )
    mine = experiment(ONE, TWO, claims=claims)
    records = [record_of(ONE, DIGITS, seed, share) for seed, share in ((0, 0.9), (1, 0.91))]
    judged = mine.judged(mine.results(records, "digits"))
    assert list(judged) == ["a"]
    assert judged["a"].verdict is Verdict.HOLDS
    assert judged["a"].found.estimate == pytest.approx(90.5)
    assert mine.judged() == {}, "nothing ships of it"


def test_a_context_gives_an_arm_its_part() -> None:
    part = Context(DIGITS).part(Images(200, 50))
    assert isinstance(part, ImageData)
    assert part.checksum == DIGITS.subset(200, 50).checksum
