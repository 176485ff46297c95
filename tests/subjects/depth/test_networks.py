"""One network in two parametrisations: whose start it has, and whose steps, is a choice of its own."""

import pytest
import torch

from pdenet.models import PDENet
from pdenet.subjects.depth.networks import ARMS, DriftStartNet, arm_spec, drift_columns
from pdenet.symbolic import PDE1, PDE_1D


def test_networks_cross_start_and_equation() -> None:
    kernels = {name: arm_spec(name, 3).build(2).kernels()[0] for name in ARMS}
    assert torch.equal(kernels["(40)"], kernels["(39), start of (40)"])
    assert torch.equal(kernels["(39)"], kernels["(40), start of (39)"])
    assert not torch.equal(kernels["(39)"], kernels["(40)"])


def test_the_plain_networks_of_the_cross_keep_their_records() -> None:
    assert arm_spec("(39)", 2).describe() == PDENet(PDE1, 2).describe()
    described = arm_spec("(39), start of (40)", 2).describe()
    assert described == {**PDENet(PDE1, 2).describe(), "name": "DriftStartNet", "drift_start": -0.125}


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"arm must be '\(39\)' or .*; got '41'"):
        arm_spec("41", 2)
    with pytest.raises(ValueError, match="without rho"):
        drift_columns(PDE_1D)
    with pytest.raises(ValueError, match="without rho"):
        DriftStartNet(PDE_1D, 2, drift_start=1)


@pytest.mark.parametrize("name", ARMS)
def test_a_network_of_the_cross_describes_itself_as_its_specification_does(name: str) -> None:
    spec = arm_spec(name, 2, widths=(8,))
    assert spec.build([1]).describe() == spec.describe()
