"""Who runs a loop: the threads of Numba, by turns if they must, or the caller alone."""

import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from numba import config, set_num_threads, threading_layer

from pdenet.ops.fused.machine_code import compiled

_IMPORTED_IN = os.getpid()
_turn = threading.Lock()

# A forked child has none of its parent's threads, and PyTorch's loops over several would wait for them for
# ever; workers of a DataLoader do the same.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))


def loop(**options: Any) -> Callable[[Any], "Loop"]:
    """Decorate a function over `prange`: it becomes a `Loop` with these options of `numba.njit`."""
    return lambda function: Loop(function, options)


class Loop:
    """A function over `prange`, for several threads and for one; each is compiled when first needed.

    A forked child has the memory of its parent but not its threads: OpenMP waits for them for ever, or ends
    the process. There the caller runs the loop alone, with the same bits.

    Parameters
    ----------
    function
        What `numba.njit` can compile.
    options
        As `numba.njit` takes them.
    """

    def __init__(self, function: Any, options: dict[str, Any]) -> None:
        self._alone = compiled(**options)(function)
        self._together = compiled(parallel=True, **options)(function)

    def __call__(self, *arguments: Any) -> None:
        """Run it; nothing is returned, arrays are filled."""
        use_torch_threads()
        if os.getpid() != _IMPORTED_IN:
            self._alone(*arguments)
            return
        # Numba's own pool, where there is neither OpenMP nor TBB, ends a process in which two threads use it.
        with _turn if threading_layer() == "workqueue" else nullcontext():
            self._together(*arguments)


def use_torch_threads() -> None:
    """One knob for both libraries: `torch.set_num_threads` also limits the fused loops."""
    threads = torch.get_num_threads()
    set_num_threads(min(threads, config.NUMBA_NUM_THREADS))
    if torch.get_num_threads() != threads:  # numba, when it starts its threads, undoes PyTorch's setting
        torch.set_num_threads(threads)
