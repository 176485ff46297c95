"""The fully connected classifier behind the trunk, one for every seed."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from pdenet.ops.linear import seed_linear
from pdenet.ops.seeding import CLASSIFIER, generator

Activation = Literal["relu", "tanh", "none"]
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "none": lambda x: x,
}


class Classifier(nn.Module):
    """Linear layers with an activation between them, S of them side by side.

    Initial weights and biases follow `torch.nn.Linear`: uniform on [-1/sqrt(n), 1/sqrt(n)), n the inputs.

    Parameters
    ----------
    sizes
        Features before, between and after the layers: (784, 256, 128, 10) has three layers.
    seeds
        One classifier a seed.
    activation
        ``"relu"``, ``"tanh"`` or ``"none"``; with none the layers together are one linear map.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or the activation is unknown.
    """

    def __init__(self, sizes: Sequence[int], seeds: tuple[int, ...], activation: Activation = "relu") -> None:
        super().__init__()
        if len(sizes) < 2 or min(sizes) < 1:
            message = f"sizes must be two or more positive integers; got {tuple(sizes)}"
            raise ValueError(message)
        if activation not in ACTIVATIONS:
            message = f"activation must be one of {', '.join(map(repr, ACTIVATIONS))}; got {activation!r}"
            raise ValueError(message)
        self.activation = activation
        generators = [generator(seed, CLASSIFIER) for seed in seeds]
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for inputs, outputs in pairwise(sizes):
            bound = inputs**-0.5
            draw = [bound * (2 * torch.rand(inputs + 1, outputs, generator=g) - 1) for g in generators]
            both = torch.stack(draw)  # (S, inputs + 1, outputs)
            self.weights.append(nn.Parameter(both[:, :-1].clone()))
            self.biases.append(nn.Parameter(both[:, -1:].clone()))

    def forward(self, x: Tensor) -> Tensor:
        """Logits (S, B, classes) of features `x` (S, B, inputs)."""
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = seed_linear(x, weight, bias)
            if i < last:
                x = ACTIVATIONS[self.activation](x)
        return x
