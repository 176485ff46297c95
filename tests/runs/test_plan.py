"""What is to be run: which arms, which seeds are missing, and the units that they are divided into."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.runs import killed
from helpers.tables import record_of, tiny_cell, tiny_table, trained_for

from pdenet.data import ImageData, load_images
from pdenet.runs.files import append
from pdenet.runs.plan import Job, checkpoint_path, claim_path, plan, select, split
from pdenet.runs.runner import GROUP
from pdenet.runs.shown import Images
from pdenet.runs.training import TrainingConfig, fit, run_keys

CELL = tiny_cell(1)
TABLE = tiny_table(CELL, tiny_cell(2))


@pytest.fixture
def images() -> ImageData:
    return load_images("digits")


@pytest.fixture
def job(images: ImageData, tmp_path: Path) -> Job:
    return Job(TABLE, TABLE.cells, images, tmp_path / "mine.jsonl", device="cpu")


# Groups of seeds


@pytest.mark.parametrize(
    ("missing", "begun", "most", "groups"),
    [
        (range(10), [], 5, [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]),
        (range(7), [], 5, [(0, 1, 2, 3), (4, 5, 6)]),
        ([2, 7, 9], [], None, [(2, 7, 9)]),
        (range(3), [], 5, [(0, 1, 2)]),
        (range(10), [(0, 1, 2)], 5, [(0, 1, 2), (3, 4, 5, 6), (7, 8, 9)]),
        (range(3, 6), [(0, 3), (4, 5)], None, [(4, 5), (3,)]),
        ([1, 2], [(1, 2), (2, 1)], 1, [(1, 2)]),
        ([], [], 5, []),
    ],
)
def test_missing_seeds_are_divided_evenly_and_checkpoints_are_taken_up(
    missing: Any, begun: Any, most: int | None, groups: list[tuple[int, ...]]
) -> None:
    assert split(missing, begun, most) == groups


@pytest.mark.parametrize("seeds", [1, 5, 6, 11, 23])
def test_what_remains_after_some_groups_is_divided_into_the_same_groups(seeds: int) -> None:
    """A restarted command then trains what the first one would have, to the last bit."""
    groups = split(range(seeds), (), 5)
    for done in groups:
        left = [seed for seed in range(seeds) if seed not in done]
        assert split(left, (), 5) == [group for group in groups if group != done]


# Which arms


def test_arms_are_chosen_by_name_or_pattern_in_their_own_order() -> None:
    arms = TABLE.cells
    assert select(arms, []) == arms
    assert select(arms, ["PDE net, 2 layers", "PDE net, 1*"]) == arms
    assert select(arms, ["*2 layers"]) == arms[1:]
    assert select(arms, ["*", "PDE net, 1 layers"]) == arms, "no arm stands twice"


@pytest.mark.parametrize("pattern", ["PDE net", "pde net, 1 layers", "VGG*", ""])
def test_a_pattern_that_fits_no_arm_is_an_error_that_lists_the_arms(pattern: str) -> None:
    with pytest.raises(ValueError, match="no arm is called") as caught:
        select(TABLE.cells, ["PDE net, 1 layers", pattern])
    assert repr(pattern) in str(caught.value)
    assert "the arms are: 'PDE net, 1 layers', 'PDE net, 2 layers'" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_where_there_is_no_arm_the_error_says_so() -> None:
    with pytest.raises(ValueError, match="the arms are: none"):
        select([], ["one"])


# What is missing


def test_a_cell_misses_the_seeds_that_have_no_record_of_its_protocol_on_these_images(
    job: Job, images: ImageData
) -> None:
    assert job.missing(CELL) == (0, 1)
    others = [
        record_of(trained_for(CELL, TrainingConfig(9)), images, 0),
        record_of(CELL, images.subset(200, 50), 0),
        record_of(TABLE.cells[1], images, 0),
        replace(record_of(CELL, images, 0), data={"name": images.name, "checksum": "of other images"}),
    ]
    append(job.out, others)
    assert job.missing(CELL) == (0, 1)
    append(job.out, [record_of(CELL, images, 1)])
    assert job.missing(CELL) == (0,)
    assert replace(job, seeds=(1, 5)).missing(CELL) == (5,)
    assert replace(job, seeds=(1,)).missing(CELL) == ()


def test_an_arm_has_as_many_seeds_as_it_says_unless_others_are_asked_for(job: Job) -> None:
    one = replace(CELL, most=1)
    assert job.wanted(one) == (0,)
    assert job.wanted(CELL) == (0, 1)
    assert replace(job, seeds=(2, 3)).wanted(one) == (2, 3)


def test_a_part_of_the_images_is_told_from_the_whole(job: Job, images: ImageData) -> None:
    part = replace(CELL, shown=Images(200, 50))
    append(job.out, [record_of(CELL, images)])
    assert job.missing(part) == (0, 1)
    append(job.out, [record_of(CELL, images.subset(200, 50), 1)])
    assert job.missing(part) == (0,)
    assert job.missing(CELL) == (1,)


def test_a_job_on_other_images_does_not_remember_those_of_the_first(job: Job, images: ImageData) -> None:
    few = images.subset(200, 50)
    append(job.out, [record_of(CELL, images, 0), record_of(CELL, few, 1)])
    assert job.missing(CELL) == (1,)
    assert replace(job, images=few).missing(CELL) == (0,)


def test_an_arm_knows_the_key_that_its_record_will_have(images: ImageData) -> None:
    (record,) = fit(CELL.build([3]), images, CELL.protocol, device="cpu")
    assert CELL.key(3, images) == record.key
    assert [CELL.key(3, images)] == run_keys(CELL.build([3]), images, CELL.protocol)


# Units


def test_ten_seeds_of_a_cell_are_two_units(job: Job) -> None:
    job = replace(job, seeds=tuple(range(10)))
    units = plan(job, CELL, GROUP)
    assert [unit.seeds for unit in units] == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    assert len({unit.checkpoint for unit in units}) == 2
    assert [len(unit.seeds) for unit in plan(job, CELL)] == [10]
    assert units[1].title == "PDE net, 1 layers, seeds 5, 6, 7, 8, 9"
    assert units[0].keys == tuple(CELL.key(seed, job.images) for seed in range(5))
    assert {unit.claim for unit in units} == {claim_path(job, CELL)}
    assert claim_path(job, TABLE.cells[1]) != claim_path(job, CELL)


def test_an_arm_that_wants_its_seeds_apart_has_them_apart(job: Job) -> None:
    alone = replace(CELL, beside=1)
    assert [unit.seeds for unit in plan(job, alone)] == [(0,), (1,)]
    assert [unit.seeds for unit in plan(job, alone, GROUP)] == [(0,), (1,)]


def test_a_checkpoint_says_which_seeds_are_begun_and_a_broken_one_does_not(
    job: Job, images: ImageData
) -> None:
    job = replace(job, seeds=(0, 1, 2))
    path = checkpoint_path(job.out, CELL.key(1, images))
    killed(
        1,
        lambda kill: fit(
            CELL.build((1, 2)), images, CELL.protocol, device="cpu", checkpoint=path, progress=kill
        ),
    )
    assert [unit.seeds for unit in plan(job, CELL)] == [(1, 2), (0,)]
    path.write_bytes(b"torn")
    assert [unit.seeds for unit in plan(job, CELL)] == [(0, 1, 2)]


def test_what_is_recorded_is_no_unit(job: Job, images: ImageData) -> None:
    append(job.out, [record_of(CELL, images, seed) for seed in (0, 1)])
    assert plan(job, CELL) == []


def test_a_job_s_file_has_a_path_that_workers_can_find(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job.out.parent)
    assert replace(job, out=Path("mine.jsonl")).out == job.out
