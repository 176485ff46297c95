"""A training step recorded once as a CUDA graph and replayed, so that the host does not wait, nor the device.

A step of the book's networks starts a few dozen kernels of a few microseconds each. Started one by one from
Python, most of the time the device has nothing to do. A CUDA graph starts them all at once.

What a graph replays are kernels with the addresses they had, so a recorded step reads its batch from one
fixed buffer and updates parameters, gradients and the optimizer's state where they lie. Three things follow.
Batches of another shape, such as a smaller last one, run step by step. The first steps do too: they let
libraries allocate what they keep and kernels compile, neither of which can be recorded. And the optimizer has
to keep its step count on the device (``capturable=True``).

No step is lost or done twice: the steps before the recording are steps of the training, and recording runs
nothing.

References
----------
https://docs.pytorch.org/docs/stable/notes/cuda.html#whole-network-capture
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import torch
from torch import Tensor

WARM_UP = 3  # steps before the recording; PyTorch asks for a few


class Recorder(Protocol):
    """What records: `CudaRecorder`, or a stand-in for tests without a device."""

    def warm_up(self) -> AbstractContextManager[None]:
        """Where the steps before the recording run."""
        ...

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """Record `work` without running it, and return what runs it."""
        ...


class CudaRecorder:
    """Records on a stream of its own, as CUDA asks."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.stream = torch.cuda.Stream(device)

    @contextmanager
    def warm_up(self) -> Iterator[None]:
        """Run on the recording stream, after all that was started before and before all that follows."""
        self.stream.wait_stream(torch.cuda.current_stream(self.device))
        with torch.cuda.stream(self.stream):
            yield
        torch.cuda.current_stream(self.device).wait_stream(self.stream)

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        """A CUDA graph of `work`."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=self.stream):
            work()
        return graph.replay


class RecordedStep:
    """A training step that runs as `step` does, from its fourth full batch on by replaying a recording.

    Parameters
    ----------
    step
        What to do with a batch: one training step, without result, without random numbers, and without
        anything that the host would have to read from the device. What lives from one step to the next is
        changed in place.
    recorder
        What records.

    If recording fails, a warning says why, and the steps go on one by one.
    """

    def __init__(self, step: Callable[[Tensor], None], recorder: Recorder) -> None:
        self.step, self.recorder = step, recorder
        self.batch: Tensor | None = None  # the fixed buffer; its shape is that of the first batch
        self.replay: Callable[[], None] | None = None
        self.warm = 0
        self.failed = False

    def __call__(self, batch: Tensor) -> None:
        """One step with `batch`, a tensor on the device; from the host's view it may still be going on."""
        if self.batch is None:
            self.batch = torch.empty_like(batch, memory_format=torch.contiguous_format)
        if self.failed or batch.shape != self.batch.shape:
            self.step(batch)
            return
        if self.warm < WARM_UP:
            with self.recorder.warm_up():
                self.step(batch)
            self.warm += 1
            return
        if self.replay is None:
            self._record()
        if self.replay is None:
            self.step(batch)
            return
        self.batch.copy_(batch)
        self.replay()

    def _record(self) -> None:
        buffer = self.batch
        assert buffer is not None
        try:
            self.replay = self.recorder.record(lambda: self.step(buffer))
        except Exception as error:  # of PyTorch or any library; a fault of the step itself shows when it runs
            self.failed = True
            reason = next(iter(str(error).strip().splitlines()), "no message")
            message = f"the training step could not be recorded as a CUDA graph, so it runs slower: {reason}"
            warnings.warn(message, stacklevel=3)
