"""Whether a compiled loop can serve tensors: numbers in memory, of which derivatives are taken once."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad


def is_traced(tensor: Tensor) -> bool:
    """Whether a program is being made of what happens to a tensor, or its numbers are fake.

    PyTorch's own operators, and those that it was told of, leave a trace; what reads memory does not.
    """
    return (
        torch.compiler.is_compiling()
        or type(tensor) not in (Tensor, nn.Parameter)
        or torch._C._len_torch_dispatch_stack() > 0  # noqa: SLF001 - it has no public name
        or torch._C._is_tracing()  # noqa: SLF001 - the public name warns
    )


def is_transformed(*tensors: Tensor | None) -> bool:
    """Whether a transform of `torch.func` is at work, or a tensor has a tangent (forward-mode derivatives).

    PyTorch's own operators know what to do then; compiled loops differentiate backwards, once.
    """
    if torch._C._are_functorch_transforms_active():  # noqa: SLF001 - it has no public name
        return True
    if torch.compiler.is_compiling():
        return False
    given = (tensor for tensor in tensors if tensor is not None)
    return any(forward_ad.unpack_dual(tensor).tangent is not None for tensor in given)


def is_autocast(tensor: Tensor) -> bool:
    """Whether autocast chooses the precision of products on a tensor's device."""
    device = tensor.device.type
    return torch.amp.is_autocast_available(device) and torch.is_autocast_enabled(device)


def widen(*tensors: Tensor | None) -> list[Any]:
    """Tensors of half precision in float32, the others as they are."""
    half = (torch.float16, torch.bfloat16)
    return [t.float() if t is not None and t.dtype in half else t for t in tensors]
