"""The command line as a whole: it says what would be right where it is used wrongly."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from helpers.command import call, left

from pdenet.subjects.catalogue import experiments


def test_info_says_what_is_here() -> None:
    result = call("info", "--json")
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)
    assert facts["data"]["name"] in ("mnist", "digits")
    assert facts["recorded_runs"] == {
        one.name: len(one.recorded()) for one in experiments() if one.arms("full")
    }
    assert min(facts["recorded_runs"].values()) > 0
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
        (("run", "irregular", "--mode", "short"), "'short' is not one of 'book', 'full'"),
        (("run", "irregular", "--seeds", "0"), "greater than or equal to 1"),
        (("bench", "--only", "tensorflow"), "contenders here are fused,conv2d,slices,compile"),
        (("bench", "--depth", "0"), "greater than or equal to 1"),
    ],
)
def test_bad_flags_say_what_would_be_right(arguments: tuple[str, ...], message: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize("command", ["train", "run", "claims", "reproduce", "bench", "equations", "info"])
def test_every_help_page_shows_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"Example: pdenet {command}" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train", "--device", "abacus"), "device must be 'auto', 'cpu' or one this machine has"),
        (("train", "--learning-rate", "-1"), "learning_rate must be a finite number, above 0; got -1.0"),
        (("train", "--init", "normal", "--init-zero", "kappa"), "init starts ['kappa'] at zero"),
        (("train", "--seeds", "3000000"), "Invalid value for '--seeds'"),
        (("train", "--widths", "99999999999"), "each of widths must be a whole number, at most 1,000,000"),
        (("reproduce", "table-4.1", "--workers", "many"), "workers is a number of processes, such as 4"),
        (("reproduce", "table-4.1", "--workers", "2000"), "Invalid value for --workers: at most 1,024 proc"),
    ],
)
def test_an_error_that_a_user_can_mend_is_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = left(capsys, *arguments, "--dataset", "digits", "--epochs", "1")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {message}")


def started(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "pdenet", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def listen() -> None:
    """Take Ctrl-C as a program of a terminal does; what a script starts in the background ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_process_leaves_with_the_same_line_and_status() -> None:
    with started("train", "--device", "meta", "--dataset", "digits") as process:
        out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert err == (
        "error: device must be 'auto', 'cpu' or one this machine has, such as 'cuda'; got 'meta' "
        "(it holds no numbers)\n"
    )


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    with started("equations", "--only", "24", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert "Broken" not in err
    assert "Traceback" not in err
    assert process.returncode == 1


def test_an_interrupted_command_says_so_in_a_line(tmp_path: Path) -> None:
    given = (
        "train",
        "--epochs",
        "100000",
        "--depth",
        "1",
        "--widths",
        "8",
        "--out",
        str(tmp_path / "x.jsonl"),
    )
    with started(*given, "--dataset", "digits", "--device", "cpu", preexec_fn=listen) as process:
        try:
            while not list(tmp_path.glob("*.checkpoint.pt")):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()  # or a command that did not listen would be waited for without end
    assert process.returncode == 130
    assert out == ""
    assert err.endswith("interrupted\n")
    assert "Traceback" not in err


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = left(capsys)
    assert (status, err) == (2, "")
    assert "reproduce" in out


@pytest.mark.skipif("PDENET_DATA" not in os.environ, reason="PDENET_DATA does not say where MNIST is")
@pytest.mark.parametrize("given", ["my data", "./my data", "{here}/my data", "~/my data"])
def test_the_folder_of_the_images_is_found_however_it_is_written(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my data").symlink_to(Path(os.environ["PDENET_DATA"]).expanduser().absolute())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PDENET_DATA", given.format(here=tmp_path))
    status, out, err = left(capsys, "info", "--json")
    assert status == 0, err
    assert json.loads(out)["data"]["name"] == "mnist"
    assert list(tmp_path.iterdir()) == [tmp_path / "my data"]
