"""How unlike its image the trunk's output is, what that has to do with accuracy, and what layers do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from pdenet.models import PDENet
from pdenet.subjects.remedies.measures import (
    explicit_steps,
    order_of_merit,
    portrait,
    strangeness,
    strangeness_of_shift,
    unlike,
)
from pdenet.subjects.remedies.networks import PositivePDENet, ScaledPDENet
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


def test_a_shift_has_the_strangeness_of_the_shifted_image() -> None:
    stripe = torch.zeros(2, 6, 7)
    stripe[:, :, 3] = 1.0
    assert strangeness_of_shift(stripe, 0) == pytest.approx(0)
    assert strangeness_of_shift(stripe, 1) == pytest.approx(1)  # nothing of it is where it was
    assert strangeness_of_shift(stripe, 7) == pytest.approx(0)  # once round the torus
    stripe[:, :, 4] = 1.0
    assert strangeness_of_shift(stripe, 1) == pytest.approx(math.sqrt(3) / 2)  # half of it is: 60 degrees
    with pytest.raises(ValueError, match=r"after must be \(S, B, rows, columns\) .* got \(2, 6, 7\)"):
        unlike(stripe, stripe)


def values(*means: float) -> dict[str, np.ndarray]:
    return {f"net {i}": np.array([mean - 0.1, mean + 0.1]) for i, mean in enumerate(means)}


def test_the_order_of_merit_is_over_networks_and_stays_within_one() -> None:
    """Ten seeds of eight networks are no eighty networks: the interval is that of eight."""
    strange = values(*(0.1 * i for i in range(8)))
    order = order_of_merit(strange, values(*(90.0, 91.0, 80.0, 70.0, 60.0, 50.0, 40.0, 30.0)))
    assert order.n == 8
    assert order.estimate == pytest.approx(1 - 6 * 2 / (8 * 63))
    assert 0.5 < order.low < order.estimate < order.high < 1
    tied = order_of_merit(strange, values(90, 90, 80, 70, 60, 50, 10, 10))
    assert tied.estimate == pytest.approx(math.sqrt(41 / 42))
    with pytest.raises(ValueError, match="name the same networks"):
        order_of_merit(strange, values(1.0, 2.0))


def test_explicit_steps_have_the_stencils_of_the_layers() -> None:
    for network in (PDENet(PDE1, 6, 2), ScaledPDENet(PDE1, 6, 2, time=2.0), PositivePDENet(6, 2)):
        theta = torch.from_numpy(explicit_steps(network))
        assert theta.shape == (2, 6, 5)
        again = PDE1.stencil().kernels(theta)
        assert torch.allclose(again.float(), network.kernels()[0], atol=1e-6)


def test_a_portrait_tells_shift_variance_and_growth() -> None:
    still = portrait(np.zeros((3, 4, 5)))
    assert [part.tolist() for part in still] == [[0.0] * 3] * 3
    theta = np.tile([1.0, 0.5, 0.0, 0.0, 0.0], (1, 4, 1))  # alpha, beta, sigma, rho, gamma
    moved = portrait(theta)
    assert moved.shift == pytest.approx([2.0])  # half a pixel a layer
    assert moved.spread == pytest.approx([4 * (1 - 0.25) / 2])
    grown = portrait(np.tile([0.0, 0.0, 0.0, 0.0, 9.0], (1, 2, 1)))
    assert grown.growth == pytest.approx([2.0])  # ten times, twice
