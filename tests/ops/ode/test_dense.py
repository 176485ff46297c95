"""States at many times: exact for cubics, at the knots and between them, and refused outside."""

import pytest
import torch
from helpers.fields import Given

from pdenet.ops.ode.dense import states_at

DECAY = Given(lambda t, u: -u)
START = torch.tensor([[[1.0], [2.0]], [[3.0], [-1.0]]], dtype=torch.float64)  # (S, B, d): 2, 2, 1
TIMES = torch.tensor([0.0, 0.25, 0.3, 0.5, 0.75, 1.0], dtype=torch.float64).expand(2, 2, 6)


@pytest.mark.parametrize("step", [0.5, 0.25, 0.4])
def test_states_are_found_at_knots_and_between_them(step: float) -> None:
    found = states_at(DECAY, START, TIMES, step)
    assert found.shape == (2, 2, 6, 1)
    exact = START[:, :, None] * torch.exp(-TIMES)[..., None]
    assert (found - exact).abs().max() < step**4 / 50  # order four, at the knots and between
    assert torch.equal(found[:, :, 0], START)


def test_a_constant_rate_is_met_to_rounding_and_a_time_does_not_depend_on_the_others() -> None:
    found = states_at(Given(lambda t, u: torch.full_like(u, 2.0)), START, TIMES, 0.3)
    torch.testing.assert_close(found, START[:, :, None] + 2 * TIMES[..., None], rtol=1e-14, atol=1e-14)
    alone = states_at(DECAY, START, TIMES[..., 2:3], 0.3)
    assert torch.equal(alone[:, :, 0], states_at(DECAY, START, TIMES, 0.3)[:, :, 2])


def test_no_more_steps_are_taken_than_the_last_time_needs() -> None:
    seen: list[int] = []

    def rate(t: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        seen.append(1)
        return -u

    for last, steps in ((0.0, 1), (0.5, 1), (0.5000001, 2), (1.0, 2)):
        seen.clear()
        states_at(Given(rate), START, torch.full((2, 2, 1), last, dtype=torch.float64), 0.5)
        assert len(seen) == 4 * steps + 1, last  # four stages a step, and all rates at the knots at once


@pytest.mark.parametrize(
    ("times", "step"),
    [(TIMES, 0.0), (TIMES, -1.0), (TIMES, float("inf")), (TIMES, float("nan")), (TIMES - 1e-9, 0.5)],
)
def test_steps_that_lead_nowhere_and_times_before_the_start_are_refused(
    times: torch.Tensor, step: float
) -> None:
    with pytest.raises(ValueError, match=r"(step|times) must be .*finite"):
        states_at(DECAY, START, times, step)


@pytest.mark.parametrize(
    ("start", "times"), [(START[0], TIMES), (START, TIMES[0]), (START[:1], TIMES), (START, TIMES[:, :1])]
)
def test_shapes_that_do_not_fit_are_refused(start: torch.Tensor, times: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"start must be \(S, B, d\) and times \(S, B, K\)"):
        states_at(DECAY, start, times, 0.5)
