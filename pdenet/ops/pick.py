"""Batches of images: picked by index and scaled in one pass over memory."""

import torch
from numba import config, prange
from torch import Tensor

from pdenet.ops.fused.plain import is_traced
from pdenet.ops.fused.threads import loop


def pick(images: Tensor, index: Tensor, shift: float, factor: float) -> Tensor:
    """Float32 images ``(images[index] - shift) * factor``.

    Parameters
    ----------
    images : (N, H, W)
        Grey levels of uint8; contiguous, or they are copied whole.
    index : (S, B)
        Which image stands where: seeds, batch.
    shift, factor
        Grey levels, and their inverse.

    Returns
    -------
    (S, B, H, W)

    Raises
    ------
    IndexError
        If an index is not that of an image.
    """
    if images.device.type != "cpu" or config.DISABLE_JIT or is_traced(images) or is_traced(index):
        return images[index].float().sub_(shift).mul_(factor)
    if index.numel() and not 0 <= int(index.min()) <= int(index.max()) < len(images):
        message = f"indices must be from 0 to {len(images) - 1}; got {int(index.min())} to {int(index.max())}"
        raise IndexError(message)
    out = torch.empty(*index.shape, *images.shape[1:], dtype=torch.float32, device="cpu")
    scale = torch.tensor([shift, factor], dtype=torch.float32, device="cpu").numpy()
    _pick(
        out.view(index.numel(), -1).numpy(),
        images.reshape(len(images), -1).numpy(),
        index.flatten().numpy(),
        scale,
    )
    return out


@loop()
def _pick(out, images, index, scale):
    for i in prange(len(index)):
        source, target = images[index[i]], out[i]
        for p in range(source.size):
            target[p] = (source[p] - scale[0]) * scale[1]
