"""How unlike its image the trunk's output is."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from pdenet.models import PDENet
from pdenet.subjects.remedies.measures import strangeness
from pdenet.subjects.remedies.networks import PositivePDENet
from pdenet.symbolic import PDE1

SMALL: dict[str, Any] = {"image_shape": (6, 7), "widths": (5,)}


def images(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 6, 7, generator=torch.Generator().manual_seed(0))


def test_strangeness_is_zero_for_the_identity_at_any_scale_and_one_for_nothing() -> None:
    for gamma, expected in ((0.0, 0.0), (0.5, 0.0), (-1.0, 1.0)):
        net = PDENet(PDE1, 4, 2, **SMALL)
        with torch.no_grad():
            net.theta.zero_()
            net.theta[..., 4] = gamma
        assert strangeness(net, images()) == pytest.approx([expected] * 2, abs=1e-6)
    with torch.no_grad():
        net.theta.fill_(float("nan"))
    assert strangeness(net, images()) == pytest.approx([1.0] * 2)
    blur = PositivePDENet(30, 1, **SMALL)
    assert 0.1 < float(strangeness(blur, images())[0]) < 1


@pytest.mark.parametrize("angle", [0.0, 0.3, 1.0, torch.pi / 2, 3.0])
def test_strangeness_is_the_sine_of_the_angle_between_image_and_output(angle: float) -> None:
    class Turned(PDENet):
        """Its output is the image turned towards another of its length, too large for its square."""

        def last(self, images: torch.Tensor) -> torch.Tensor:
            other = images.flip(1)
            across = other - images * (images * other).sum() / images.square().sum()
            across *= images.norm() / across.norm()
            return (1e200 * (images * math.cos(angle) + across * math.sin(angle)))[None]

    found = strangeness(Turned(PDE1, 0, **SMALL), images(1).double())
    assert found == pytest.approx([abs(math.sin(angle))], abs=1e-7)
