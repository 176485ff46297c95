"""What is just allowed of an image set, and what is just not."""

from pathlib import Path

import numpy as np
import pytest
from helpers.mnist_files import TRAIN_IMAGES, TRAIN_LABELS, contents, idx, write_set

from pdenet.data import DataError, load_images, mnist
from pdenet.data.digits import _enlarge


def test_a_subset_may_be_one_image_or_all() -> None:
    digits = load_images("digits")
    assert digits.subset(1, 1).name == "digits[1+1]"
    assert digits.subset(1437, 360).name == "digits[1437+360]"
    for sizes, message in (((0, 1), "train is 0"), ((1438, 1), "train is 1438"), ((1, 0), "test is 0")):
        with pytest.raises(ValueError, match=message):
            digits.subset(*sizes)


def test_nine_is_a_digit_and_ten_is_none(tmp_path: Path) -> None:
    raw = write_set(tmp_path)
    labels = np.frombuffer(contents()[TRAIN_LABELS][8:], np.uint8)
    assert labels.max() == 9
    (raw / TRAIN_LABELS).write_bytes(idx(np.where(labels == 9, 10, labels)))
    with pytest.raises(DataError, match="label 10 at position 9; labels are 0 to 9"):
        load_images("mnist", tmp_path)


def test_a_file_has_neither_a_byte_less_nor_one_more_than_it_promises(tmp_path: Path) -> None:
    file = tmp_path / TRAIN_IMAGES
    whole = idx(np.zeros((2, 3, 4)))
    file.write_bytes(whole)
    assert mnist._read_idx(file, mnist._IMAGES_MAGIC)[0].shape == (2, 3, 4)
    for content, message in (
        (whole[:-1], "truncated, 39 bytes of 40"),
        (whole + b"\0", "41 bytes, 1 more than its header promises"),
        (whole[:15], "truncated, 15 bytes of"),
    ):
        file.write_bytes(content)
        with pytest.raises(DataError, match=message):
            mnist._read_idx(file, mnist._IMAGES_MAGIC)
    file.write_bytes(idx(np.zeros((0, 3, 4))))
    assert mnist._read_idx(file, mnist._IMAGES_MAGIC)[0].shape == (0, 3, 4)


@pytest.mark.parametrize("axis", [1, 2])
def test_a_line_of_ink_is_enlarged_where_it_stands(axis: int) -> None:
    """Old pixel 2 has its centre at 2, new pixel j at 0.4 j - 0.3; one old pixel on, ink is gone."""
    small = np.zeros((1, 8, 8), np.int64)
    small[:, 2] = 16
    large = _enlarge(small if axis == 1 else small.swapaxes(1, 2))
    profile = large[0].max(axis=2 - axis)
    tenths = np.maximum(0, 10 - np.abs(4 * np.arange(20) - 3 - 20))
    assert profile[4:24].tolist() == ((255 * tenths + 5) // 10).tolist()
    assert not profile[:4].any()
    assert not profile[24:].any()
