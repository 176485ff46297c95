"""Networks of two channels: what the classifier reads, and layers that are stable by construction."""

from typing import Any

import pytest
import torch

from pdenet.models import PDENet
from pdenet.models.two_channel_net import TwoChannelNet
from pdenet.ops.turns import symbols, two_channel_layers
from pdenet.symbolic.taking_turns import HAMILTONIAN

SMALL: dict[str, Any] = {"image_shape": (6, 7), "widths": (5,)}


def images(count: int = 3) -> torch.Tensor:
    return torch.rand(count, 6, 7, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("update", ["in turn", "at once"])
def test_the_classifier_reads_the_squares_of_both_channels(update: Any) -> None:
    net = TwoChannelNet(4, 2, update=update, **SMALL)
    with torch.no_grad():
        u = images().expand(2, 3, 6, 7)
        kernels = net.kernels()[0]
        r, i = two_channel_layers(u, torch.zeros_like(u), kernels, in_turn=update == "in turn")
        read = r.square() + i.square()
        assert torch.allclose(net.last(images()), read, atol=1e-5)
        assert torch.allclose(net(images()), net.classifier(read.flatten(2)), atol=1e-4)
        assert torch.allclose(net.features(images())[:, -1], read, atol=1e-5)
        assert torch.allclose(net.features(images(), 0)[:, 0], u.square(), atol=1e-6)
        assert [c.shape for c in net.channels(images(), 2)] == [(2, 3, 6, 7)] * 2


def test_a_bounded_layer_is_stable_for_any_numbers() -> None:
    net = TwoChannelNet(300, 2, **SMALL)
    with torch.no_grad():
        net.theta.copy_(4 * torch.randn(net.theta.shape, generator=torch.Generator().manual_seed(1)))
        k = symbols(net.kernels()[0].double(), 50, 50)
    assert k.abs().max() < 2
    assert k.max() > 1.9
    assert k.min() < -1


def test_bounded_parameters_are_nearly_the_free_ones_where_these_are_small() -> None:
    theta = 1e-3 * torch.rand(2, 4, 3)
    net = TwoChannelNet(4, 2, **SMALL).set_trunk(
        {name: theta[..., n] for n, name in enumerate(("alpha", "sigma", "gamma"))}
    )
    assert torch.allclose(net.physical()[..., :2], theta[..., :2], rtol=1e-5)
    assert torch.allclose(net.physical()[..., 2], 2 * theta[..., 2], rtol=1e-4)


def test_unbounded_it_has_the_numbers_of_the_pde_network_of_its_equation() -> None:
    free, plain = TwoChannelNet(3, 2, bounded=False, **SMALL), PDENet(HAMILTONIAN, 3, 2, **SMALL)
    assert torch.equal(free.physical(), plain.theta)
    assert torch.equal(free.kernels()[0], plain.kernels()[0])
    assert (free.theta[..., 2] == 0).all()
    assert torch.equal(TwoChannelNet(3, 2, **SMALL).theta, plain.theta)


def test_it_says_how_it_is_updated() -> None:
    described = TwoChannelNet(3, update="at once", bounded=False, **SMALL).describe()
    assert (described["update"], described["bounded"]) == ("at once", False)
    assert described == TwoChannelNet.spec(3, update="at once", bounded=False, **SMALL).describe()


def test_what_it_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="update must be 'in turn' or 'at once'; got 'both'"):
        TwoChannelNet(3, update="both")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bounded must be True or False; got 1"):
        TwoChannelNet(3, bounded=1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no bias; leave bias=False"):
        TwoChannelNet(3, bias=True)
    net = TwoChannelNet(1, **SMALL)
    with pytest.raises(ValueError, match="no bias; got one"):
        net.propagate(images(), net.kernels()[0], torch.zeros(1, 1))
