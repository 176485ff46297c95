"""The CUDA kernels of the residual stack: on Numba's simulator everywhere, on hardware where there is some.

The simulator (`NUMBA_ENABLE_CUDASIM=1`) runs the kernels as Python, a thread a thread, on CPU tensors. It has
to be chosen before Numba is imported, so this file runs itself in a process of its own and compares what that
process wrote. What it cannot show: that the kernels compile, are fast, and can be part of a CUDA graph.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numba
import pytest
import torch
from torch import Tensor

from pdenet.ops import residual_stack
from pdenet.ops.fused import cuda
from pdenet.ops.fused.cuda_layout import Layout, choose_layout
from pdenet.ops.stack import Backend


@dataclass(frozen=True)
class Case:
    """A stack to compute: its size, and how many rows a thread and layers a segment has."""

    height: int
    width: int
    layers: int
    corners: bool = True
    bias: bool = True
    rows: int = 7
    segment: int = 5
    seeds: int = 2
    batch: int = 2

    @property
    def layout(self) -> Layout:
        return Layout(self.height, self.width, self.corners, self.rows, self.segment)

    def tensors(self) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
        """Images and taps of both signs, so that gates close, and what the output is weighed with."""
        generator = torch.Generator().manual_seed(self.height + 10 * self.layers)
        shape = (self.seeds, self.batch, self.height, self.width)
        u = torch.randn(shape, generator=generator)
        kernels = 0.3 * torch.randn(self.seeds, self.layers, 3, 3, generator=generator)
        bias = 0.1 * torch.randn(self.seeds, self.layers, generator=generator) if self.bias else None
        return u, kernels, bias, torch.randn(shape, generator=generator)


CASES = {
    "one layer, five points": Case(4, 5, 1, corners=False),
    "one layer, nine points": Case(4, 5, 1),
    "no bias": Case(4, 5, 2, corners=False, bias=False),
    "one strip": Case(6, 6, 3),
    "strips of two rows": Case(6, 6, 3, rows=2, corners=False),
    "the last strip not full": Case(5, 4, 3, rows=3),
    "segments of one layer": Case(4, 5, 3, segment=1, corners=False),
    "a short last segment": Case(5, 4, 5, rows=3, segment=2),
    "full segments": Case(4, 3, 4, segment=2, seeds=1, batch=3),
    "one pixel": Case(1, 1, 3, seeds=1),
    "more than a warp": Case(2, 33, 2, seeds=1, batch=1),
}


def outputs(case: Case, fused: bool, dtype: torch.dtype = torch.float32, device: str = "cpu") -> list[Tensor]:
    """Output of the stack and gradients of a weighted sum of it."""
    *given, bias, weight = case.tensors()
    u, kernels, weight = (tensor.to(device, dtype) for tensor in (*given, weight))
    bias = None if bias is None else bias.to(device, dtype)
    inputs = [tensor.requires_grad_() for tensor in (u, kernels, bias) if tensor is not None]
    if fused:
        out = cuda.apply(u, kernels, bias, case.corners, case.layout)
    else:
        out = residual_stack(u, kernels, bias, backend="torch", support="full" if case.corners else "cross")
    return [out.detach(), *torch.autograd.grad((out * weight).sum(), inputs)]


def halved(layers: int) -> tuple[Tensor, Tensor]:
    """An image of ones, and kernels that halve it."""
    kernels = torch.zeros(1, layers, 3, 3)
    kernels[..., 1, 1] = -0.5
    return torch.ones(1, 1, 2, 2), kernels


def simulate() -> dict[str, list[Tensor]]:
    """All that the tests ask of the simulator."""
    results = {"loaded early": [torch.tensor("pdenet.ops.fused.cuda_kernels" in sys.modules)]}
    results |= {name: outputs(case, fused=True) for name, case in CASES.items()}
    results["again"] = outputs(CASES["a short last segment"], fused=True)

    layout = Layout(2, 2, True)
    kept, flushed = (cuda.apply(*halved(n), None, True, layout) for n in (80, 90))
    results["halved"] = [kept, flushed]

    u = torch.ones(1, 1, 2, 2, requires_grad=True)
    out = cuda.apply(u, torch.zeros(1, 2, 3, 3), None, True, layout)
    sizes = (1e-28, 1e-35)
    results["small gradients"] = [
        torch.autograd.grad((s * out).sum(), u, retain_graph=True)[0] for s in sizes
    ]

    # The first layer takes the pixels to exactly zero: closed. The image itself has no gate.
    u = torch.tensor([[[[-1.0, 2.0]]]], requires_grad=True)
    kernels = torch.zeros(1, 2, 3, 3)
    out = cuda.apply(u, kernels, torch.tensor([[-2.0, 1.0]]), True, Layout(1, 2, True))
    results["at zero"] = [out.detach(), torch.autograd.grad(out.sum(), u)[0]]

    u = torch.ones(2, 1, 3, 3)
    u[1, 0, 0, 0] = torch.nan
    u.requires_grad_()
    out = cuda.apply(u, torch.full((2, 1, 3, 3), 0.1), None, True, Layout(3, 3, True))
    results["nan"] = [out.detach(), torch.autograd.grad((out * u.detach()).sum(), u)[0]]
    with torch.no_grad():
        results["no gradient"] = [cuda.apply(*CASES["full segments"].tensors()[:3], True, Layout(4, 3, True))]
    return results


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Tensor]]:
    path = tmp_path_factory.mktemp("simulator") / "results.pt"
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-W", "error", __file__, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results: dict[str, list[Tensor]] = torch.load(path, weights_only=True)
    return results


def assert_agrees(got: list[Tensor], exact: list[Tensor], bound: float = 1e-5) -> None:
    names = ("output", "u", "kernels", "bias")[: len(exact)]
    for name, a, b in zip(names, got, exact, strict=True):
        assert b.abs().max() > 1e-4, f"{name} vanishes: the comparison would be empty"
        assert (a.double().cpu() - b).abs().max() < bound * b.abs().max(), name


@pytest.mark.parametrize("name", CASES)
def test_simulated_kernels_agree_with_the_reference(simulated: dict[str, list[Tensor]], name: str) -> None:
    exact = outputs(CASES[name], fused=False, dtype=torch.float64)
    assert_agrees(simulated[name], exact)


def test_gates_close_and_stay_open_in_the_cases() -> None:
    shares = [float((outputs(case, fused=False)[0] == 0).double().mean()) for case in CASES.values()]
    assert sum(0.1 < share < 0.9 for share in shares) >= 8


def test_simulated_kernels_repeat_themselves_bit_for_bit(simulated: dict[str, list[Tensor]]) -> None:
    for a, b in zip(simulated["a short last segment"], simulated["again"], strict=True):
        assert torch.equal(a, b)


def test_without_a_gradient_the_output_is_the_same(simulated: dict[str, list[Tensor]]) -> None:
    (out,) = simulated["no gradient"]
    assert torch.equal(out, simulated["full segments"][0])


def test_tiny_activations_and_gradients_become_zero(simulated: dict[str, list[Tensor]]) -> None:
    kept, flushed = simulated["halved"]
    assert torch.equal(kept, torch.full_like(kept, 0.5**80))
    assert torch.equal(flushed, torch.zeros_like(flushed)), "0.5**84 is below the threshold"
    kept, flushed = simulated["small gradients"]
    assert torch.equal(kept, torch.full_like(kept, 1e-28))
    assert torch.equal(flushed, torch.zeros_like(flushed))


def test_a_gate_is_closed_at_zero_and_the_image_has_none(simulated: dict[str, list[Tensor]]) -> None:
    out, gradient = simulated["at zero"]
    assert torch.equal(out, torch.tensor([[[[1.0, 1.0]]]]))
    assert torch.equal(gradient, torch.zeros(1, 1, 1, 2)), "both pixels put out zero in the first layer"
    negative = CASES["one layer, nine points"].tensors()[0] < 0
    assert (simulated["one layer, nine points"][1][negative] != 0).any(), "a negative pixel has a gradient"


def test_nan_passes_and_stays_with_its_seed(simulated: dict[str, list[Tensor]]) -> None:
    out, gradient = simulated["nan"]
    assert out[0].isfinite().all()
    assert gradient[0].isfinite().all()
    assert out[1, 0, 0, 0].isnan()
    assert out[1, 0, 1, 1].isnan(), "a neighbour takes it up, as in the reference"
    assert out[1, 0, 2, 2].isfinite()
    assert gradient[1, 0, 0, 0].isnan()


def test_the_book_has_long_segments_and_large_images_short_ones() -> None:
    for corners in (False, True):
        layout = choose_layout(28, 28, corners)
        assert layout == Layout(28, 28, corners)
        assert layout.threads == 128
    large = choose_layout(64, 64, True)
    assert large is not None
    assert large.rows > 7
    assert large.segment < 5
    assert choose_layout(70, 70, True) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (7, 7), (28, 28), (64, 64), (1, 500), (500, 1)])
@pytest.mark.parametrize("corners", [False, True])
def test_a_layout_covers_the_image_and_has_a_thread_for_every_sum(
    size: tuple[int, int], corners: bool
) -> None:
    layout = choose_layout(*size, corners)
    assert layout is not None
    assert layout.lanes >= layout.width
    assert layout.strips * layout.rows >= layout.height
    assert layout.lanes % 32 == 0
    assert layout.threads <= 512
    assert layout.threads % layout.parts == 0
    assert layout.totals * layout.parts <= layout.threads
    assert layout.shared_bytes <= 48 * 1024


def test_the_blocks_of_the_book_leave_room_for_eight_on_an_h200() -> None:
    """What `fused.cuda` says of its segments: one layer more, and fewer blocks would be at work."""
    for corners in (False, True):
        blocks = [
            228 * 1024 // (Layout(28, 28, corners, segment=segment).shared_bytes + 1024) for segment in (5, 6)
        ]
        assert blocks[0] >= 8 > blocks[1]


U, K = torch.zeros(1, 2, 6, 6), torch.zeros(1, 3, 3, 3)


def test_the_cuda_backend_says_what_is_missing() -> None:
    with pytest.raises(ValueError, match=r"backend='cuda' .* got the device cpu"):
        residual_stack(U, K, backend="cuda")


def test_the_package_imports_numba_cuda_only_when_it_is_needed(simulated: dict[str, list[Tensor]]) -> None:
    (loaded,) = simulated["loaded early"]
    assert not loaded


def test_a_machine_without_numba_cuda_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba.cuda", None)
    monkeypatch.delattr(numba, "cuda", raising=False)
    said = cuda.missing.__wrapped__()
    assert said.startswith("numba.cuda cannot be imported")
    assert "pip install 'numba-cuda[cu13]'" in said


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_without_a_device_the_kernels_are_said_to_be_missing() -> None:
    assert cuda.missing() == "PyTorch sees no CUDA device; use backend='torch'"


# --- on hardware ------------------------------------------------------------------------------------------

needs_gpu = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device: compiled kernels run only on one"
)


def on_device(case: Case, dtype: torch.dtype, backend: Backend) -> list[Tensor]:
    """`outputs`, through `residual_stack`, of a stack that stays alive over fifty layers."""
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(case.seeds, case.batch, case.height, case.width, generator=generator)
    kernels = 0.1 * torch.rand(case.seeds, case.layers, 3, 3, generator=generator)
    if not case.corners:
        kernels[..., ::2, ::2] = 0
    kernels[..., 1, 1] -= kernels.sum((-1, -2))
    bias = 1e-3 * torch.randn(case.seeds, case.layers, generator=generator)
    weight = torch.randn(u.shape, generator=generator).to("cuda", dtype)
    inputs = [tensor.to("cuda", dtype).requires_grad_() for tensor in (u, kernels, bias)]
    out = residual_stack(*inputs, backend=backend, support="full" if case.corners else "cross")
    return [out.detach(), *torch.autograd.grad((out * weight).sum(), inputs)]


@needs_gpu
def test_the_kernels_run_on_this_device() -> None:
    assert cuda.missing() == ""


@needs_gpu
@pytest.mark.parametrize("corners", [False, True])
@pytest.mark.parametrize("size", [(28, 28), (7, 13), (64, 64)])
def test_compiled_kernels_agree_with_the_reference_at_depth_50(size: tuple[int, int], corners: bool) -> None:
    case = Case(*size, 50, corners, seeds=3, batch=5)
    exact = [tensor.cpu() for tensor in on_device(case, torch.float64, "torch")]
    first, second = (on_device(case, torch.float32, "cuda") for _ in range(2))
    assert_agrees(first, exact)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True)), "two runs, the same bits"


@needs_gpu
@pytest.mark.parametrize("name", CASES)
def test_compiled_kernels_compute_what_the_simulated_ones_do(
    simulated: dict[str, list[Tensor]], name: str
) -> None:
    compiled = outputs(CASES[name], fused=True, device="cuda")
    assert_agrees(compiled, [tensor.double() for tensor in simulated[name]])


def operation(result: Tensor) -> str:
    """Name of the operation that a result comes from."""
    assert result.grad_fn is not None
    return result.grad_fn.name()


@needs_gpu
def test_auto_takes_the_kernels_where_they_can_run() -> None:
    u, kernels = (tensor.cuda() for tensor in halved(3))
    kernels.requires_grad_()
    assert "FusedStack" in operation(residual_stack(u, kernels))
    assert "FusedStack" not in operation(residual_stack(u.double(), kernels.double()))
    large = torch.ones(1, 1, 200, 200, device="cuda")
    assert "FusedStack" not in operation(residual_stack(large, kernels))
    with pytest.raises(ValueError, match="images of 200x200 pixels, which do not fit on the chip"):
        residual_stack(large, kernels, backend="cuda")


@needs_gpu
def test_kernels_run_in_order_on_the_current_stream() -> None:
    u, kernels = (tensor.cuda() for tensor in halved(4))
    expected = residual_stack(u, kernels, backend="cuda")
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        torch.cuda._sleep(50_000_000)
        late = 2 * u  # ready only after the pause
        out = residual_stack(late, kernels, backend="cuda")
    stream.synchronize()
    assert torch.equal(out, 2 * expected)


@needs_gpu
def test_the_kernels_wait_for_nothing() -> None:
    u, kernels = (tensor.cuda().requires_grad_() for tensor in halved(4))
    residual_stack(u, kernels, backend="cuda").sum().backward()  # compiled
    torch.cuda.set_sync_debug_mode("error")
    try:
        residual_stack(u, kernels, backend="cuda").sum().backward()
    finally:
        torch.cuda.set_sync_debug_mode("default")


if __name__ == "__main__":
    torch.save(simulate(), Path(sys.argv[1]))
