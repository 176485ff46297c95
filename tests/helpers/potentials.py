"""Networks whose loss is a potential worth looking at, and points away from their images."""

from torch import Tensor

from pdenet.subjects.adversarial_work.measures import Setting
from pdenet.subjects.adversarial_work.networks import BentNet

COUNT = 6
SMOOTH = ("tanh", "softplus")


def steep(bend: str, seeds: int = 2, widths: tuple[int, ...] = (24, 16), by: float = 4.0) -> BentNet:
    """Networks as drawn, with weights large enough for logits that differ."""
    net = BentNet(bend, seeds, widths=widths).double().eval().requires_grad_(False)
    for weight in (*net.weights, net.classifier.weights[0]):
        weight.mul_(by)
    return net


def away(found: Setting, size: float = 1.0) -> Tensor:
    return found.start + size * found.drawn(99)
