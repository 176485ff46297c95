"""What is just allowed of a network, and what is just not."""

import math

import numpy as np
import pytest
import torch

from pdenet.models import ConvResNet, Init, PDENet
from pdenet.models.measures.smoothness import change_by_splitting, roughness
from pdenet.models.pde_net import default_init
from pdenet.ops.seeding import TRUNK, generator
from pdenet.symbolic import PDE1

IMAGES = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))


def test_a_law_without_spread_is_a_law() -> None:
    zeros = Init("normal", 0.0).draw((4,), torch.Generator().manual_seed(0))
    assert zeros.tolist() == [0.0] * 4
    for scale in (-math.ulp(0.0), math.nan):
        with pytest.raises(ValueError, match="scale must be a finite number, at least 0; got "):
            Init("normal", scale)


def test_laws_lie_where_they_say() -> None:
    for law, low, high in (("uniform", 0.0, 0.5), ("symmetric", -0.5, 0.5)):
        drawn = Init(law, 0.5).draw((4000,), torch.Generator().manual_seed(0))  # type: ignore[arg-type]
        assert low <= drawn.min() < low + 0.01
        assert high - 0.01 < drawn.max() < high
    spread = Init("normal", 0.5).draw((4000,), torch.Generator().manual_seed(0))
    assert spread.std().item() == pytest.approx(0.5, rel=0.05)
    assert abs(spread.mean().item()) < 0.03


def test_a_network_may_have_no_layer_and_be_asked_for_its_ends() -> None:
    assert PDENet(PDE1, 0).features(IMAGES).shape == (1, 1, 3, 28, 28)
    network = ConvResNet(2)
    assert network.features(IMAGES, upto=0).shape[1] == 1
    assert torch.equal(network.features(IMAGES, upto=2), network.features(IMAGES))
    for upto in (-1, 3):
        with pytest.raises(ValueError, match=f"upto must be a whole .* at most 2; got {upto}"):
            network.features(IMAGES, upto=upto)


def test_what_is_not_said_of_a_start_is_told_as_it_is() -> None:
    start = default_init(PDE1)
    assert start == Init("uniform", 1.0, zero=("gamma",))
    assert PDENet(PDE1, 2).init == start
    assert PDENet.description(PDE1, 2)["init"] == start.describe()
    other = Init("normal", 0.1)
    assert PDENet(PDE1, 2, init=other).init == other
    assert PDENet.description(PDE1, 2, init=other)["init"] == other.describe()


def test_three_layers_are_the_fewest_that_are_rough() -> None:
    assert roughness([1.0, 2.0, 3.0]) == pytest.approx(1.0)  # (1 + 1) / (1 + 0 + 1)
    assert roughness([1.0, 3.0, 2.0]) == pytest.approx(2.5)  # (4 + 1) / 2
    with pytest.raises(ValueError, match="three or more that are not all equal"):
        roughness([1.0, 2.0])


def test_a_layer_split_into_itself_moves_nothing_and_two_halves_are_the_default() -> None:
    kernels = ConvResNet(3).kernels()[0].detach()
    assert np.array_equal(change_by_splitting(kernels, IMAGES, 1), np.zeros((1, 3)))
    halves = change_by_splitting(kernels, IMAGES)
    assert halves.min() > 0
    assert np.array_equal(halves, change_by_splitting(kernels, IMAGES, 2))


def test_parameters_of_a_seed_are_its_own_stream_layer_by_layer() -> None:
    network = PDENet(PDE1, 3, [0, 4], init=Init("normal", 0.3, zero=("rho",)))
    for row, seed in enumerate((0, 4)):
        drawn = network.init.draw((3, 5), generator(seed, TRUNK))
        drawn[:, 3] = 0
        assert torch.equal(network.theta[row], drawn)
