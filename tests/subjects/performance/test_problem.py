"""The problem is an honest one, and its operations are counted by hand."""

import pytest

from pdenet.ops import residual_stack
from pdenet.subjects.performance.problem import Problem, Stencil


@pytest.mark.parametrize("stencil", ["five-point", "nine-point"])
def test_the_stack_that_is_timed_is_stable_and_alive(stencil: Stencil) -> None:
    """Gates that are all closed, or numbers that overflow, would make a dishonest benchmark."""
    u, kernels = Problem(depth=50, batch=2, stencil=stencil).tensors()
    out = residual_stack(u, kernels)
    assert float(out.detach().min()) > 0
    assert float(out.detach().max()) < float(u.detach().max())


def test_operations_are_counted_by_hand_for_one_pixel() -> None:
    five, nine = (Problem(1, 1, 1, stencil=stencil) for stencil in ("five-point", "nine-point"))
    assert (five.flops, nine.flops) == (2 * (5 + 5 + 5), 2 * (9 + 9 + 9))
    assert (five.executed_flops, nine.executed_flops) == (2 * 20, 2 * 36)
    assert Problem(depth=50, batch=128, size=28).flops == 30 * 50 * 128 * 784
    assert Problem(depth=50, batch=128, size=28, seeds=3).flops == 3 * 30 * 50 * 128 * 784
