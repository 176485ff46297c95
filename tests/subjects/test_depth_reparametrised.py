"""Two equations, one network: mapped, their trainings agree; with a factor left out they part."""

import pytest
import torch

from pdenet.data import load_images
from pdenet.models import PDENet
from pdenet.subjects.depth.reparametrised import (
    ARMS,
    FACTOR,
    MAPPED,
    DriftStartNet,
    Steps,
    arm,
    distances,
    drift_columns,
    kernel_course,
)
from pdenet.symbolic import PDE1, PDE2, PDE_1D

FEW = load_images("digits").subset(64, 16)
SHORT = {"depth": 2, "steps": 12, "batch_size": 8, "widths": (8, 8)}


def course(pde: object, treatment: Steps | None = None, **changes: object) -> torch.Tensor:
    options = {**SHORT, **changes}
    return kernel_course(pde, FEW.train_images, FEW.train_labels, treatment=treatment, **options)  # type: ignore[arg-type]


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


def test_networks_cross_start_and_equation() -> None:
    kernels = {name: arm(name, 3, seeds=2).kernels()[0] for name in ARMS}
    assert torch.equal(kernels["(40)"], kernels["(39), start of (40)"])
    assert torch.equal(kernels["(39)"], kernels["(40), start of (39)"])
    assert not torch.equal(kernels["(39)"], kernels["(40)"])


def test_the_plain_networks_of_the_cross_keep_their_records() -> None:
    assert arm("(39)", 2).describe() == PDENet(PDE1, 2).describe()
    described = arm("(39), start of (40)", 2).describe()
    assert described == {**PDENet(PDE1, 2).describe(), "name": "DriftStartNet", "drift_start": -0.125}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of '\(39\)', .*; got '41'"):
        arm("41", 2)
    with pytest.raises(ValueError, match="without rho"):
        drift_columns(PDE_1D)
    with pytest.raises(ValueError, match="without rho"):
        DriftStartNet(PDE_1D, 2, drift_start=1)
