"""From parameters to kernels as numbers: the one place of `symbolic` that meets torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pdenet.symbolic.arguments import numbers
from pdenet.symbolic.coefficients import RealFormula, is_complex

if TYPE_CHECKING:
    import sympy as sp
    import torch


class KernelMap:
    """Kernels as a function of the parameters: coefficient functions times constant patterns.

    A stencil is linear in the coefficients of its equation, so the symbolic work is one small function
    a coefficient, compiled once; the rest is one product with constant patterns (terms, rows, columns).

    Parameters
    ----------
    parameters : tuple of sympy.Symbol
        Parameters in the order of the columns of theta.
    coefficients : tuple of sympy.Expr
        One function of the parameters a term.
    patterns : numpy.ndarray, shape (terms, rows, columns)
        What each coefficient multiplies.

    Raises
    ------
    ValueError
        If a coefficient has a function that NumPy and torch do not both know, or a constant that double
        precision does not hold.

    Examples
    --------
    >>> from pdenet.symbolic import PDE_1D
    >>> PDE_1D.stencil().kernel_map.as_numpy([0.5, 0.1, 0.0])
    array([[ 0.075, -0.25 ,  0.175]])
    """

    def __init__(
        self, parameters: tuple[sp.Symbol, ...], coefficients: tuple[sp.Expr, ...], patterns: np.ndarray
    ) -> None:
        self.parameters = parameters
        self.coefficients = coefficients
        self.patterns = patterns
        self.complex = any(map(is_complex, coefficients))
        self._functions = [RealFormula(coefficient, parameters) for coefficient in coefficients]
        self._entries = patterns.tolist()  # a strict export takes no number out of an array
        self._patterns_on: dict[Any, torch.Tensor] = {}

    def _check(self, shape: tuple[int, ...]) -> None:
        count = len(self.parameters)
        if not shape or shape[-1] != count:
            names = ", ".join(map(str, self.parameters)) or "none"
            message = (
                f"theta has the shape {tuple(shape)} – expected (..., {count}), the parameters being: {names}"
            )
            raise ValueError(message)

    def as_numpy(self, theta: Any) -> np.ndarray:
        """Kernels of shape (..., rows, columns) in double precision."""
        values = numbers("theta", theta)
        self._check(values.shape)
        shape = values.shape[:-1]
        columns = list(np.moveaxis(values, -1, 0))
        coefficients = [np.broadcast_to(function(columns, np), shape) for function in self._functions]
        result: np.ndarray = np.einsum("...t,trc->...rc", np.stack(coefficients, axis=-1), self.patterns)
        return result

    def as_torch(self, theta: torch.Tensor) -> torch.Tensor:
        """Kernels of shape (..., rows, columns), differentiable, in the dtype and on the device of theta."""
        import torch

        if not isinstance(theta, torch.Tensor):
            message = (
                f"theta must be a torch.Tensor (as_numpy takes other arrays); got {type(theta).__name__}"
            )
            raise TypeError(message)
        self._check(tuple(theta.shape))
        if not (theta.is_floating_point() or theta.is_complex()):
            message = f"theta has the dtype {theta.dtype} – expected a floating-point dtype"
            raise ValueError(message)
        dtype = theta.dtype.to_complex() if self.complex else theta.dtype
        shape = theta.shape[:-1]
        columns = theta.unbind(-1)
        coefficients = [
            c.to(dtype)
            if isinstance(c, torch.Tensor)
            else torch.full(shape, c, dtype=dtype, device=theta.device)
            for c in (function(columns, torch) for function in self._functions)
        ]
        # Multiply and add rather than matmul: no TF32, and the bits do not depend on the batch shape.
        stacked = torch.stack(coefficients, dim=-1)[..., None, None]
        return (stacked * self._patterns(dtype, theta)).sum(-3)

    def _patterns(self, dtype: torch.dtype, theta: torch.Tensor) -> torch.Tensor:
        import torch

        key = (dtype, theta.device)
        is_plain = type(theta) in (torch.Tensor, torch.nn.Parameter)  # and not a fake tensor
        if is_plain and key in self._patterns_on:
            return self._patterns_on[key]
        # A tensor first made under inference_mode could not be used for training later.
        with torch.inference_mode(False):
            patterns = torch.tensor(self._entries, dtype=dtype, device=theta.device)
        if is_plain and not torch.compiler.is_compiling():  # a tracer's tensor has no numbers
            self._patterns_on[key] = patterns
        return patterns
