"""MNIST: where it is looked for, what is verified, and what happens without it."""

import errno
import gzip
import hashlib
import http.server
import logging
import os
import re
import socket
import threading
import urllib.error
from pathlib import Path

import numpy as np
import pytest
import torch

from pdenet.data import DataError, load_images, mnist
from pdenet.data import images as data

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


# As they are before the tests below put others in their place.
PUBLISHED, CONFIGURED = dict(mnist.MD5), os.environ.get("PDENET_DATA")


def idx(array):
    array = np.asarray(array, np.uint8)
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def contents():
    """The four files of a small stand-in for MNIST, by name."""
    generator = np.random.default_rng(0)
    return {
        TRAIN_IMAGES: idx(generator.integers(0, 256, (30, 28, 28))),
        TRAIN_LABELS: idx(np.arange(30) % 10),
        TEST_IMAGES: idx(generator.integers(0, 256, (20, 28, 28))),
        TEST_LABELS: idx(np.arange(20) % 10),
    }


def write_set(root):
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in contents().items():
        (raw / name).write_bytes(content)
    return raw


@pytest.fixture(autouse=True)
def _fresh_process(tmp_path, monkeypatch):
    """No MNIST of this machine, no network, nothing remembered; the stand-in's sums count as published."""
    monkeypatch.delenv("PDENET_DATA", raising=False)
    monkeypatch.delenv("PDENET_OFFLINE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(mnist, "_download_failure", None)
    monkeypatch.setattr(data, "_announced", False)
    monkeypatch.setattr(mnist, "MD5", {name: hashlib.md5(c).hexdigest() for name, c in contents().items()})
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", ["http://127.0.0.1:9/"])


@pytest.fixture
def serve():
    """Start web servers on this machine; those still running are stopped at the end."""
    servers = []

    def start(handler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


# --- MNIST: where it is looked for


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(ValueError, match=r"'cifar' is unknown; use 'auto', 'mnist' or 'digits'"):
        load_images("cifar")


def test_mnist_is_read_as_it_lies_in_the_files(tmp_path):
    write_set(tmp_path)
    images = load_images("mnist", tmp_path)
    expected = np.random.default_rng(0).integers(0, 256, (30, 28, 28))
    assert np.array_equal(images.train_images, expected)
    assert images.test_labels.tolist() == [*range(10), *range(10)]
    assert (images.name, images.title) == ("mnist", "MNIST")
    assert str(tmp_path) not in images.source


@pytest.mark.skipif(CONFIGURED is None, reason="PDENET_DATA does not say where MNIST is")
def test_the_real_mnist_passes(monkeypatch):
    monkeypatch.setattr(mnist, "MD5", PUBLISHED)
    images = load_images("mnist", CONFIGURED)
    # Images of each digit, and the mean and deviation that every tutorial normalises with.
    train_counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    test_counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert torch.bincount(images.train_labels).tolist() == train_counts
    assert torch.bincount(images.test_labels).tolist() == test_counts
    assert images.train_images.double().mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert images.train_images.double().std() / 255 == pytest.approx(0.3081, abs=5e-5)


def test_root_goes_before_the_environment_and_that_before_the_cache(tmp_path, monkeypatch):
    write_set(tmp_path / "cache" / "pdenet")
    assert load_images().source.endswith("from the user's cache")
    write_set(tmp_path / "configured")
    monkeypatch.setenv("PDENET_DATA", str(tmp_path / "configured"))
    assert load_images().source.endswith("from $PDENET_DATA")
    write_set(tmp_path / "given")
    assert load_images(root=tmp_path / "given").source.endswith("from a given folder")


def test_the_cache_is_under_home_without_xdg(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    write_set(tmp_path / ".cache" / "pdenet")
    assert load_images("mnist").name == "mnist"


def test_a_user_without_a_home_has_a_cache_all_the_same(tmp_path, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(mnist.tempfile, "gettempdir", lambda: str(tmp_path))
    write_set(tmp_path / "pdenet")
    assert load_images("mnist").name == "mnist"


@pytest.mark.parametrize("name", ["auto", "mnist"])
@pytest.mark.parametrize("folder", ["", "MNIST/raw"])
def test_an_empty_root_is_an_error_that_names_the_file_it_lacks(tmp_path, name, folder):
    root = tmp_path / "root"
    (root / folder).mkdir(parents=True)
    missing = re.escape(str(root / "MNIST" / "raw" / TRAIN_IMAGES))
    with pytest.raises(
        DataError, match=f"{missing}: no such file; MNIST is four uncompressed IDX files: .*t10k"
    ):
        load_images(name, root)


def test_without_mnist_asking_for_it_says_where_it_should_be(tmp_path):
    cache = re.escape(str(tmp_path / "cache" / "pdenet"))
    with pytest.raises(DataError, match=rf"not in {cache} .*switched off.*set PDENET_DATA .*train-images"):
        load_images("mnist", download=False)


def test_an_empty_configured_folder_counts_as_no_mnist(tmp_path, monkeypatch):
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    assert load_images(download=False).name == "digits"


# --- MNIST: damaged files


DAMAGES = {
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
def test_a_damaged_file_is_named_and_never_replaced_by_the_digits(tmp_path, monkeypatch, name, damage):
    file, spoil, message = DAMAGES[damage]
    raw = write_set(tmp_path)
    (raw / file).write_bytes(spoil(contents()[file]))
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=re.escape(f"{raw / file}: ") + ".*" + message):
        load_images(name)


def test_a_set_with_a_file_missing_is_damaged(tmp_path, monkeypatch):
    raw = write_set(tmp_path)
    (raw / TEST_LABELS).unlink()
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=re.escape(f"{raw / TEST_LABELS}: no such file")):
        load_images()


def test_a_folder_in_place_of_a_file_is_named(tmp_path):
    raw = write_set(tmp_path)
    (raw / TRAIN_LABELS).unlink()
    (raw / TRAIN_LABELS).mkdir()
    with pytest.raises(DataError, match=re.escape(f"{raw / TRAIN_LABELS}: cannot be read (")):
        load_images("mnist", tmp_path)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="permissions do not bind the superuser")
@pytest.mark.parametrize("part", ["file", "folder"])
def test_no_permission_is_named(tmp_path, monkeypatch, part):
    raw = write_set(tmp_path)
    barred = raw / TRAIN_IMAGES if part == "file" else raw
    barred.chmod(0)
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))
    try:
        with pytest.raises(
            DataError, match=re.escape(f"{raw / TRAIN_IMAGES}: cannot be read (Permission denied)")
        ):
            load_images()
    finally:
        barred.chmod(0o700)


@pytest.mark.parametrize("call", ["stat", "read_bytes"])
def test_a_refusal_by_the_system_is_named(tmp_path, monkeypatch, call):
    raw = write_set(tmp_path)
    monkeypatch.setenv("PDENET_DATA", str(tmp_path))

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "somewhere")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    if call == "stat":
        monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(
        DataError, match=re.escape(f"{raw / TRAIN_IMAGES}: cannot be read (Permission denied)")
    ):
        load_images()


# --- MNIST: the download


def test_without_a_network_auto_takes_the_digits_and_says_so_once(tmp_path, monkeypatch, caplog):
    asked = []
    answering = mnist._answering
    monkeypatch.setattr(mnist, "_answering", lambda *args: asked.append(args) or answering(*args))
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


@pytest.mark.parametrize("value", ["1", "yes"])
def test_the_environment_forbids_the_download(monkeypatch, value):
    monkeypatch.setenv("PDENET_OFFLINE", value)
    monkeypatch.setattr(mnist, "_fetch", lambda cache: pytest.fail("asked the network"))
    assert load_images().name == "digits"


def test_a_mirror_that_accepts_and_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(mnist, "_PROBE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mirror = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert mnist._answering([mirror], "file.gz") == []


def test_a_name_lookup_that_hangs_is_given_up(monkeypatch):
    released = threading.Event()

    def look_up(*args, **kwargs):
        released.wait(60)
        raise urllib.error.URLError("name resolution failed")

    monkeypatch.setattr(mnist, "_PROBE_SECONDS", 0.2)
    monkeypatch.setattr(mnist.urllib.request, "urlopen", look_up)
    try:
        assert mnist._answering(["http://a/", "http://b/"], "file.gz") == []
    finally:
        released.set()


class Mirror(http.server.BaseHTTPRequestHandler):
    """Offers the stand-in, compressed as the real mirrors do."""

    def do_HEAD(self):
        content = contents().get(self.path[1:].removesuffix(".gz"))
        self.send_response(404 if content is None else 200)
        self.end_headers()
        return content

    def do_GET(self):
        if (content := self.do_HEAD()) is not None:
            self.wfile.write(gzip.compress(content, mtime=0))

    def log_message(self, *args):
        pass


class StallingMirror(Mirror):
    """Answers the probe and then sends nothing."""

    released = threading.Event()

    def do_GET(self):
        self.released.wait(60)


class EmptyMirror(Mirror):
    """Has none of the files."""

    def do_HEAD(self):
        self.send_response(404)
        self.end_headers()


def use_mirrors(monkeypatch, *mirrors):
    sums = [
        (f"{name}.gz", hashlib.md5(gzip.compress(c, mtime=0)).hexdigest()) for name, c in contents().items()
    ]
    monkeypatch.setattr("torchvision.datasets.MNIST.mirrors", list(mirrors))
    with_sums = mnist._DOWNLOADER.replace("MNIST.mirrors", f"MNIST.resources = {sums}\nMNIST.mirrors")
    monkeypatch.setattr(mnist, "_DOWNLOADER", with_sums)


def test_mnist_is_downloaded_into_the_cache_and_found_there(tmp_path, monkeypatch, serve, capfd):
    use_mirrors(monkeypatch, serve(EmptyMirror), serve(Mirror))
    images = load_images("mnist")
    assert images.source.endswith("from the user's cache, by torchvision")
    raw = tmp_path / "cache" / "pdenet" / "MNIST" / "raw"
    assert {file.name: file.read_bytes() for file in raw.iterdir()} == contents()
    assert os.listdir(tmp_path / "cache" / "pdenet") == ["MNIST"]
    assert load_images().source.endswith("from the user's cache")
    assert capfd.readouterr() == ("", "")


def test_a_download_that_stalls_is_given_up(tmp_path, monkeypatch, serve, caplog):
    monkeypatch.setattr(mnist, "_STALL_SECONDS", 0.2)
    monkeypatch.setattr(StallingMirror, "released", threading.Event())
    use_mirrors(monkeypatch, serve(StallingMirror))
    try:
        assert load_images().name == "digits"
    finally:
        StallingMirror.released.set()
    assert "timed out" in caplog.text
    assert os.listdir(tmp_path / "cache" / "pdenet") == []


def test_a_download_that_takes_too_long_is_given_up(monkeypatch, serve, caplog):
    use_mirrors(monkeypatch, serve(Mirror))
    monkeypatch.setattr(mnist, "_DOWNLOAD_SECONDS", 0.1)
    monkeypatch.setattr(mnist, "_DOWNLOADER", "import time; time.sleep(60)")
    assert load_images().name == "digits"
    assert "did not end within 0.1 s" in caplog.text


def test_a_download_of_something_else_does_not_reach_the_cache(tmp_path, monkeypatch, serve):
    use_mirrors(monkeypatch, serve(Mirror))
    monkeypatch.setattr(
        mnist,
        "_DOWNLOADER",
        "import pathlib, sys\n"
        "raw = pathlib.Path(sys.argv[1], 'MNIST', 'raw')\n"
        "raw.mkdir(parents=True)\n"
        f"(raw / '{TRAIN_IMAGES}').write_text('<html>Please log in</html>')\n",
    )
    with pytest.raises(DataError, match=r"could not be downloaded \(.*train-images-idx3-ubyte: wrong magic"):
        load_images("mnist")
    assert os.listdir(tmp_path / "cache" / "pdenet") == []


def test_a_cache_that_cannot_be_made_is_no_obstacle_to_the_digits(tmp_path, monkeypatch, serve, caplog):
    (tmp_path / "cache").write_bytes(b"a file, not a folder")
    use_mirrors(monkeypatch, serve(Mirror))
    assert load_images().name == "digits"
    assert "could not be downloaded" in caplog.text


def test_a_torchvision_that_does_not_import_is_no_obstacle_to_the_digits(monkeypatch, caplog):
    monkeypatch.setitem(mnist.sys.modules, "torchvision.datasets", None)
    assert load_images().name == "digits"
    assert "torchvision" in caplog.text
