"""The attacks agree with two public libraries, at the same radius, number of steps and length of a step.

Neither library is needed by the project; where one is not installed its test is skipped.
"""

import warnings

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pdenet.data import load_images
from pdenet.models.measures.attack import pgd
from pdenet.models.measures.balls import Norm
from pdenet.models.twin_net import TwinNet
from pdenet.runs.loop import learn
from pdenet.runs.schedule import OneCycle, ScheduledTask

RADII: dict[Norm, float] = {"linf": 0.06, "l2": 0.7}
STEPS = 20
POINT = 0.0101  # of accuracies between 0 and 1


class One(nn.Module):
    """One network of images (B, 1, H, W), as a library wants it."""

    def __init__(self, net: TwinNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.net(images[:, 0])[0]
        return logits


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "residual"])
def asked(request: pytest.FixtureRequest) -> tuple[TwinNet, Tensor, Tensor]:
    """A network, and 300 digits that it has not seen."""
    data = load_images("digits").subset(1400, 300)
    net = TwinNet(3, skip=request.param)
    learn(ScheduledTask(net, data, OneCycle(epochs=4), torch.device("cpu"), last_only=True))
    return net.eval(), data.test_images.float() / 255, data.test_labels


def ours(asked: tuple[TwinNet, Tensor, Tensor], norm: Norm) -> float:
    net, images, labels = asked
    return float(pgd(net, images, labels, RADII[norm], norm=norm, steps=STEPS).right.double().mean())


def right(asked: tuple[TwinNet, Tensor, Tensor], found: Tensor) -> float:
    net, _, labels = asked
    with torch.no_grad():
        return float((net(found[:, 0])[0].argmax(-1) == labels).double().mean())


@pytest.mark.parametrize("norm", list(RADII))
def test_foolbox_finds_as_much(asked: tuple[TwinNet, Tensor, Tensor], norm: Norm) -> None:
    foolbox = pytest.importorskip("foolbox", reason="foolbox is not installed; no dependency of the project")
    net, images, labels = asked
    kind = foolbox.attacks.LinfPGD if norm == "linf" else foolbox.attacks.L2PGD
    attack = kind(rel_stepsize=2.5 / STEPS, steps=STEPS, random_start=True)
    model = foolbox.PyTorchModel(One(net).eval(), bounds=(0, 1))
    torch.manual_seed(0)
    _, found, _ = attack(model, images[:, None], labels, epsilons=RADII[norm])
    theirs = right(asked, found)
    assert 0.02 < theirs < 0.98
    assert abs(theirs - ours(asked, norm)) < POINT


@pytest.mark.parametrize("norm", list(RADII))
def test_the_robustness_toolbox_finds_as_much(asked: tuple[TwinNet, Tensor, Tensor], norm: Norm) -> None:
    reason = "the adversarial robustness toolbox is not installed; no dependency of the project"
    attacks = pytest.importorskip("art.attacks.evasion", reason=reason)
    estimators = pytest.importorskip("art.estimators.classification", reason=reason)
    net, images, labels = asked
    np.random.seed(0)  # noqa: NPY002, since the toolbox draws from it
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = estimators.PyTorchClassifier(
            One(net).eval(), nn.CrossEntropyLoss(), (1, 28, 28), 10, clip_values=(0, 1), device_type="cpu"
        )
        attack = attacks.ProjectedGradientDescentPyTorch(
            classifier,
            norm=np.inf if norm == "linf" else 2,
            eps=RADII[norm],
            eps_step=2.5 * RADII[norm] / STEPS,
            max_iter=STEPS,
            num_random_init=1,
            batch_size=len(labels),
            verbose=False,
        )
        found = torch.from_numpy(attack.generate(images[:, None].numpy(), labels.numpy()))
    theirs = right(asked, found)
    assert 0.02 < theirs < 0.98
    assert abs(theirs - ours(asked, norm)) < POINT
