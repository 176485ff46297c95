"""The PDE network with what the stability analysis suggests against depth, one change a class; by name."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from pdenet.checks.numbers import real
from pdenet.checks.words import one_of
from pdenet.models.initial import Init
from pdenet.models.pde_net import PDENet
from pdenet.models.residual_net import ResidualNet, Spec
from pdenet.ops.variants import implicit_stack, periodic_stack
from pdenet.symbolic import PDE1, EvolutionPDE

DEPTHS = (50, 200)

ALONE = "classifier alone"
PLAIN = "no remedy"
SMALL = "small start"
SCALED = "scaled, T = 1"
SCALED_LONG = "scaled, T = 10"
POSITIVE = "positive"
PERIODIC = "periodic"
PERIODIC_POSITIVE = "periodic, positive"
IMPLICIT = "implicit"


class ScaledPDENet(PDENet):
    """A PDE network that reaches the same time T at any depth: each layer is a step of length T / L.

    Parameters
    ----------
    pde, depth, seeds, **options
        As in `PDENet`.
    time
        T, in units of one layer of the unscaled network.

    Raises
    ------
    TypeError
        If the time is no number, or what `PDENet` refuses.
    ValueError
        If the time is not positive and finite, or what `PDENet` refuses.
    """

    def __init__(
        self,
        pde: EvolutionPDE,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        time: float = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(pde, depth, seeds, **options)
        self.time = real("time", time, above=0)

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The stencils times T / L, and the biases as they are."""
        kernels, bias = super().kernels()
        return kernels * (self.time / max(self.depth, 1)), bias

    @classmethod
    def description(
        cls, pde: EvolutionPDE, depth: int, *, time: float = 1.0, **options: Any
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        return {**super().description(pde, depth, **options), "time": real("time", time, above=0)}

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        return arguments, {**options, "time": self.time}


class PositivePDENet(PDENet):
    r"""A PDE network whose layers take weighted means: taps of skip plus kernel are positive and sum to one.

    The free numbers (a, b, s, r) of a layer give it the parameters

    .. math:: \alpha^2 = \frac{a^2}{1 + a^2 + s^2}, \quad \sigma^2 = \frac{s^2}{1 + a^2 + s^2}, \quad
              \beta = \alpha^2 \tanh b, \quad \rho = \sigma^2 \tanh r, \quad \gamma = 0

    of equation (39). For small a and s they are nearly their alpha and sigma.

    Parameters
    ----------
    depth, seeds, **options
        As in `PDENet`, for equation (39) and without biases.
    """

    def __init__(self, depth: int, seeds: int | Iterable[int] = 1, **options: Any) -> None:
        super().__init__(PDE1, depth, seeds, **options)
        if self.bias is not None:
            message = "a layer of weighted means has no bias; leave bias=False"
            raise ValueError(message)

    @classmethod
    def description(cls, depth: int, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        """The configuration as plain data."""
        return super().description(PDE1, depth, **options)

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        (_, depth), options = super()._arguments()
        return (depth,), options

    def physical(self) -> Tensor:
        """The parameters (S, L, 5) that the layers have as steps of equation (39), in the order of PDE1's."""
        a, b, s, r, _ = self.theta.unbind(-1)
        norm = 1 + a**2 + s**2
        alpha, sigma = a / norm.sqrt(), s / norm.sqrt()
        beta, rho = alpha**2 * b.tanh(), sigma**2 * r.tanh()
        return torch.stack([alpha, beta, sigma, rho, torch.zeros_like(a)], dim=-1)

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The stencils of `physical`, no biases."""
        return self.stencil.kernels(self.physical()), None


class PeriodicPDENet(PDENet):
    """A PDE network on a torus: what leaves the frame on one side comes in on the other. No biases."""

    def _stack(self, u: Tensor, kernels: Tensor, bias: Tensor | None) -> Tensor:
        _refuse(bias)
        return periodic_stack(u, kernels)


class PeriodicPositivePDENet(PositivePDENet):
    """Weighted means on a torus."""

    def _stack(self, u: Tensor, kernels: Tensor, bias: Tensor | None) -> Tensor:
        _refuse(bias)
        return periodic_stack(u, kernels)


class ImplicitPDENet(PDENet):
    """A PDE network whose layers are Euler's backward steps, see `implicit_stack`. No biases."""

    def _stack(self, u: Tensor, kernels: Tensor, bias: Tensor | None) -> Tensor:
        _refuse(bias)
        return implicit_stack(u, kernels)


def _refuse(bias: Tensor | None) -> None:
    if bias is not None:
        message = "this network has no biases; leave bias=False"
        raise ValueError(message)


NETWORKS: dict[str, tuple[type[ResidualNet], tuple[Any, ...], dict[str, Any]]] = {
    PLAIN: (PDENet, (PDE1,), {}),
    SMALL: (PDENet, (PDE1,), {"init": Init("normal", 0.1, zero=("gamma",))}),
    SCALED: (ScaledPDENet, (PDE1,), {"time": 1.0}),
    SCALED_LONG: (ScaledPDENet, (PDE1,), {"time": 10.0}),
    POSITIVE: (PositivePDENet, (), {}),
    PERIODIC: (PeriodicPDENet, (PDE1,), {}),
    PERIODIC_POSITIVE: (PeriodicPositivePDENet, (), {}),
    IMPLICIT: (ImplicitPDENet, (PDE1,), {}),
}
"""The networks by name: class, what stands before the depth, options.

All but the small start draw their parameters uniformly from [0, 1), gamma 0."""

WIDTHS = (64, 32)  # hidden widths of the classifier, which else would take most of the time


def spec(name: str, depth: int, **options: Any) -> Spec:
    """One of `NETWORKS` before it is drawn; options override its own and the widths of the classifier.

    Raises
    ------
    ValueError
        If there is no such network.
    """
    kind, first, own = NETWORKS[one_of("network", name, tuple(NETWORKS))]
    return kind.spec(*first, depth, **{"widths": WIDTHS, **own, **options})
