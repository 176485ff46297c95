"""The residual stack: what it computes, that the fused loops agree with the reference, what it refuses."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from pdenet.data import load_images
from pdenet.ops import residual_stack
from pdenet.ops.fused import cpu
from pdenet.ops.stack import Backend
from pdenet.symbolic import PDE1

SHAPES = [(1, 1), (1, 9), (7, 13), (16, 16), (28, 28), (64, 64)]


def stable_stack(seeds: int, layers: int, support: str, exchange: float = 0.1) -> tuple[Tensor, Tensor]:
    """Kernels whose step entries are not negative and sum to one, a little disturbed, and small biases.

    `exchange` bounds what a pixel gives to each neighbour in a layer.
    """
    generator = torch.Generator().manual_seed(0)
    kernels = exchange * torch.rand(seeds, layers, 3, 3, generator=generator)
    if support == "cross":
        kernels[..., ::2, ::2] = 0
    kernels[..., 1, 1] -= kernels.sum((-1, -2))
    disturbance = 1e-3 * torch.randn(seeds, layers, 3, 3, generator=generator)
    bias = 1e-3 * torch.randn(seeds, layers, generator=generator)
    return kernels + disturbance * (kernels != 0), bias


def outputs(
    u: Tensor, kernels: Tensor, bias: Tensor, weight: Tensor, dtype: torch.dtype, **options: Any
) -> list[Tensor]:
    """Output of the stack and gradients of a weighted sum of it, in float64."""
    inputs = [tensor.detach().to(dtype, copy=True).requires_grad_() for tensor in (u, kernels, bias)]
    out = residual_stack(*inputs, **options)
    gradients = torch.autograd.grad((out * weight.detach().to(dtype)).sum(), inputs)
    return [tensor.detach().double() for tensor in (out, *gradients)]


def relative(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().max() / b.abs().max())


def assert_fused_agrees(u: Tensor, kernels: Tensor, bias: Tensor, support: str) -> None:
    weight = torch.randn(u.shape, generator=torch.Generator().manual_seed(9))
    exact = outputs(u, kernels, bias, weight, torch.float64, backend="torch", support=support)
    fused = outputs(u, kernels, bias, weight, torch.float32, backend="numba", support=support)
    for name, got, expected in zip(("output", "u", "kernels", "bias"), fused, exact, strict=True):
        assert expected.abs().max() > 1e-4, f"{name} vanishes: the comparison would be empty"
        assert relative(got, expected) < 1e-5, name


def test_one_layer_is_the_formula_written_out() -> None:
    rng = np.random.default_rng(0)
    u, k, b = rng.standard_normal((4, 5)), rng.standard_normal((3, 3)), 0.3
    expected = np.zeros((4, 5))
    for i in range(4):
        for j in range(5):
            total = u[i, j] + b
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    if 0 <= i + dy < 4 and 0 <= j + dx < 5:
                        total += k[dy + 1, dx + 1] * u[i + dy, j + dx]
            expected[i, j] = max(total, 0.0)
    got = residual_stack(torch.tensor(u)[None], torch.tensor(k)[None], torch.tensor([b], dtype=torch.float64))
    assert np.abs(got[0].numpy() - expected).max() < 1e-14


def test_a_pde_kernel_moves_an_image_as_its_drift_says() -> None:
    """beta > 0 carries the image to the left by beta pixels a layer, equation (21)."""
    theta = torch.tensor([0.7, 0.45, 0.7, -0.25, 0.0], dtype=torch.float64)
    kernels = PDE1.stencil().kernels(theta).expand(10, 3, 3)
    image = torch.zeros(1, 41, 41, dtype=torch.float64)
    image[0, 20, 20] = 1
    out = residual_stack(image, kernels)[0]
    place = torch.arange(41, dtype=torch.float64)
    assert abs(float((out.sum(0) * place).sum() / out.sum()) - (20 - 10 * 0.45)) < 1e-12
    assert abs(float((out.sum(1) * place).sum() / out.sum()) - (20 + 10 * 0.25)) < 1e-12


@pytest.mark.parametrize("support", ["cross", "full"])
@pytest.mark.parametrize("shape", SHAPES)
def test_fused_loops_agree_with_the_reference_at_depth_50(shape: tuple[int, int], support: str) -> None:
    u = torch.rand(2, 3, *shape, generator=torch.Generator().manual_seed(1)) + 0.1
    # an image of one row loses to the border what its pixels give away: little, or nothing is left at the end
    exchange = 0.1 if min(shape) > 1 else 0.01
    assert_fused_agrees(u, *stable_stack(2, 50, support, exchange), support)


@pytest.mark.parametrize("support", ["cross", "full"])
def test_fused_loops_agree_on_real_digits(support: str) -> None:
    images = load_images("digits").train_images[:40].float().div(255).expand(2, -1, -1, -1)
    assert_fused_agrees(images, *stable_stack(2, 50, support), support)


@pytest.mark.parametrize("depth", [63, 64, 65, 128, 150])
def test_fused_loops_agree_across_segments(depth: int) -> None:
    u = torch.rand(1, 2, 12, 17, generator=torch.Generator().manual_seed(1))
    assert_fused_agrees(u, *stable_stack(1, depth, "full"), "full")


def test_fused_loops_agree_where_gates_close() -> None:
    """Kernels of both signs, an image with negative pixels: many gates close, in the first layer too."""
    generator = torch.Generator().manual_seed(3)
    u = torch.randn(1, 6, 15, 10, generator=generator)
    kernels = 0.3 * torch.randn(1, 4, 3, 3, generator=generator)
    bias = 0.1 * torch.randn(1, 4, generator=generator)
    assert_fused_agrees(u, kernels, bias, "full")
    out = residual_stack(u, kernels, bias)
    assert 0.2 < float((out == 0).double().mean()) < 0.8


def test_reference_passes_gradcheck_twice() -> None:
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(2, 1, 4, 3, dtype=torch.float64, generator=generator).requires_grad_()
    kernels = (0.1 * torch.randn(2, 2, 3, 3, dtype=torch.float64, generator=generator)).requires_grad_()
    bias = (0.1 * torch.rand(2, 2, dtype=torch.float64, generator=generator)).requires_grad_()
    assert torch.autograd.gradcheck(residual_stack, (u, kernels, bias))
    assert torch.autograd.gradgradcheck(residual_stack, (u, kernels, bias))


def test_fused_backend_says_that_it_differentiates_once() -> None:
    kernels = torch.zeros(1, 1, 3, 3, requires_grad=True)
    out = residual_stack(torch.ones(1, 1, 4, 4), kernels, backend="numba").sum()
    with pytest.raises(RuntimeError, match="differentiate once; for higher derivatives use backend='torch'"):
        torch.autograd.grad(out, kernels, create_graph=True)


@pytest.mark.parametrize("backend", ["torch", "numba"])
def test_cross_support_ignores_corner_taps_and_gives_them_no_gradient(backend: Backend) -> None:
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(1, 2, 6, 6, generator=generator)
    kernels = (0.1 * torch.rand(1, 3, 3, 3, generator=generator)).requires_grad_()
    residual_stack(u, kernels, backend=backend, support="cross").sum().backward()
    assert kernels.grad is not None
    assert (kernels.grad[..., ::2, ::2] == 0).all()
    assert (kernels.grad[..., 1, :] != 0).all()
    without = kernels.detach().clone()
    without[..., ::2, ::2] = 0
    cross = residual_stack(u, kernels.detach(), backend=backend, support="cross")
    full = residual_stack(u, without, backend=backend, support="full")
    assert relative(cross, full) < 1e-6


def test_thread_count_changes_no_bit() -> None:
    u = torch.rand(2, 37, 28, 28, generator=torch.Generator().manual_seed(0))
    kernels, bias = stable_stack(2, 20, "full")
    results, threads = [], torch.get_num_threads()
    try:
        for count in (1, 2):  # by name: where tests run side by side each has one thread
            torch.set_num_threads(count)
            results.append(outputs(u, kernels, bias, u, torch.float32, backend="numba"))
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


def test_seeds_do_not_mix() -> None:
    u = torch.rand(3, 4, 9, 9, generator=torch.Generator().manual_seed(0))
    kernels, bias = stable_stack(3, 7, "full")
    together = residual_stack(u, kernels, bias)
    kernels[1] = torch.nan
    poisoned = residual_stack(u, kernels, bias)
    assert torch.equal(together[[0, 2]], poisoned[[0, 2]])
    assert poisoned[1].isnan().all(), "a NaN must show, as it does in torch.relu"


def test_values_below_the_flush_level_become_zero() -> None:
    """An image that drifts away must not leave denormal numbers behind: they cost a factor of eight."""
    halve = torch.zeros(1, 400, 3, 3)
    halve[..., 1, 1] = -0.5
    out = residual_stack(torch.ones(1, 1, 4, 4), halve, backend="numba")
    assert (out == 0).all()
    kept = residual_stack(torch.ones(1, 1, 4, 4), halve[:, :80], backend="numba")
    assert torch.allclose(kept, torch.tensor(0.5**80), rtol=1e-6, atol=0)


def test_gradients_below_their_flush_level_become_zero() -> None:
    u = torch.ones(1, 1, 4, 4, requires_grad=True)
    out = residual_stack(u, torch.zeros(1, 2, 3, 3), backend="numba")
    for size, kept in ((1e-28, True), (1e-35, False)):
        (gradient,) = torch.autograd.grad((size * out).sum(), u, retain_graph=True)
        assert torch.equal(gradient, torch.full_like(u, size if kept else 0.0))


def test_images_without_seed_axis_go_through_every_seed() -> None:
    u = torch.rand(4, 8, 8, generator=torch.Generator().manual_seed(0))
    kernels, bias = stable_stack(3, 5, "full")
    shared = residual_stack(u, kernels, bias)
    assert shared.shape == (3, 4, 8, 8)
    alone = residual_stack(u, kernels[2], bias[2])
    assert alone.shape == (4, 8, 8)
    assert torch.equal(shared[2], alone)


def test_no_layer_is_the_identity() -> None:
    u = torch.randn(1, 2, 5, 5)
    assert torch.equal(residual_stack(u, torch.zeros(1, 0, 3, 3)), u)


def test_larger_kernels_run_on_the_reference() -> None:
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(1, 2, 9, 9, generator=generator)
    kernels = 0.1 * torch.randn(1, 1, 5, 5, generator=generator)
    expected = torch.relu(
        u + functional.conv2d(u.transpose(0, 1), kernels[:, 0, None], padding=2).transpose(0, 1)
    )
    assert torch.allclose(residual_stack(u, kernels), expected, atol=1e-6)


def test_the_threshold_marks_pixels_and_lanes_beyond_the_edge() -> None:
    """Ten columns in four strips of three: the last strip has one column and two idle lanes."""
    strips = cpu.make_threshold(10).reshape(3, cpu.BLOCKS, cpu.IMAGES)
    assert np.isfinite(strips[:, :3]).all()
    assert np.isfinite(strips[0, 3]).all()
    assert np.isinf(strips[1:, 3]).all()
    assert np.isfinite(cpu.make_threshold(28)).all()


@pytest.mark.parametrize("width", [1, 3, 4, 10, 16, 19, 20, 28, 33])
@pytest.mark.parametrize("batch", [1, 4, 6, 37])
def test_fused_loops_agree_for_every_width_and_rest_of_a_batch(width: int, batch: int) -> None:
    """Whole groups of four images and part of one, idle lanes and none, strips of fewer than four columns."""
    u = torch.rand(2, batch, 5, width, generator=torch.Generator().manual_seed(1)) + 0.1
    assert_fused_agrees(u, *stable_stack(2, 3, "full", 0.05), "full")


def test_working_memory_is_left_clean_between_shapes_and_threads() -> None:
    """Stacks of several sizes in turn, and two at once in two Python threads, give what each gives alone."""
    problems = [
        (torch.rand(1, 9, size, size), stable_stack(1, depth, "full")) for size, depth in ((28, 5), (9, 70))
    ]
    alone = [residual_stack(u, *stack) for u, stack in problems]
    for _ in range(2):
        for (u, stack), expected in zip(problems, alone, strict=True):
            assert torch.equal(residual_stack(u, *stack), expected)
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(residual_stack, u, *stack) for u, stack in problems * 4]
        for future, expected in zip(futures, alone * 4, strict=True):
            assert torch.equal(future.result(), expected)


U, K = torch.zeros(1, 2, 6, 6), torch.zeros(1, 3, 3, 3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((U, torch.zeros(5, 3)), {}, r"kernels must be \(S, L, 3, 3\) or \(L, 3, 3\), .*got \(5, 3\)"),
        ((U, torch.zeros(1, 3, 4, 4)), {}, r"or of another odd size; got \(1, 3, 4, 4\)"),
        ((torch.zeros(6, 6), K), {}, r"u must be \(S, B, H, W\) or \(B, H, W\); got \(6, 6\)"),
        ((U, K, torch.zeros(1, 2)), {}, r"bias must be \(1, 3\), one number a kernel; got \(1, 2\)"),
        ((U.expand(2, -1, -1, -1), K), {}, "got 2 seeds of images and 1 of kernels"),
        ((U[..., :0], K), {}, "at least one pixel"),
        (
            (U, K.double()),
            {},
            "kernels must have the dtype and device of u, torch.float32 on cpu; got torch.float64",
        ),
        (
            (U.to(torch.uint8), K.to(torch.uint8)),
            {},
            r"u must be floating point; got torch.uint8; .*u.float\(\) / 255",
        ),
        (
            (U, K),
            {"backend": "opencl"},
            "backend must be 'auto' or 'torch' or 'numba' or 'cuda'; got 'opencl'",
        ),
        ((U, K), {"support": "corners"}, "support must be 'full' or 'cross'; got 'corners'"),
        ((U, torch.zeros(1, 1, 5, 5)), {"support": "cross"}, "support='cross' is for 3x3 kernels"),
        ((U.double(), K.double()), {"backend": "numba"}, "got the dtype torch.float64; use backend='torch'"),
        (
            (U, torch.zeros(1, 1, 5, 5)),
            {"backend": "numba"},
            r"got kernels \(1, 1, 5, 5\); use backend='torch'",
        ),
    ],
)
def test_bad_input_is_refused_in_words(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        residual_stack(*arguments, **options)


def test_numba_leaves_pytorch_the_threads_that_were_set() -> None:
    """Numba, when it starts its threads, tells OpenMP how many there are; PyTorch would follow it."""
    program = (
        "import torch; torch.set_num_threads(1); from pdenet.ops import residual_stack; "
        "residual_stack(torch.rand(1, 2, 4, 4), torch.zeros(1, 1, 3, 3), backend='numba'); "
        "import numba; print(torch.get_num_threads(), numba.get_num_threads())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1"]
