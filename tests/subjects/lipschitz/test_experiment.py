"""Arms, records, claims and figures of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from pdenet.data import load_images
from pdenet.runs.arm import Context
from pdenet.runs.shown import Images
from pdenet.subjects.lipschitz import figures
from pdenet.subjects.lipschitz.arms import (
    AFTERWARDS,
    ARMS,
    FREE_SLOW,
    LOSS,
    NO_BLOCK,
    NO_BLOCK_SLOW,
    PLAIN,
    RESIDUAL,
    CappedArm,
    shown_to,
    trained,
)
from pdenet.subjects.lipschitz.claims import ATTACK, CLAIMS, beats_all, geometric, orders
from pdenet.subjects.lipschitz.experiment import LIPSCHITZ
from pdenet.subjects.lipschitz.measures import estimated_bound, nearest_flips, radii
from pdenet.subjects.lipschitz.training import PenaltyCycle

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("book_style")
QUICK = PenaltyCycle(epochs=1, batch_size=20)


def digits() -> Context:
    return Context(images=load_images("digits").subset(60, 30), device="cpu")


def quick(kind: str, cap: float | None = None) -> CappedArm:
    return CappedArm(kind=kind, cap=cap, protocol=QUICK, shown=Images(60, 30))  # type: ignore[arg-type]


def test_names_say_what_is_special() -> None:
    names = [arm.name for arm in ARMS]
    assert len(set(names)) == len(names)
    assert names[:1] == ["residual, cap 0.02"]
    assert AFTERWARDS[2].name == "plain, open, cap 1.02, rate 0.0006"
    assert AFTERWARDS[-1].name == "residual, no cap, 1 epoch"
    assert NO_BLOCK.name == "no block"
    assert NO_BLOCK_SLOW.name == "no block, rate 0.0006"
    assert FREE_SLOW.name == "residual, no cap, rate 0.0006"


def test_a_plain_network_s_cap_is_a_residual_block_s_bound() -> None:
    bounds = [1 + arm.cap for arm in RESIDUAL if arm.cap is not None]
    assert {arm.cap for arm in PLAIN if arm.cap is not None} <= set(bounds)


def test_an_arm_records_what_its_networks_are_and_measure() -> None:
    arm = quick("residual", 0.3)
    records = arm.run((0, 3), digits())
    assert [record.seed for record in records] == [0, 3]
    assert records[0].model == arm.model == arm.build(1).describe()
    assert records[0].training == arm.training
    measured = records[1].measured
    assert measured["bound"] > 1
    assert measured["bound"] <= 1.3**4 * (1 + 1e-6)
    assert 100 * records[1].accuracy >= measured[ATTACK] >= measured["certified 0.5"]
    assert np.isfinite(measured[LOSS])
    (alone,) = arm.run((3,), digits())
    assert alone.measured["bound"] == pytest.approx(measured["bound"], rel=1e-4)
    (bare,) = quick("none").run((0,), digits())
    assert bare.measured["bound over stretch"] == pytest.approx(1)
    assert "block bound" not in bare.measured


def test_a_broken_off_run_ends_with_the_same_bits(tmp_path: Path) -> None:
    """The vectors of the power iteration are part of the state."""
    from dataclasses import replace

    arm = CappedArm(
        kind="residual", cap=0.1, protocol=PenaltyCycle(epochs=3, batch_size=20), shown=Images(60, 30)
    )
    whole = arm.run((0,), digits())[0]

    def stop(epoch: int, *_: object) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    kept = replace(digits(), checkpoint=tmp_path / "one")
    with pytest.raises(KeyboardInterrupt):
        arm.run((0,), replace(kept, progress=stop))
    again = arm.run((0,), kept)[0]
    assert again.measured == whole.measured
    assert again.history["train_loss"] == whole.history["train_loss"]


def test_flips_are_flips_and_lie_where_they_are_said_to() -> None:
    context = digits()
    assert context.images is not None
    arm = quick("residual", 1.0)
    net = trained(arm, 2, context.images)
    images, labels = shown_to(net, context.images)
    changed, far = nearest_flips(net, images[:8], labels[:8])
    moved = (changed - images[:8]).flatten(2).norm(dim=2)
    assert (moved <= far * (1 + 1e-4) + 1e-9).all()
    flipped = torch.stack([net(one)[s].argmax(-1) for s, one in enumerate(changed)]) != labels[:8]
    assert (flipped | (far <= 0)).double().mean() > 0.9
    assert (radii(net, images[:8], labels[:8]) <= far + 1e-9).all()


def test_an_estimated_bound_is_below_the_bound_and_comes_up_to_it() -> None:
    net = quick("residual", 1.0).build(2).eval().settled()
    exact = net.features_bound().values
    few, many = estimated_bound(net, 1), estimated_bound(net, 2000)
    assert (few < 0.9 * exact).all()
    assert (many <= exact).all()
    assert torch.allclose(many, exact, rtol=0.02)


def test_claims_measure_orders_and_the_best_of_several() -> None:
    results = LIPSCHITZ.results()
    found = orders(RESIDUAL, "bound")(results)
    assert found is not None
    assert (found.estimate, found.low, found.high) == (1, 1, 1)
    rising = orders(RESIDUAL, "accuracy")(results)
    assert rising is not None
    assert rising.high <= 1  # and so at every level
    assert rising.at(0.999999).high <= 1
    best = beats_all(NO_BLOCK.name, RESIDUAL[:2], ATTACK)(results)
    table = np.array(results.paired([NO_BLOCK.name, *(arm.name for arm in RESIDUAL[:2])], ATTACK))
    assert best is not None
    assert best.estimate == pytest.approx(float((table[0] - table[1:].max(0)).mean()))
    mean = geometric(NO_BLOCK.name, "bound")(results)
    assert mean is not None
    assert mean.estimate == pytest.approx(1)
    nothing = LIPSCHITZ.results([])
    assert all(claim.measure is not None and claim.measure(nothing) is None for claim in CLAIMS[:1])
    assert orders(RESIDUAL, ATTACK)(nothing) is None
    assert beats_all(NO_BLOCK.name, RESIDUAL, ATTACK)(nothing) is None


def test_no_record_has_a_certificate_or_a_bound_that_was_broken() -> None:
    results = LIPSCHITZ.results()
    for arm in LIPSCHITZ.arms("full"):
        assert not results.values(arm.name, "certificates broken").any()
        assert (results.values(arm.name, "bound over stretch") >= 1 - 1e-9).all()
        if arm not in {NO_BLOCK, NO_BLOCK_SLOW}:
            assert not results.values(arm.name, "floors broken").any()


def test_the_figures_draw() -> None:
    results = LIPSCHITZ.results()
    assert len(figures.draw_rings().axes) == 3
    dial = figures.draw_dial(results).axes[0]
    assert len(dial.get_lines()) == 4 * (1 + 6 + 1)
    assert len(figures.draw_rivals(results).axes) == 2
    assert figures.draw_bounds(results).axes[0].get_yscale() == "log"
    flips = figures.draw_flips(torch.rand(3, 14, 14), [("a", torch.rand(3, 14, 14), ["x", "y", "z"])])
    assert len(flips.axes) == 6
