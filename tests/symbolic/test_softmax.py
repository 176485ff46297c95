"""Slopes of losses at the label's logit, against automatic differentiation."""

import math

import pytest
import sympy as sp
import torch

from pdenet.runs.losses import LOSSES
from pdenet.symbolic.softmax import loss_floor, loss_slopes, s

FAR = -80.0  # logit of the classes that have no probability


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_a_slope_is_that_of_the_loss(name: str, classes: int) -> None:
    slope = sp.lambdify(s, loss_slopes(classes)[name])
    for probability in (0.001, 0.2, 0.5, 0.9, 0.999):
        z = torch.full((1, classes), FAR, dtype=torch.float64)
        z[0, 0], z[0, 1] = math.log(probability / (1 - probability)), 0.0
        z.requires_grad_()
        (gradient,) = torch.autograd.grad(LOSSES[name](z, torch.tensor([0])).sum(), z)
        assert slope(probability) == pytest.approx(gradient[0, 0].item(), rel=1e-9)


def test_who_is_surely_wrong_is_taught_by_cross_entropy_alone() -> None:
    at_zero = {name: sp.limit(slope, s, 0) for name, slope in loss_slopes().items()}
    assert at_zero == {"cross-entropy": -1, "double softmax": 0, "minus probability": 0, "squared error": 0}
    first = sp.limit(loss_slopes()["double softmax"] / s, s, 0)
    assert sp.simplify(first + (2 * sp.E + 8) / (sp.E + 9)) == 0


def test_the_floor_is_the_loss_of_a_label_with_probability_one() -> None:
    z = torch.full((1, 10), FAR, dtype=torch.float64)
    z[0, 3] = 0.0
    assert float(loss_floor(10)) == pytest.approx(LOSSES["double softmax"](z, torch.tensor([3])).item())
    assert loss_floor(2) == sp.log(sp.E + 1) - 1


def test_one_class_is_too_few() -> None:
    with pytest.raises(ValueError, match="classes must be two or more; got 1"):
        loss_slopes(1)
