"""Networks whose state is a complex wave: two real channels, a step of the Schrödinger equation a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch

from pdenet.checks.numbers import whole
from pdenet.checks.words import flag, one_of
from pdenet.models.pde_net import PDENet
from pdenet.ops.turns import two_channel_filter
from pdenet.symbolic.taking_turns import HAMILTONIAN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from pdenet.ops.turns import Channels

Update = Literal["in turn", "at once"]
UPDATES = ("in turn", "at once")


class TwoChannelNet(PDENet):
    r"""A network with two linear channels: R += K * I, then I -= K * R, and the classifier reads R^2 + I^2.

    The image enters as R, with I = 0. The kernel of a layer is the stencil of `HAMILTONIAN`, symmetric, with
    alpha, sigma and gamma of its own; there is no ReLU and no bias. The classifier gets one number a pixel,
    as behind the other networks: the one that a phase common to all pixels leaves as it is. It is the only
    nonlinear step of the trunk.

    Parameters
    ----------
    depth, seeds
        As in `ResidualNet`.
    update
        ``"in turn"``, or ``"at once"``: the explicit Euler step.
    bounded
        Whether the three free numbers (a, s, c) of a layer are mapped to parameters with abs(k) < 2 for every
        wave, the range in which a step in turn is stable:

        .. math:: \alpha^2 = \frac{a^2}{1 + a^2 + s^2}, \quad \sigma^2 = \frac{s^2}{1 + a^2 + s^2}, \quad
                  \gamma = 2\,(1 - \alpha^2 - \sigma^2) \tanh c.
    **options
        As in `PDENet`, without bias.

    Raises
    ------
    TypeError
        If `update` is no text, `bounded` no switch, or what `PDENet` refuses.
    ValueError
        If `update` is unknown, a bias is asked for, or what `PDENet` refuses.

    References
    ----------
    P. B. Visscher, Computers in Physics 5 (1991) 596; B. Chang et al., AAAI (2018), the linear case.
    """

    def __init__(
        self,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        update: Update = "in turn",
        bounded: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(HAMILTONIAN, depth, seeds, **options)
        self.update = one_of("update", update, UPDATES)
        self.bounded = flag("bounded", bounded)
        if self.bias is not None:
            message = "two linear channels have no bias; leave bias=False"
            raise ValueError(message)

    @classmethod
    def description(  # type: ignore[override]
        cls, depth: int, *, update: Update = "in turn", bounded: bool = True, **options: Any
    ) -> dict[str, Any]:
        """The configuration as plain data."""
        return {
            **super().description(HAMILTONIAN, depth, **options),
            "update": one_of("update", update, UPDATES),
            "bounded": flag("bounded", bounded),
        }

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        (_, depth), options = super()._arguments()
        return (depth,), {**options, "update": self.update, "bounded": self.bounded}

    def physical(self) -> Tensor:
        """The parameters (S, L, 3) that the layers have as steps of `HAMILTONIAN`: alpha, sigma, gamma."""
        if not self.bounded:
            return self.theta
        a, s, c = self.theta.unbind(-1)
        norm = 1 + a**2 + s**2
        return torch.stack([a / norm.sqrt(), s / norm.sqrt(), 2 / norm * c.tanh()], dim=-1)

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The stencils of `physical`, no biases."""
        return self.stencil.kernels(self.physical()), None

    def channels(self, u: Tensor, upto: int | None = None) -> Channels:
        """R and I, (S, B, H, W) each, of images (B, H, W) or (S, B, H, W) behind `upto` layers, or all."""
        kernels, _ = self.kernels()
        here = kernels if upto is None else kernels[:, :upto]
        return two_channel_filter(self._with_seed_axis(u), here, in_turn=self.update == "in turn")

    def features(self, u: Tensor, upto: int | None = None) -> Tensor:
        """R^2 + I^2 after each layer, (S, upto + 1, B, H, W): of two channels, not of the one before.

        Raises
        ------
        ValueError
            As `ResidualNet.features`.
        """
        upto = self.depth if upto is None else whole("upto", upto, least=0, most=self.depth)
        return torch.stack([_density(self.channels(u, layers)) for layers in range(upto + 1)], dim=1)

    def _stack(self, u: Tensor, kernels: Tensor, bias: Tensor | None) -> Tensor:
        """R^2 + I^2 behind layers with these kernels, of images that enter as R."""
        if bias is not None:
            message = "two linear channels have no bias; got one"
            raise ValueError(message)
        return _density(two_channel_filter(u, kernels, in_turn=self.update == "in turn"))


def _density(channels: Channels) -> Tensor:
    r, i = channels
    return r.square() + i.square()
