"""Linear read-outs: exact where a linear map is there, blind where nothing is, and the same at any scale."""

from __future__ import annotations

import pytest
import torch

from pdenet.models.measures.readout import constant, explained, read_out


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def test_a_linear_map_is_read_back() -> None:
    known, new, matrix = normal(200, 6), normal(50, 6, seed=1), normal(6, 3, seed=2)
    found = read_out(known, known @ matrix + 4, new, penalty=1e-12)
    assert torch.allclose(found, new @ matrix + 4, atol=1e-8)
    assert explained(found, new @ matrix + 4, (known @ matrix + 4).mean(0)) > 1 - 1e-12


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e20])
def test_the_scale_of_the_features_does_not_matter(scale: float) -> None:
    known, new = normal(200, 6), normal(50, 6, seed=1)
    targets = known[:, :2] ** 2 + known[:, 2:4]
    found = read_out(scale * known, targets, scale * new)
    assert torch.allclose(found, read_out(known, targets, new), atol=1e-9)


def test_the_mean_explains_nothing_and_noise_does_not_help() -> None:
    true, mean = normal(500, 2), torch.zeros(2, dtype=torch.float64)
    assert explained(mean.expand(500, 2), true, mean) == 0
    blind = read_out(normal(400, 3, seed=3), normal(400, 2, seed=4), normal(500, 3, seed=5))
    assert abs(explained(blind, true, mean)) < 0.05


def test_a_direction_below_the_penalty_is_not_read() -> None:
    known, new = normal(400, 2), normal(100, 2, seed=1)
    faint = torch.tensor([1.0, 1e-5], dtype=torch.float64)  # variance 1e-10 of the other's
    found = read_out(known * faint, known, new * faint)
    first, second = (explained(found[:, i], new[:, i], torch.zeros(1, dtype=torch.float64)) for i in (0, 1))
    assert first > 0.999
    assert second < 0.05


@pytest.mark.parametrize(
    ("features", "targets", "asked", "message"),
    [
        (torch.ones(5, 3), torch.ones(5, 1), torch.ones(2, 3), "all 5 examples are the same"),
        (normal(5, 3), normal(4, 1), normal(2, 3), r"got \(5, 3\), \(4, 1\) and \(2, 3\)"),
        (normal(5, 3), normal(5, 1), normal(2, 4), "features must be"),
        (normal(5, 3, 1), normal(5, 1), normal(2, 3), "features must be"),
    ],
)
def test_bad_input_is_refused(
    features: torch.Tensor, targets: torch.Tensor, asked: torch.Tensor, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        read_out(features, targets, asked)


def test_a_penalty_is_positive_and_constant_is_to_the_last_bit() -> None:
    with pytest.raises(ValueError, match="penalty must be"):
        read_out(normal(5, 3), normal(5, 1), normal(2, 3), penalty=0)
    one = torch.ones(4, 2)
    assert constant(one)
    one[2, 1] += 1e-6
    assert not constant(one)
