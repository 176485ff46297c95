"""Operations: the closed form against torch's counter, by hand for small nets; budgets that do not agree."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from pdenet.models.classifier import Classifier
from pdenet.models.measures.flops import Cost, apart, convolution_flops, cost, forward_flops, matched


@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_closed_form_is_what_torch_counts(kernel: int, groups: int, stride: int) -> None:
    layer = nn.Conv2d(6, 12, kernel, stride, kernel // 2, groups=groups)
    side = 9 if stride == 1 else 5
    counted = forward_flops(layer, torch.empty(3, 6, 9, 9))
    assert counted == 3 * convolution_flops(kernel, 6, 12, side, side, groups=groups)


def test_a_depthwise_layer_with_a_pointwise_one_costs_its_share_of_a_full_one() -> None:
    full = convolution_flops(3, 16, 32, 7, 7)
    cheap = convolution_flops(3, 16, 16, 7, 7, groups=16) + convolution_flops(1, 16, 32, 7, 7)
    assert cheap / full == pytest.approx(1 / 32 + 1 / 9, rel=1e-12)


def test_matrix_products_count_and_what_goes_number_by_number_does_not() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))
    assert forward_flops(net, torch.empty(2, 3, 4)) == 2 * 2 * (12 * 5 + 5 * 3)


class Side(nn.Module):
    """Classifiers side by side, which go to oneDNN on the CPU."""

    def __init__(self, seeds: tuple[int, ...]) -> None:
        super().__init__()
        self.seeds, self.classifier = seeds, Classifier((12, 5), seeds)

    def forward(self, images: torch.Tensor) -> Any:
        """Logits."""
        return self.classifier(images.flatten(1).expand(len(self.seeds), -1, -1))


@pytest.mark.parametrize("seeds", [(0,), (0, 1, 2)])
def test_the_cost_is_that_of_one_network_and_one_image(seeds: tuple[int, ...]) -> None:
    assert cost(Side(seeds), (3, 4)) == Cost(2 * 12 * 5, 12 * 5 + 5)


def test_counting_changes_nothing() -> None:
    net = nn.BatchNorm2d(2).train()
    forward_flops(net, torch.ones(4, 2, 3, 3))
    assert net.training
    assert net.running_mean is not None
    assert (net.running_mean == 0).all()
    assert net.weight.device.type == "cpu"


def test_budgets_that_agree_pass() -> None:
    costs = {"a": Cost(1000, 100), "b": Cost(1049, 96), "c": Cost(1001, 100)}
    assert matched(costs) is costs
    assert apart(100, 105) == apart(105, 100) == pytest.approx(0.05)


@pytest.mark.parametrize("other", [Cost(1060, 100), Cost(940, 100), Cost(1000, 106), Cost(0, 100)])
def test_budgets_that_do_not_agree_are_refused_with_all_counts(other: Cost) -> None:
    with pytest.raises(ValueError, match="not within 5 %") as caught:
        matched({"deep": Cost(1000, 100), "wide": other})
    assert f"deep has {Cost(1000, 100)}, wide has {other}" in str(caught.value)


def test_two_neighbours_of_a_budget_are_compared_with_each_other() -> None:
    costs = {"a": Cost(1000, 100), "b": Cost(1040, 100), "c": Cost(965, 100)}
    with pytest.raises(ValueError, match="b has 1,040 operations and 100 parameters, c has"):
        matched(costs)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ((0, 1, 1, 1, 1), ValueError, "kernel must be a whole number, at least 1"),
        ((3, 1, 1, 2.5, 1), ValueError, "rows must be"),
        ((3, "1", 1, 2, 1), TypeError, "inputs must be"),
    ],
)
def test_bad_numbers(given: tuple[Any, ...], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        convolution_flops(*given)


def test_channels_that_do_not_fall_into_groups() -> None:
    with pytest.raises(ValueError, match="6 channels before and 10 behind do not fall into 4 groups"):
        convolution_flops(3, 6, 10, 4, 4, groups=4)
    with pytest.raises(ValueError, match="tolerance"):
        matched({}, -0.1)
