"""A recorded training step: which batches it replays, that none is lost, that the numbers stay the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor

from pdenet.data import load_images
from pdenet.models import ConvResNet, PDENet
from pdenet.runs import training
from pdenet.runs.cuda_graph import WARM_UP, CudaRecorder, RecordedStep
from pdenet.runs.training import TrainingConfig, fit
from pdenet.symbolic import PDE1

DIGITS = load_images("digits").subset(train=200, test=50)
CONFIG = TrainingConfig(epochs=3, batch_size=32)  # six full batches an epoch, and one of eight


class Tape:
    """Records as a CUDA graph does: nothing runs while it records, and a replay runs the same work again."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.warm = self.recorded = self.replayed = 0

    @contextmanager
    def warm_up(self) -> Iterator[None]:
        self.warm += 1
        yield

    def record(self, work: Callable[[], None]) -> Callable[[], None]:
        if self.error is not None:
            raise self.error
        self.recorded += 1

        def replay() -> None:
            self.replayed += 1
            work()

        return replay


def batches(*sizes: int) -> list[Tensor]:
    """Index tensors (2, B), each one a view that is not contiguous, as those of an epoch are."""
    order = torch.arange(2 * sum(sizes)).view(2, -1)
    return list(order.split(sizes, dim=1))


def test_every_batch_is_done_once_and_in_order() -> None:
    done: list[list[list[int]]] = []
    tape = Tape()
    step = RecordedStep(lambda batch: done.append(batch.tolist()), tape)
    given = batches(4, 4, 4, 4, 4, 2, 4, 4, 2)
    for batch in given:
        step(batch)
    assert done == [batch.tolist() for batch in given]
    assert (tape.warm, tape.recorded, tape.replayed) == (WARM_UP, 1, 7 - WARM_UP)


def test_a_replay_reads_one_fixed_buffer_and_another_size_does_not() -> None:
    addresses: list[int] = []
    step = RecordedStep(lambda batch: addresses.append(batch.data_ptr()), Tape())
    given = batches(4, 4, 4, 4, 4, 2)
    for batch in given:
        step(batch)
    replayed = addresses[WARM_UP:5]
    assert len(set(replayed)) == 1
    assert replayed[0] not in [batch.data_ptr() for batch in given]
    assert addresses[5] == given[5].data_ptr()


def test_what_cannot_be_recorded_goes_on_step_by_step_and_says_so_once() -> None:
    done: list[list[list[int]]] = []
    step = RecordedStep(
        lambda batch: done.append(batch.tolist()), Tape(RuntimeError("not permitted\nat all"))
    )
    given = batches(4, 4, 4, 4, 4)
    for batch in given[:WARM_UP]:
        step(batch)
    with pytest.warns(UserWarning, match="could not be recorded as a CUDA graph, .*: not permitted$"):
        step(given[WARM_UP])
    step(given[-1])
    assert done == [batch.tolist() for batch in given]


@pytest.mark.parametrize("make", [lambda: ConvResNet(2, seeds=2), lambda: PDENet(PDE1, 2, seeds=2)])
def test_training_with_a_recorded_step_gives_the_same_bits(
    make: Callable[[], ConvResNet | PDENet], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = fit(make(), DIGITS, CONFIG, device="cpu")
    tape = Tape()
    monkeypatch.setattr(training, "_recorder", lambda device: tape)
    recorded = fit(make(), DIGITS, CONFIG, device="cpu")
    assert [(r.history, r.trunk) for r in recorded] == [(r.history, r.trunk) for r in plain]
    assert (tape.warm, tape.recorded, tape.replayed) == (WARM_UP, 1, 3 * 6 - WARM_UP)


def test_only_cuda_devices_record() -> None:
    assert training._recorder(torch.device("cpu")) is None


needs_gpu = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="no CUDA device: CUDA graphs exist only on one"
)


@needs_gpu
@pytest.mark.parametrize("make", [lambda: ConvResNet(8, seeds=2), lambda: PDENet(PDE1, 8, seeds=2)])
def test_a_replayed_cuda_graph_trains_as_the_steps_one_by_one(
    make: Callable[[], ConvResNet | PDENet], monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    recorded = fit(make(), DIGITS, CONFIG, device="cuda")
    assert not [w for w in recwarn if "CUDA graph" in str(w.message)], "the recording failed"
    monkeypatch.setattr(training, "_recorder", lambda device: None)
    plain = fit(make(), DIGITS, CONFIG, device="cuda")
    for a, b in zip(recorded, plain, strict=True):
        assert a.history["train_loss"] == pytest.approx(b.history["train_loss"], rel=1e-5)
        for name, values in a.trunk.items():
            assert torch.allclose(torch.tensor(values), torch.tensor(b.trunk[name]), rtol=1e-4, atol=1e-6)


@needs_gpu
def test_recording_runs_nothing_and_a_replay_does() -> None:
    device = torch.device("cuda", torch.cuda.current_device())
    count = torch.zeros((), device=device)

    def step() -> None:
        count.add_(1)

    recorder = CudaRecorder(device)
    with recorder.warm_up():
        step()
    replay = recorder.record(step)
    assert int(count) == 1
    replay()
    replay()
    assert int(count) == 3
