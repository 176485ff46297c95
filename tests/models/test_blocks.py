"""Plain and residual stacks: one set of tensors, two ways to use it; starts that keep what they promise."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pdenet.models.blocks import BlockStack, DenseBranch, dense_stack, draw_square
from pdenet.ops.seeding import generator


def twins(**options: object) -> tuple[BlockStack, BlockStack]:
    shared = {"seeds": (3, 5), **options}
    return (
        dense_stack(4, 6, skip=False, **shared),  # type: ignore[arg-type]
        dense_stack(4, 6, skip=True, scale=0.25, **shared),  # type: ignore[arg-type]
    )


def test_twins_have_the_same_tensors_by_name_shape_and_value() -> None:
    plain, residual = twins(law="orthogonal", gain=1.1)
    ours, theirs = plain.state_dict(), residual.state_dict()
    assert ours.keys() == theirs.keys()
    assert {name for name in ours if name.startswith("branches.0.")} == {
        "branches.0.weight",
        "branches.0.bias",
    }
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_tensors_move_from_one_to_the_other_by_state_dict() -> None:
    plain, residual = twins()
    with torch.no_grad():
        for parameter in plain.parameters():
            parameter.uniform_(-1, 1)
    residual.load_state_dict(plain.state_dict())
    u = torch.rand(2, 3, 6)
    assert torch.equal(residual.block(1, u), u + 0.25 * plain.block(1, u))


def test_a_stack_is_its_blocks_one_after_the_other() -> None:
    for stack in twins():
        u = torch.rand(2, 3, 6)
        states = stack.states(u)
        assert len(states) == stack.depth + 1
        assert torch.equal(states[0], u)
        assert all(torch.equal(stack.block(n, states[n]), states[n + 1]) for n in range(stack.depth))
        assert torch.equal(stack(u), states[-1])


def test_a_dense_branch_is_an_affine_map_and_an_activation() -> None:
    branch = DenseBranch(5, 2, gain=0.7)
    with torch.no_grad():
        branch.bias.uniform_(-1, 1)
    u = torch.rand(2, 3, 5)
    for seed in range(2):
        wanted = torch.tanh(u[seed] @ branch.weight[seed] + branch.bias[seed])
        assert torch.allclose(branch(u)[seed], wanted, atol=1e-6)


def test_biases_start_at_zero_or_as_wide_as_asked_for_and_leave_the_weights_alone() -> None:
    assert not DenseBranch(6, 2).bias.any()
    wide = DenseBranch(400, 1, bias=0.3)
    assert wide.bias.std().item() == pytest.approx(0.3, rel=0.15)  # 400 draws: 3.5 %
    assert torch.equal(wide.weight, DenseBranch(400, 1).weight)


def test_a_step_of_nothing_changes_nothing() -> None:
    u = torch.rand(1, 3, 6)
    assert torch.equal(dense_stack(3, 6, skip=True, scale=0)(u), u)


def test_a_deep_stack_starts_with_the_layers_of_a_shallow_one_and_a_seed_is_its_own() -> None:
    deep = dense_stack(5, 4, seeds=(1, 2), skip=False).state_dict()
    shallow = dense_stack(2, 4, seeds=(2,), skip=True).state_dict()
    assert all(torch.equal(deep[name][1:], values) for name, values in shallow.items())
    assert not torch.equal(deep["branches.0.weight"], deep["branches.1.weight"])


def test_gaussian_entries_have_the_variance_that_keeps_sizes() -> None:
    drawn = draw_square("gaussian", 1.5, 64, [generator(0, 9), generator(1, 9)])
    assert drawn.shape == (2, 64, 64)
    assert drawn.double().var().item() * 64 == pytest.approx(1.5**2, rel=0.05)  # of 8192 draws: 1.6 %
    assert abs(drawn.double().mean().item()) < 4 * 1.5 / 64 / 8**0.5 / 4


def test_orthogonal_matrices_keep_every_size_and_are_uniform_over_signs() -> None:
    drawn = draw_square("orthogonal", 1.1, 8, [generator(seed, 9) for seed in range(200)]).double()
    assert torch.allclose(drawn.mT @ drawn, 1.21 * torch.eye(8, dtype=torch.float64), atol=1e-6)
    # Without the signs of the triangles the diagonal leans to one side.
    error = 1.1 / 8**0.5 / (8 * 200) ** 0.5
    assert abs(drawn.diagonal(dim1=1, dim2=2).mean().item()) < 4 * error


def test_other_branches_that_keep_the_shape_are_taken() -> None:
    class Convolution(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Conv2d(2, 2, 3, padding=1)

        def forward(self, u: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.inner(u.flatten(0, 1))
            return found.view(u.shape)

    u = torch.rand(2, 3, 2, 4, 4)
    assert BlockStack([Convolution(), Convolution()], skip=True)(u).shape == u.shape


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dense_stack(0, 4, skip=True), "depth must be"),
        (lambda: dense_stack(2, 0, skip=True), "width must be"),
        (lambda: dense_stack(2, 4, skip=True, scale=-0.1), "scale must be"),
        (lambda: dense_stack(2, 4, skip=False, scale=0.5), "a plain stack has no step to scale"),
        (lambda: dense_stack(2, 4, skip=True, law="uniform"), "law"),
        (lambda: dense_stack(2, 4, skip=True, gain=-1.0), "gain must be"),
        (lambda: dense_stack(2, 4, skip=True, bias=-1.0), "bias must be"),
        (lambda: dense_stack(2, 4, skip=True, activation="sine"), "activation"),
        (lambda: BlockStack([], skip=True), "depth must be"),
        (lambda: DenseBranch(4, 1, -1), "layer must be"),
        (lambda: dense_stack(2, 4, skip=True)(torch.zeros(1, 3, 5)), r"states must be \(1, B, 4\)"),
        (lambda: dense_stack(2, 4, skip=True)(torch.zeros(3, 4)), r"got \(3, 4\)"),
        (lambda: dense_stack(2, 4, 2, skip=True)(torch.zeros(3, 1, 4)), r"states must be \(2, B, 4\)"),
    ],
)
def test_bad_input_is_refused(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_a_switch_is_no_text() -> None:
    with pytest.raises(TypeError, match="skip"):
        dense_stack(2, 4, skip="no")  # type: ignore[arg-type]
