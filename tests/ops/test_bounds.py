"""What operators just allow, and what they just refuse."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from pdenet.ops.paths.gates import as_readout, gated_stack, relu_gates
from pdenet.ops.paths.paths import count_paths, enumerate_paths, heaviest_paths
from pdenet.ops.paths.walks import sample_walks
from pdenet.ops.pick import pick
from pdenet.ops.quotient import relative_kernel
from pdenet.ops.seeding import as_seeds

Call = Callable[[], object]
U = np.array([1.0, 2.0, 3.0])
KERNELS = np.full((2, 3), 0.1)
STACK = gated_stack(KERNELS, relu_gates(U, KERNELS))
PATHS = count_paths(STACK)
IMAGES = torch.arange(3 * 4, dtype=torch.uint8).reshape(3, 2, 2)


def picked(index: int) -> torch.Tensor:
    return pick(IMAGES, torch.tensor([[index]]), 0.0, 1.0)


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (lambda: as_seeds(1), lambda: as_seeds(0)),
        (lambda: as_seeds([0]), lambda: as_seeds([-1])),
        (lambda: as_seeds([1, 0]), lambda: as_seeds([1, 1])),
        (lambda: relative_kernel([1, 2, 1], [4], 3), lambda: relative_kernel([1, 2, 1], [4], 2)),
        (lambda: relative_kernel([1], [1, 2.1, 1], 4), lambda: relative_kernel([1], [1, 2, 1], 4)),
        (lambda: picked(0), lambda: picked(-1)),
        (lambda: picked(2), lambda: picked(3)),
        (lambda: enumerate_paths(STACK, U, limit=PATHS), lambda: enumerate_paths(STACK, U, limit=PATHS - 1)),
        (lambda: heaviest_paths(STACK, U, 1, 1), lambda: heaviest_paths(STACK, U, 1, 0)),
        (lambda: sample_walks(U, KERNELS, 0, 2), lambda: sample_walks(U, KERNELS, 0, 1)),
        (lambda: sample_walks(U, KERNELS, 2, 2), lambda: sample_walks(U, KERNELS, 3, 2)),
        (lambda: sample_walks(U, KERNELS, 0, 2), lambda: sample_walks(U, KERNELS, -1, 2)),
        (
            lambda: sample_walks(U, np.array([[0.0, -1.0, 0.1]]), 0, 2),
            lambda: sample_walks(U, np.array([[0.0, -1.0001, 0.1]]), 0, 2),
        ),
        (lambda: as_readout((2,), (3,)), lambda: as_readout((3,), (3,))),
        (lambda: as_readout((0,), (3,)), lambda: as_readout((-1,), (3,))),
    ],
)
def test_the_last_that_is_allowed_and_the_first_that_is_not(allowed: Call, refused: Call) -> None:
    allowed()
    with pytest.raises((ValueError, IndexError)):
        refused()


def test_a_pixel_of_zero_ends_the_paths() -> None:
    """The gate of a ReLU is shut where it gets zero: its derivative there is taken as 0."""
    gates = relu_gates(np.array([0.0, 1.0]), np.zeros((1, 1)))
    assert np.asarray(gates).tolist() == [[False, True]]
