"""Networks of digits: what they are, how their rate goes, what arms record, and the page's figures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from pdenet.data import load_images
from pdenet.runs.arm import Context
from pdenet.runs.shown import Images
from pdenet.subjects.vanishing import figures
from pdenet.subjects.vanishing.arms import (
    DEEPEST,
    DEPTHS_TRAINED,
    GRADIENTS,
    INFORMATION,
    RATES,
    TRAINED,
    UNSTACKED,
    InformationArm,
    trained,
    trained_arms,
)
from pdenet.subjects.vanishing.claims import CLAIMS
from pdenet.subjects.vanishing.experiment import VANISHING
from pdenet.subjects.vanishing.networks import LIBRARY_GAIN, DigitNet, Start, first_to_last

pytestmark = pytest.mark.usefixtures("book_style")


def digits(train: int = 60, test: int = 30) -> Context:
    return Context(images=load_images("digits").subset(train, test), device="cpu")


# Networks


def test_the_arms_of_one_comparison_start_from_the_same_tensors() -> None:
    plain, residual, scaled = (
        DigitNet(TRAINED[title], 4, (3,)).state_dict()
        for title in ("plain, as a library draws it", "h = 1", "h = 1/L")
    )
    assert plain.keys() == residual.keys() == scaled.keys()
    assert all(torch.equal(plain[name], other[name]) for other in (residual, scaled) for name in plain)


def test_the_library_s_gain_is_the_library_s() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.Linear(400, 400).weight
    assert theirs.std().item() * 400**0.5 == pytest.approx(LIBRARY_GAIN, rel=0.01)


def test_a_network_pools_pixels_in_fours_and_reads_both_shapes() -> None:
    net = DigitNet(Start(kind="residual"), 3, 2, width=8)
    images = torch.rand(5, 28, 28)
    pooled = images.view(5, 14, 2, 14, 2).mean((2, 4)).flatten(1)
    wanted = torch.stack([pooled @ net.weight[s] + net.bias[s] for s in range(2)])
    assert torch.allclose(net.read(images), wanted, atol=1e-5)
    assert torch.equal(net(images), net(images.expand(2, -1, -1, -1)))
    assert net(images).shape == (2, 5, 10)


def test_without_a_block_the_two_affine_maps_are_left_and_have_no_ratio() -> None:
    net = DigitNet(Start(), 0, 2, width=8)
    assert sum(parameter[0].numel() for parameter in net.parameters()) == 197 * 8 + 9 * 10
    images = torch.rand(5, 28, 28)
    assert torch.equal(net(images), net.classifier(net.read(images)))
    (arm,) = trained_arms((UNSTACKED,), [(0, 0.002)], epochs=1, shown=Images(60, 30))
    assert arm.run((0,), digits())[0].measured == {}


@pytest.mark.parametrize("kind", ["plain", "residual"])
def test_the_ratio_of_gradients_is_that_of_each_network_alone(kind: str) -> None:
    net = DigitNet(Start(kind=kind, gain=0.7, bias=0.1), 3, 2, width=8)  # type: ignore[arg-type]
    images, labels = torch.rand(5, 28, 28), torch.tensor([0, 3, 3, 9, 1])
    found = first_to_last(net, images, labels)
    for seed in range(2):
        net.zero_grad()
        functional.cross_entropy(net(images)[seed], labels).backward()
        sizes = [net.stack.get_parameter(f"branches.{n}.weight").grad for n in (0, 2)]
        first, last = (one[seed].norm() for one in sizes if one is not None)
        assert found[seed].item() == pytest.approx((first / last).item(), rel=1e-4)


# Training


def test_a_seed_is_trained_as_it_is_alone() -> None:
    (arm,) = trained_arms(["h = 1"], [(2, 0.005)], shown=Images(60, 30), epochs=2)
    both, alone = arm.run((0, 3), digits()), arm.run((3,), digits())
    assert np.allclose(both[1].history["train_loss"], alone[0].history["train_loss"], atol=1e-4)  # type: ignore[arg-type]


# Arms and records


def test_arms_record_what_they_measure() -> None:
    (record,) = InformationArm(start=Start(bias=0.1), title="one", shown=Images(60, 30)).run((4,), digits())
    assert record.measured["input behind 0"] > record.measured["input behind 64"]
    assert record.history == {}
    assert record.data["name"] == "digits[60+30 of 60+30]"
    with pytest.raises(ValueError, match="this arm reads images"):
        INFORMATION[0].run((0,), Context())


def test_every_arm_has_a_name_and_a_model_of_its_own() -> None:
    arms = VANISHING.arms("full")
    assert len({arm.name for arm in arms}) == len(arms) == len(GRADIENTS) + len(INFORMATION) + 6 * 7 + 3 + 3
    assert trained("h = 1", *DEEPEST) in {arm.name for arm in arms}


def test_the_full_runs_are_there_and_every_claim_is_judged() -> None:
    results = VANISHING.results()
    assert all(len(results.seeds(arm.name)) == 10 for arm in VANISHING.arms("full"))
    assert list(VANISHING.judged()) == [claim.id for claim in CLAIMS]
    assert all(claim.family for claim in CLAIMS)


def test_figures_are_drawn() -> None:
    results = VANISHING.results()
    assert len(figures.draw_gradients(results).axes) == 3
    assert len(figures.draw_multipliers().axes) == 3
    assert len(figures.draw_information(results).axes) == 2
    assert len(figures.draw_paths(2).axes) == 1
    panels = figures.draw_trained(results).axes
    assert len(panels) == len(RATES)
    assert [len(panel.get_xticks()) for panel in panels] == [len(DEPTHS_TRAINED), len(DEPTHS_TRAINED) + 1]
