"""Twins under attack: what is measured on them, training under attack, arms and claims."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from pdenet.data import load_images
from pdenet.models.measures.attack import pgd, unfinished
from pdenet.runs.arm import Context
from pdenet.runs.loop import learn
from pdenet.runs.schedule import OneCycle, ScheduledTask
from pdenet.runs.shown import Images
from pdenet.subjects.robustness import arms
from pdenet.subjects.robustness.claims import CLAIMS
from pdenet.subjects.robustness.experiment import ROBUSTNESS, near, pair
from pdenet.subjects.robustness.measures import (
    CLEAN,
    DEVIATION,
    SMALLEST,
    carried_over,
    deviations,
    of_right,
    typical_radius,
    under,
    under_attack,
)
from pdenet.subjects.robustness.training import AttackedTask, UnderAttack
from pdenet.subjects.robustness.trap import clamped_inside

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from pdenet.data import ImageData
    from pdenet.models.twin_net import TwinNet

CPU = torch.device("cpu")
Asked = tuple["TwinNet", "Tensor", "Tensor"]


@pytest.fixture(scope="module")
def digits() -> ImageData:
    """The same on every machine."""
    return load_images("digits")


@pytest.fixture(scope="module")
def asked(digits: ImageData) -> Asked:
    """Two residual networks, trained for a moment, and digits that they have not seen."""
    net = arms.Twin(blocks=2, skip=True).build(2)
    learn(ScheduledTask(net, digits, OneCycle(epochs=3), CPU, last_only=True))
    return net.eval(), *arms.first_digits(digits, 120)


def test_shares_fall_with_the_radius_and_are_those_of_each_attack_alone(asked: Asked) -> None:
    net, images, labels = asked
    found = under_attack(net, images, labels, {"linf": (0.0, 0.03, 0.06), "l2": (0.3,)})
    assert (found[CLEAN] > 80).all()
    assert torch.equal(found[under("linf", 0)], found[CLEAN])
    assert (found[under("linf", 0.06)] < found[under("linf", 0.03)]).all()
    assert torch.equal(found[of_right("l2", 0.3)], 100 * found[under("l2", 0.3)] / found[CLEAN])
    alone = 100 * pgd(net, images, labels, 0.06).right.double().mean(1)
    torch.testing.assert_close(found[under("linf", 0.06)], alone, atol=4, rtol=0)  # starts of its own


def test_parts_are_attacked_as_the_whole(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    net, images, labels = asked
    whole = under_attack(net, images, labels, {"linf": (0.05,)}, random=False)
    monkeypatch.setattr("pdenet.subjects.robustness.measures.CHUNK", 50)
    parts = under_attack(net, images, labels, {"linf": (0.05,)}, random=False)
    for name, shares in whole.items():
        torch.testing.assert_close(parts[name], shares, atol=1.0, rtol=0)


def test_the_typical_radius_halves_what_is_labelled_right(asked: Asked) -> None:
    net, images, labels = asked
    typical = typical_radius(net, images, labels)
    for row, radius in enumerate(typical.tolist()):
        found = under_attack(net, images, labels, {"linf": (radius,)})
        assert found[of_right("linf", radius)][row].item() == pytest.approx(50, abs=4)
    wrong = (net(images)[0].argmax(-1) + 1) % 10
    assert typical_radius(net, images, wrong)[0] == 0


def test_a_step_of_nothing_does_not_deviate_and_deviations_are_those_of_the_blocks(asked: Asked) -> None:
    net, images, _ = asked
    still = arms.Twin(blocks=3, skip=True, scale=0.0).build(2).eval()
    assert torch.equal(deviations(still, images), torch.zeros(2, 3))
    alone = arms.Twin(blocks=2, skip=True).build((1,))
    state = {  # seeds first, as an axis or as groups of channels; counters have none
        name: values[len(values) // 2 :] if values.dim() else values
        for name, values in net.state_dict().items()
    }
    alone.load_state_dict(state)
    both, one = deviations(net, images), deviations(alone.eval(), images)
    torch.testing.assert_close(both[1:], one, atol=1e-4, rtol=1e-4)
    with torch.no_grad():
        before = alone.read(images)
        after = alone.stack.block(0, before)  # type: ignore[operator]
    assert one[0, 0].item() == pytest.approx(float((after - before).norm() / before.norm()), rel=1e-4)


def test_what_is_made_against_a_network_flips_it_most(asked: Asked) -> None:
    net, images, labels = asked
    other = arms.Twin(blocks=2, skip=False).build((5, 6)).eval()
    own, away = carried_over(net, (net, other), images, labels)
    assert torch.equal(own, 100 * pgd(net, images, labels, 0.06, stop=False).right.double().mean(1))
    clean = 100 * (other(images).argmax(-1) == labels).double().mean(1)
    assert (away - clean).abs().max() < 25  # an untrained network has nothing in common with it


def test_the_trap_is_weak_and_the_check_says_so(asked: Asked) -> None:
    net, images, labels = asked
    weak = clamped_inside(net, images, labels, 0.06)
    strong = pgd(net, images, labels, 0.06)
    kept = (net(weak).argmax(-1) == labels).double().mean(1)
    assert (kept > strong.right.double().mean(1) + 0.05).all()
    assert (unfinished(net, images, labels, 0.06, weak) > 0.05).all()
    assert (unfinished(net, images, labels, 0.06, strong.images) < 0.03).all()


def test_training_under_attack_makes_robust(asked: Asked, digits: ImageData) -> None:
    net, images, labels = asked
    hard = arms.Twin(blocks=2, skip=True).build(2)
    config = UnderAttack(epochs=3, steps=2)
    learn(AttackedTask(hard, digits, config, CPU, last_only=True))
    assert not hard.training
    usual, robust = (under_attack(one, images, labels)[under("linf", 0.06)] for one in (net, hard))
    assert (robust > usual + 10).all()


def test_a_step_under_attack_is_that_of_a_task_on_the_attacked_images(digits: ImageData) -> None:
    config = UnderAttack(radius=0.0)
    losses = []
    for kind, protocol in ((AttackedTask, config), (ScheduledTask, OneCycle())):
        net = arms.Twin(blocks=1, skip=True).build(2)
        task = kind(net, digits, protocol, CPU)
        batch = next(iter(task.batches(0)))
        losses.append(task.losses(batch))
        assert net.training
    assert torch.equal(*losses)


def test_seeds_side_by_side_learn_under_attack_what_they_learn_alone(digits: ImageData) -> None:
    part = digits.subset(200, 50)
    found = []
    for seeds in ((0, 1), (1,)):
        net = arms.Twin(blocks=1).build(seeds)
        course = learn(AttackedTask(net, part, UnderAttack(epochs=1, steps=2), CPU, last_only=True))
        found.append(course.losses[0][-1])
    assert found[0] == pytest.approx(found[1], rel=1e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"radius": -0.1}, "radius"), ({"steps": 0}, "steps"), ({"pixels": "standard"}, 'use "unit"')],
)
def test_training_under_attack_refuses(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        UnderAttack(**options)  # type: ignore[arg-type]


# The arms


def test_twins_have_the_same_numbers_and_the_same_start() -> None:
    for normalised in (True, False):
        plain, residual = (arm.build((3, 4)) for arm in pair(6, normalised=normalised))
        assert plain.parameter_count() == residual.parameter_count()
        for (name, first), (other, second) in zip(
            plain.named_parameters(), residual.named_parameters(), strict=True
        ):
            assert name == other
            assert torch.equal(first, second)
    assert near(arms.ROOT, 14, 1).twin.scale == pytest.approx(7**-0.5)


def test_every_claim_has_arms_that_are_run() -> None:
    names = {arm.name for arm in ROBUSTNESS.arms("full")}
    asked: set[str] = set()

    class Watch:
        def interval(self, arm: str, what: str) -> None:
            asked.add(arm)

        def ahead(self, arm: str, other: str, what: str, **options: object) -> None:
            asked.update((arm, other))

    for claim in CLAIMS:
        assert claim.measure is not None
        claim.measure(Watch())
    assert asked <= names
    assert len(names) == len(ROBUSTNESS.arms("full"))


def small(arm: arms.AttackArm) -> arms.AttackArm:
    return replace(
        arm,
        twin=replace(arm.twin, blocks=min(1, arm.twin.blocks)),
        shown=Images(200, 60),
        attacked=30,
        steps=3,
    )


def test_a_record_says_what_was_measured(digits: ImageData) -> None:
    found = {}
    for arm in ROBUSTNESS.arms("full"):
        assert isinstance(arm, arms.AttackArm)
        one = small(arm)
        if one.twin not in found or type(arm) is not arms.AttackArm:
            found[one.twin] = one.run((0, 1), Context(images=digits))
            assert [record.seed for record in found[one.twin]] == [0, 1]
            assert [record.key for record in found[one.twin]] == [one.key(n, digits) for n in (0, 1)]
            measured = found[one.twin][0].measured
            if isinstance(arm, arms.StrongArm):
                assert measured[arms.GAINED] == measured["usual"] - measured["strong"] >= 0
            elif isinstance(arm, arms.CarryArm):
                told = measured[arms.carried(arms.PLAIN, arms.RESIDUAL)]
                assert measured[arms.WITHSTOOD] == told - measured[arms.carried(arms.PLAIN, arms.PLAIN)]
            else:
                assert (DEVIATION in measured) == (arm.twin.blocks > 0)
                assert measured[under("linf", 0.06)] <= measured[CLEAN]
                assert SMALLEST in measured


def test_a_run_that_was_broken_off_goes_on(digits: ImageData, tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    arm = small(pair(6)[1])
    whole = arm.run((0,), Context(images=digits))[0]
    again = arm.run((0,), Context(images=digits, checkpoint=path))[0]
    resumed = arm.run((0,), Context(images=digits, checkpoint=path))[0]  # nothing is left to train
    assert whole.measured == again.measured == resumed.measured
