"""The PDE network: a residual stack whose kernels are a PDE's stencils."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from pdenet.checks.words import flag
from pdenet.models.initial import Init, as_init
from pdenet.models.residual_net import ResidualNet
from pdenet.ops.seeding import TRUNK, generator
from pdenet.symbolic import EvolutionPDE, Stencil

CROSS = frozenset({(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)})  # offsets of the five-point stencil


class PDENet(ResidualNet):
    """A network whose layer l is one explicit step of `pde` with parameters theta_l of its own.

    Parameters
    ----------
    pde
        The equation, in x and y (or in x alone: its stencil then acts along rows).
    depth, seeds
        As in `ResidualNet`.
    init
        Where the parameters start. The thesis does not say. Our default, uniform on [0, 1), keeps with its
        symbols (a diffusion rate is no less than zero); gamma, if the equation has it, starts at zero, since
        anything else multiplies the image by (1 + gamma) a layer.
    bias
        Whether each layer adds a learned number, zero at first. The thesis's equations have none.
    **options
        As in `ResidualNet`.

    Raises
    ------
    TypeError
        If `pde` is no equation, `init` no law, or what `ResidualNet` refuses.
    ValueError
        If `init` names a parameter that the equation does not have, or what `ResidualNet` refuses.

    References
    ----------
    The thesis, section 4.1, equations (39) and (40).
    """

    def __init__(
        self,
        pde: EvolutionPDE,
        depth: int,
        seeds: int | Iterable[int] = 1,
        *,
        init: Init | None = None,
        bias: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(depth, seeds, **options)
        self.pde = check_equation(pde)
        self.stencil = pde.stencil()
        _ = self.stencil.kernel_map  # what SymPy has to do is done here, not by whoever traces the network
        self.support = "cross" if self.stencil.support <= CROSS else "full"
        self.init = as_init(init, default_init(pde))
        drawn = draw_parameters(pde, self.init, self.depth, self.seeds)
        self.theta = self._trunk_parameter(drawn)  # (S, L, P)
        biased = flag("bias", bias)
        self.bias = self._trunk_parameter(drawn.new_zeros(drawn.shape[:2])) if biased else None

    def kernels(self) -> tuple[Tensor, Tensor | None]:
        """The stencils of all layers, (S, L, size, size), and the biases (S, L) or None, differentiable."""
        return square_kernels(self.stencil, self.theta), self.bias

    def trunk(self) -> dict[str, Tensor]:
        """The PDE's parameters by name, each (S, L), and the bias if there is one."""
        columns = {symbol.name: self.theta[..., i] for i, symbol in enumerate(self.pde.parameters)}
        return columns if self.bias is None else {**columns, "bias": self.bias}

    @classmethod
    def description(
        cls, pde: EvolutionPDE, depth: int, *, init: Init | None = None, bias: bool = False, **options: Any
    ) -> dict[str, Any]:
        """The configuration as plain data; the equation as coefficients by derivative: "xx", "xy", ..."""
        terms = check_equation(pde).terms
        return {
            **super().description(depth, **options),
            "pde": {"x" * i + "y" * j: str(coefficient) for (i, j), coefficient in terms.items()},
            "init": as_init(init, default_init(pde)).describe(),
            "bias": flag("bias", bias),
        }

    def _arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        arguments, options = super()._arguments()
        return (self.pde, *arguments), {**options, "init": self.init, "bias": self.bias is not None}


def check_equation(pde: Any) -> EvolutionPDE:
    """The equation `pde`.

    Raises
    ------
    TypeError
        If it is none: a name, say.
    """
    if not isinstance(pde, EvolutionPDE):
        message = f"pde must be an EvolutionPDE, such as PDE1 of pdenet.symbolic; got {pde!r}"
        raise TypeError(message)
    return pde


def default_init(pde: EvolutionPDE) -> Init:
    """Uniform on [0, 1), gamma zero if the equation has it."""
    return Init("uniform", 1.0, zero=tuple(s.name for s in pde.parameters if s.name == "gamma"))


def draw_parameters(pde: EvolutionPDE, init: Init, layers: int, seeds: tuple[int, ...]) -> Tensor:
    """Parameters of the equation (S, L, P) before training, those of a seed from its own stream.

    Raises
    ------
    ValueError
        If `init` names a parameter that the equation does not have.
    """
    names = [symbol.name for symbol in pde.parameters]
    zero = init.zero_among(names)
    theta = torch.stack([init.draw((layers, len(names)), generator(seed, TRUNK)) for seed in seeds])
    theta[..., zero] = 0
    return theta


def square_kernels(stencil: Stencil, theta: Tensor) -> Tensor:
    """The stencil's kernels (..., size, size) for parameters (..., P): one in x alone is one row, widened."""
    kernels = stencil.kernels(theta)
    rows, columns = kernels.shape[-2:]
    if rows < columns:
        margin = (columns - rows) // 2
        kernels = nn.functional.pad(kernels, (0, 0, margin, margin))
    return kernels
