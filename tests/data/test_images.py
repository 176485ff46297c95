"""Where MNIST is looked for, and what there is without it."""

import gzip
import logging
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.mnist_files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, contents, idx, write_set

from pdenet.data import DataError, images, load_images, mnist


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(ValueError, match=r"name must be 'auto' or 'mnist' or 'digits'; got 'cifar'"):
        load_images("cifar")
    with pytest.raises(ValueError, match=r"got 'minst' \(did you mean 'mnist'\?\)"):
        load_images("minst")
    nothing: Any = None
    with pytest.raises(TypeError, match=r"name must be .*; got None"):
        load_images(nothing)


@pytest.mark.parametrize("download", ["false", "no", 0, 1, None])
def test_whether_to_download_is_no_text(download: Any) -> None:
    with pytest.raises(TypeError, match="download must be True or False"):
        load_images("digits", download=download)


@pytest.mark.parametrize(
    ("root", "error"), [("", ValueError), ("a\0b", ValueError), (3, TypeError), (b"a", TypeError)]
)
def test_a_root_that_is_no_path_is_refused(root: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="root must be a path"):
        load_images("mnist", root)


def test_a_home_in_a_path_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write_set(tmp_path / "images")
    assert load_images("mnist", "~/images").name == "mnist"
    monkeypatch.setenv("PDENET_DATA", "~/images")
    assert load_images().source.endswith("from $PDENET_DATA")
    monkeypatch.setenv("PDENET_DATA", "~nobody-of-that-name/images")
    with pytest.raises(ValueError, match=r"PDENET_DATA: .*home"):
        load_images()


def test_a_cache_that_would_move_with_the_notebook_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert mnist.cache_folder() == tmp_path / ".cache" / "pdenet"


def test_root_goes_before_the_environment_and_that_before_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(tmp_path / "cache" / "pdenet")
    assert load_images().source.endswith("from the user's cache")
    write_set(tmp_path / "configured")
    monkeypatch.setenv("PDENET_DATA", str(tmp_path / "configured"))
    assert load_images().source.endswith("from $PDENET_DATA")
    write_set(tmp_path / "given")
    assert load_images(root=tmp_path / "given").source.endswith("from a given folder")


def test_the_cache_is_under_home_without_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    write_set(tmp_path / ".cache" / "pdenet")
    assert load_images("mnist").name == "mnist"


def test_a_user_without_a_home_has_a_cache_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def homeless() -> Path:
        message = "Could not determine home directory."
        raise RuntimeError(message)

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    write_set(tmp_path / "pdenet")
    assert load_images("mnist").name == "mnist"


@pytest.mark.parametrize("name", ["auto", "mnist"])
@pytest.mark.parametrize("folder", ["", "MNIST/raw"])
def test_an_empty_root_is_an_error_that_names_the_file_it_lacks(
    tmp_path: Path, name: str, folder: str
) -> None:
    root = tmp_path / "root"
    (root / folder).mkdir(parents=True)
    missing = re.escape(str(root / "MNIST" / "raw" / TRAIN_IMAGES))
    with pytest.raises(
        DataError, match=f"{missing}: no such file; MNIST is four uncompressed IDX files: .*t10k"
    ):
        load_images(name, root)


def test_without_mnist_asking_for_it_says_where_it_should_be(tmp_path: Path) -> None:
    cache = re.escape(str(tmp_path / "cache" / "pdenet"))
    with pytest.raises(DataError, match=rf"not in {cache} .*switched off.*set PDENET_DATA .*train-images"):
        load_images("mnist", download=False)


def test_an_empty_configured_folder_counts_as_no_mnist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    assert load_images(download=False).name == "digits"


DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "truncated images": (TRAIN_IMAGES, lambda c: c[:-1], r"truncated, 23535 bytes of 23536"),
    "truncated header": (TEST_LABELS, lambda c: c[:6], r"truncated, 6 bytes of 8"),
    "truncated magic": (TEST_LABELS, lambda c: c[:3], r"truncated, 3 bytes of 8"),
    "empty": (TEST_IMAGES, lambda c: b"", r"truncated, 0 bytes of 16"),
    "too long": (TRAIN_LABELS, lambda c: c + b"..", r"40 bytes, 2 more than its header promises"),
    "wrong magic": (
        TEST_IMAGES,
        lambda c: b"\0\0\x08\x01" + c[4:],
        r"wrong magic number 0x00000801; it should start with 0x00000803",
    ),
    "still compressed": (TRAIN_LABELS, gzip.compress, r"wrong magic number 0x1f8b.*gunzip it first"),
    "fewer labels": (TEST_LABELS, lambda c: idx(np.zeros(19)), r"19 labels for the 20 images of t10k-images"),
    "label out of range": (
        TRAIN_LABELS,
        lambda c: c[:-1] + b"\x0a",
        r"label 10 at position 29; labels are 0 to 9",
    ),
    "other size": (TEST_IMAGES, lambda c: idx(np.zeros((20, 32, 28))), r"32x28 pixels; MNIST has 28x28"),
    "one bit": (
        TEST_IMAGES,
        lambda c: c[:-1] + bytes([c[-1] ^ 1]),
        r"MD5 sum [0-9a-f]{32}, published [0-9a-f]{32}",
    ),
    "absurd header": (
        TRAIN_IMAGES,
        lambda c: c[:4] + b"\xff" * 12 + c[16:],
        r"truncated, 23536 bytes of \d{29}",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["auto", "mnist"])
def test_a_damaged_file_is_named_and_never_replaced_by_the_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, damage: str
) -> None:
    file, spoil, message = DAMAGES[damage]
    raw = write_set(tmp_path)
    (raw / file).write_bytes(spoil(contents()[file]))
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=re.escape(f"{raw / file}: ") + ".*" + message):
        load_images(name)


def test_a_set_with_a_file_missing_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = write_set(tmp_path)
    (raw / TEST_LABELS).unlink()
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=re.escape(f"{raw / TEST_LABELS}: no such file")):
        load_images()


def test_without_a_network_auto_takes_the_digits_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[Sequence[str]] = []
    answering = mnist._answering

    def ask(mirrors: Sequence[str], file: str) -> list[str]:
        asked.append(mirrors)
        return answering(mirrors, file)

    monkeypatch.setattr(mnist, "_answering", ask)
    with caplog.at_level(logging.WARNING):
        assert load_images().name == "digits"
        assert load_images("auto").name == "digits"
    (entry,) = caplog.records
    assert re.search(
        r"not in the user's cache .*no mirror answered.*using scikit-learn's digits", entry.message
    )
    assert str(tmp_path) not in entry.message
    assert len(asked) == 1
    with pytest.raises(DataError, match=r"no mirror answered within .* s\); set PDENET_DATA"):
        load_images("mnist")
    assert len(asked) == 1
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("value", ["", "0", "false", "No", "off"])
def test_the_environment_does_not_forbid_the_download_by_saying_no(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    asked: list[Path] = []

    def ask(cache: Path) -> str:
        asked.append(cache)
        return "no network"

    monkeypatch.setenv("PDENET_OFFLINE", value)
    monkeypatch.setattr(images, "download_mnist", ask)
    assert load_images().name == "digits"
    assert len(asked) == 1


@pytest.mark.parametrize("value", ["1", "yes", "true", "ON"])
def test_the_environment_forbids_the_download(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PDENET_OFFLINE", value)
    monkeypatch.setattr(mnist, "_fetch", lambda cache: pytest.fail("asked the network"))
    assert load_images().name == "digits"


def test_a_torchvision_that_does_not_import_is_no_obstacle_to_the_digits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "torchvision.datasets", None)
    assert load_images().name == "digits"
    assert "torchvision" in caplog.text
