"""The grid of experiments: its settings, its plan, and that no run is made twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from helpers.runs import unwatched

from pdenet.data import load_images
from pdenet.runs.files import read
from pdenet.runs.plan import Job
from pdenet.runs.runner import run_here
from pdenet.subjects.catalogue import experiment
from pdenet.subjects.depth.experiment import DEPTH
from pdenet.subjects.depth.plan import OURS, PLAN, SECOND, SETTINGS, Run
from pdenet.subjects.depth.settings import STARTS, Setting

if TYPE_CHECKING:
    from pathlib import Path

FEW = load_images("digits").subset(120, 40)


def test_a_setting_is_built_as_it_says() -> None:
    setting = Setting("normal 0.1", (64, 32), "none", 1024, "standard")
    described = setting.spec("(40)", 7).describe()
    assert described == setting.spec("(40)", 7).build([3]).describe()
    assert described["init"] == STARTS["normal 0.1"].describe()
    assert (described["depth"], described["widths"], described["activation"]) == (7, [64, 32], "none")
    assert (setting.config(3).batch_size, setting.config(3).pixels, setting.config(3).epochs) == (
        1024,
        "standard",
        3,
    )
    assert setting.label == "normal 0.1; 64-32 linear; batch 1024, standard pixels"


def test_a_run_is_named_and_weighed_by_what_it_is() -> None:
    run = Run.of(Setting("normal"), "(39)", 5, 3)
    assert run.name == "normal; 256-128; batch 128; (39), 5 layers; 3 epochs"
    assert run.weight < Run.of(Setting("normal"), "(39)", 50, 3).weight
    assert run.weight < Run.of(Setting("normal"), "(39)", 5, 4).weight
    assert run.most == 1


def test_an_unknown_start_is_refused() -> None:
    with pytest.raises(ValueError, match=r"start must be one of 'uniform, gamma 0', .*; got 'flat'"):
        Setting("flat")


def test_our_setting_is_that_of_the_tables() -> None:
    (cell,) = (arm for arm in experiment("table-4.1").arms("full") if arm.name == "PDE net, 50 layers")
    assert OURS.spec("(39)", 50).describe() == cell.model
    assert Run.of(OURS, "(39)", 50).training == cell.training
    assert not any(run.setting == OURS for run in PLAN), "its runs are those of the tables"


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    setting = Setting(widths=(8, 8), batch_size=40)
    runs = tuple(replace(Run.of(setting, "(39)", depth, epochs=1), most=2) for depth in (1, 2))
    grid = replace(DEPTH, arms=lambda mode: runs, seeds=2)
    job = Job(grid, runs, FEW, tmp_path / "depth.jsonl", device="cpu")
    run_here(replace(job, arms=runs[:1]), unwatched)
    before = job.out.read_bytes()
    assert [job.missing(run) for run in runs] == [(), (0, 1)]
    run_here(job, unwatched)
    assert job.out.read_bytes().startswith(before)
    assert [(r.model["depth"], r.seed) for r in read(job.out)] == [(1, 0), (1, 1), (2, 0), (2, 1)]
    assert [job.missing(run) for run in runs] == [(), ()]
    assert replace(job, seeds=(1, 5)).missing(runs[1]) == (5,)


def test_the_plan_has_no_run_twice() -> None:
    entries = [(run.setting, run.network, run.depth, run.protocol.epochs) for run in PLAN]
    assert len(set(entries)) == len(entries) == 62
    assert {run.most for run in PLAN} == {1}


def test_the_settings_are_those_of_the_plan_and_ours() -> None:
    assert SETTINGS[0] == OURS
    assert set(SETTINGS) == {OURS, *(run.setting for run in (*PLAN, *SECOND))}
    assert len(set(SETTINGS)) == len(SETTINGS)
