"""The light of a digit behind layers whose moments are known."""

import numpy as np
import torch

from pdenet.models import PDENet
from pdenet.subjects.mechanism.light import gates, light, outside
from pdenet.symbolic import PDE1

LAYERS = 6


def stack(**values: float) -> torch.Tensor:
    """One seed of layers with these parameters, zero otherwise."""
    trunk = dict.fromkeys(("alpha", "beta", "sigma", "rho", "gamma"), 0.0) | values
    net = PDENet(PDE1, LAYERS).set_trunk({name: [value] * LAYERS for name, value in trunk.items()})
    return net.kernels()[0].detach()


def spot() -> torch.Tensor:
    images = torch.zeros(1, 28, 28)
    images[0, 14, 14] = 1
    return images


def test_positive_layers_do_what_their_moments_say() -> None:
    kernels = stack(alpha=0.7, beta=0.3, sigma=0.5, rho=-0.2, gamma=0.1)
    found = light(kernels, spot())
    for name in ("place", "spread", "mass"):
        np.testing.assert_allclose(*found[name], rtol=1e-4, err_msg=name)
    # A sum of taps of 1.1: per layer the drift is divided by it.
    np.testing.assert_allclose(found["place"][0], LAYERS / 1.1 * np.hypot(0.3, 0.2), rtol=1e-5)
    np.testing.assert_allclose(found["mass"][0], 1.1**LAYERS, rtol=1e-5)
    table = gates(kernels, spot())
    assert table["positive"] == 1
    assert table["positive layers"] == LAYERS
    assert table["cut"] == table["cut where positive"] == table["added"] == 0
    assert table["excess"] <= 1 + 1e-5


def test_light_that_is_carried_out_is_outside() -> None:
    images = torch.zeros(1, 28, 28)
    images[0, 14, 3] = 3  # three pixels from the rim: six layers of one pixel take it out
    images[0, 10, 20] = 1
    found = light(stack(alpha=1.0, beta=1.0), images)
    np.testing.assert_allclose(found["outside"], 0.75, atol=1e-6)
    np.testing.assert_allclose(found["mass"][1], 0.25, atol=1e-6)
    assert outside(stack(), images) == 0


def test_a_layer_without_positive_taps_is_seen_as_such() -> None:
    table = gates(stack(beta=0.8), spot())
    assert table["positive"] == table["positive layers"] == 0
    assert table["stable"] == 0
    assert table["cut"] > 0
    np.testing.assert_allclose(table["gain"], np.log(np.hypot(1, 0.8)), rtol=1e-4)
    np.testing.assert_allclose(table["shift"], LAYERS * 0.8, rtol=1e-5)
    np.testing.assert_allclose(table["variance"], -LAYERS * 0.64 / 2, rtol=1e-4)
