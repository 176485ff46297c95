"""Derivatives of stacks, against the formula, against one another and against finite differences."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pdenet.models.blocks import BlockStack, DenseBranch, dense_stack
from pdenet.models.measures.jacobian import block_jacobians, end_to_end, gradient_sizes


def branches(stack: BlockStack) -> list[DenseBranch]:
    return [branch for branch in stack.branches if isinstance(branch, DenseBranch)]


@pytest.fixture(params=[(False, 1.0), (True, 1.0), (True, 0.2)], ids=["plain", "h=1", "h=1/L"])
def stack(request: pytest.FixtureRequest) -> BlockStack:
    skip, scale = request.param
    net = dense_stack(5, 4, seeds=(0, 7), skip=skip, scale=scale, gain=1.2).double()
    with torch.no_grad():
        for branch in branches(net):
            branch.bias.uniform_(-0.5, 0.5, generator=torch.Generator().manual_seed(1))
    return net


def states() -> torch.Tensor:
    return torch.randn(2, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(2))


def test_a_block_s_jacobian_is_the_formula(stack: BlockStack) -> None:
    u = states()
    found = block_jacobians(stack, u)
    assert found.shape == (2, 3, 5, 4, 4)
    for layer, before in enumerate(stack.states(u)[:-1]):
        branch = branches(stack)[layer]
        gates = 1 - branch(before) ** 2  # of tanh
        branch_jacobian = gates[..., None] * branch.weight.mT[:, None]
        wanted = branch_jacobian
        if stack.skip:
            wanted = torch.eye(4, dtype=torch.float64) + stack.scale * branch_jacobian
        assert torch.allclose(found[:, :, layer], wanted, atol=1e-12)


def test_the_product_is_the_jacobian_end_to_end(stack: BlockStack) -> None:
    u = states()
    product = end_to_end(block_jacobians(stack, u))
    for seed in range(2):
        for image in range(3):

            def through(v: torch.Tensor, seed: int = seed, image: int = image) -> torch.Tensor:
                there = torch.tensor(seed), torch.tensor(image)
                after: torch.Tensor = stack(u.index_put(there, v))
                return after[seed, image]

            whole = torch.autograd.functional.jacobian(through, u[seed, image])
            assert torch.allclose(product[seed, image], whole, atol=1e-10)


def test_the_product_is_what_a_small_change_does(stack: BlockStack) -> None:
    u, small = states(), 1e-6
    product = end_to_end(block_jacobians(stack, u))
    direction = torch.randn(u.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    change = (stack(u + small * direction) - stack(u - small * direction)) / (2 * small)
    assert torch.allclose((product @ direction[..., None])[..., 0], change, atol=1e-8)


def test_sizes_of_gradients_are_those_of_the_products(stack: BlockStack) -> None:
    u, cotangent = states(), states().flip(0)
    sizes = gradient_sizes(stack, u, cotangent)
    jacobians = block_jacobians(stack, u)
    row = cotangent
    for layer in reversed(range(6)):
        assert torch.allclose(sizes.state[:, layer], row.flatten(1).norm(dim=1), atol=1e-12)
        if layer:
            row = (row[..., None, :] @ jacobians[:, :, layer - 1])[..., 0, :]


def test_sizes_by_parameters_are_those_of_autograd(stack: BlockStack) -> None:
    u, cotangent = states(), states().flip(0)
    sizes = gradient_sizes(stack, u, cotangent)
    assert all(parameter.grad is None for parameter in stack.parameters())
    (stack(u) * cotangent).sum().backward()
    for layer, branch in enumerate(stack.branches):
        gradients = [p.grad.flatten(1) for p in branch.parameters() if p.grad is not None]
        assert torch.allclose(sizes.parameters[:, layer], torch.cat(gradients, 1).norm(dim=1))


def test_a_scaled_residual_stack_is_bounded_whatever_its_depth() -> None:
    for depth in (2, 8, 32):
        net = dense_stack(depth, 8, skip=True, scale=1 / depth, gain=2.0).double()
        u = torch.randn(1, 1, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
        norm = torch.linalg.matrix_norm(end_to_end(block_jacobians(net, u)), 2).max()
        norms = [torch.linalg.matrix_norm(branch.weight, 2).max() for branch in branches(net)]
        bound = torch.stack([1 + one / depth for one in norms]).prod()
        assert norm <= bound <= torch.stack(norms).max().exp()


def test_states_of_images_are_units_in_a_row() -> None:
    class Convolution(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(1, 1, 3, 3, dtype=torch.float64))

        def forward(self, u: torch.Tensor) -> torch.Tensor:
            flat = u.flatten(0, 1)[:, None]
            return torch.tanh(nn.functional.conv2d(flat, self.weight, padding=1)).view(u.shape)

    net = BlockStack([Convolution(), Convolution()], skip=True)
    u = torch.randn(1, 2, 3, 3, dtype=torch.float64)
    found = end_to_end(block_jacobians(net, u))
    assert found.shape == (1, 2, 9, 9)
    whole = torch.autograd.functional.jacobian(lambda v: net(v[None, None]).flatten(), u[0, 1])
    assert torch.allclose(found[0, 1], whole.view(9, 9), atol=1e-12)


def test_bad_input_is_refused() -> None:
    net = dense_stack(2, 4, skip=True)
    with pytest.raises(ValueError, match=r"the cotangent must be \(1, 3, 4\)"):
        gradient_sizes(net, torch.zeros(1, 3, 4), torch.zeros(1, 3))
    with pytest.raises(ValueError, match="Jacobians must be"):
        end_to_end(torch.zeros(2, 4, 5))
    with pytest.raises(ValueError, match="with one block at least"):
        end_to_end(torch.zeros(0, 4, 4))
