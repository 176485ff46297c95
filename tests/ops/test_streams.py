"""Random streams are the same in every version: records, and what starts like them, hang on their bits."""

import numpy as np
import pytest
import torch

from pdenet.ops.seeding import CLASSIFIER, ORDER, TRUNK, generator


@pytest.mark.parametrize(
    ("seed", "stream", "state", "first"),
    [
        (0, (TRUNK,), 4334430513956379144, [526, 481, 203, 773]),
        (0, (CLASSIFIER,), 2440950710608614359, [414, 162, 931, 805]),
        (7, (ORDER, 3), 8340754979647278024, [397, 130, 913, 509]),
    ],
)
def test_a_stream_starts_as_it_always_did(
    seed: int, stream: tuple[int, ...], state: int, first: list[int]
) -> None:
    of_torch = generator(seed, *stream)
    assert of_torch.initial_seed() == state
    assert torch.randint(0, 1000, (4,), generator=of_torch).tolist() == first
    by_numpy = np.random.SeedSequence(seed, spawn_key=stream).generate_state(1, np.uint64)
    assert state == int(by_numpy[0]) // 2, "half of it, which fits into a signed number"


def test_the_streams_have_their_numbers() -> None:
    assert (TRUNK, CLASSIFIER, ORDER) == (0, 1, 2)
