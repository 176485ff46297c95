"""Two equations, one network: mapped, their trainings agree; with a factor left out they part."""

from typing import Any

import pytest
import torch

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.subjects.depth.networks import FACTOR
from pdenet.subjects.depth.training import MAPPED, Steps, _KernelTask, distances, kernel_course
from pdenet.symbolic import PDE1, PDE2, EvolutionPDE

FEW = load_images("digits").subset(64, 16)
SHORT: dict[str, Any] = {"depth": 2, "steps": 12, "batch_size": 8, "widths": (8, 8)}


def course(pde: EvolutionPDE, treatment: Steps | None = None, **changes: Any) -> torch.Tensor:
    options = {**SHORT, **changes}
    return kernel_course(pde, FEW.train_images, FEW.train_labels, treatment=treatment, **options)


@pytest.fixture(scope="module")
def second() -> torch.Tensor:
    return course(PDE2)


def test_the_mapped_first_equation_follows_the_second(second: torch.Tensor) -> None:
    gap = distances(course(PDE1, MAPPED), second)
    assert gap.shape == (13,)
    assert gap.max() < 1e-12
    assert distances(second[:1], second[-1:]) > 1e-3, "training moves the kernels"


@pytest.mark.parametrize(
    ("treatment", "least"),
    [
        (Steps(FACTOR, 1 / 8, 1), 1e-10),  # epsilon
        (Steps(FACTOR, 1, 8), 1e-3),  # rate
        (Steps(1, 1 / 8, 8), 1e-2),  # start
        (Steps(-FACTOR, 1 / 8, 8), 1e-2),  # its sign
    ],
)
def test_a_factor_that_is_left_out_shows(second: torch.Tensor, treatment: Steps, least: float) -> None:
    assert distances(course(PDE1, treatment), second).max() > least


def test_a_course_repeats_itself_and_depends_on_the_seed(second: torch.Tensor) -> None:
    assert torch.equal(course(PDE2), second)
    assert not torch.equal(course(PDE2, seed=1), second)


def test_a_course_is_that_of_an_ordinary_optimiser(second: torch.Tensor) -> None:
    """No treatment: the groups are one, and the first kernels those of the network with the seed."""
    assert second.dtype == torch.float64
    assert torch.equal(second[0], PDENet(PDE2, 2).double().kernels()[0][0])


def test_pixels_are_shares_of_full_ink() -> None:
    ink = torch.full((4, 28, 28), 255, dtype=torch.uint8)
    ones = torch.ones(4, 28, 28, dtype=torch.float64)
    labels = torch.arange(4)
    given: dict[str, Any] = {**SHORT, "learning_rate": 1e-3, "epsilon": 1e-8, "seed": 0}
    for images in (ink, 255 * ones):
        assert torch.equal(_KernelTask(PDE1, images, labels, Steps(), **given).pixels, ones)
