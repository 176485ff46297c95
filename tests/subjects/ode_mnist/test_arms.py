"""The members of the settings as arms: each run once, measured, and named so that one can be chosen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from helpers.runs import by_key, killed, refuse, substance, unwatched

from pdenet.data import ImageData, load_images
from pdenet.ops.ode.solvers import Fixed
from pdenet.runs.arm import Context
from pdenet.runs.files import read
from pdenet.runs.plan import Job, plan, select
from pdenet.runs.runner import GROUP, run_apart, run_here
from pdenet.runs.training import TrainingConfig
from pdenet.subjects.ode_mnist.arms import ARMS, FlowArm, arms_of
from pdenet.subjects.ode_mnist.experiment import ODE_MNIST
from pdenet.subjects.ode_mnist.measures import kept_bytes
from pdenet.subjects.ode_mnist.networks import conv_net
from pdenet.subjects.ode_mnist.settings import ALONE, BLOCKS, CONV, FEW, FLOW, SETTINGS, euler

if TYPE_CHECKING:
    from pathlib import Path

SHORT = TrainingConfig(epochs=2, batch_size=16)
TINY = tuple(
    replace(setting, config=SHORT, train=32, test=20, stride=2, seeds=1, more={})
    for setting in SETTINGS.values()
)
CHOSEN = select(arms_of(TINY), [f"stencil: {FLOW}", f"conv: {euler(2)}", f"few: {BLOCKS}"])


@pytest.fixture(scope="module")
def images() -> ImageData:
    return load_images("digits")


@pytest.fixture
def job(images: ImageData, tmp_path: Path) -> Job:
    return Job(replace(ODE_MNIST, arms=lambda mode: CHOSEN), CHOSEN, images, tmp_path / "runs.jsonl")


def test_every_member_has_an_arm_with_the_seeds_of_its_setting() -> None:
    assert len({arm.name for arm in ARMS}) == len(ARMS)
    assert ODE_MNIST.arms("full") == ARMS
    seeds = {arm.name: len(arm.seeds(range(ODE_MNIST.seeds))) for arm in ARMS}
    first = sum(len(setting.members) * setting.seeds for setting in SETTINGS.values())
    assert first == 155
    assert sum(seeds.values()) == first + sum(sum(setting.more.values()) for setting in SETTINGS.values())
    assert all(
        seeds[arm.name] == arm.setting.seeds + arm.setting.more.get(arm.member, 0)
        for arm in ARMS
        if isinstance(arm, FlowArm)
    )
    for arm in ARMS:
        assert isinstance(arm, FlowArm)
        assert arm.model == arm.setting.members[arm.member].build(1).description
        assert (arm.protocol, arm.shown) == (arm.setting.config, arm.setting.shown)


def test_each_planned_run_is_recorded() -> None:
    results = ODE_MNIST.results()
    for arm in ARMS:
        assert tuple(results.seeds(arm.name)) == arm.seeds(range(ODE_MNIST.seeds)), arm.name


def test_arms_are_chosen_by_setting_or_member() -> None:
    assert [arm.name for arm in select(ARMS, ["few: no block"])] == [f"few: {ALONE}"]
    assert {arm.name.partition(":")[0] for arm in select(ARMS, [f"*{euler(20)}"])} == {"stencil"}
    assert len(select(ARMS, ["conv:*"])) == len(CONV.members)
    with pytest.raises(ValueError, match="no arm is called 'nothing'; the arms are: 'stencil: no block'"):
        select(ARMS, ["nothing"])


def test_what_is_missing_is_run_once_and_measured(job: Job) -> None:
    run_here(replace(job, arms=CHOSEN[:1]), unwatched)
    run_here(job, unwatched)
    run_here(job, refuse)
    stencil, conv, few = read(job.out)
    assert [*stencil.trunk] == ["alpha", "beta", "sigma", "rho", "gamma"]
    assert stencil.measured["evaluations"][0] > 8
    assert stencil.measured["solver_test"]["images"] == 10
    assert stencil.measured["cpu_seconds"] > 0
    assert conv.measured["solver_test"]["accuracy"].keys() == {"trained", "accurate"} | {
        f"euler {m}" for m in (0, *CONV.grid)
    }
    assert conv.measured["solver_test"]["same"]["euler 2"] == 1.0
    assert conv.measured["evaluations"] == [2, 2]
    assert conv.measured["parameters"].keys() == {"stem", "block", "head"}
    batch = torch.zeros(16, 28, 28), torch.zeros(32, dtype=torch.int64)[:16]  # the labels lie among all
    assert conv.measured["kept_bytes"] == kept_bytes(conv_net(Fixed("euler", 2)), *batch), "of a whole batch"
    assert conv.measured["kept_bytes"] > few.measured["parameters"]["head"]
    assert "solver_test" not in few.measured
    assert few.history["test_accuracy"][0] is None
    assert 0 <= few.accuracy <= 1
    assert [record.data["name"] for record in (stencil, conv, few)] == ["digits[32+20]"] * 3


def test_seeds_are_run_one_by_one_however_they_are_handed_out(job: Job, images: ImageData) -> None:
    job = replace(job, seeds=(0, 1))
    for arm in CHOSEN:
        assert [unit.seeds for unit in plan(job, arm, GROUP)] == [(0,), (1,)]
    both = CHOSEN[1].run((0, 1), Context(images))
    (alone,) = CHOSEN[1].run((1,), Context(images))
    assert substance(both[1]) == substance(alone)


def test_workers_give_the_records_of_this_process(job: Job, one_thread: None) -> None:
    here = replace(job, out=job.out.with_name("here.jsonl"))
    with ThreadPoolExecutor(2) as executor:
        assert run_apart(job, executor) == []
    run_here(here, unwatched)
    assert by_key(read(job.out)) == by_key(read(here.out))
    assert len(read(job.out)) == 3
    assert {path.name for path in job.out.parent.iterdir()} == {"runs.jsonl", "here.jsonl"}


@pytest.mark.parametrize("arm", CHOSEN, ids=lambda arm: arm.name)
def test_a_killed_run_goes_on_to_the_same_record(arm: FlowArm, images: ImageData, tmp_path: Path) -> None:
    """Its evaluations and its solver test, too; only how long it took is its own."""
    path = tmp_path / "run.pt"
    killed(1, lambda kill: arm.run((0,), Context(images, checkpoint=path, progress=kill)))
    told: list[int] = []
    (resumed,) = arm.run((0,), Context(images, checkpoint=path, progress=lambda now, *_: told.append(now)))
    assert told == [2]
    (straight,) = arm.run((0,), Context(images))
    assert resumed.measured["evaluations"] == straight.measured["evaluations"]
    assert substance(resumed) == substance(straight)


def test_two_trainings_give_the_same_bits(images: ImageData) -> None:
    setting = replace(FEW, config=TrainingConfig(epochs=1, batch_size=32), train=64, test=20)
    arm = FlowArm(setting=setting, member=euler(1))
    first, second = (arm.run((0,), Context(images))[0] for _ in range(2))
    assert first.key == second.key == arm.key(0, images)
    assert first.history == second.history


def test_mode_book_is_another_run_in_each_setting(images: ImageData) -> None:
    book = ODE_MNIST.arms("book")
    assert [arm.name for arm in book] == [arm.name for arm in ARMS]
    for small, full in zip(book, ARMS, strict=True):
        assert small.training["epochs"] <= 3
        assert small.key(0, images) != full.key(0, images)
        assert small.most == 2
