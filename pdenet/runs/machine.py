"""What a run ran on: device, processor, threads, versions. Goes into every record and every benchmark."""

import os
import platform
import resource
import sys
import warnings
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import shorten
from typing import Any

import torch

PACKAGES = ("pdenet", "torch", "numba", "numba-cuda", "numpy", "sympy")


def choose_device(device: str = "auto") -> torch.device:
    """The device named, or for ``"auto"`` a CUDA device where there is one and the CPU otherwise.

    Raises
    ------
    TypeError
        If it is no name.
    ValueError
        If the name is not a device, or the machine does not have it, or nothing can be computed there.
    """
    if not isinstance(device, str | torch.device):
        message = f"device must be a name, such as 'cpu'; got {device!r}"
        raise TypeError(message)
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        with warnings.catch_warnings(action="ignore"):  # of names that torch knows from former times
            chosen = torch.device(device)
            if chosen.type == "cpu" and not chosen.index:
                return torch.device("cpu")
            reason = "there is one CPU" if chosen.type == "cpu" else _reason_against(chosen)
    except Exception as error:  # torch raises a different type for each way in which a device can be none
        reason = (str(error) or type(error).__name__).splitlines()[0]
    if reason:
        message = (
            f"device must be 'auto', 'cpu' or one this machine has, such as 'cuda'; got {str(device)!r} "
            f"({shorten(reason, 120)})"
        )
        raise ValueError(message)
    return chosen


def _reason_against(device: torch.device) -> str:
    """Why nothing can be trained there, or an error that says it; "" if something can."""
    total = torch.ones(2, device=device, requires_grad=True).sum()
    total.backward()
    return "it holds no numbers" if total.is_meta else ""


def describe_machine(device: torch.device) -> dict[str, Any]:
    """Device, processor and threads as plain data."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else processor()
    return {
        "device": device.type,
        "name": name,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def describe_origin(device: torch.device) -> dict[str, Any]:
    """Where, with what and when a run ended: the fields machine, versions and date of a record."""
    return {
        "machine": describe_machine(device),
        "versions": describe_versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def describe_versions() -> dict[str, str]:
    """Versions of Python and of the packages that a result depends on."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # run from a checkout that was never installed
            continue
    return versions


def processor() -> str:
    """The processor's name as the system states it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def peak_resident() -> float:
    """MiB of resident memory that this process had at its peak."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss begins with the peak of the parent, which may hide ours
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
