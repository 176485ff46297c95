"""The networks: parts that are what they say, and controls of equal size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sympy as sp
import torch
from torch.nn import functional

from pdenet.models import PDENet, StencilField
from pdenet.models.flow import Flow
from pdenet.ops.ode.solvers import Adaptive, Fixed
from pdenet.subjects.ode_mnist.networks import ConvField, ConvSpec, StencilSpec, conv_net, stencil_net
from pdenet.subjects.ode_mnist.settings import ALONE, BLOCKS, CONV, FLOW, STENCIL
from pdenet.symbolic import PDE1, EvolutionPDE, alpha, psi, t, x, y

if TYPE_CHECKING:
    from collections.abc import Callable

    from pdenet.subjects.ode_mnist.networks import BlockNet


def images(count: int = 4) -> torch.Tensor:
    return torch.rand(count, 28, 28, generator=torch.Generator().manual_seed(0))


def test_members_of_a_family_have_equally_many_parameters() -> None:
    counts = {name: conv_net_count(name) for name in CONV.members}
    field = counts[FLOW]["block"]
    assert counts[ALONE]["block"] == 0
    assert abs(counts[BLOCKS]["block"] - field) / field < 0.03
    totals = {name: sum(count.values()) for name, count in counts.items() if name != ALONE}
    assert max(totals.values()) / min(totals.values()) < 1.02
    assert 0.19e6 < totals[FLOW] < 0.23e6
    assert {count["stem"] + count["head"] for count in counts.values()} == {totals[FLOW] - field}
    for name, member in STENCIL.members.items():
        assert member.build(0).parameter_count()["block"] == (0 if name == ALONE else 5)


def conv_net_count(name: str) -> dict[str, int]:
    return CONV.members[name].build(0).parameter_count()


def test_the_time_enters_as_one_more_channel() -> None:
    torch.manual_seed(0)
    rate, u, t = ConvField(8), torch.randn(3, 8, 6, 6), torch.tensor(0.7)
    state = u
    for i in range(2):
        state = functional.softplus(rate.norms[i](state))
        wide = torch.cat([torch.full_like(state[:, :1], 0.7), state], 1)
        weight = torch.cat([rate.clocks[i], rate.weights[i]], 1)
        state = functional.conv2d(wide, weight, rate.biases[i], padding=1)
    assert torch.allclose(rate(t, u), rate.norms[2](state), atol=1e-5)
    assert not torch.allclose(rate(t, u), rate(torch.tensor(0.1), u), atol=1e-3)


def test_one_euler_step_is_a_block_and_networks_of_one_seed_share_stem_and_head() -> None:
    one, none, other = conv_net(Fixed("euler", 1)), conv_net(0), conv_net(0, seed=1)
    state = one.stem(images())
    assert torch.equal(state, none.stem(images()))
    assert not torch.equal(state, other.stem(images()))
    assert isinstance(one.block, Flow)
    assert torch.allclose(one.block(state), state + one.block.rate(0.0, state), atol=1e-6)
    assert torch.equal(none.block(state), state)
    assert torch.equal(one.head(state), none.head(state))
    assert state.shape == (4, 64, 6, 6)
    assert none.evaluations == 0
    assert conv_net(6, width=3).evaluations == 6


def test_drawing_a_network_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, second = conv_net(Adaptive()), conv_net(Adaptive())
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_the_tied_stack_is_the_pde_net_with_one_kernel() -> None:
    net, stack = stencil_net(PDE1, 5, seed=3), PDENet(PDE1, 5, [3])
    rate = net.block.rate
    assert isinstance(rate, StencilField)
    with torch.no_grad():
        stack.theta.copy_(rate.theta[:, None].expand_as(stack.theta))
        assert torch.allclose(net(images()), stack(images())[0], atol=1e-5)
        # Pixels that are not negative and taps that are not: the ReLU never acts, and five steps are five.
        rate.theta.copy_(torch.tensor([[0.6, 0.1, 0.6, 0.1, 0.0]]))
        steps = stencil_net(PDE1, Fixed("euler", 5), seed=3)
        assert isinstance(steps.block, Flow)
        steps.block.rate.load_state_dict(rate.state_dict())
        assert torch.allclose(net(images()), steps(images()), atol=1e-5)


def test_the_tied_stack_keeps_the_corners_of_a_mixed_derivative() -> None:
    pde = EvolutionPDE(sp.Eq(psi.diff(t), alpha * psi.diff(x, y)))
    net, stack = stencil_net(pde, 3, seed=1), PDENet(pde, 3, [1])
    rate = net.block.rate
    assert isinstance(rate, StencilField)
    with torch.no_grad():
        stack.theta.copy_(rate.theta[:, None].expand_as(stack.theta))
        assert torch.allclose(net(images()), stack(images())[0], atol=1e-5)


@pytest.mark.parametrize("make", [conv_net, lambda block: stencil_net(PDE1, block)])
def test_what_is_no_block_is_refused(make: Callable[..., BlockNet]) -> None:
    with pytest.raises(ValueError, match="zero or more, or a solver; got -1"):
        make(-1)
    with pytest.raises(TypeError, match="zero or more, or a solver; got '2'"):
        make("2")
    with pytest.raises(ValueError, match=r"zero or more, or a solver; got 2\.5"):
        make(2.5)
    assert make(2.0).describe() == make(2).describe()


@pytest.mark.parametrize(
    "spec", [ConvSpec(0), ConvSpec(6, width=3), ConvSpec(Fixed("euler", 2)), ConvSpec(Adaptive()),
             StencilSpec(PDE1, 0), StencilSpec(PDE1, 5), StencilSpec(PDE1, Adaptive(), 2.0, (8,))]
)  # fmt: skip
def test_a_network_is_described_before_it_is_drawn_as_it_describes_itself(
    spec: ConvSpec | StencilSpec,
) -> None:
    assert spec.build(3).description == spec.describe()
    assert spec.build(3).seeds == (3,)
