"""The fully connected classifier behind the trunk, one for every seed."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from pdenet.checks.sequences import wholes
from pdenet.checks.words import one_of
from pdenet.models.initial import AFFINE_STARTS, AffineStart, draw_affine
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

    Parameters
    ----------
    sizes
        Features before, between and after the layers: (784, 256, 128, 10) has three layers.
    seeds
        One classifier a seed.
    activation
        ``"relu"``, ``"tanh"`` or ``"none"``; with none the layers together are one linear map.
    start
        Whose law weights and biases start from, ``"pytorch"`` or ``"keras"``; see `draw_affine`.

    Raises
    ------
    TypeError
        If the sizes are no numbers, or the activation or the start is no text.
    ValueError
        If there are fewer than two sizes, one is not whole and positive, or the activation or the start is
        unknown.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        seeds: tuple[int, ...],
        activation: Activation = "relu",
        start: AffineStart = "pytorch",
    ) -> None:
        super().__init__()
        sizes = wholes("sizes", sizes, least=1)
        if len(sizes) < 2:
            message = f"sizes must be two or more, of inputs and of outputs; got {sizes}"
            raise ValueError(message)
        self.activation = one_of("activation", activation, tuple(ACTIVATIONS))
        one_of("start", start, AFFINE_STARTS)
        self.start = start
        generators = [generator(seed, CLASSIFIER) for seed in seeds]
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for inputs, outputs in pairwise(sizes):
            both = draw_affine(inputs, outputs, generators, self.start)
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
