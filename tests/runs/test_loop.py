"""The one loop: every task's epochs are kept, a killed run goes on to the same bits, and seeds stay apart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.descent import Descent
from helpers.runs import kill_after, killed
from torch import nn

from pdenet.runs.loop import CheckpointError, Course, descend, learn, seeds_in


def end(task: Descent, course: Course) -> tuple[object, ...]:
    """What two runs must agree in."""
    return task.model.at.tolist(), course.losses, course.tests, course.epoch, task.memory


def test_losses_are_means_over_examples_and_tests_are_kept_by_epoch() -> None:
    task = Descent((0,), epochs=2)
    task.optimizer = torch.optim.SGD(task.model.parameters(), 0.0)  # it stays where it is
    course = learn(task)
    assert course.losses == [[2.0], [4.0]], "the square of (1, -1), twice as steep in the second epoch"
    assert course.of_seed(0) == ([2.0, 4.0], [1.0])
    assert (course.epoch, course.broke_off, course.diverged_at(0)) == (2, None, None)
    assert course.seconds >= 0
    assert course.cpu_seconds >= 0


def test_an_epoch_counts_each_example_once() -> None:
    """Three examples in the first batch and one in the second: the mean is not that of the batches."""
    task = Descent((0,), epochs=1)
    task.optimizer = torch.optim.SGD(task.model.parameters(), 0.25)
    course = learn(task)
    assert course.losses == [[pytest.approx((3 * 2.0 + 1 * 0.5) / 4)]]


def test_a_step_goes_down_the_loss_of_each_seed_by_itself() -> None:
    both, alone = Descent((0, 1)), Descent((1,))
    batch = torch.ones(2, 3, 1)
    losses = descend(both, batch)
    assert descend(alone, batch[:1]) == losses[1]
    assert torch.equal(both.model.at[1], alone.model.at[0])
    assert not losses.requires_grad


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_killed_run_goes_on_to_the_same_bits(tmp_path: Path, epoch: int) -> None:
    """With what the task remembers, and with the optimiser's moments."""
    path = tmp_path / "run.pt"
    killed(epoch, lambda kill: learn(Descent(), checkpoint=path, progress=kill))
    told: list[int] = []
    again, straight = Descent(), Descent()
    resumed = learn(again, checkpoint=path, resume=True, progress=lambda now, *_: told.append(now))
    assert told == [*range(epoch + 1, 5)], "no epoch is run twice"
    assert end(again, resumed) == end(straight, learn(straight))
    assert list(tmp_path.iterdir()) == [path], "no temporary file stays behind"


def test_a_run_that_is_over_is_not_run_again(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    first = Descent()
    course = learn(first, checkpoint=path)
    again = Descent()
    assert end(again, learn(again, checkpoint=path, resume=True, progress=kill_after(4))) == end(
        first, course
    )


def test_without_resume_a_checkpoint_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    path.write_bytes(b"of another time")
    learn(Descent(), checkpoint=path)
    assert torch.load(path, weights_only=True)["epoch"] == 4


def test_a_broken_checkpoint_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(
        CheckpointError, match=r"run\.pt is not a readable checkpoint .* delete it to start afresh"
    ):
        learn(Descent(), checkpoint=path, resume=True)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    learn(Descent(), checkpoint=path)
    with pytest.raises(CheckpointError, match="belongs to another run: epochs differ"):
        learn(Descent(epochs=5), checkpoint=path, resume=True)
    with pytest.raises(CheckpointError, match="belongs to another run: name, seeds differ"):
        learn(Descent((0,), name="other"), checkpoint=path, resume=True)


def test_a_damaged_checkpoint_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    killed(2, lambda kill: learn(Descent(), checkpoint=path, progress=kill))
    whole = path.read_bytes()
    at = len(whole) // 2
    path.write_bytes(whole[:at] + bytes(512) + whole[at + 512 :])
    task = Descent()
    before = end(task, Course())
    with pytest.raises(CheckpointError, match="damaged after it was written"):
        learn(task, checkpoint=path, resume=True)
    assert end(task, Course()) == before


def test_numbers_of_numpy_do_not_keep_a_run_from_going_on(tmp_path: Path) -> None:
    """In what the task says of itself, in what it remembers, in its tests and in its optimiser."""

    class Numpy(Descent):
        @property
        def identity(self) -> dict[str, Any]:
            return {"name": np.str_("descent"), "epochs": np.int64(4), "rate": np.float64(0.1)}

        def test(self, epoch: int) -> list[float]:
            self.memory["tests"] = np.int64(epoch)
            return [np.float64(value) for value in super().test(epoch)]

    def made() -> Numpy:
        task = Numpy(tuple(np.arange(2)))
        task.optimizer = torch.optim.Adam(
            task.model.parameters(), np.float64(0.1), betas=(np.float64(0.9), 0.99)
        )
        return task

    path = tmp_path / "run.pt"
    killed(2, lambda kill: learn(made(), checkpoint=path, progress=kill))
    again, straight = made(), made()
    assert end(again, learn(again, checkpoint=path, resume=True)) == end(straight, learn(straight))


def test_what_a_checkpoint_could_not_keep_is_refused_before_the_first_epoch(tmp_path: Path) -> None:
    task = Descent()
    task.memory["kept"] = {1, 2}
    with pytest.raises(TypeError, match="what a checkpoint keeps"):
        learn(task, checkpoint=tmp_path / "run.pt", progress=kill_after(1))
    task = Descent(name=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the identity of a run"):
        learn(task, checkpoint=tmp_path / "run.pt", progress=kill_after(1))


def test_parameters_of_another_version_are_an_error_and_no_traceback_of_torch(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    learn(Descent(), checkpoint=path)
    task = Descent()
    task.model.register_parameter("new", nn.Parameter(torch.zeros(2)))
    with pytest.raises(CheckpointError, match=r"is whole, but what it holds does not fit this version"):
        learn(task, checkpoint=path, resume=True)


def test_a_switch_is_no_text_and_a_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(TypeError, match="resume must be True or False; got 'false'"):
        learn(Descent(), checkpoint=tmp_path / "run.pt", resume="false")  # type: ignore[arg-type]
    killed(2, lambda kill: learn(Descent(), checkpoint=Path("~/run.pt"), progress=kill))
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]
    told: list[int] = []
    learn(Descent(), checkpoint=Path("~/run.pt"), resume=True, progress=lambda now, *_: told.append(now))
    assert told == [3, 4]


def test_a_checkpoint_says_of_which_seeds_it_is(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    learn(Descent((3, 5)), checkpoint=path)
    assert seeds_in(path) == (3, 5)
    path.write_bytes(b"torn")
    assert seeds_in(path) is None
    assert seeds_in(tmp_path / "none.pt") is None


def test_a_flow_that_runs_away_ends_the_run_and_a_resumed_one_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    task = Descent()
    task.runs_away = 2
    course = learn(task, checkpoint=path)
    assert (course.epoch, course.broke_off) == (3, 3)
    assert [math.isnan(loss) for loss in course.of_seed(0)[0]] == [False, False, True]
    assert course.diverged_at(0) == course.diverged_at(1) == 3
    resumed = learn(Descent(), checkpoint=path, resume=True, progress=kill_after(4))
    assert resumed.broke_off == 3, "nothing is run, or it would have been killed"


def test_a_seed_whose_loss_is_not_finite_is_known_from_its_first_such_epoch() -> None:
    course = Course(3, losses=[[1.0, 1.0], [math.inf, 0.5], [0.2, 0.4]])
    assert course.diverged_at(0) == 2
    assert course.diverged_at(1) is None
