"""What every test of image sets starts from."""

import hashlib
from pathlib import Path

import pytest
from helpers.mnist_files import contents

from pdenet.data import images as data
from pdenet.data import mnist


@pytest.fixture(autouse=True)
def _fresh_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No MNIST of this machine, no network, nothing remembered; the stand-in's sums count as published."""
    monkeypatch.delenv("PDENET_DATA", raising=False)
    monkeypatch.delenv("PDENET_OFFLINE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(mnist, "_download_failure", None)
    monkeypatch.setattr(data, "_announced", False)
    monkeypatch.setattr(mnist, "MD5", {name: hashlib.md5(c).hexdigest() for name, c in contents().items()})
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])
