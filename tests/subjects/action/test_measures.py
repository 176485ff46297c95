"""How well Gaussians stand for layers, on layers of which it is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pdenet.models.measures.waves import kernel_parts, torus_kernel
from pdenet.subjects.action.measures import distance, halves, stack_gains, stacks
from pdenet.symbolic import PDE1, PDE2
from pdenet.symbolic.moments import depth_moments
from pdenet.symbolic.propagator import gaussian_mass


def layers(*theta: tuple[float, ...]) -> torch.Tensor:
    """One network (1, L, 3, 3) of (39) with these alpha, beta, sigma, rho, gamma."""
    return PDE1.stencil().kernels(torch.tensor(np.array([theta]), dtype=torch.double))


def test_the_distance_is_the_share_at_a_wrong_pixel() -> None:
    one, other = np.array([0.5, 0.5, 0.0]), np.array([0.0, 0.5, 0.5])
    assert distance(one, other) == 0.5
    assert distance(np.stack([one, other], axis=1), np.stack([one, one], axis=1)) == pytest.approx([0, 0.5])


def test_a_half_is_known_by_its_width_and_drift() -> None:
    found = halves([layers((0.55, 0.0, 0.0, 0.4, 0.2), (0.9, 0.95, 0.9, -0.5, 0.0))])
    assert found.width == pytest.approx([0.55, 0, 0.9, 0.9])
    assert found.drift == pytest.approx([0, 0.4, 0.95, -0.5])
    assert found.shares() == {
        "Gaussian fits the flow": 0.25,
        "Gaussian fits the layer": 0.25,
        "no negative tap beside the centre": 0.5,
        "stable": 0.5,
        "diffusion off": 0.25,
    }


def test_of_the_second_equation_what_acts_counts() -> None:
    theta = torch.tensor([[[0.5, 0.8, 0.5, -0.8, 0.0]]], dtype=torch.double)
    assert halves([PDE2.stencil().kernels(theta)]).drift == pytest.approx([-0.1, 0.1])


def test_small_layers_follow_the_flow_and_wide_stacks_the_bell() -> None:
    small = stacks(layers(*[(0.1, 0.02, 0.1, 0.02, 0.01)] * 3))
    assert small.largest[0] == pytest.approx([np.hypot(0.03, 0.04)] * 3, abs=0.01)
    assert small.error.max() < small.largest.max() ** 2
    assert small.flow_layers[0] < 0.01 < 0.1 < small.bell_layers[0]
    wide = stacks(layers(*[(0.6, 0.0, 0.6, 0.0, 0.0)] * 30))
    assert wide.bell_layers[0] < 0.02
    assert wide.bell_mass[0] == pytest.approx(gaussian_mass(0.6, 0.0) ** 60)


def test_without_diffusion_no_bell_arrives() -> None:
    found = stacks(layers((0.0, 0.4, 0.0, 0.3, 0.0)))
    assert found.bell_mass[0] == 0
    assert found.bell_variance[0] == pytest.approx([0, 0], abs=1e-15)


def test_variances_are_those_of_the_moments_of_the_stack() -> None:
    theta = np.array([[0.5, 0.3, 0.2, -0.6, 0.2], [0.7, -0.1, 0.3, 0.4, -0.1]])
    found = stacks(layers(*theta))
    last = depth_moments(PDE1, theta).covariance[-1]
    assert found.variance[0] == pytest.approx([last[0, 0], last[1, 1]])
    assert found.bell_variance[0] == pytest.approx([0.25 + 0.49, 0.04 + 0.09])
    assert not found.sharpening[0]
    assert stacks(layers((0.1, 0.5, 0.1, 0.5, 0.0))).sharpening[0]


def test_bells_move_with_the_drift() -> None:
    """Drift along x moves to the left, along y up."""
    gains = stack_gains(kernel_parts(layers((0.9, 2.0, 0.9, 1.0, 0.0))))
    for version in ("flow", "(34)", "(35)"):
        kernel = torus_kernel(gains[version])[0]
        total = kernel.sum()
        offsets = np.round(64 * np.fft.fftfreq(64))
        assert kernel.sum(axis=0) @ offsets / total == pytest.approx(-2.0, abs=0.01)
        assert kernel.sum(axis=1) @ offsets / total == pytest.approx(-1.0, abs=0.01)
