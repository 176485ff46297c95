"""Trainings: data of each seed's own, right answers counted by size, a break and what comes after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from pdenet.data import ImageData, load_images
from pdenet.runs.arm import Context
from pdenet.runs.loop import learn
from pdenet.subjects.inception.arms import (
    FIXED,
    INCEPTION,
    NO_BLOCK,
    RESIDUAL,
    SMALL,
    VARIED,
    by_size,
    canvas_arms,
    map_arms,
    size_names,
)
from pdenet.subjects.inception.measures import seeds_for, step_seconds, walked, walks
from pdenet.subjects.inception.networks import FamilyNet
from pdenet.subjects.inception.system import maps, reached
from pdenet.subjects.inception.training import CanvasTask, CanvasTraining, MapTask, MapTraining

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def digits() -> ImageData:
    return load_images("digits")


def short(**options: Any) -> CanvasTraining:
    return CanvasTraining(**{"train": 40, "test": 30, "epochs": 2, **options})


def test_both_families_see_the_same_and_each_seed_its_own(digits: ImageData) -> None:
    arms = canvas_arms((RESIDUAL, INCEPTION), [VARIED], train=40, test=30)
    one, other = (arm.protocol.canvases(digits, 3) for arm in arms)
    assert one.checksum == other.checksum
    assert arms[0].protocol.canvases(digits, 4).checksum != one.checksum
    fixed = canvas_arms((RESIDUAL,), [FIXED], train=40, test=30)[0].protocol.canvases(digits, 3)
    assert torch.equal(fixed.train_labels, one.train_labels)  # the digits are those of the sizes that vary
    assert fixed.test_scales.unique().tolist() == [0.6]


def test_less_is_taken_where_there_is_less(digits: ImageData) -> None:
    data = CanvasTraining().canvases(digits.subset(50, 20), 0)
    assert (len(data.train_labels), len(data.test_labels)) == (50, 20)


def test_a_batch_holds_each_seeds_own_images(digits: ImageData) -> None:
    config = short()
    data = [config.canvases(digits, seed) for seed in (0, 1)]
    task = CanvasTask(FamilyNet(NO_BLOCK, "classes", 2), data, config)
    seen: list[list[int]] = [[], []]
    for batch in task.batches(0):
        for row in (0, 1):
            seen[row] += batch[row].tolist()
            for place in batch[row].tolist():
                own = place - 40 * row
                assert torch.equal(task.images[place], data[row].train_images[own])
                assert task.targets[place] == data[row].train_labels[own]
    assert sorted(seen[0]) == list(range(40))
    assert sorted(seen[1]) == list(range(40, 80))


def test_networks_side_by_side_learn_as_alone(digits: ImageData) -> None:
    config = short()

    def course(*seeds: int) -> list[list[float]]:
        data = [config.canvases(digits, seed) for seed in seeds]
        return learn(CanvasTask(FamilyNet(NO_BLOCK, "classes", seeds), data, config)).losses

    both = np.array(course(0, 5))
    assert np.allclose(both[:, 0], np.array(course(0))[:, 0], rtol=1e-3)
    assert np.allclose(both[:, 1], np.array(course(5))[:, 0], rtol=1e-3)


def test_answers_are_the_accuracy_and_bins_hold_all(digits: ImageData) -> None:
    arm = replace(canvas_arms((INCEPTION,), [VARIED])[0], protocol=short(smallest=0.3, largest=1.1))
    (record,) = arm.run((0,), Context(images=digits))
    assert set(size_names()) < set(record.measured)
    scales = arm.protocol.canvases(digits, 0).test_scales
    ends = [(0.3, 0.415), (0.415, 0.575), (0.575, 0.795), (0.795, 1.1)]
    shares = [float(((scales >= low) & (scales < high)).double().mean()) for low, high in ends]
    assert sum(shares) == pytest.approx(1)
    found = sum(share * record.measured[name] for share, name in zip(shares, size_names(), strict=True))
    assert found == pytest.approx(100 * record.accuracy)
    assert (record.measured["operations"], record.measured["parameters"]) == (3_894_160, 8_065)


def test_bins_by_hand() -> None:
    right = torch.tensor([[True, False, True, True]])
    found = by_size(right, torch.tensor([[0.3, 0.31, 0.5, 1.0]]))
    assert [float(found[name][0]) for name in size_names()[:2]] == [50, 100]


def test_a_run_that_is_broken_off_goes_on_with_the_same_numbers(digits: ImageData, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(epoch: int, *rest: Any) -> None:
        raise Stopped

    for arm in (
        replace(canvas_arms((RESIDUAL,), [FIXED])[0], protocol=short()),
        map_arms((6,), ("residual, 1 block",), train=50, test=20, epochs=2)[0],
    ):
        whole = arm.run((0,), Context(images=digits))[0]
        checkpoint = tmp_path / "kept"
        with pytest.raises(Stopped):
            arm.run((0,), Context(images=digits, checkpoint=checkpoint, progress=stop))
        again = arm.run((0,), Context(images=digits, checkpoint=checkpoint))[0]
        assert again.history == whole.history
        checkpoint.unlink()


def test_maps_of_a_seed_do_not_depend_on_its_neighbours() -> None:
    config = MapTraining(train=30, test=10)
    alone, both = (MapTask(FamilyNet(NO_BLOCK, "cells", seeds, inputs=2), config) for seeds in ([4], [1, 4]))
    assert all(torch.equal(one[0], two[1]) for one, two in zip(alone.train, both.train, strict=True))
    assert not torch.equal(both.train[0][0], both.train[0][1])
    assert not torch.equal(both.train[0][1, :10], both.tested[0][1])


def test_the_loss_counts_both_kinds_of_cells_alike_and_no_others() -> None:
    task = MapTask(FamilyNet(NO_BLOCK, "cells", 1, inputs=2), MapTraining(train=200, test=10))
    shown, true, where = task.train
    task.model.eval()
    batch = torch.arange(200)[None]

    class Says(torch.nn.Module):
        def __init__(self, logits: torch.Tensor) -> None:
            super().__init__()
            self.logits = logits

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Always the same."""
            return self.logits

    task.model = Says(torch.where(true, 0.0, 50.0))  # wrong where not reached
    one = float(task.losses(batch)[0])
    task.model = Says(torch.where(true, -50.0, 0.0))
    other = float(task.losses(batch)[0])
    assert one == pytest.approx(other, rel=1e-3)
    task.model = Says(torch.where(where, torch.where(true, 50.0, -50.0), torch.where(true, -50.0, 50.0)))
    assert float(task.losses(batch)[0]) < 1e-6
    assert shown.shape == (1, 200, 2, 15, 15)


def test_a_network_built_by_hand_reaches_what_a_search_reaches() -> None:
    drawn = maps(60, np.random.default_rng(5))
    for steps in (0, 1, 6, 12):
        assert (walked(drawn, steps) == reached(drawn, steps)).all()
    assert walks(np.ones((1, 9, 9), dtype=bool), 3).sum() == 5**3
    with pytest.raises(ValueError, match="steps must be a whole number, at least 0 and at most 20"):
        walked(drawn, 21)


def test_seeds_that_place_a_mean() -> None:
    assert seeds_for(1, 1) == 7  # 2.447 / sqrt(7) < 1 < 2.571 / sqrt(6)
    with pytest.raises(ValueError, match="reach must be"):
        seeds_for(1, 0)


def test_steps_are_timed_in_turn() -> None:
    nets = {name: FamilyNet(NO_BLOCK, "classes", 2) for name in ("a", "b")}
    taken = step_seconds(nets, (32, 32), batch=2, rounds=3)
    assert taken.keys() == nets.keys()
    assert min(taken.values()) > 0


def test_arms_have_names_that_tell_sizes() -> None:
    names = [arm.name for arm in canvas_arms((RESIDUAL,), (FIXED, SMALL, VARIED), learning_rate=0.02)]
    assert names == [
        f"residual, sizes {word}, 4 epochs, rate 0.02" for word in ("fixed", "fixed and small", "varied")
    ]


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        (CanvasTraining, {"smallest": 0.5, "largest": 0.4}, "largest must be"),
        (CanvasTraining, {"side": 0}, "side must be"),
        (MapTraining, {"steps": 0}, "steps must be"),
    ],
)
def test_bad_settings(kind: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        kind(**options)


def test_a_scale_that_does_not_fit_is_refused(digits: ImageData) -> None:
    with pytest.raises(ValueError, match=r"a scale of 1\.5 does not fit"):
        CanvasTraining(largest=1.5, smallest=1.5).canvases(digits, 0)
