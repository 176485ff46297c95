"""What every network of the book is: a residual stack, then a classifier; subclasses make the kernels."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import torch
from torch import Tensor, nn

from pdenet.checks.numbers import whole
from pdenet.checks.sequences import wholes
from pdenet.checks.words import flag, one_of
from pdenet.models.classifier import ACTIVATIONS, Activation, Classifier
from pdenet.models.initial import AFFINE_STARTS, AffineStart
from pdenet.models.limits import check_size
from pdenet.ops import residual_stack
from pdenet.ops.seeding import as_seeds
from pdenet.ops.stack import BACKENDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pdenet.ops.stack import Backend, Support

CLASSIFIER_WIDTHS = (256, 128)


class ResidualNet(nn.Module, ABC):
    """S networks side by side, each a stack of L residual stencils and a three-layer classifier.

    Parameters
    ----------
    depth
        Number of layers L, zero or more; zero is the classifier alone, on raw pixels.
    seeds
        How many networks (seeds 0, 1, ...), or which seeds.
    widths
        Hidden widths of the classifier. The thesis says "three layers" and no more; (256, 128) is our choice.
    activation
        Between the classifier's layers; the thesis does not say which, if any. ``"relu"`` is our choice.
    head_start
        Whose law the classifier starts from, ``"pytorch"`` or ``"keras"``; see `Classifier`.
    image_shape
        Rows and columns of an image, pixels.
    classes
        Number of logits.
    backend
        Handed on to `residual_stack`.
    frozen
        Whether the trunk keeps the parameters that it was drawn with and only the classifier is trained.

    Raises
    ------
    TypeError
        If a number, a switch or a word is of another kind: ``frozen="false"`` is text, and no switch.
    ValueError
        If the depth is negative or not whole, an image has no pixels, a word is unknown, or what `as_seeds`
        and `Classifier` refuse.

    References
    ----------
    The thesis, section 4.1 and Fig. 4.2.
    """

    support: Support = "full"

    def __init__(
        self,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        widths: Sequence[int] = CLASSIFIER_WIDTHS,
        activation: Activation = "relu",
        head_start: AffineStart = "pytorch",
        image_shape: tuple[int, int] = (28, 28),
        classes: int = 10,
        backend: Backend = "auto",
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.depth = whole("depth", depth, least=0)
        self.seeds = as_seeds(seeds)
        rows, columns = wholes("image_shape", image_shape, count=2, least=1)
        self.image_shape = rows, columns
        self.backend: Any = one_of("backend", backend, BACKENDS)
        self.frozen = flag("frozen", frozen)
        hidden, logits = wholes("widths", widths, least=1), whole("classes", classes, least=1)
        check_size(len(self.seeds), self.depth, self.image_shape, hidden, logits)
        self.classifier = Classifier((rows * columns, *hidden, logits), self.seeds, activation, head_start)

    @abstractmethod
    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The residual kernels (S, L, rows, columns) and the biases (S, L) or None, differentiable."""

    @abstractmethod
    def trunk(self) -> dict[str, Tensor]:
        """The trunk's parameters by name, each (S, L, ...)."""

    def _trunk_parameter(self, values: Tensor) -> nn.Parameter:
        """A parameter of the trunk with these initial values, trained unless the trunk is frozen."""
        return nn.Parameter(values, requires_grad=not self.frozen)

    @torch.no_grad()
    def set_trunk(self, trunk: Mapping[str, Any]) -> Self:
        """Give the trunk these parameters, for instance those that records hold; the classifier stays.

        Parameters
        ----------
        trunk
            Numbers by name, as `trunk` returns them: each a tensor or nested lists (S, L, ...), or
            (L, ...) for the same in all seeds.

        Returns
        -------
        The network itself.

        Raises
        ------
        ValueError
            If the names or a shape are not those of the network; nothing is changed then.
        """
        own = self.trunk()
        if trunk.keys() != own.keys():
            message = f"the trunk has the parameters {', '.join(own)}; got {', '.join(trunk) or 'none'}"
            raise ValueError(message)
        given = {
            name: torch.as_tensor(trunk[name], dtype=values.dtype, device=values.device)
            for name, values in own.items()
        }
        for name, values in own.items():
            if given[name].shape not in (values.shape, values.shape[1:]):
                message = (
                    f"{name} must be {tuple(values.shape)}, seeds first, or {tuple(values.shape[1:])}; "
                    f"got {tuple(given[name].shape)}"
                )
                raise ValueError(message)
        for name, values in own.items():
            values.copy_(given[name])
        return self

    @classmethod
    def description(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """The configuration as plain data of a network with these arguments; nothing is drawn.

        It is all that, beside a seed, fixes the initial network.
        """
        return {"name": cls.__name__, **_describe_stack(*arguments, **options)}

    @classmethod
    def spec(cls, *arguments: Any, **options: Any) -> Spec:
        """A network with these arguments, seeds left out, before it is drawn."""
        return Spec(cls, arguments, options)

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data: all that, beside a seed, fixes the initial network."""
        arguments, options = self._arguments()
        return self.description(*arguments, **options)

    def afresh(self) -> Self:
        """The networks as they were before training: the class called again with the same arguments."""
        arguments, options = self._arguments()
        return type(self)(*arguments, **{**options, "seeds": self.seeds})

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What the class was called with, seeds left out."""
        return (self.depth,), {
            "widths": [weight.shape[1] for weight in self.classifier.weights][1:],
            "activation": self.classifier.activation,
            "head_start": self.classifier.start,
            "image_shape": self.image_shape,
            "classes": self.classifier.weights[-1].shape[2],
            "frozen": self.frozen,
        }

    def parameter_count(self) -> dict[str, int]:
        """Parameters of one network, trained or frozen: those of the trunk and those of the classifier."""
        classifier = sum(p[0].numel() for p in self.classifier.parameters())
        total = sum(p[0].numel() for p in self.parameters())
        return {"trunk": total - classifier, "classifier": classifier}

    def features(self, u: Tensor, upto: int | None = None) -> Tensor:
        """The images after each layer, (S, upto + 1, B, H, W): `u` itself to layer `upto` (default: all).

        Raises
        ------
        ValueError
            If `upto` is not a whole number between 0 and the depth, or `u` is not (B, H, W) or (S, B, H, W).
        """
        upto = self.depth if upto is None else whole("upto", upto, least=0, most=self.depth)
        kernels, bias = self.kernels()
        states = [self._with_seed_axis(u)]
        for layer in range(upto):
            here = slice(layer, layer + 1)
            states.append(
                self.propagate(states[-1], kernels[:, here], None if bias is None else bias[:, here])
            )
        return torch.stack(states, dim=1)

    def last(self, u: Tensor) -> Tensor:
        """What the classifier is given, (S, B, H, W), of images `u` (B, H, W) or (S, B, H, W).

        Raises
        ------
        ValueError
            If `u` has another shape.
        """
        return self.propagate(u, *self.kernels())

    def forward(self, u: Tensor) -> Tensor:
        """Logits (S, B, classes) of images `u` (B, H, W), the same for each seed, or (S, B, H, W)."""
        logits: Tensor = self.classifier(self.last(u).flatten(2))
        return logits

    def propagate(self, u: Tensor, kernels: Tensor, bias: Tensor | None = None) -> Tensor:
        """Images behind layers of this kind with other kernels, or with some of the network's own.

        What measures a network goes through here or through `last`: not every network is the
        `residual_stack` of its kernels.

        Parameters
        ----------
        u : (B, H, W) or (S, B, H, W)
        kernels : (S, L, rows, columns)
            Without the skip.
        bias : (S, L), optional

        Returns
        -------
        (S, B, H, W)

        Raises
        ------
        ValueError
            If the shapes do not fit.
        """
        return self._stack(self._with_seed_axis(u), kernels, bias)

    def _stack(self, u: Tensor, kernels: Tensor, bias: Tensor | None) -> Tensor:
        """The layers themselves, of images with a seed axis; a network with other steps has its own."""
        return residual_stack(u, kernels, bias, backend=self.backend, support=self.support)

    def _with_seed_axis(self, u: Tensor) -> Tensor:
        """(S, B, H, W) from that or from (B, H, W)."""
        seeds = len(self.seeds)
        if u.shape[-2:] != self.image_shape or u.dim() not in (3, 4) or (u.dim() == 4 and len(u) != seeds):
            rows, columns = self.image_shape
            message = (
                f"images must be (B, {rows}, {columns}) or ({seeds}, B, {rows}, {columns}), "
                f"seeds first; got {tuple(u.shape)}"
            )
            raise ValueError(message)
        return u if u.dim() == 4 else u.expand(seeds, *u.shape)


@dataclass(frozen=True)
class Spec:
    """A network of which nothing is drawn yet.

    Parameters
    ----------
    kind
        Its class.
    arguments, options
        What the class is called with, seeds left out.
    """

    kind: type[ResidualNet]
    arguments: tuple[Any, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """The configuration as plain data, the same that the network says of itself."""
        return self.kind.description(*self.arguments, **self.options)

    def build(self, seeds: int | Iterable[int] = 1) -> ResidualNet:
        """The networks, one a seed."""
        return self.kind(*self.arguments, **{**self.options, "seeds": seeds})


def _describe_stack(
    depth: int,
    *,
    widths: Sequence[int] = CLASSIFIER_WIDTHS,
    activation: Activation = "relu",
    head_start: AffineStart = "pytorch",
    image_shape: tuple[int, int] = (28, 28),
    classes: int = 10,
    backend: Backend = "auto",
    frozen: bool = False,
) -> dict[str, Any]:
    one_of("backend", backend, BACKENDS)  # the same numbers from each, so that none is named
    described: dict[str, Any] = {
        "depth": whole("depth", depth, least=0),
        "widths": list(wholes("widths", widths, least=1)),
        "activation": one_of("activation", activation, tuple(ACTIVATIONS)),
        "image_shape": list(wholes("image_shape", image_shape, count=2, least=1)),
        "classes": whole("classes", classes, least=1),
    }
    # Older descriptions lack these words.
    if one_of("head_start", head_start, AFFINE_STARTS) != "pytorch":
        described["head_start"] = head_start
    if flag("frozen", frozen):
        described["frozen"] = True
    return described
