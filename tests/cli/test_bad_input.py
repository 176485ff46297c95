"""Every option of every command is attacked: one line of error, exit status 2, and nothing is begun."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import typer
from helpers.command import left

from pdenet.cli import main, options
from pdenet.cli.options import app
from pdenet.models import limits
from pdenet.ops import seeding
from pdenet.runs import training

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNTS = (
    "0",
    "-1",
    "2.5",
    "99999999999",
    "1e11",
    "1e-3",
    "nan",
    "inf",
    "true",
    "",
    "many",
    "0,1",
    "0-3",
    "1:3",
)
WORDS = ("", "unknown", "Unit", "1", "true")
DEVICES = ("", "gpu", "meta", "cuda:99", "cuda:-1", "cpu:3", "CPU", "abacus", "mkldnn")
FILES = (
    "",
    "folder",
    "loop",
    "pipe",
    "file/below",
    "/dev/full",
    "n" * 240,
    "n" * 300,
    "~nobody-of-this-name/x",
    "a\0b",
)
LISTS = ("many", "1.5", ",", "8,,8", "8,", "0", "-8", "8;8", "99999999999", "1_0")
WORKERS = ("", "0", "-1", "2.5", "many", "1e3", "99999999", "9" * 400)

TRAIN = ("train", "--dataset", "digits", "--epochs", "1")
REPRODUCE = ("reproduce", "table-4.1", "--dataset", "digits", "--epochs", "1")
RUN = ("run", "irregular", "--dataset", "digits")
BENCH = ("bench", "--no-memory", "--no-epoch", "--only", "fused", "--depth", "1")

# By command: what stands before the option; the option; values that are none.
ATTACKS: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {
    TRAIN: {
        "--model": WORDS,
        "--depth": COUNTS[1:],
        "--epochs": COUNTS,
        "--seeds": (*COUNTS, "3000000"),
        "--dataset": (*WORDS, "cifar"),
        "--device": DEVICES,
        "--batch-size": COUNTS,
        "--learning-rate": ("0", "-1", "nan", "inf", "-inf", "1e999", "", "fast"),
        "--pixels": WORDS,
        "--loss": WORDS,
        "--init": WORDS,
        "--init-scale": ("-1", "nan", "inf", "", "small", "0.1"),  # the last without --init
        "--init-zero": ("gamma", ",", "kappa"),  # without --init
        "--widths": LISTS,
        "--activation": WORDS,
        "--out": FILES,
        "--resume": ("",),  # without --out
    },
    (*TRAIN, "--init", "normal"): {
        "--init-scale": ("-1", "nan", "inf", "1e999"),
        "--init-zero": ("kappa", ",", "gamma,,beta", "gamma,"),
    },
    REPRODUCE: {
        "--epochs": COUNTS,
        "--seeds": (*COUNTS, "3000000"),
        "--dataset": (*WORDS, "cifar"),
        "--device": DEVICES,
        "--batch-size": COUNTS,
        "--column": ("", "VGG", "pde net"),
        "--depths": (*(text for text in LISTS if text != "0"), "7"),
        "--out": FILES,
        "--workers": WORKERS,
    },
    ("reproduce",): {"": ("", "table-9", "Table-4.1", "1")},
    RUN: {
        "--arm": ("", "GRU", "[a"),
        "--seeds": (*COUNTS, "3000000"),
        "--mode": WORDS,
        "--dataset": (*WORDS, "cifar"),
        "--device": DEVICES,
        "--workers": WORKERS,
        "--out": FILES,
    },
    ("run",): {"": ("", "table-9", "Irregular")},
    (*RUN, "--estimate"): {"--arm": ("", "GRU"), "--out": FILES[:6]},
    ("claims",): {
        "": ("", "table-9"),
        "--records": ("", "nothing-there.jsonl", "folder", "loop", "~nobody-of-this-name/x", "a\0b"),
        "--data": ("", "mnits", "MNIST", "auto"),
    },
    BENCH: {
        "--depth": COUNTS,
        "--batch-size": COUNTS,
        "--size": COUNTS,
        "--rounds": COUNTS,
        "--only": (",", "fused,", "tensorflow", "Fused"),
        "--device": DEVICES,
        "--out": FILES,
    },
    ("equations",): {"--only": (",", "24,", "99", "24;25", "*")},
    ("info",): {"--jsn": ("",)},
    (): {"": ("tran", "--version-of-what", "-x")},
}
CASES = [
    (before, option, value)
    for before, attacked in ATTACKS.items()
    for option, values in attacked.items()
    for value in values
]


@pytest.fixture(autouse=True)
def in_a_folder_of_traps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")

    def refuse(*_: object, **__: object) -> None:
        message = "work was begun"
        raise AssertionError(message)

    monkeypatch.setattr("pdenet.runs.training.learn", refuse)
    monkeypatch.setattr("pdenet.subjects.irregular.arms.learn", refuse)
    monkeypatch.setattr("pdenet.subjects.performance.measure.run", refuse)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    before = sorted(os.listdir(tmp_path))
    yield
    assert sorted(os.listdir(tmp_path)) == before, "nothing is left behind"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in its folders")
@pytest.mark.parametrize(("before", "option", "value"), CASES)
def test_bad_input_is_one_line_and_exit_status_two(
    before: tuple[str, ...], option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if option in ("", "--resume", "--jsn"):
        arguments: list[str] = [*before, option or value]
    else:
        arguments = [*before, f"{option}={value}"]
    status, out, err = left(capsys, *arguments)
    assert status == 2, (out, err)
    assert err.startswith("error: "), err
    assert err.count("\n") == 1, err
    assert len(err) < 2000, err
    assert out == ""


def test_no_option_is_left_out() -> None:
    """A new option comes with its attack; switches have no values."""
    commands: Any = typer.main.get_command(app)
    for name, command in commands.commands.items():
        attacked = {option for before, found in ATTACKS.items() if before[:1] == (name,) for option in found}
        own = {
            one.opts[0] if one.param_type_name == "option" else ""
            for one in command.params
            if not getattr(one, "is_flag", False)
        }
        assert own <= attacked, f"{name}: {own - attacked}"


def test_the_limits_of_the_command_are_those_of_the_package() -> None:
    assert options.MOST_SEEDS == seeding.MOST_SEEDS
    assert options.MOST_LAYERS == limits.MOST_LAYERS
    assert training.MOST == 1_000_000
    for option in (options.EpochsOption, options.BatchOption):
        (given,) = option.__metadata__  # type: ignore[attr-defined]
        assert given.max == training.MOST


def test_what_no_memory_holds_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Within all limits, and still more than there is."""
    given = ("--depth", 1, "--seeds", 10_000, "--widths", "1000000,1000000")
    status, out, err = left(capsys, *TRAIN, *given)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "this machine has not enough memory" in err


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("[enforce fail] not enough memory: 99 bytes")])
def test_so_is_what_an_allocator_says(
    error: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("pdenet.models.named.build", fail)
    status, out, err = left(capsys, *TRAIN)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: not enough memory for this; ask for fewer or smaller networks (")


def test_a_fault_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "a list has no such thing"
        raise AttributeError(message)

    monkeypatch.setattr("pdenet.models.named.build", fail)
    with pytest.raises(AttributeError, match="no such thing"):
        main(TRAIN)
