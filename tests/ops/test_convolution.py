"""Convolutions of networks side by side against one call for each network."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from pdenet.ops.convolution import apart, beside, seed_conv


@pytest.mark.parametrize(
    ("stride", "padding", "groups", "size"), [(1, None, 1, 3), (2, None, 1, 3), (1, 0, 1, 2), (1, None, 4, 5)]
)
def test_each_network_is_convolved_as_it_is_alone(
    stride: int, padding: int | None, groups: int, size: int
) -> None:
    torch.manual_seed(0)
    u, kernels = torch.randn(3, 5, 4, 9, 9), torch.randn(3, 8, 4 // groups, size, size)
    bias = torch.randn(3, 8)
    out = seed_conv(beside(u, 3), kernels, bias, stride=stride, padding=padding, groups=groups)
    around = size // 2 if padding is None else padding
    for found, state, kernel, added in zip(apart(out, 3), u, kernels, bias, strict=True):
        alone = functional.conv2d(state, kernel, added, stride, around, groups=groups)
        assert torch.allclose(found, alone, atol=1e-5)


def test_images_come_side_by_side_and_apart_again() -> None:
    images, own = torch.rand(5, 6, 6), torch.rand(2, 5, 6, 6)
    assert torch.equal(apart(beside(own, 2), 2), own.unsqueeze(2))
    assert torch.equal(beside(images, 2), beside(images.expand(2, -1, -1, -1), 2))
    assert beside(own, 2).is_contiguous(memory_format=torch.channels_last)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"u must be \(B, S \* C, H, W\)"):
        seed_conv(torch.rand(5, 4, 6, 6), torch.rand(2, 3, 4, 3, 3))
    with pytest.raises(ValueError, match="even kernels have no middle"):
        seed_conv(torch.rand(5, 4, 6, 6), torch.rand(2, 3, 2, 2, 3))
    with pytest.raises(ValueError, match="groups must be"):
        seed_conv(torch.rand(5, 4, 6, 6), torch.rand(2, 3, 2, 3, 3), groups=0)
    with pytest.raises(ValueError, match="networks first"):
        beside(torch.rand(3, 5, 6, 6), 2)
    with pytest.raises(ValueError, match=r"states must be \(B, 2 \* C"):
        apart(torch.rand(5, 3, 6, 6), 2)
