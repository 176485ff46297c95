"""The command line as a whole: it says what would be right where it is used wrongly."""

import json
import subprocess
import sys

import pytest
from helpers.command import call

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
