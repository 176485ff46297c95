"""Whether tensors are what a compiled loop can serve: numbers in memory, of which derivatives are taken once."""

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad


def is_traced(tensor: Tensor) -> bool:
    """Whether a program is being made of what happens to a tensor, or its numbers are fake."""
    return (
        torch.compiler.is_compiling() or torch.jit.is_tracing() or type(tensor) not in (Tensor, nn.Parameter)
    )


def is_transformed(*tensors: Tensor | None) -> bool:
    """Whether a transform of `torch.func` is at work, or a tensor carries a tangent (forward-mode derivatives).

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
