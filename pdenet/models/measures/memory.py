"""What automatic differentiation holds for the way back, counted and not timed or guessed from a process."""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from torch import Tensor, UntypedStorage
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


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


class _Alive(TorchDispatchMode):
    """Adds up the storages that operations make, each until nobody has it any more."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.sizes: dict[int, int] = {}
        self.now: int = 0
        self.most: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        given = {storage._cdata for storage in _storages((args, kwargs))}  # noqa: SLF001 - no public name
        made = func(*args, **kwargs)
        for storage in _storages(made):
            place = storage._cdata  # noqa: SLF001
            if place not in given and place not in self.sizes:
                self.sizes[place] = storage.nbytes()
                self.now += self.sizes[place]
                weakref.finalize(storage, self._let_go, place)
        self.most = max(self.most, self.now)
        return made

    def _let_go(self, place: int) -> None:
        self.now -= self.sizes.pop(place)


def _storages(nest: object) -> list[UntypedStorage]:
    return [leaf.untyped_storage() for leaf in tree_leaves(nest) if isinstance(leaf, Tensor)]


def live_bytes(run: Callable[[], object]) -> int:
    """The most bytes of tensors made meanwhile that live at one time, whoever holds them.

    More than the graph holds: cotangents, and what an algorithm has in hand. Not what an operation needs
    inside of itself, and not what was there before.

    Parameters
    ----------
    run
        What is watched, a forward pass with its way back.
    """
    alive = _Alive()
    with alive:
        run()
    return alive.most
