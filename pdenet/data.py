"""The image sets: MNIST where it can be had, verified; otherwise the digits that scikit-learn carries."""

from __future__ import annotations

import hashlib
import http.client
import logging
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

_LOG = logging.getLogger(__name__)
_SIDE = 28
_IMAGES_MAGIC, _LABELS_MAGIC = 0x00000803, 0x00000801

# MD5 of the uncompressed files, as published. The layout is torchvision's: its users need no second copy.
_RAW = Path("MNIST", "raw")
_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}

_PROBE_SECONDS = 4.0  # for all mirrors together
_STALL_SECONDS = 3.0  # for one read of a running download
_DOWNLOAD_SECONDS = 180.0  # 12 MB at half a megabit a second
# A process of its own, so that it can be stopped at any moment and keeps its socket time limit to itself.
_DOWNLOADER = """
import socket, sys
from torchvision.datasets import MNIST
socket.setdefaulttimeout(float(sys.argv[2]))
MNIST.mirrors = sys.argv[3:]
MNIST(sys.argv[1], download=True)
"""

# Once for a process: why the download failed, and whether the fall-back to the digits was announced.
_download_failure: str | None = None
_announced = False


class DataError(ValueError):
    """An image set that is missing or damaged; the message names the file and what would be right."""


@dataclass(frozen=True, eq=False)
class ImageData:
    """Training and test images with their labels.

    Parameters
    ----------
    train_images, test_images : torch.Tensor, shape (images, rows = 28, columns = 28), uint8
        Grey values, 0 (paper) to 255 (ink).
    train_labels, test_labels : torch.Tensor, shape (images,), int64
        The digits, 0 to 9.
    name : str
        ``mnist`` or ``digits``; of a subset with its sizes, ``mnist[2000+1000]``.
    source : str
        Where the images came from, without a path of this machine.

    Raises
    ------
    ValueError
        If a shape, a dtype or a length is not as above.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    name: str
    source: str

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images: torch.Tensor = getattr(self, f"{part}_images")
            labels: torch.Tensor = getattr(self, f"{part}_labels")
            if images.dtype != torch.uint8 or images.ndim != 3 or images.shape[1:] != (_SIDE, _SIDE):
                raise ValueError(
                    f"{part}_images is {images.dtype} {tuple(images.shape)}, not uint8 (images, 28, 28)"
                )
            if labels.dtype != torch.int64 or labels.shape != images.shape[:1]:
                raise ValueError(
                    f"{part}_labels is {labels.dtype} {tuple(labels.shape)}, not int64 ({len(images)},)"
                )

    @property
    def title(self) -> str:
        """Name of the set for figures and tables."""
        base, _, sizes = self.name.partition("[")
        title = {"mnist": "MNIST", "digits": "scikit-learn digits, 28x28"}.get(base, base)
        return f"{title} ({sizes.rstrip(']').replace('+', ' + ')} images)" if sizes else title

    @cached_property
    def checksum(self) -> str:
        """SHA-256 (hex) over the four arrays with their names, types and shapes."""
        digest = hashlib.sha256()
        for name in ("train_images", "train_labels", "test_images", "test_labels"):
            array = getattr(self, name).contiguous().numpy()
            digest.update(f"{name} {array.dtype.newbyteorder('<').str} {array.shape}\n".encode())
            digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).data)
        return digest.hexdigest()

    def subset(self, train: int | None = None, test: int | None = None, seed: int = 0) -> ImageData:
        """Return a random part, whose name tells its sizes; a smaller part lies within a larger one.

        Parameters
        ----------
        train, test : int or None
            Numbers of images to keep; None keeps all.
        seed : int
            Seed of the draw.

        Raises
        ------
        ValueError
            If a number is not between 1 and what there is.
        """
        if train is None and test is None:
            return self
        train_part = self._draw("train", train, seed)
        test_part = self._draw("test", test, seed)
        base = self.name.partition("[")[0]
        name = f"{base}[{len(train_part[0])}+{len(test_part[0])}]"
        return ImageData(*train_part, *test_part, name=name, source=self.source)

    def _draw(self, part: str, wanted: int | None, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        images: torch.Tensor = getattr(self, f"{part}_images")
        labels: torch.Tensor = getattr(self, f"{part}_labels")
        if wanted is None:
            return images, labels
        if not 1 <= wanted <= len(images):
            raise ValueError(f"{part} is {wanted}; {self.name} can give 1 to {len(images)} {part} images")
        chosen = torch.from_numpy(np.random.default_rng(seed).permutation(len(images))[:wanted])
        return images[chosen], labels[chosen]


def load_images(
    name: str = "auto", root: str | os.PathLike[str] | None = None, *, download: bool = True
) -> ImageData:
    """Return an image set of handwritten digits, 28x28.

    MNIST is looked for in `root` if given, otherwise in ``$PDENET_DATA`` and the user's cache
    (``$XDG_CACHE_HOME/pdenet`` or ``~/.cache/pdenet``), as ``MNIST/raw/train-images-idx3-ubyte`` and the
    like; if it is in neither, torchvision downloads it into the cache. The files are verified against their
    published MD5 sums. The digits are scikit-learn's 1797, enlarged from 8x8 to 20x20 within a border of 4 as
    in MNIST, 1437 of them for training and 360 for testing (the same writers on both sides).

    Parameters
    ----------
    name : {"auto", "mnist", "digits"}
        ``auto`` takes MNIST if it can be had, and otherwise the digits, which it says once in the log.
    root : path, optional
        The only folder to look for MNIST in; if it is not there, that is an error.
    download : bool
        Whether MNIST may be downloaded; ``PDENET_OFFLINE=1`` in the environment forbids it as well.

    Raises
    ------
    ValueError
        If the name is unknown, or a root is given for the digits.
    DataError
        If MNIST is damaged anywhere, or absent where it was asked for by name or root; it names the file.

    References
    ----------
    Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
    E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI repository (1998).
    """
    if name not in ("auto", "mnist", "digits"):
        raise ValueError(f"image set {name!r} is unknown; use 'auto', 'mnist' or 'digits'")
    if name == "digits":
        if root is not None:
            raise ValueError(
                f"root is {os.fspath(root)!r}, but the digits come with scikit-learn; leave root out"
            )
        return _digits()
    if root is not None:
        return _read_mnist(Path(root).expanduser(), "a given folder")
    for folder, place in _places():
        if _has_mnist(folder):
            return _read_mnist(folder, place)
    if download and os.environ.get("PDENET_OFFLINE", "0") in ("", "0"):
        failure = _download_mnist(_cache())
    else:
        failure = "downloading is switched off"
    if failure is None:
        return _read_mnist(_cache(), "the user's cache, by torchvision")
    if name == "mnist":
        folders = " or ".join(str(folder) for folder, _ in _places())
        raise DataError(
            f"MNIST is not in {folders} and could not be downloaded ({failure}); set PDENET_DATA to a folder "
            f"that holds {_RAW / next(iter(_MD5))} and the other three files, or use the set 'digits'"
        )
    # Without the folders' paths: notebooks keep what they print.
    _announce(
        f"MNIST is not in {' or '.join(place for _, place in _places())} and could not be downloaded "
        f"({failure}); using scikit-learn's digits, 28x28"
    )
    return _digits()


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "pdenet")


def _places() -> Iterator[tuple[Path, str]]:
    if configured := os.environ.get("PDENET_DATA"):
        yield Path(configured).expanduser(), "$PDENET_DATA"
    yield _cache(), "the user's cache"


def _announce(message: str) -> None:
    global _announced
    if not _announced:
        # A log line, not a warning: where warnings are errors, the fall-back must still be one.
        _LOG.warning(message)
    _announced = True


def _has_mnist(folder: Path) -> bool:
    """Whether any of the four files is there; if that cannot be told, yes, and reading it will say why."""
    for file in _MD5:
        try:
            os.stat(folder / _RAW / file)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return True
        return True
    return False


def _read_mnist(folder: Path, place: str) -> ImageData:
    source = f"MNIST (LeCun, Cortes, Burges), MD5 verified, from {place}"
    train, test = _read_split(folder / _RAW, "train"), _read_split(folder / _RAW, "t10k")
    return ImageData(*train, *test, name="mnist", source=source)


def _read_split(folder: Path, prefix: str) -> tuple[torch.Tensor, torch.Tensor]:
    images_file, labels_file = folder / f"{prefix}-images-idx3-ubyte", folder / f"{prefix}-labels-idx1-ubyte"
    images, images_md5 = _read_idx(images_file, _IMAGES_MAGIC)
    labels, labels_md5 = _read_idx(labels_file, _LABELS_MAGIC)
    if images.shape[1:] != (_SIDE, _SIDE):
        raise DataError(
            f"{images_file}: images of {images.shape[1]}x{images.shape[2]} pixels; MNIST has 28x28"
        )
    if len(images) != len(labels):
        raise DataError(
            f"{labels_file}: {len(labels)} labels for the {len(images)} images of {images_file.name}"
        )
    if labels.max(initial=0) > 9:
        raise DataError(
            f"{labels_file}: label {labels.max()} at position {labels.argmax()}; labels are 0 to 9"
        )
    # Last, because a sum only says that something is wrong.
    for file, md5 in ((images_file, images_md5), (labels_file, labels_md5)):
        if md5 != _MD5[file.name]:
            raise DataError(
                f"{file}: MD5 sum {md5}, published {_MD5[file.name]}; damaged or not MNIST, replace the file"
            )
    return torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))


def _read_idx(file: Path, magic: int) -> tuple[NDArray[np.uint8], str]:
    """Return the array of an uncompressed IDX file of bytes, and the file's MD5 sum."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"{file}: no such file; MNIST is four uncompressed IDX files: {', '.join(_MD5)}, in {file.parent}"
        ) from None
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror})") from error
    expected = magic.to_bytes(4, "big")
    if not expected.startswith(raw[:4]):
        hint = "; it is still compressed, gunzip it first" if raw[:2] == b"\x1f\x8b" else ""
        raise DataError(
            f"{file}: wrong magic number 0x{raw[:4].hex()}; it should start with 0x{expected.hex()}{hint}"
        )
    header = 4 * (1 + expected[3])  # the magic number ends in the number of axes; their lengths follow
    shape = [int.from_bytes(raw[at : at + 4], "big") for at in range(4, header, 4)]
    promised = header + math.prod(shape)
    if len(raw) < header or len(raw) < promised:
        raise DataError(f"{file}: truncated, {len(raw)} bytes of {max(header, promised)}")
    if len(raw) > promised:
        raise DataError(f"{file}: {len(raw)} bytes, {len(raw) - promised} more than its header promises")
    md5 = hashlib.md5(raw, usedforsecurity=False).hexdigest()
    return np.frombuffer(raw, np.uint8, offset=header).reshape(shape), md5


def _download_mnist(cache: Path) -> str | None:
    """Download MNIST into the cache; return None, or why not, which is remembered for the process."""
    global _download_failure
    if _download_failure is None:
        try:
            _fetch(cache)
        except (OSError, ImportError, RuntimeError, DataError) as error:
            _download_failure = str(error)
    return _download_failure


def _fetch(cache: Path) -> None:
    from torchvision.datasets import MNIST

    mirrors = _answering(MNIST.mirrors, MNIST.resources[-1][0])
    if not mirrors:
        raise OSError(f"no mirror answered within {_PROBE_SECONDS:g} s")
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="download-", dir=cache) as temporary:
        _LOG.info("downloading MNIST (12 MB) to %s", cache)
        command = [sys.executable, "-c", _DOWNLOADER, temporary, str(_STALL_SECONDS), *mirrors]
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_DOWNLOAD_SECONDS
            )
        except subprocess.TimeoutExpired:
            raise OSError(f"the download did not end within {_DOWNLOAD_SECONDS:g} s") from None
        if done.returncode:
            raise OSError((done.stderr.strip().splitlines() or ["torchvision gave no reason"])[-1])
        fetched = Path(temporary)
        _read_mnist(fetched, "a download")
        for compressed in (fetched / _RAW).glob("*.gz"):
            compressed.unlink()
        (cache / _RAW).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(fetched / _RAW, cache / _RAW)
        except OSError:
            # Another process may have been faster; its files are as good.
            if not _has_mnist(cache):
                raise


def _answering(mirrors: Sequence[str], file: str) -> list[str]:
    """Return the mirrors that offer the file, asked all at once."""
    answered: set[str] = set()

    def ask(mirror: str) -> None:
        request = urllib.request.Request(mirror + file, method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=_PROBE_SECONDS):
                answered.add(mirror)
        except urllib.error.HTTPError as error:
            error.close()
        except (OSError, http.client.HTTPException, ValueError):
            return

    # Daemon threads, because a name look-up knows no time limit and must not hold up the end of the process.
    threads = [threading.Thread(target=ask, args=(mirror,), daemon=True) for mirror in mirrors]
    deadline = time.monotonic() + _PROBE_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [mirror for mirror in mirrors if mirror in answered]


def _digits() -> ImageData:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    bunch = load_digits()
    images = torch.from_numpy(_enlarge(bunch.images.astype(np.int64)))
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    train, test = train_test_split(np.arange(len(labels)), test_size=360, stratify=labels, random_state=0)
    source = "scikit-learn's handwritten digits (Alpaydin, Kaynak), enlarged from 8x8"
    return ImageData(images[train], labels[train], images[test], labels[test], name="digits", source=source)


def _enlarge(small: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Bring 8x8 images of values 0..16 to 20x20 by bilinear interpolation, in a border of 4, values 0..255.

    In whole numbers (the weights are tenths), so that the checksum is the same on every machine.
    """
    place = np.clip(4 * np.arange(20) - 3, 0, 70)  # centres of the new pixels, in tenths of an old one
    left = np.minimum(place // 10, 6)
    weight = place - 10 * left
    rows = small[:, left] * (10 - weight)[:, None] + small[:, left + 1] * weight[:, None]
    both = rows[:, :, left] * (10 - weight) + rows[:, :, left + 1] * weight
    grey = (255 * both + 800) // 1600  # 16 * 100 is full ink; rounded to nearest
    return np.pad(grey, ((0, 0), (4, 4), (4, 4))).astype(np.uint8)
