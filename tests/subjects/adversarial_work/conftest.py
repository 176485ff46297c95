"""Digits, and networks as drawn that look at them."""

import pytest
from helpers.potentials import COUNT, steep
from torch import Tensor

from pdenet.data import load_images
from pdenet.subjects.adversarial_work.arms import small_digits
from pdenet.subjects.adversarial_work.measures import Setting, setting
from pdenet.subjects.adversarial_work.networks import BENDS


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor]:
    return small_digits(load_images("digits"), COUNT)


@pytest.fixture(scope="module")
def one(digits: tuple[Tensor, Tensor]) -> dict[str, Setting]:
    found = {bend: setting(steep(bend), *digits) for bend in BENDS}
    return found | {"affine": setting(steep("relu", widths=()), *digits)}
