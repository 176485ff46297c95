"""PyTorch's other ways to run a function: compiled, exported, traced, transformed, fake, in other types."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd import forward_ad
from torch.func import grad, hessian, jacfwd, jacrev, vmap
from torch.fx.experimental.proxy_tensor import make_fx

from pdenet.ops import residual_stack
from pdenet.ops.linear import seed_linear
from pdenet.ops.pick import pick
from pdenet.ops.variants import implicit_stack, periodic_stack

# PyTorch's own derivatives forwards, and its compiler, use what it warns of itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad:UserWarning"),
]

STACKS: list[Callable[..., Tensor]] = [residual_stack, periodic_stack, implicit_stack]


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def some_kernels(seed: int = 0, layers: int = 3) -> Tensor:
    """Five-point kernels (2, layers, 3, 3)."""
    kernels = draw(2, layers, 3, 3, seed=seed) / 9
    kernels[..., ::2, ::2] = 0
    return kernels


U = draw(2, 4, 6, 7, seed=9) - 0.2


def gradients(function: Callable[..., Tensor], *inputs: Tensor) -> list[Tensor]:
    inputs = tuple(tensor.detach().clone().requires_grad_() for tensor in inputs)
    out = function(*inputs)
    return [out.detach(), *torch.autograd.grad(out.pow(2).sum(), inputs)]


def assert_close(got: Any, expected: Any) -> None:
    for g, e in zip(got, expected, strict=True):
        assert torch.allclose(g, e, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("stack", STACKS)
def test_compiled_it_gives_what_it_gives_at_once(stack: Callable[..., Tensor]) -> None:
    torch._dynamo.reset()
    compiled = torch.compile(stack, backend="aot_eager", fullgraph=True)
    got, expected = gradients(compiled, U, some_kernels()), gradients(stack, U, some_kernels())
    assert_close(got, expected)
    if stack is residual_stack:
        assert all(torch.equal(g, e) for g, e in zip(got, expected, strict=True)), "the same loops"


def test_compiled_with_biases_and_a_changing_batch() -> None:
    torch._dynamo.reset()
    compiled = torch.compile(residual_stack, backend="aot_eager", dynamic=True, fullgraph=True)
    bias = draw(2, 3) / 10
    for batch in (4, 3, 2):
        inputs = U[:, :batch], some_kernels(), bias
        for g, e in zip(gradients(compiled, *inputs), gradients(residual_stack, *inputs), strict=True):
            assert torch.equal(g, e)


class Layers(torch.nn.Module):
    """A stack and a classifier, without what stands above them."""

    def __init__(self, stack: Callable[..., Tensor]) -> None:
        super().__init__()
        self.stack = stack
        self.kernels = torch.nn.Parameter(some_kernels())
        self.weight, self.bias = torch.nn.Parameter(draw(2, 42, 5)), torch.nn.Parameter(draw(2, 1, 5))

    def forward(self, u: Tensor) -> Tensor:
        return seed_linear(self.stack(u, self.kernels).flatten(2), self.weight, self.bias)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("stack", STACKS)
def test_exported_programs_hold_pytorchs_own_operators(stack: Callable[..., Tensor], strict: bool) -> None:
    module = Layers(stack)
    batch = {0: None, 1: torch.export.Dim("batch")}
    program = torch.export.export(module, (U,), dynamic_shapes=(batch,), strict=strict)
    assert not any(
        "pdenet" in str(node.target) or "mkldnn" in str(node.target) for node in program.graph.nodes
    )
    assert_close([program.module()(U[:, :3])], [module(U[:, :3])])


@pytest.mark.parametrize("stack", STACKS)
def test_a_trace_is_a_program_and_no_constant(stack: Callable[..., Tensor]) -> None:
    def run(u: Tensor, kernels: Tensor) -> Tensor:
        return stack(u, kernels)

    traced = make_fx(run)(U, some_kernels())
    other = U / 2, some_kernels(5)
    assert_close([traced(*other)], [run(*other)])
    assert_close(gradients(traced, *other), gradients(run, *other))


@pytest.mark.parametrize("stack", STACKS)
def test_transforms_give_what_loops_over_calls_do(stack: Callable[..., Tensor]) -> None:
    kernels = torch.stack([some_kernels(seed) for seed in range(3)])

    def loss(k: Tensor, u: Tensor = U) -> Tensor:
        return stack(u, k).pow(2).sum()

    expected = [gradients(lambda one: stack(U, one), k)[1] for k in kernels]
    assert_close([grad(loss)(k) for k in kernels], expected)
    assert_close(vmap(grad(loss))(kernels), expected)
    assert_close(vmap(lambda k: stack(U, k))(kernels), [stack(U, k) for k in kernels])
    each = vmap(grad(lambda k, u: loss(k, u.unsqueeze(1))), in_dims=(None, 1))(kernels[0], U)
    assert_close([each.sum(0)], expected[:1])
    rows, columns = jacrev(lambda k: stack(U, k))(kernels[0]), jacfwd(lambda k: stack(U, k))(kernels[0])
    assert_close([rows], [columns])
    assert hessian(loss)(kernels[0]).shape == 2 * kernels[0].shape


def test_classifiers_are_transformed_too() -> None:
    x, weight, bias = draw(2, 4, 6), draw(2, 6, 5, seed=1), draw(2, 1, 5, seed=2)
    expected = gradients(lambda w: seed_linear(x, w, bias), weight)[1]
    assert_close([grad(lambda w: seed_linear(x, w, bias).pow(2).sum())(weight)], [expected])
    assert_close(vmap(lambda w: seed_linear(x, w, bias))(weight[None]), [seed_linear(x, weight, bias)])
    rows, columns = (j(lambda w: seed_linear(x, w, bias))(weight) for j in (jacrev, jacfwd))
    assert_close([rows], [columns])


def test_tangents_are_carried_by_pytorch() -> None:
    kernels, direction = some_kernels(), some_kernels(7)
    with forward_ad.dual_level():
        out = residual_stack(U, forward_ad.make_dual(kernels, direction))
        got = forward_ad.unpack_dual(out).tangent
    step = 1e-3
    ends = [residual_stack(U.double(), kernels.double() + s * direction.double()) for s in (step, -step)]
    assert got is not None
    assert torch.allclose(got.double(), (ends[0] - ends[1]) / (2 * step), rtol=1e-3, atol=1e-3)


def test_loops_asked_for_by_name_say_what_to_do_under_a_transform() -> None:
    with pytest.raises(
        ValueError, match=r"got tensors under a transform of torch.func .*use backend='torch'"
    ):
        grad(lambda k: residual_stack(U, k, backend="numba").sum())(some_kernels())


@pytest.mark.parametrize("stack", STACKS)
def test_shapes_without_numbers(stack: Callable[..., Tensor]) -> None:
    assert Layers(stack).to("meta")(U.to("meta")).shape == (2, 4, 5)
    with FakeTensorMode():
        module = Layers(stack)
        out = module(torch.rand(2, 4, 6, 7))
        out.sum().backward()
        assert out.shape == (2, 4, 5)
        assert module.kernels.grad is not None


@pytest.mark.parametrize("stack", STACKS)
def test_default_dtype_and_device_change_nothing(stack: Callable[..., Tensor]) -> None:
    inputs = U, some_kernels()
    expected = gradients(stack, *inputs)
    images, index = torch.ones(3, 2, 2, dtype=torch.uint8), torch.tensor([[1]])
    torch.set_default_dtype(torch.float64)
    try:
        with torch.device("meta"):
            got, picked = gradients(stack, *inputs), pick(images, index, 0.0, 2.0)
    finally:
        torch.set_default_dtype(torch.float32)
    assert all(torch.equal(g, e) for g, e in zip(got, expected, strict=True))
    assert picked.dtype == torch.float32
    assert picked.unique().tolist() == [2.0]


@pytest.mark.parametrize("stack", STACKS)
def test_stacks_are_float32_under_autocast(stack: Callable[..., Tensor]) -> None:
    kernels = some_kernels()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(stack(U, kernels), gradients(stack, U, kernels)[0])
        assert stack(U.bfloat16(), kernels).dtype == torch.float32
        logits = Layers(stack)(U)
    assert logits.dtype == torch.bfloat16, "as those of nn.Linear"
    logits.sum().backward()
    assert torch.equal(residual_stack(U, kernels, backend="torch"), autocast_reference(kernels))


def autocast_reference(kernels: Tensor) -> Tensor:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return residual_stack(U, kernels, backend="torch")


@pytest.mark.parametrize("stack", STACKS)
def test_no_images_have_gradients_of_zero(stack: Callable[..., Tensor]) -> None:
    for module, u in ((Layers(stack), U[:, :0]), (Layers(stack).double(), U[:, :0].double())):
        out = module(u)
        assert out.shape == (2, 0, 5)
        out.sum().backward()
        for parameter in module.parameters():
            assert parameter.grad is not None
            assert (parameter.grad == 0).all()


def test_no_seeds_have_no_logits() -> None:
    assert seed_linear(torch.zeros(0, 3, 4), torch.zeros(0, 4, 2), torch.zeros(0, 1, 2)).shape == (0, 3, 2)


@pytest.mark.parametrize("backend", ["torch", "numba"])
@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_ignored_corner_taps_may_be_anything(backend: Any, wrong: float) -> None:
    kernels = some_kernels()
    expected = gradients(lambda k: residual_stack(U, k, backend=backend, support="cross"), kernels)
    kernels[..., 0, 0] = wrong
    got = gradients(lambda k: residual_stack(U, k, backend=backend, support="cross"), kernels)
    assert all(torch.equal(g, e) for g, e in zip(got, expected, strict=True))


@pytest.mark.parametrize("stack", STACKS)
def test_the_error_speaks_of_the_images(stack: Callable[..., Tensor]) -> None:
    with pytest.raises(ValueError, match=r"u must be floating point; got torch.uint8; .*u.float\(\) / 255"):
        stack(U.to(torch.uint8), some_kernels())
    with pytest.raises(ValueError, match=r"images go in as u.to\('cpu', torch.float32\)"):
        stack(U.double(), some_kernels())
