"""The laws that parameters are drawn from."""

from pdenet.models import ConvResNet, Init, PDENet
from pdenet.symbolic import PDE1


def test_default_initial_laws() -> None:
    theta = PDENet(PDE1, 200, seeds=2).theta
    assert (theta[..., :4] >= 0).all()
    assert (theta[..., :4] < 1).all()
    assert abs(float(theta[..., :4].detach().mean()) - 0.5) < 0.05
    assert (theta[..., 4] == 0).all(), "gamma starts at zero"
    weight = ConvResNet(200, seeds=2).weight
    assert weight.abs().max() < 1 / 3
    assert abs(float(weight.detach().mean())) < 0.02


def test_initial_law_can_be_chosen() -> None:
    model = PDENet(PDE1, 300, init=Init("normal", 0.1, zero=("beta", "rho")))
    trunk = model.trunk()
    assert (trunk["beta"] == 0).all()
    assert (trunk["rho"] == 0).all()
    assert abs(float(trunk["gamma"].detach().std()) - 0.1) < 0.02
    assert model.describe()["init"] == {"law": "normal", "scale": 0.1, "zero": ["beta", "rho"]}
