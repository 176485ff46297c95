"""How many bytes a step of a way must move, counted from its tensors."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from pdenet.subjects.performance.contenders import CONTENDERS
from pdenet.subjects.performance.problem import Problem


class Traffic(TorchDispatchMode):
    """Counts what eager PyTorch does inside: calls of kernels, and bytes of the tensors they read and write.

    Views are free. That a tensor may still lie in a cache is not considered.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call,unused-ignore]  # PyTorch gives it no types
        self.calls = self.bytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        read, written = _tensors((args, kwargs or {})), _tensors(result)
        storages = {tensor.untyped_storage().data_ptr() for tensor in read}
        view = any(tensor.untyped_storage().data_ptr() in storages for tensor in written)
        if written and not (view and not func._schema.is_mutable):  # noqa: SLF001, since PyTorch says it nowhere else
            self.calls += 1
            self.bytes += sum(_bytes(tensor) for tensor in [*read, *written])
        return result


def _tensors(values: Any) -> list[Tensor]:
    if isinstance(values, Tensor):
        return [values]
    if isinstance(values, Mapping):
        values = values.values()
    elif not isinstance(values, (list, tuple)):
        return []
    return [tensor for value in values for tensor in _tensors(value)]


def _bytes(tensor: Tensor) -> int:
    """Bytes of memory that the elements take; an expanded axis takes none."""
    strides = zip(tensor.shape, tensor.stride(), strict=True)
    count = 1
    for length, stride in strides:
        count *= length if stride else 1
    return count * tensor.element_size()


def traffic(name: str, problem: Problem) -> dict[str, int] | None:
    """``{"calls": ..., "bytes": ...}`` of one step of an eager contender; for others None, it cannot be seen.

    For the fused loops the bytes are those that must be moved (`Problem.least_bytes`), in two calls.
    """
    if name == "fused":
        return {"calls": 2, "bytes": problem.least_bytes}
    if name not in ("conv2d", "slices"):
        return None
    step = CONTENDERS[name][1](problem)
    with Traffic() as counted:
        step()
    return {"calls": counted.calls, "bytes": counted.bytes}
