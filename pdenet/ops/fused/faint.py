"""Images so faint that the fused loops, which flush tiny numbers to zero, would lose them."""

import numpy as np
from torch import Tensor

from pdenet.ops.fused.machine_code import compiled
from pdenet.ops.fused.plain import is_traced

FAINT = 1e-17  # what the loops flush, below 1e-25, is less than the rounding of a brighter image's float32


NO_BIAS = np.zeros((1, 0), dtype=np.float32)


def is_faint(u: Tensor, bias: Tensor | None) -> bool:
    """Whether an image of `u` (S, B, H, W), and the seed's biases (S, L) with it, are fainter than `FAINT`.

    Images that are black, and whose numbers are not there to be read (under a tracer), do not count.
    """
    if is_traced(u):
        return False
    added = NO_BIAS if bias is None else bias.detach().contiguous().numpy()
    return bool(_is_faint(u.detach().flatten(2).numpy(), added, FAINT))


@compiled(error_model="numpy")
def _is_faint(images, bias, level):
    """Look at an image's middle first: most are brighter there, and one pixel is enough."""
    pixels = images.shape[2]
    for seed in range(len(images)):
        strongest = 0.0
        for layer in range(bias.shape[1]):  # none without biases
            strongest = max(strongest, abs(bias[seed, layer]))
        if not strongest < level:
            continue
        for image in range(images.shape[1]):
            brightest = strongest
            for p in range(-(pixels // 2), pixels - pixels // 2):  # from the middle to the end, then the rest
                size = abs(images[seed, image, p + pixels if p < 0 else p])
                brightest = max(brightest, size)
                if not size < level:  # NaN is not faint either
                    brightest = 0.0
                    break
            if brightest > 0.0:
                return True
    return False
