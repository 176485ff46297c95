"""Nets and controls as arms: run once, measured as they are, and one that runs away takes no other along."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from helpers.runs import by_key, killed, refuse, unwatched

from pdenet.ops.ode.solvers import DivergedError
from pdenet.runs.arm import Context
from pdenet.runs.experiment import Experiment
from pdenet.runs.files import read
from pdenet.runs.loop import learn
from pdenet.runs.plan import Job
from pdenet.runs.runner import run_apart, run_here
from pdenet.subjects.irregular import arms
from pdenet.subjects.irregular.arms import ARMS, MAIN, SeriesArm, arm_name, long_arm, rebuild, series_arm
from pdenet.subjects.irregular.measures import WINDOWS, answers, errors, measure
from pdenet.subjects.irregular.networks import DECAY, GRU, ODE, TIME
from pdenet.subjects.irregular.system import REST, Sampling, draw
from pdenet.subjects.irregular.training import CONFIG, SeriesTraining

if TYPE_CHECKING:
    from pathlib import Path

TINY = SeriesTraining(steps=30, batch=4, series=6)
NONE = SeriesArm(decoder=REST, protocol=None, test=4)
NET = SeriesArm(decoder=GRU, protocol=TINY, test=4)
FLOW = SeriesArm(decoder=ODE, protocol=TINY, test=4)


def job(out: Path, *chosen: SeriesArm, seeds: int = 2) -> Job:
    experiment = Experiment("series", "Few series", lambda mode: chosen, seeds=seeds)
    return Job(experiment, chosen, None, out)


def test_every_arm_is_told_apart() -> None:
    assert len({arm.name for arm in ARMS}) == len(set(ARMS)) == len(ARMS)
    told = {str((arm.model, arm.training, arm.shown)) for arm in ARMS}
    assert len(told) == len(ARMS)


def test_a_name_says_what_is_unusual() -> None:
    assert arm_name(ODE) == "latent ODE; irregular, 20"
    assert arm_name(GRU, Sampling("shared", 10), replace(CONFIG, series=800, targets="seen")) == (
        "recurrent, gaps given; shared, 10; 800 series; asked in training for what was seen"
    )


def test_a_name_says_that_a_training_is_long() -> None:
    assert long_arm(ODE).name == "latent ODE; irregular, 20; 2500 steps"
    assert (
        arm_name(GRU, training=SeriesTraining(steps=100)) == "recurrent, gaps given; irregular, 20; 100 steps"
    )
    assert SeriesArm(decoder=GRU, protocol=TINY, called="another").name == "another"


def test_what_is_missing_is_run_once(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    for seeds in (1, 2, 2):
        run_here(job(out, NONE, NET, seeds=seeds), unwatched)
    records = read(out)
    assert [record.seed for record in records] == [0, 0, 1, 1]
    assert len({record.key for record in records}) == 4
    run_here(job(out, NONE, NET), refuse)
    experiment = job(out, NONE, NET).experiment
    results = experiment.results(records)
    assert results.values(NET.name, "ahead").shape == (2,)
    ahead = results.ahead(NONE.name, NET.name, "ahead")
    assert ahead is not None
    assert ahead.n == 2


def test_a_record_says_which_series_it_is_of() -> None:
    for arm in (NONE, NET):
        first, second = arm.run((0, 1), Context())
        assert first.data == {**first.data, "name": "pendulum, irregular, 20", "test": 4}
        assert first.data["train"] == (200 if arm is NONE else 6)
        assert first.data["checksum"] != second.data["checksum"], "each seed has its own"
        assert first.data["checksum"] == arm.run((0,), Context())[0].data["checksum"]
        assert arm.shown.fits(first.data, "")
        assert first.training == arm.training == ({} if arm is NONE else arm.training)


@pytest.mark.parametrize("arm", [NET, FLOW], ids=[GRU, ODE])
def test_workers_give_the_records_of_this_process(arm: SeriesArm, tmp_path: Path, one_thread: None) -> None:
    apart, here = job(tmp_path / "apart.jsonl", NONE, arm), job(tmp_path / "here.jsonl", NONE, arm)
    with ThreadPoolExecutor(2) as executor:
        assert run_apart(apart, executor) == []
    run_here(here, unwatched)
    assert by_key(read(apart.out)) == by_key(read(here.out))
    assert len(read(apart.out)) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"apart.jsonl", "here.jsonl"}


@pytest.mark.parametrize("arm", [NET, FLOW], ids=[GRU, ODE])
def test_a_killed_run_goes_on_to_the_same_record(arm: SeriesArm, tmp_path: Path) -> None:
    """With the weights, which a record of a kept seed holds."""
    path = tmp_path / "run.pt"
    kept = replace(arm, keep=1)
    killed(1, lambda kill: kept.run((0, 1), Context(checkpoint=path, progress=kill)))
    told: list[int] = []
    resumed = kept.run((0, 1), Context(checkpoint=path, progress=lambda epoch, *_: told.append(epoch)))
    assert told == [2]
    assert by_key(resumed) == by_key(kept.run((0, 1), Context()))
    assert [bool(record.trunk) for record in resumed] == [False, True]


def test_what_a_record_kept_is_the_trained_net() -> None:
    kept, other = replace(NET, keep=0).run((0, 1), Context())
    test = draw(MAIN, [0], 4, "test")
    again = errors(test, answers(rebuild(kept), test))
    assert {name: float(value) for name, value in again.items()} == pytest.approx(
        {name: kept.measured[name] for name in WINDOWS}, rel=1e-3
    )
    with pytest.raises(ValueError, match="kept no weights"):
        rebuild(other)


def test_the_page_s_nets_keep_the_weights_of_their_first_seed() -> None:
    main = (ODE, GRU, TIME)
    assert {arm.name for arm in ARMS if arm.keep == 0} == {
        *(arm_name(name) for name in main),
        *(long_arm(name).name for name in main),
    }
    assert {arm.keep for arm in ARMS} == {0, None}
    assert series_arm(ODE, Sampling("regular", 20)).keep is None
    assert series_arm(DECAY).keep is None


@pytest.mark.parametrize("when", ["training", "test"])
def test_a_field_that_runs_away_takes_no_other_seed_along(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its record says so and measures nothing; its neighbours are run again, each alone."""

    def runs_away(net: Any) -> None:
        if 1 in net.seeds:
            message = "it ran away"
            raise DivergedError(message)

    def learn_or_not(task: Any, **options: Any) -> Any:
        runs_away(task)
        return learn(task, **options)

    def measure_or_not(net: Any, test: Any) -> Any:
        runs_away(net)
        return measure(net, test)

    if when == "training":
        monkeypatch.setattr(arms, "learn", learn_or_not)
    else:
        monkeypatch.setattr(arms, "measure", measure_or_not)
    out = tmp_path / "runs.jsonl"
    run_here(job(out, NET, NONE, seeds=3), unwatched)
    monkeypatch.undo()
    records = read(out)
    assert [(record.seed, record.diverged_at) for record in records] == [
        (0, None), (1, 2 if when == "test" else 1), (2, None), (0, None), (1, None), (2, None),
    ]  # fmt: skip
    assert [bool(record.measured) for record in records] == [True, False, True, True, True, True]
    (alone,) = NET.run((2,), Context())
    assert by_key([records[2]]) == by_key([alone])
    assert [path.name for path in tmp_path.iterdir()] == ["runs.jsonl"]


def test_a_step_that_runs_away_ends_the_training_of_its_seed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the loop itself: the epoch is known, and the record has the losses up to it."""
    from pdenet.subjects.irregular.training import SeriesTask

    losses = SeriesTask.losses

    def runs_away(self: SeriesTask, batch: Any) -> Any:
        if self.step >= 25 and 1 in self.seeds:
            message = "it ran away"
            raise DivergedError(message)
        return losses(self, batch)

    monkeypatch.setattr(SeriesTask, "losses", runs_away)
    healthy, broken = NET.run((0, 1), Context())
    assert (healthy.diverged_at, broken.diverged_at) == (None, 2)
    assert len(broken.history["train_loss"]) == 2
    assert broken.measured == {}
    assert healthy.measured.keys() == {*WINDOWS, "moved"}
