"""Kernels whose stencil nobody has used yet, under PyTorch's compiler, exports and fake tensors."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from pdenet.models import PDENet
from pdenet.symbolic import PDE1, EvolutionPDE

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad:UserWarning"),
]

IMAGES = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))


def fresh(name: str) -> PDENet:
    """A network whose equation no other has."""
    return PDENet(EvolutionPDE(PDE1.equation, name=name), 3, 2)


def test_the_first_call_may_be_compiled() -> None:
    torch._dynamo.reset()
    network = fresh("compiled")
    compiled = torch.compile(network, backend="aot_eager", fullgraph=True)
    out = compiled(IMAGES)
    out.sum().backward()
    got = network.theta.grad
    network.zero_grad()
    expected = network(IMAGES)
    expected.sum().backward()
    assert torch.equal(out, expected)
    assert got is not None
    assert network.theta.grad is not None
    assert torch.equal(got, network.theta.grad)


@pytest.mark.parametrize("strict", [False, True])
def test_the_first_call_may_be_an_export(strict: bool) -> None:
    network = fresh(f"exported {strict}")
    exported = torch.export.export(network, (IMAGES,), strict=strict).module()
    got, expected = exported(IMAGES), network(IMAGES)
    assert type(got) is type(expected) is torch.Tensor
    assert torch.allclose(got, expected, atol=1e-6)


def test_fake_tensors_leave_nothing_behind() -> None:
    with FakeTensorMode():
        assert fresh("fake")(torch.rand(3, 28, 28)).shape == (2, 3, 10)
    real = fresh("fake")(IMAGES)
    assert type(real) is torch.Tensor
    with FakeTensorMode():
        assert fresh("fake")(torch.rand(3, 28, 28)).shape == (2, 3, 10)
