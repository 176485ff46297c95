"""The command line: it does what the functions do, and says what would be right where it is used wrongly."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pdenet import cli
from pdenet.audit import ledger
from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.runs import engine as engines
from pdenet.runs.files import append, read
from pdenet.runs.table import Table
from pdenet.runs.training import TrainingConfig, fit, run_keys
from pdenet.subjects.tables.cells import TABLE_4_1, TABLES
from pdenet.symbolic import PDE1

ONE_EPOCH = ("--epochs", "1", "--batch-size", "100", "--dataset", "digits", "--device", "cpu")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


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
                  "--pixels", "standard", "--learning-rate", "0.01", "--out", out, *ONE_EPOCH)  # fmt: skip
    assert result.exit_code == 0, result.output
    (record,) = read(out)
    assert record.model["init"] == {"law": "normal", "scale": 0.1, "zero": ["weight"]}
    assert record.model["bias"] is False
    assert record.model["widths"] == [32, 16]
    assert record.model["activation"] == "tanh"
    assert record.training == {"epochs": 1, "batch_size": 100, "learning_rate": 0.01, "pixels": "standard"}


def test_train_resumes_after_a_kill_between_two_epochs(tmp_path: Path) -> None:
    """A checkpoint as a killed run leaves it; and one that was left after the records were written."""
    out, data = tmp_path / "runs.jsonl", load_images("digits")
    config = TrainingConfig(epochs=3, batch_size=100)
    model = PDENet(PDE1, 2)
    checkpoint = tmp_path / f"runs.jsonl.{run_keys(model, data, config)[0][:12]}.checkpoint.pt"

    class Killed(Exception):
        pass

    def kill(epoch: int, *_: object) -> None:
        if epoch == 2:
            raise Killed

    with pytest.raises(Killed):
        fit(model, data, config, device="cpu", checkpoint=checkpoint, progress=kill)
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


def test_reproduce_trains_what_is_missing_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = tuple(cell for cell in TABLE_4_1.cells if cell.depth in (0, 5))
    monkeypatch.setitem(TABLES, "table-4.1", Table("table-4.1", "Table 4.1", cells))
    out = tmp_path / "mine.jsonl"
    first = call("reproduce", "table-4.1", "--seeds", 1, "--out", out, "--json", *ONE_EPOCH)
    assert first.exit_code == 0, first.output
    assert len(read(out)) == len(cells)
    before = out.read_bytes()
    stale = tmp_path / f"mine.jsonl.{read(out)[0].key[:12]}.checkpoint.pt"
    stale.write_bytes(b"of a run that was killed after its records were safe")
    second = call("reproduce", "table-4.1", "--seeds", 2, "--out", out, *ONE_EPOCH)
    assert second.exit_code == 0, second.output
    assert out.read_bytes().startswith(before), "records are only appended"
    assert list(tmp_path.iterdir()) == [out]
    assert [record.seed for record in read(out)] == [0] * len(cells) + [1] * len(cells)
    assert "97.4" in second.output, "the thesis's value stands beside ours"
    third = call("reproduce", "table-4.1", "--seeds", 2, "--out", out, "--json", *ONE_EPOCH)
    assert len(read(out)) == 2 * len(cells)
    found = {(cell["depth"], cell["column"]): cell for cell in json.loads(third.stdout)["cells"]}
    assert found[5, "PDE net"]["thesis"] == 0.974
    assert found[5, "PDE net"]["accuracies"] == [
        record.accuracy for record in read(out) if record.model == cells[1].description
    ]


def test_reproduce_trains_the_part_that_is_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "part.jsonl"
    part = ("--column", "PDE net", "--depths", "0", "--seeds", 1, "--out", out)
    result = call("reproduce", "table-4.1", *part, "--json", *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    assert [(cell["depth"], cell["column"]) for cell in json.loads(result.stdout)["cells"]] == [
        (0, "PDE net")
    ]
    assert [record.model for record in read(out)] == [TABLE_4_1.cells[0].description]
    unknown = call("reproduce", "table-4.1", "--column", "VGG", "--out", out, *ONE_EPOCH)
    assert "table-4.1 has no column 'VGG'" in str(unknown.exception)


def test_reproduce_hands_its_runs_to_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is replaced by a thread; tests/runs/test_engine.py has the real one."""
    asked = []

    @contextmanager
    def thread(workers: str) -> Iterator[ThreadPoolExecutor]:
        asked.append(workers)
        with ThreadPoolExecutor(1) as executor:
            yield executor

    monkeypatch.setattr(engines, "engine", thread)
    out = tmp_path / "apart.jsonl"
    part = ("--column", "PDE net", "--depths", "0", "--seeds", 2, "--workers", "2", "--out", out)
    result = call("reproduce", "table-4.1", *part, *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    assert asked == ["2"]
    assert [record.seed for record in read(out)] == [0, 1]
    assert list(tmp_path.iterdir()) == [out]


def test_a_torn_record_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = TABLE_4_1.cells[0]
    monkeypatch.setitem(TABLES, "table-4.1", Table("table-4.1", "Table 4.1", (cell,)))
    out = tmp_path / "mine.jsonl"
    config = TrainingConfig(epochs=1, batch_size=100)
    append(out, fit(cell.build(1), load_images("digits"), config, device="cpu"))
    out.write_bytes(out.read_bytes()[:-40])
    with pytest.warns(UserWarning, match="torn"):
        result = call("reproduce", "table-4.1", "--seeds", 1, "--out", out, *ONE_EPOCH)
    assert result.exit_code == 0, result.output
    with pytest.warns(UserWarning, match="left out"):
        assert len(read(out)) == 1


def test_bench_prints_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    small = (
        "--depth",
        2,
        "--batch-size",
        2,
        "--size",
        6,
        "--rounds",
        2,
        "--only",
        "fused,slices",
        "--no-memory",
        "--no-epoch",
    )
    result = call("bench", *small, "--json")
    assert result.exit_code == 0, result.output
    assert [row["contender"] for row in json.loads(result.stdout)["rows"]] == ["fused", "slices"]
    printed = call("bench", *small)
    assert "residual_stack, fused loops" in printed.output
    assert "GFLOP/s" in printed.output


def test_info_says_what_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    result = call("info", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert facts["data"]["name"] in ("mnist", "digits")
    assert facts["recorded_runs"].keys() == TABLES.keys()
    assert "torch" in facts["versions"]
    assert "torch" in call("info").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "--model", "vgg"), "'vgg' is not one of 'pde1', 'pde2', 'resnet'"),
        (("train", "--depth", "-1"), "greater than or equal to 0"),
        (("train", "--epochs", "0"), "greater than or equal to 1"),
        (("train", "--seeds", "none"), "a valid integer"),
        (("train", "--dataset", "cifar"), "'cifar' is not one of 'auto', 'mnist', 'digits'"),
        (("train", "--resume"), "--resume needs --out FILE"),
        (("train", "--init-scale", "0.1"), "--init-scale and --init-zero go with --init LAW"),
        (("train", "--widths", "many"), "'many' is not a list of integers such as 256,128"),
        (("reproduce", "table-9"), "'table-9' is not one of 'table-4.1'"),
        (("bench", "--only", "tensorflow"), "contenders here are fused,conv2d,slices,compile"),
        (("bench", "--depth", "0"), "greater than or equal to 1"),
    ],
)
def test_bad_flags_say_what_would_be_right(arguments: tuple[str, ...], message: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize("command", ["train", "reproduce", "bench", "info"])
def test_every_help_page_shows_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"Example: pdenet {command}" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "--device", "abacus"), "error: device must be 'auto', 'cpu' or one this machine has"),
        (("train", "--learning-rate", "-1"), "error: learning_rate must be a positive number"),
        (("train", "--init", "normal", "--init-zero", "kappa"), "error: init starts ['kappa'] at zero"),
        (
            ("reproduce", "table-4.1", "--workers", "many"),
            "error: workers is a number of processes, such as 4",
        ),
    ],
)
def test_an_error_that_a_user_can_mend_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    command = [sys.executable, "-m", "pdenet", *arguments, "--dataset", "digits", "--epochs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_equations_prints_what_the_ledger_shows() -> None:
    result = call("equations", "--only", "24, 25", "--json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    assert [(r["id"], r["print_holds"], r["correction_holds"]) for r in rows] == [
        ("24", True, True),
        ("25", False, True),
    ]
    table = call("equations", "--only", "25").stdout
    assert "fails" in table
    assert rows[1]["shown"][0]["text"][:20] in table
    assert "entries: 1, prints that fail their check: 1" in table


def test_equations_exits_with_one_if_a_correction_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    (entry,) = ledger.find(["24"])
    broken = replace(entry, check=lambda: [ledger.Finding("two and two: 5", False)])
    monkeypatch.setattr(ledger, "ENTRIES", (broken,))
    result = call("equations")
    assert result.exit_code == 1
    assert "(24): print fails, listed as ok" in result.stdout


def test_equations_names_its_entries_where_one_is_unknown() -> None:
    assert "no entry '99'; its entries are 1, 2, 3" in str(call("equations", "--only", "99").exception)
