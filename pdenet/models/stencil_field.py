"""The PDE before it is cut into layers: on the pixels, but with time left continuous."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from pdenet.models.initial import Init, as_init
from pdenet.models.pde_net import check_equation, default_init, draw_parameters, square_kernels
from pdenet.ops.seeding import as_seeds
from pdenet.symbolic import EvolutionPDE


class StencilField(nn.Module):
    r"""The field of (41) that the thesis's stencil makes: du/dt = K(theta) * u, the same at all times.

    One Euler step of length one is a layer of `PDENet` without its ReLU. Zeros outside the image.

    Parameters
    ----------
    pde
        The equation, in x and y or in x alone.
    seeds
        How many fields side by side (seeds 0, 1, ...), or which seeds.
    init
        Where the parameters start; default as in `PDENet`.

    Raises
    ------
    TypeError
        If `pde` is no equation, or `init` no law.
    ValueError
        If `init` names a parameter that the equation does not have, or what `as_seeds` refuses.

    References
    ----------
    The thesis, equations (39) and (41).
    """

    def __init__(
        self, pde: EvolutionPDE, seeds: int | Iterable[int] = 1, *, init: Init | None = None
    ) -> None:
        super().__init__()
        self.pde = check_equation(pde)
        self.stencil = pde.stencil()
        _ = self.stencil.kernel_map  # what SymPy has to do is done here, not by whoever traces the network
        self.seeds = as_seeds(seeds)
        self.init = as_init(init, default_init(pde))
        theta = draw_parameters(pde, self.init, 1, self.seeds)[:, 0]
        self.theta = nn.Parameter(theta)  # (S, P)

    def kernels(self) -> Tensor:
        """The stencils (S, size, size), differentiable."""
        return square_kernels(self.stencil, self.theta)

    def forward(self, t: Tensor | float, u: Tensor) -> Tensor:
        """du/dt, (S, B, H, W), of images `u` (S, B, H, W); `t` plays no part.

        Raises
        ------
        ValueError
            If `u` has another number of axes or of seeds.
        """
        if u.dim() != 4 or len(u) != len(self.seeds):
            message = f"u must be (S, B, H, W) with S = {len(self.seeds)} seeds; got {tuple(u.shape)}"
            raise ValueError(message)
        kernels = self.kernels()
        size = kernels.shape[-1]
        margin = size // 2
        padded = nn.functional.pad(u, (margin,) * 4)
        rows, columns = u.shape[-2:]
        rate = torch.zeros_like(u)
        for dx, dy in self.stencil.support:
            tap = kernels[:, margin + dy, margin + dx, None, None, None]
            there = padded[..., margin + dy : margin + dy + rows, margin + dx : margin + dx + columns]
            rate = torch.addcmul(rate, tap, there)
        return rate
