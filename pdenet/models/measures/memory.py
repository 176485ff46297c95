"""What automatic differentiation holds for the way back, counted and not timed or guessed from a process."""

import weakref
from collections.abc import Callable, Iterable
from typing import NamedTuple

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


class Held(NamedTuple):
    """Bytes that a graph holds, each storage once."""

    kept: int
    """From the end of the forward pass to the way back."""
    most: int
    """At most at any time, with what is computed again on the way back."""


def held_bytes(forward: Callable[[], Tensor], besides: Iterable[Tensor] = ()) -> Held:
    """What a forward pass keeps for the way back, and the most that is held until the gradients are there.

    What `torch.utils.checkpoint` holds is seen with ``use_reentrant=True`` only.

    Parameters
    ----------
    forward
        Returns what the way back begins with; its sum is differentiated.
    besides
        Tensors that do not count, such as the parameters, which are there in any case.
    """
    apart = {tensor.untyped_storage().data_ptr() for tensor in besides}
    held: weakref.WeakSet[_Kept] = weakref.WeakSet()
    most = 0

    def count() -> int:
        storages = {
            storage.data_ptr(): storage.nbytes() for storage in (k.tensor.untyped_storage() for k in held)
        }
        return sum(size for place, size in storages.items() if place not in apart)

    def pack(tensor: Tensor) -> _Kept:
        nonlocal most
        # The copy asks for a gradient where the tensor does: a pass that runs again begins from it.
        kept = _Kept(tensor.detach().requires_grad_(tensor.requires_grad))
        held.add(kept)
        most = max(most, count())
        return kept

    with saved_tensors_hooks(pack, lambda kept: kept.tensor):
        end = forward()
        kept = count()
        end.sum().backward()
    return Held(kept, most)
