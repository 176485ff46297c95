"""What networks of a surface are shown, in which order, and what a loss counts."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pytest reads it
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.runs.loop import descend, learn
from pdenet.subjects.orbitals.networks import AVERAGED, GTO, PAIRS, PLACES, SurfaceNet
from pdenet.subjects.orbitals.orbitals import distances
from pdenet.subjects.orbitals.training import (
    FORCE_WEIGHT,
    POOL,
    TESTED,
    SurfaceTask,
    SurfaceTraining,
    held_out,
    leaving,
    rotations,
    shipped,
    turned,
)


def task(kind: str = GTO, seeds: Any = 2, **options: Any) -> SurfaceTask:
    return SurfaceTask(SurfaceNet(kind, seeds), SurfaceTraining(**options))


def test_what_is_learned_from_is_not_tested_on() -> None:
    learned = set(task(train=POOL, seeds=1).known.energies[0].tolist())
    kept = set(held_out().energies.tolist())
    assert (len(learned), len(kept)) == (POOL, TESTED)
    assert not learned & kept
    own = distances(shipped().places)
    assert own.min() > 1.0
    assert own.max() < 3.5


def test_seeds_see_geometries_of_their_own_and_small_sets_are_parts_of_large_ones() -> None:
    few, more = (task(train=size, seeds=[7, 8]).known.energies for size in (50, 200))
    assert set(few[0].tolist()) < set(more[0].tolist())
    assert set(more[0].tolist()) != set(more[1].tolist())
    assert torch.equal(task(train=50, seeds=[8]).known.energies[0], few[1])


def test_each_geometry_is_shown_once_before_any_is_shown_twice() -> None:
    found = task(train=60, batch_size=20, steps=130)
    first = [*found.batches(0)]
    assert len(first) == 100
    assert all(batch.shape == (2, 20) for batch in first)
    for start in range(0, 99, 3):
        seen = torch.cat(first[start : start + 3], 1).sort(1).values
        assert torch.equal(seen, torch.arange(60).expand(2, 60))
    assert len([*found.batches(1)]) == 30
    alone = task(train=60, batch_size=20, steps=130, seeds=[1])
    assert torch.equal(next(iter(alone.batches(0)))[0], first[0][1])


def test_the_rate_falls_along_half_a_cosine() -> None:
    found = task(AVERAGED, train=20, steps=4, learning_rate=0.02, seeds=1)
    rates = []
    for batch in found.batches(0):
        descend(found, batch)
        rates.append(found.optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([0.02, 0.01 * (1 + 0.5**0.5), 0.01, 0.01 * (1 - 0.5**0.5)])


@pytest.mark.parametrize("forces", [True, False])
def test_the_loss_is_what_it_says(forces: bool) -> None:
    found = task(GTO, train=30, forces=forces)
    batch = next(iter(found.batches(0)))
    loss = found.losses(batch).detach()
    for row in (0, 1):
        known = found.known.at((row, batch[row]))
        said = found.net.predicted(known.places)
        unit = found.known.energies[row].std()
        wanted = ((said.energies[row] - known.energies) / unit).square().mean()
        if forces:
            wanted = wanted + FORCE_WEIGHT * ((said.forces[row] - known.forces) / unit).square().mean()
        assert float(loss[row]) == pytest.approx(float(wanted), rel=1e-12)


def test_pair_forces_learn_from_forces_alone() -> None:
    found = task(PAIRS, train=30)
    batch = next(iter(found.batches(0)))
    before = found.losses(batch).detach()
    found.known = found.known._replace(energies=found.known.energies * 2)
    assert torch.equal(found.losses(batch).detach(), before)
    assert before.min() > 0


def test_a_run_that_was_stopped_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    """Stopped in the middle of its second chunk, with turned geometries."""
    options: dict[str, Any] = {"train": 30, "steps": 250, "batch_size": 15, "turned": True, "seeds": 2}
    whole = task(PLACES, **options)
    learn(whole)
    file, calls = tmp_path / "state.pt", []

    class StopError(Exception):
        pass

    def stop(*told: Any) -> None:
        calls.append(told)
        if len(calls) == 2:
            raise StopError

    with pytest.raises(StopError):
        learn(task(PLACES, **options), checkpoint=file, progress=stop)
    again = task(PLACES, **options)
    learn(again, checkpoint=file, resume=True)
    for one, other in zip(whole.net.parameters(), again.net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_rotations_are_such_and_even_in_all_directions() -> None:
    found = rotations(4000, torch.Generator().manual_seed(0))
    assert (found @ found.mT - torch.eye(3)).abs().max() < 1e-12
    assert (torch.linalg.det(found) - 1).abs().max() < 1e-12
    assert found.mean(0).abs().max() < 5 / (3 * 4000) ** 0.5
    assert (found.square().mean(0) - 1 / 3).abs().max() < 0.03


def test_what_is_turned_is_the_same_molecule() -> None:
    """A network that knows the symmetry is as far off as before; one that does not is not."""
    known = shipped().at(slice(0, 40))
    both = type(known)(*(value.expand(2, *value.shape) for value in known))
    moved = turned(both, [torch.Generator().manual_seed(seed) for seed in (0, 1)])
    assert torch.allclose(
        distances(moved.places).sort(-1).values, distances(both.places).sort(-1).values, rtol=1e-12
    )
    net = SurfaceNet(GTO, 2)
    net.scale(both.places, both.energies)
    misses = [(net.predicted(x.places).forces - x.forces).square().sum((1, 2, 3)) for x in (both, moved)]
    assert torch.allclose(misses[0], misses[1], rtol=1e-10)
    assert (moved.places - both.places).abs().max() > 1


def test_every_chunk_turns_otherwise() -> None:
    found, first = task(PLACES, train=20, turned=True, steps=200), []
    for epoch in (0, 1):
        next(iter(found.batches(epoch)))
        first.append(torch.cat([rotations(1, stream) for stream in found.drawn]))
    four = torch.cat(first)
    assert min((a - b).abs().max() for n, a in enumerate(four) for b in four[:n]) > 0.01


def test_a_proton_leaves_as_far_as_it_says() -> None:
    known = leaving(30)
    middle = known.places[:, :2].mean(1)
    away = (known.places[:, 2] - middle).norm(dim=-1)
    bond = (known.places[:, 0] - known.places[:, 1]).norm(dim=-1)
    assert 2.5 <= away.min() < 3.5
    assert 7 < away.max() <= 8.0
    assert bond.min() >= 1.1
    assert bond.max() <= 2.2
    found = task(train=50, far=True, seeds=1).known
    assert found.energies.shape == (1, 450)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"train": 1}, ValueError),
        ({"train": 1001}, ValueError),
        ({"steps": 0}, ValueError),
        ({"learning_rate": 0}, ValueError),
        ({"forces": 1}, TypeError),
        ({"batch_size": "all"}, TypeError),
    ],
)
def test_what_is_no_training_is_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options))):
        SurfaceTraining(**options)


def test_subsets_are_drawn_by_the_seed_alone() -> None:
    order = np.random.default_rng([3, 0]).permutation(POOL)[:50]
    found = SurfaceTraining(train=50).known(3)
    assert torch.equal(found.energies, shipped().energies[torch.from_numpy(order)])
