"""Picking a batch gives the bits of the obvious expression, and refuses what indexing would."""

import pytest
import torch

from pdenet.ops.pick import pick


@pytest.mark.parametrize(("shift", "factor"), [(0.0, 1 / 255), (33.3, 1 / 78.6)])
def test_picked_images_are_those_of_indexing_bit_for_bit(shift: float, factor: float) -> None:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (50, 7, 9), dtype=torch.uint8, generator=generator)
    index = torch.randint(0, 50, (3, 11), generator=generator)
    expected = images[index].float().sub_(shift).mul_(factor)
    assert torch.equal(pick(images, index, shift, factor), expected)
    assert torch.equal(pick(images, index[:, ::2], shift, factor), expected[:, ::2]), "strided indices"
    turned = images.mT.contiguous().mT
    assert torch.equal(pick(turned, index, shift, factor), expected), "images in another memory order"


@pytest.mark.parametrize("wrong", [-1, 50])
def test_an_index_without_an_image_is_refused(wrong: int) -> None:
    images = torch.zeros(50, 2, 2, dtype=torch.uint8)
    with pytest.raises(IndexError, match=r"indices must be from 0 to 49; got"):
        pick(images, torch.tensor([[3, wrong]]), 0.0, 1.0)
