"""The probe behind layers: where it must read everything, nothing, or the same as elsewhere."""

import numpy as np
import pytest
import torch

from pdenet.models import PDENet
from pdenet.subjects.mechanism.layers import mirrored, without_diffusion, without_drift
from pdenet.subjects.mechanism.reader import Reader, regained, suspects
from pdenet.symbolic import PDE1


def bars(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two kinds of picture, a bar across and a bar down, with a little noise."""
    labels = torch.arange(count) % 2
    images = 0.1 * torch.rand(count, 12, 12, generator=torch.Generator().manual_seed(seed))
    images[labels == 0, 5:7, 2:10] += 1
    images[labels == 1, 2:10, 5:7] += 1
    return images, labels


@pytest.fixture
def reader() -> Reader:
    return Reader(*bars(40, 1), *bars(20, 2))


def stack(**values: float) -> torch.Tensor:
    """Two seeds of four layers with these parameters, zero otherwise."""
    trunk = dict.fromkeys(("alpha", "beta", "sigma", "rho", "gamma"), 0.0) | values
    net = PDENet(PDE1, 4, 2).set_trunk({name: [value] * 4 for name, value in trunk.items()})
    return net.kernels()[0].detach()


def test_the_course_of_an_accuracy_starts_at_the_pixels_and_ends_behind_the_layers(reader: Reader) -> None:
    kernels = stack(alpha=0.5, beta=0.4)
    found = reader.course(kernels, [0, 2, 4])
    assert found.shape == (2, 3)
    assert (found[:, 0] == 100).all()
    np.testing.assert_array_equal(found[:, 1], reader.behind(kernels[:, :2]))
    np.testing.assert_array_equal(found[:, 2], reader.behind(kernels))


def test_what_is_moved_out_of_the_frame_is_not_read(reader: Reader) -> None:
    found = reader.moved([[[0, 0], [0, 1]], [[12, 0], [0, -12]]])
    assert found.shape == (2, 2)
    assert (found[0] == 100).all()
    assert (found[1] == 50).all()


def test_each_suspect_is_taken_away_by_itself(reader: Reader) -> None:
    kernels = stack(alpha=0.6, sigma=0.6, beta=0.5, rho=0.5)
    found = suspects(reader, kernels)
    for name, change in (
        ("drift alternates", mirrored),
        ("no drift", without_drift),
        ("no diffusion", without_diffusion),
    ):
        np.testing.assert_array_equal(found[name], reader.behind(change(kernels)), err_msg=name)
    assert all(one.shape == (2,) for one in found.values())


def test_a_window_that_moves_along_finds_what_has_left_the_frame(reader: Reader) -> None:
    away = stack(alpha=1.0, beta=1.0)  # a pixel a layer to the left, unchanged
    kernels = torch.cat([away] * 4, dim=1)
    found = suspects(reader, kernels)
    assert (found["window moves along"] == 100).all()
    assert (found["window stays"] == 50).all()
    assert (reader.behind(kernels) == 50).all()


def test_a_share_is_regained_of_what_was_lost() -> None:
    found = regained(np.array([60.0, 80.0, 79.9]), np.array([40.0, 40.0, 79.5]), 80.0)
    np.testing.assert_allclose(found, [0.5, 1.0, 0.4])
