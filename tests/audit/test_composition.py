"""Why a check of the composition of kernels needs kernels that are not their own mirror images."""

import numpy as np
import pytest

from pdenet.audit.ledger.composition import convolved, correlated, on_a_ring


def test_the_two_products_of_kernels_agree_if_the_first_is_even_and_not_otherwise() -> None:
    uneven = np.array([0.1, -0.5, 0.4])
    even = np.array([0.2, 1.0, 0.2])
    np.testing.assert_allclose(convolved(even, uneven), correlated(even, uneven))
    np.testing.assert_allclose(convolved(uneven, even), np.convolve(uneven, even))
    assert np.abs(convolved(uneven, even) - correlated(uneven, even)).max() > 0.1


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_on_a_ring_a_single_tap_turns_the_ring(shift: int) -> None:
    factor = np.arange(5.0)
    tap = np.roll([0.0, 1.0, 0.0], shift)
    np.testing.assert_allclose(on_a_ring(convolved, tap, factor), np.roll(factor, shift))
