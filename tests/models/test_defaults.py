"""Networks under another default dtype, default device and autocast; batches of no images."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import torch
from helpers.every_network import NETWORKS
from torch import Tensor, nn

from pdenet.data import load_images
from pdenet.models import Classifier, Init, PDENet, StencilField
from pdenet.models.flow import Flow
from pdenet.ops.ode.solvers import Fixed
from pdenet.runs.training import TrainingConfig, fit
from pdenet.subjects.depth.training import kernel_course
from pdenet.subjects.irregular.networks import NETWORKS as DECODERS
from pdenet.subjects.irregular.networks import SeriesNet
from pdenet.subjects.irregular.system import CONTROLS, Sampling, draw
from pdenet.subjects.irregular.training import SeriesTraining, train_series
from pdenet.subjects.ode_mnist.networks import ConvField, ConvSpec, ResidualBlock, StencilSpec
from pdenet.symbolic import PDE1

BLOCKS: dict[str, Callable[[], nn.Module]] = {
    "conv net, no block": lambda: ConvSpec(0, channels=4).build(1),
    "conv net, blocks": lambda: ConvSpec(2, 3, 4).build(1),
    "conv net, flow": lambda: ConvSpec(Fixed("euler", 2), channels=4).build(1),
    "stencil net, no block": lambda: StencilSpec(PDE1, 0, widths=(8,)).build(1),
    "stencil net, tied": lambda: StencilSpec(PDE1, 3, widths=(8,)).build(1),
    "stencil net, flow": lambda: StencilSpec(PDE1, Fixed("rk4", 2), widths=(8,)).build(1),
}
PARTS: dict[str, Callable[[], nn.Module]] = {
    "stencil field": lambda: StencilField(PDE1, 2),
    "classifier": lambda: Classifier((9, 8, 4), (0, 1)),
    **{
        f"series net: {name}": partial(SeriesNet, kind, 2, **options)
        for name, (kind, options) in DECODERS.items()
    },
}
TRUNKS: dict[str, Callable[[], nn.Module]] = {name: partial(make, 3, 2) for name, make in NETWORKS.items()}
EVERY = TRUNKS | BLOCKS | PARTS


def series_net(name: str) -> SeriesNet:
    kind, options = DECODERS[name]
    return SeriesNet(kind, 2, **options)


@pytest.fixture(params=[torch.float64, torch.float16, "meta"])
def odd_default(request: pytest.FixtureRequest) -> Iterator[None]:
    if isinstance(request.param, str):
        torch.set_default_device(request.param)
        yield
        torch.set_default_device(None)
        return
    torch.set_default_dtype(request.param)
    yield
    torch.set_default_dtype(torch.float32)


def numbers(net: nn.Module) -> dict[str, Tensor]:
    return {**dict(net.named_parameters()), **dict(net.named_buffers())}


@pytest.fixture(scope="module")
def usual() -> dict[str, dict[str, Tensor]]:
    """The start of each network under the usual defaults."""
    return {name: numbers(make()) for name, make in EVERY.items()}


@pytest.mark.parametrize("name", EVERY)
def test_a_start_does_not_depend_on_the_defaults_of_torch(
    name: str, usual: dict[str, dict[str, Tensor]], odd_default: None
) -> None:
    found = numbers(EVERY[name]())
    assert found.keys() == usual[name].keys()
    for key, values in found.items():
        assert values.dtype == torch.float32
        assert values.device.type == "cpu"
        assert torch.equal(values, usual[name][key])


@pytest.mark.parametrize("make", [ConvField, lambda: ResidualBlock(8, 4)])
def test_fields_and_blocks_by_themselves_are_float32_too(make: Any, odd_default: None) -> None:
    assert {(p.dtype, p.device.type) for p in make().parameters()} == {(torch.float32, "cpu")}


def images(count: int = 3) -> Tensor:
    return Init().draw((count, 28, 28), torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", TRUNKS | BLOCKS)
def test_a_network_computes_the_same_under_another_default_dtype(name: str) -> None:
    results = []
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        try:
            net = EVERY[name]()
            logits = net(images())
            logits.square().sum().backward()
        finally:
            torch.set_default_dtype(torch.float32)
        results.append([logits, *(p.grad for p in net.parameters() if p.grad is not None)])
    for one, other in zip(*results, strict=True):
        assert one.dtype == other.dtype == torch.float32
        assert torch.equal(one, other)


def test_series_and_their_training_are_the_same_under_another_default_dtype() -> None:
    found = []
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        try:
            drawn = draw(Sampling("irregular", 4), 2, 6)
            controls = [control(drawn) for control in CONTROLS.values()]
            nets = [series_net(name) for name in DECODERS]
            training = SeriesTraining(steps=2, batch=3, series=6)
            found.append(
                [drawn.seen, *controls, torch.tensor([train_series(n, drawn, training) for n in nets])]
            )
        finally:
            torch.set_default_dtype(torch.float32)
    for one, other in zip(*found, strict=True):
        assert torch.equal(one.double(), other.double())


def test_a_kernel_course_is_the_same_under_another_default_dtype() -> None:
    shown, labels = (255 * images(8)).to(torch.uint8), torch.arange(8)
    usual = kernel_course(PDE1, shown, labels, steps=2, widths=(4,))
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.equal(kernel_course(PDE1, shown, labels, steps=2, widths=(4,)), usual)
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", TRUNKS | BLOCKS)
def test_no_images_go_through_every_network_and_give_no_gradient(name: str) -> None:
    net = EVERY[name]()
    u = images(0).requires_grad_()
    logits = net(u)
    assert logits.shape[-2:] == (0, 10)
    logits.sum().backward()
    assert u.grad is not None
    assert u.grad.shape == u.shape
    assert all(p.grad is None or not p.grad.any() for p in net.parameters())


@pytest.mark.parametrize("name", DECODERS)
def test_no_series_and_no_times_go_through_every_series_net(name: str) -> None:
    net = series_net(name)
    assert net(torch.zeros(2, 0, 4), torch.zeros(2, 0, 4), torch.zeros(2, 0, 5)).shape == (2, 0, 5)
    net(torch.zeros(2, 0, 4), torch.zeros(2, 0, 4), torch.zeros(2, 0, 5)).sum().backward()
    assert net(torch.zeros(2, 3, 4), torch.zeros(2, 3, 4), torch.zeros(2, 3, 0)).shape == (2, 3, 0)
    assert net(torch.zeros(2, 3, 0), torch.zeros(2, 3, 0), torch.ones(2, 3, 2)).shape == (2, 3, 2)


def test_a_flow_of_no_images_evaluates_nothing() -> None:
    flow = Flow(StencilField(PDE1), 1.0, Fixed("rk4", 3))
    u = torch.zeros(1, 0, 5, 5)
    assert flow(u).shape == u.shape
    assert flow.evaluations.forward == 0


@pytest.mark.parametrize("name", TRUNKS | BLOCKS)
def test_every_network_runs_and_learns_under_autocast(name: str) -> None:
    net = EVERY[name]()
    exact = net(images())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(images())
        loss = logits.float().square().mean()
    loss.backward()
    torch.testing.assert_close(logits.float(), exact, rtol=0.1, atol=0.1 * float(exact.detach().abs().max()))
    assert all(p.grad is None or bool(p.grad.isfinite().all()) for p in net.parameters())


def test_training_is_the_same_under_another_default_dtype() -> None:
    data = load_images("digits").subset(64, 32)
    found = []
    for dtype in (torch.float32, torch.float64):
        torch.set_default_dtype(dtype)
        try:
            found.append(fit(PDENet(PDE1, 2, widths=(8,)), data, TrainingConfig(epochs=2, batch_size=32)))
        finally:
            torch.set_default_dtype(torch.float32)
    assert found[0][0].history == found[1][0].history
    assert found[0][0].trunk == found[1][0].trunk
