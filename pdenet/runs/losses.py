"""What a classifier is trained to make small: the right loss, and three that are taken for it by mistake.

The thesis says that its network ends in a softmax that returns probabilities, and names no loss. A network
that returns probabilities needs a loss of probabilities. Given to one that takes logits, or without the
logarithm, they train a network too, and no library warns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

Loss = Literal["cross-entropy", "double softmax", "minus probability", "squared error"]


def _double_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy that takes probabilities for logits: the softmax is applied twice.

    In PyTorch ``CrossEntropyLoss()(softmax(z), y)``, in Keras ``Dense(10, "softmax")`` with
    ``from_logits=True``. For C classes it lies between log(e + C - 1) - 1 and log(e + C - 1).
    """
    return functional.cross_entropy(logits.softmax(-1), labels, reduction="none")


def _minus_probability(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the probability of the label: ``NLLLoss()(softmax(z), y)``, where the logarithm is missing."""
    return functional.nll_loss(logits.softmax(-1), labels, reduction="none")


def _squared_error(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean square between probabilities and the label as a unit vector: ``MSELoss()``."""
    probabilities = logits.softmax(-1)
    target = functional.one_hot(labels, logits.shape[-1]).to(probabilities.dtype)
    return (probabilities - target).square().mean(-1)


def _cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the logarithm of the label's probability."""
    return functional.cross_entropy(logits, labels, reduction="none")


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross-entropy": _cross_entropy,
    "double softmax": _double_softmax,
    "minus probability": _minus_probability,
    "squared error": _squared_error,
}
"""By name: from logits (N, C) and labels (N,) to losses (N,)."""
