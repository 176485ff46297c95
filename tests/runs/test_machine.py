"""What a record says of the machine is there on every machine."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from pdenet.runs import machine
from pdenet.runs.machine import choose_device, describe_origin, peak_resident


def test_an_origin_says_where_with_what_and_when() -> None:
    origin = describe_origin(torch.device("cpu"))
    assert origin.keys() == {"machine", "versions", "date"}
    assert origin["machine"]["device"] == "cpu"
    assert origin["machine"]["name"]
    assert origin["machine"]["threads"] == torch.get_num_threads()
    assert {"python", "torch", "numpy"} <= origin["versions"].keys()
    assert datetime.fromisoformat(origin["date"]).utcoffset() == timedelta(0)


def test_a_package_that_was_never_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PACKAGES", ("torch", "a-package-that-is-not-there"))
    assert machine.describe_versions().keys() == {"python", "torch"}


def test_a_device_that_is_not_here_is_refused_in_a_line() -> None:
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device().type in ("cpu", "cuda")
    with pytest.raises(ValueError, match=r"device must be .* got 'abacus' \(") as caught:
        choose_device("abacus")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "gpu",
        "CPU",
        " cpu",
        "cpu:1",
        "cpu:-1",
        "cpu\ncuda",
        "cuda:99",
        "cuda:-1",
        "meta",
        "xla",
        "mkldnn",
        "hpu",
    ],
)
def test_a_name_where_nothing_can_be_trained_is_refused_in_a_line(name: str) -> None:
    """Some of them torch makes tensors on, with no numbers in them."""
    with pytest.raises(ValueError, match=r"device must be 'auto', 'cpu' or one this machine has") as caught:
        choose_device(name)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("wrong", [None, 0, True, 1.5, b"cpu"])
def test_a_device_is_a_name(wrong: Any) -> None:
    with pytest.raises(TypeError, match="device must be a name"):
        choose_device(wrong)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has one")
def test_cuda_is_refused_where_there_is_none() -> None:
    for name in ("cuda", "cuda:0"):
        with pytest.raises(ValueError, match=f"got '{name}'"):
            choose_device(name)


def test_the_one_cpu_has_one_name() -> None:
    assert choose_device("cpu:0") == choose_device("cpu") == torch.device("cpu")


def test_the_peak_is_that_of_this_process_and_grows_with_it() -> None:
    code = (
        "from pdenet.runs.machine import peak_resident as peak; before = peak();"
        "block = b'x' * (64 * 2**20); del block; after = peak(); print(after - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 60 < float(done.stdout) < 100
    assert peak_resident() > 1


@pytest.mark.parametrize(("platform", "mebibytes"), [("linux", 3.0), ("darwin", 3.0 / 1024)])
def test_without_a_status_file_the_peak_is_that_of_the_system_s_count(
    platform: str, mebibytes: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In KiB, on a Mac in bytes."""
    monkeypatch.setattr(Path, "exists", lambda self: False)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("resource.getrusage", lambda _: SimpleNamespace(ru_maxrss=3 * 1024))
    assert machine.peak_resident() == mebibytes


@pytest.mark.parametrize(("said", "name"), [("i486", "i486"), ("", "sparc")])
def test_a_processor_that_no_file_names_is_the_one_that_python_knows(
    said: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(self: Path) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    monkeypatch.setattr("platform.processor", lambda: said)
    monkeypatch.setattr("platform.machine", lambda: "sparc")
    assert machine.processor() == name
