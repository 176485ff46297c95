"""What is measured on a network with a flow: whether it needs its solver, and what a step keeps."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pdenet.models.flow import Flow
from pdenet.ops.ode.solvers import DivergedError, Fixed
from pdenet.subjects.ode_mnist.measures import NO_STEPS, accuracy, kept_bytes, solver_test
from pdenet.subjects.ode_mnist.networks import BlockNet, conv_net, stencil_net
from pdenet.subjects.ode_mnist.settings import ADAPTIVE
from pdenet.symbolic import PDE1


def images(count: int = 4) -> torch.Tensor:
    return torch.rand(count, 28, 28, generator=torch.Generator().manual_seed(0))


class Turning(nn.Module):
    """Turns the plane: Euler's rule carries a point out of the circle on which the solution stays."""

    def forward(self, t: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        return 2 * torch.pi * torch.stack([-u[:, 1], u[:, 0]], 1)


def test_the_solver_test_finds_out_a_network_that_needs_its_solver() -> None:
    start = torch.tensor([[1.0, 0.0]]).repeat(8, 1)
    labels = torch.ones(8, dtype=torch.int64)
    head = nn.Linear(2, 2)
    with torch.no_grad():  # label 1 beyond a radius that one step reaches and a full turn does not
        head.weight.copy_(torch.tensor([[0.0, 0.0], [0.0, 1.0]]))
        head.bias.copy_(torch.tensor([3.0, 0.0]))
    net = BlockNet(nn.Identity(), Flow(Turning(), 1.0, Fixed("euler", 1)), head, {})
    found = solver_test(net, start, labels, (1, 400))
    assert found["accuracy"] == {
        "trained": 1.0, "accurate": 0.0, "euler 1": 1.0, "euler 400": 0.0, NO_STEPS: 0.0
    }  # fmt: skip
    assert found["same"]["trained"] == found["same"]["euler 1"] == 1.0
    assert found["same"]["accurate"] == 0.0
    assert found["evaluations"]["euler 400"] == 400
    assert found["images"] == 8
    with pytest.raises(ValueError, match="block is a flow"):
        solver_test(conv_net(0), images(), labels[:4], (1,))


def test_a_zero_field_passes_every_solver_and_the_control_as_well() -> None:
    """A network whose block does no work: an accurate solver costs it nothing, and so does none."""

    class Zero(nn.Module):
        def forward(self, t: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
            return torch.zeros_like(u)

    head = nn.Linear(784, 10)
    net = BlockNet(nn.Flatten(), Flow(Zero(), 1.0, Fixed("euler", 1)), head, {})
    labels = head(images().flatten(1)).argmax(-1)
    found = solver_test(net, images(), labels, (1, 4))
    assert set(found["accuracy"].values()) == set(found["same"].values()) == {1.0}
    assert found["evaluations"][NO_STEPS] == 0
    assert found["accuracy"].keys() == {"trained", "accurate", "euler 1", "euler 4", NO_STEPS}


def test_taken_out_the_block_leaves_stem_and_head_as_they_are() -> None:
    net = conv_net(Fixed("euler", 2), channels=4)
    found = solver_test(net, images(), torch.zeros(4, dtype=torch.int64), ())
    with torch.no_grad():
        chosen = net.head(net.stem(images())).argmax(-1)
    assert found["accuracy"][NO_STEPS] == float((chosen == 0).double().mean())


def kept(net: BlockNet, images: torch.Tensor, labels: torch.Tensor) -> int:
    found = kept_bytes(net, images, labels)
    assert found is not None
    return found


def test_what_is_kept_for_the_backward_pass_grows_with_the_steps() -> None:
    labels = torch.arange(4)
    sizes = [kept(conv_net(Fixed("euler", n)), images(), labels) for n in (1, 2, 4, 8)]
    per_step = [(b - a) / n for a, b, n in zip(sizes, sizes[1:], (1, 2, 4), strict=False)]
    assert max(per_step) / min(per_step) < 1.05
    assert per_step[0] > 4 * 4 * 64 * 36  # at least one state
    assert kept(conv_net(0), images(), labels) < sizes[0]


def test_what_is_kept_does_not_count_what_a_solver_lets_go_of() -> None:
    digits = torch.rand(16, 28, 28, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(16) % 10
    for net in (stencil_net(PDE1, Fixed("euler", 20)), stencil_net(PDE1, ADAPTIVE)):
        found, junk = set(), []
        for size in (10, 1000, 100_000):
            found.add(kept(net, digits, labels))
            junk.append(torch.empty(size))  # the allocator hands out other addresses
        assert len(found) == 1
        assert found.pop() < 1.5 * net.evaluations * digits.numel() * 4 * (30 / 28) ** 2


class Broken(nn.Module):
    """A field that runs away."""

    def forward(self, t: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        message = "it ran away"
        raise DivergedError(message)


def test_a_flow_that_breaks_off_labels_nothing_right_and_keeps_nothing_known() -> None:
    net = BlockNet(nn.Flatten(), Flow(Broken(), 1.0, Fixed("euler", 1)), nn.Identity(), {})
    labels = torch.arange(4)
    assert accuracy(net, images(), labels) == 0.0
    assert kept_bytes(net, images(), labels) is None
    found = solver_test(net, images(), labels, (2,))
    nothing = {"trained": None, "accurate": None, "euler 2": None}
    assert found["same"] == {**nothing, NO_STEPS: None}, "there is nothing to be the same as"
    assert found["accuracy"].items() >= nothing.items()


def test_a_logit_that_is_not_finite_is_no_label() -> None:
    head = nn.Linear(784, 10)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.zero_()
    net = BlockNet(nn.Flatten(), nn.Identity(), head, {})
    assert accuracy(net, images(), torch.zeros(4, dtype=torch.int64)) == 1.0
    with torch.no_grad():
        head.bias[3] = torch.nan
    assert accuracy(net, images(), torch.zeros(4, dtype=torch.int64)) == 0.0
    for label in range(10):
        assert accuracy(net, images(), torch.full((4,), label)) == 0.0
