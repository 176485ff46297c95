"""One network in two parametrisations: whose start it has, and whose steps, is a choice of its own."""

import pytest
import sympy as sp
import torch

from pdenet.models import PDENet
from pdenet.subjects.depth.networks import ARMS, CALMER, DriftStartNet, arm_spec, drift_columns
from pdenet.symbolic import PDE1, PDE_1D, EvolutionPDE, beta, psi, rho, t, x, y


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
    heat = EvolutionPDE(sp.Eq(psi.diff(t), beta * psi.diff(x) + rho * psi.diff(y)))
    with pytest.raises(ValueError, match=r"the diffusion parameters alpha and sigma; .* without alpha"):
        DriftStartNet(heat, 2, spread_start=0.1)
    with pytest.raises(TypeError, match="alternate must be True or False"):
        DriftStartNet(PDE1, 2, alternate="yes")  # type: ignore[arg-type]


def test_calmer_starts_change_one_thing() -> None:
    drawn = PDENet(PDE1, 4, 2).trunk()
    turned, still = (arm_spec(name, 4).build(2).trunk() for name in CALMER)
    signs = torch.tensor([1.0, -1.0, 1.0, -1.0])
    for name in drawn:
        drift, spread = name in ("beta", "rho"), name in ("alpha", "sigma")
        assert torch.equal(turned[name], drawn[name] * signs if drift else drawn[name])
        assert torch.equal(still[name], drawn[name] * 0.1 if spread else drawn[name])


@pytest.mark.parametrize("name", [*ARMS, *CALMER])
def test_a_network_of_the_cross_describes_itself_as_its_specification_does(name: str) -> None:
    spec = arm_spec(name, 2, widths=(8,))
    assert spec.build([1]).describe() == spec.describe()
