"""What automatic differentiation holds for the way back, counted and not timed or guessed from a process."""

import weakref
from collections.abc import Callable

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks


class _Kept:
    """A tensor in the hands of a graph; gone when the graph lets go of it."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


def saved_tensors(forward: Callable[[], object]) -> list[Tensor]:
    """The tensors that the graph of what a forward pass returns holds, one for each storage.

    What the pass made and let go of again is not among them, nor is what `torch.utils.checkpoint` holds.
    """
    held: weakref.WeakSet[_Kept] = weakref.WeakSet()

    def pack(tensor: Tensor) -> _Kept:
        kept = _Kept(tensor.detach())  # an operation that keeps its own result would else keep itself
        held.add(kept)
        return kept

    with saved_tensors_hooks(pack, lambda kept: kept.tensor):
        result = forward()  # while it lives, so does its graph
        found = {kept.tensor.untyped_storage().data_ptr(): kept.tensor for kept in held}
        del result
    return list(found.values())


def saved_numbers(forward: Callable[[], object]) -> int:
    """How many numbers `saved_tensors` finds, counted by storage, however many tensors look at it."""
    return sum(t.untyped_storage().nbytes() // t.element_size() for t in saved_tensors(forward))
