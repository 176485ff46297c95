"""The training loop: it learns, it repeats itself bit for bit, and neither a kill nor a NaN loses a run."""

import math
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
import torch

from pdenet.data import load_images
from pdenet.models import ConvResNet, PDENet
from pdenet.runs.answers import accuracy
from pdenet.runs.checkpoint import save
from pdenet.runs.files import append, read
from pdenet.runs.loop import CheckpointError
from pdenet.runs.pixels import pixel_scale, scaled
from pdenet.runs.protocol import described
from pdenet.runs.record import Record
from pdenet.runs.training import TrainingConfig, fit, run_keys
from pdenet.symbolic import PDE1

DIGITS = load_images("digits")
SMALL = DIGITS.subset(train=200, test=50)
SHORT = TrainingConfig(epochs=3, batch_size=32)


def outcome(record: Record) -> tuple[object, ...]:
    """What two runs of one seed must agree in."""
    return record.key, record.history, record.trunk, record.diverged_at


def test_a_network_learns_the_digits() -> None:
    records = fit(PDENet(PDE1, 5, seeds=2), DIGITS, TrainingConfig(epochs=8, batch_size=32), device="cpu")
    for record in records:
        losses = [loss for loss in record.history["train_loss"] if loss is not None]
        assert len(losses) == 8
        assert losses[-1] < 0.5 * losses[0]
        assert record.accuracy > 0.85, "a tenth is chance"
        assert record.accuracy == record.history["test_accuracy"][-1]


def test_training_moves_trunk_and_classifier() -> None:
    model = PDENet(PDE1, 2)
    before = [p.detach().clone() for p in model.parameters()]
    fit(model, SMALL, TrainingConfig(epochs=1, batch_size=50), device="cpu")
    for old, new in zip(before, model.parameters(), strict=True):
        assert not torch.equal(old, new)


def test_two_runs_give_the_same_bits_and_seeds_differ() -> None:
    first = fit(ConvResNet(3, seeds=2), SMALL, SHORT, device="cpu")
    second = fit(ConvResNet(3, seeds=2), SMALL, SHORT, device="cpu")
    assert [outcome(r) for r in first] == [outcome(r) for r in second]
    assert first[0].history != first[1].history


def test_a_record_says_how_the_run_was_made() -> None:
    model = PDENet(PDE1, 2, seeds=[4])
    (record,) = fit(model, SMALL, SHORT, device="cpu")
    assert record.model == model.describe()
    assert record.training == described(SHORT)
    assert record.seed == 4
    assert record.data == {"name": "digits[200+50]", "checksum": SMALL.checksum, "train": 200, "test": 50}
    assert record.machine["device"] == "cpu"
    assert {"python", "torch", "pdenet"} <= record.versions.keys()
    assert record.trunk.keys() == {"alpha", "beta", "sigma", "rho", "gamma"}
    assert record.trunk["alpha"] == pytest.approx(model.trunk()["alpha"][0].tolist(), rel=1e-6)
    assert [record.key] == run_keys(model, SMALL, SHORT)
    assert record.seconds > 0


def test_progress_is_told_after_each_epoch() -> None:
    told: list[tuple[int, int, int]] = []
    fit(
        ConvResNet(1, seeds=2),
        SMALL,
        SHORT,
        device="cpu",
        progress=lambda epoch, epochs, losses, accuracies: told.append(
            (epoch, epochs, len(losses + accuracies))
        ),
    )
    assert told == [(1, 3, 4), (2, 3, 4), (3, 3, 4)]


def test_a_seed_that_diverges_is_marked_and_the_others_go_on() -> None:
    alone = fit(ConvResNet(3, seeds=[0]), SMALL, SHORT, device="cpu")[0]
    model = ConvResNet(3, seeds=2)
    with torch.no_grad():
        model.weight[1, 0] = math.inf
    healthy, broken = fit(model, SMALL, SHORT, device="cpu")
    assert broken.diverged_at == 1
    assert math.isnan(broken.accuracy)
    assert broken.history["test_accuracy"] == [0.0] * 3
    assert healthy.diverged_at is None
    assert healthy.history["train_loss"] == pytest.approx(alone.history["train_loss"], rel=1e-4)


def test_a_diverged_record_survives_the_file(tmp_path: Path) -> None:
    model = ConvResNet(1)
    with torch.no_grad():
        model.weight[0, 0] = math.nan
    append(tmp_path / "runs.jsonl", fit(model, SMALL, SHORT, device="cpu"))
    (record,) = read(tmp_path / "runs.jsonl")
    assert record.diverged_at == 1
    assert record.history["train_loss"] == [None] * 3


def test_accuracy_counts_right_labels() -> None:
    model = ConvResNet(1, seeds=2)
    scale = pixel_scale(SMALL, "unit")
    logits = model(scaled(SMALL.test_images, scale))
    expected = (logits.argmax(-1) == SMALL.test_labels).double().mean(1)
    assert torch.equal(accuracy(model, SMALL.test_images, SMALL.test_labels, scale), expected)


def test_pixels_are_brought_to_the_range_asked_for() -> None:
    unit = scaled(DIGITS.train_images, pixel_scale(DIGITS, "unit"))
    assert float(unit.min()) == 0.0
    assert float(unit.max()) == 1.0
    standard = scaled(DIGITS.train_images, pixel_scale(DIGITS, "standard")).double()
    assert abs(float(standard.mean())) < 1e-5
    assert abs(float(standard.std()) - 1) < 1e-5


def test_the_last_smaller_batch_is_used() -> None:
    """One epoch over 200 images in batches of 150 must see all 200: its mean loss weighs them equally."""
    config = TrainingConfig(epochs=1, batch_size=150, learning_rate=1e-30)
    model = ConvResNet(1)
    logits = model(scaled(SMALL.train_images, pixel_scale(SMALL, "unit")))[0].detach()
    expected = float(torch.nn.functional.cross_entropy(logits, SMALL.train_labels))
    (record,) = fit(model, SMALL, config, device="cpu")
    assert record.history["train_loss"][0] == pytest.approx(expected, rel=1e-5)


RUN = """
import sys
from pathlib import Path
from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.symbolic import PDE1
from pdenet.runs.training import TrainingConfig, fit

data = load_images("digits").subset(train=200, test=50)
fit(PDENet(PDE1, 3, seeds=2), data, TrainingConfig(epochs=1000, batch_size=32), device="cpu",
    checkpoint=Path(sys.argv[1]), resume=True, progress=lambda *_: print("epoch", flush=True))
"""


def test_a_killed_run_resumes_to_the_same_bits(tmp_path: Path) -> None:
    """SIGKILL at an arbitrary moment, twice; then a resumed run of as many epochs as were asked for."""
    checkpoint = tmp_path / "run.pt"
    for wait in (0.05, 0.21):
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(checkpoint)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline() == "epoch\n"
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.wait()
    state = torch.load(checkpoint, weights_only=True)
    identity = state.pop("identity")
    done = state["epoch"]
    assert done >= 2, "each of the two processes finished an epoch"
    # The killed run was asked for 1000 epochs; a shorter one must have the same beginning.
    config = TrainingConfig(epochs=done + 2, batch_size=32)
    save(checkpoint, {**identity, "training": described(config)}, state)
    resumed = fit(PDENet(PDE1, 3, seeds=2), SMALL, config, device="cpu", checkpoint=checkpoint, resume=True)
    straight = fit(PDENet(PDE1, 3, seeds=2), SMALL, config, device="cpu")
    assert [outcome(r) for r in resumed] == [outcome(r) for r in straight]


def test_without_resume_a_checkpoint_is_replaced(tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.pt"
    checkpoint.write_bytes(b"of another time")
    fresh = fit(ConvResNet(1), SMALL, SHORT, device="cpu", checkpoint=checkpoint)
    again = fit(ConvResNet(1), SMALL, SHORT, device="cpu", checkpoint=checkpoint, resume=True)
    assert [outcome(r) for r in fresh] == [outcome(r) for r in again]
    assert list(tmp_path.iterdir()) == [checkpoint], "no temporary file stays behind"


def test_a_broken_checkpoint_is_an_error_that_names_it(tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.pt"
    checkpoint.write_bytes(b"not a checkpoint")
    with pytest.raises(
        CheckpointError, match=r"run\.pt is not a readable checkpoint .* delete it to start afresh"
    ):
        fit(ConvResNet(1), SMALL, SHORT, device="cpu", checkpoint=checkpoint, resume=True)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "run.pt"
    fit(ConvResNet(1), SMALL, SHORT, device="cpu", checkpoint=checkpoint)
    longer = TrainingConfig(epochs=4, batch_size=32)
    with pytest.raises(CheckpointError, match="belongs to another run: training differ"):
        fit(ConvResNet(1), SMALL, longer, device="cpu", checkpoint=checkpoint, resume=True)
    with pytest.raises(CheckpointError, match="belongs to another run: model, seeds differ"):
        fit(ConvResNet(2, seeds=2), SMALL, SHORT, device="cpu", checkpoint=checkpoint, resume=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number, at least 1 and at most 1,000,000; got 0"),
        ({"epochs": 2.5}, "epochs must be a whole number, .* got 2.5"),
        ({"epochs": "3"}, "epochs must be a whole number, .* got '3'"),
        ({"epochs": True}, "epochs must be a whole number, .* got True"),
        ({"epochs": math.nan}, "epochs must be a whole number, .* got nan"),
        ({"epochs": 10**11}, "epochs must be a whole number, .* got 100000000000"),
        ({"batch_size": 0}, "batch_size must be a whole number, at least 1"),
        ({"batch_size": math.inf}, "batch_size must be a whole number, .* got inf"),
        ({"batch_size": 10**11}, "batch_size must be a whole number, .* got 100000000000"),
        ({"learning_rate": math.inf}, "learning_rate must be a finite number, above 0; got inf"),
        ({"learning_rate": math.nan}, "learning_rate must be a finite number, above 0; got nan"),
        ({"learning_rate": 0}, "learning_rate must be a finite number, above 0; got 0"),
        ({"learning_rate": "1e-3"}, "learning_rate must be a finite number, above 0; got '1e-3'"),
        ({"learning_rate": True}, "learning_rate must be a finite number, above 0; got True"),
        ({"pixels": "raw"}, "pixels must be 'unit' or 'standard'; got 'raw'"),
        ({"pixels": "standart"}, "did you mean 'standard'"),
        ({"pixels": None}, "pixels must be 'unit' or 'standard'; got None"),
        ({"pixels": ["unit"]}, "pixels must be 'unit' or 'standard'; got"),
    ],
)
def test_bad_configurations_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        TrainingConfig(**options)  # type: ignore[arg-type]


def test_numbers_of_any_kind_make_one_configuration() -> None:
    """From NumPy, from a file that writes 2.0 for 2 or 1 for 1.0: equal, plain, and of one key."""
    plain = TrainingConfig(2, 32, 1.0, "unit")
    same = [
        TrainingConfig(np.int64(2), np.array([32])[0], np.float64(1), "unit"),  # type: ignore[arg-type]
        TrainingConfig(2.0, 32.0, 1, "unit"),  # type: ignore[arg-type]
        TrainingConfig(np.float32(2), torch.tensor(32), sympy.Integer(1), np.str_("unit")),  # type: ignore[arg-type]
    ]
    (key,) = run_keys(ConvResNet(1), SMALL, plain)
    for config in same:
        assert config == plain
        assert {name: type(value) for name, value in asdict(config).items()} == {
            "epochs": int,
            "batch_size": int,
            "learning_rate": float,
            "pixels": str,
            "loss": str,
            "epsilon": float,
        }
        assert run_keys(ConvResNet(1), SMALL, config) == [key]


@pytest.mark.parametrize("resume", ["false", 0, None])
def test_whether_to_resume_is_a_switch(resume: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="resume must be True or False"):
        fit(ConvResNet(1), SMALL, SHORT, device="cpu", checkpoint=tmp_path / "run.pt", resume=resume)


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(ValueError, match="device must be 'auto', 'cpu' or one this machine has"):
        fit(ConvResNet(1), SMALL, SHORT, device="abacus")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_run_is_close_to_a_cpu_run() -> None:
    cpu = fit(PDENet(PDE1, 3), SMALL, SHORT, device="cpu")[0]
    gpu = fit(PDENet(PDE1, 3), SMALL, SHORT, device="cuda")[0]
    assert gpu.history["train_loss"] == pytest.approx(cpu.history["train_loss"], rel=1e-3)
