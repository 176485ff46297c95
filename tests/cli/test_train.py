"""``pdenet train`` does what `fit` does, hands on every option, and goes on after a kill."""

import json
from pathlib import Path

from helpers.command import ONE_EPOCH, call
from helpers.runs import killed

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.runs.files import read
from pdenet.runs.training import TrainingConfig, fit, run_keys
from pdenet.symbolic import PDE1


def test_train_writes_the_records_that_fit_returns(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    result = call("train", "--depth", 2, "--seeds", 2, "--out", out, "--json", *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    expected = fit(
        PDENet(PDE1, 2, seeds=2),
        load_images("digits"),
        TrainingConfig(epochs=1, batch_size=100),
        device="cpu",
    )
    assert [line["accuracy"] for line in summary] == [record.accuracy for record in expected]
    assert [record.history for record in read(out)] == [record.history for record in expected]
    assert [line["key"] for line in summary] == [record.key for record in read(out)]
    assert list(tmp_path.iterdir()) == [out], "the checkpoint goes once the records are safe"


def test_train_hands_on_what_the_thesis_leaves_open(tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    options = (
        "--model resnet --depth 1 --init normal --init-scale 0.1 --init-zero weight --no-bias --widths 32,16"
    )
    result = call("train", *options.split(), "--activation", "tanh",
                  "--pixels", "standard", "--learning-rate", "0.01", "--loss", "double softmax",
                  "--out", out, *ONE_EPOCH)  # fmt: skip
    assert result.exit_code == 0, result.output
    (record,) = read(out)
    assert record.model["init"] == {"law": "normal", "scale": 0.1, "zero": ["weight"]}
    assert record.model["bias"] is False
    assert record.model["widths"] == [32, 16]
    assert record.model["activation"] == "tanh"
    assert record.training == {
        "epochs": 1,
        "batch_size": 100,
        "learning_rate": 0.01,
        "pixels": "standard",
        "loss": "double softmax",
    }


def test_train_resumes_after_a_kill_between_two_epochs(tmp_path: Path) -> None:
    """A checkpoint as a killed run leaves it; and one that was left after the records were written."""
    out, data = tmp_path / "runs.jsonl", load_images("digits")
    config = TrainingConfig(epochs=3, batch_size=100)
    model = PDENet(PDE1, 2)
    checkpoint = tmp_path / f"runs.jsonl.{run_keys(model, data, config)[0][:12]}.checkpoint.pt"

    killed(2, lambda kill: fit(model, data, config, device="cpu", checkpoint=checkpoint, progress=kill))
    flags = ("--depth", 2, "--epochs", 3, "--batch-size", 100, "--dataset", "digits", "--device", "cpu")
    result = call("train", *flags, "--out", out, "--resume", "--json")
    assert result.exit_code == 0, result.output
    straight = fit(PDENet(PDE1, 2), data, config, device="cpu")
    assert [record.history for record in read(out)] == [record.history for record in straight]
    assert not checkpoint.exists()

    fit(PDENet(PDE1, 2), data, config, device="cpu", checkpoint=checkpoint)
    again = call("train", *flags, "--out", out, "--resume", "--json")
    assert json.loads(again.stdout) == json.loads(result.stdout)
    assert len(read(out)) == 1, "nothing is recorded twice"
    assert not checkpoint.exists()
