"""The flow that a ReLU behind every step tends to, with an obstacle at zero: explicit and implicit steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from pdenet.checks.numbers import real, whole
from pdenet.ops.arrays import finite


def obstacle_flow(operator: Any, start: Any, duration: float, layers: int) -> np.ndarray:
    r"""ReLU blocks with a small step: :math:`\psi \leftarrow \mathrm{relu}(\psi + \Delta t\,F\psi)`.

    Parameters
    ----------
    operator : array_like, shape (n, n)
        F.
    start : array_like, shape (n,)
        The state at time zero.
    duration : float
        Time that all layers last together; a layer lasts duration / layers.
    layers : int
        Their number.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The state at the end.

    Raises
    ------
    TypeError, ValueError
        If something is no number or not finite, the shapes do not fit, or `layers` is not whole or negative.
    """
    matrix, state = _given(operator, start)
    duration, layers = real("duration", duration), whole("layers", layers, least=0)
    for _ in range(layers):
        state = np.maximum(state + duration / layers * (matrix @ state), 0.0)
    return state


def obstacle_implicit(operator: Any, start: Any, duration: float, steps: int) -> np.ndarray:
    r"""Projected flow by implicit steps, an independent way to what `obstacle_flow` converges to.

    Each step solves :math:`\psi \ge 0,\ w = \psi - \Delta t\,F\psi - \psi_{\rm old} \ge 0,\ \psi w = 0` by
    active sets.

    Parameters
    ----------
    operator : array_like, shape (n, n)
        F.
    start : array_like, shape (n,)
        The state at time zero, not negative.
    duration : float
        Time at the end.
    steps : int
        Number of steps.

    Returns
    -------
    numpy.ndarray, shape (n,)
        The state at the end.

    Raises
    ------
    TypeError, ValueError
        As `obstacle_flow`, `steps` being one or more; or the step is so long that the active sets do not
        settle.
    """
    matrix, state = _given(operator, start)
    duration, steps = real("duration", duration), whole("steps", steps, least=1)
    identity = np.eye(len(state))
    system = identity - duration / steps * matrix
    for _ in range(steps):
        old, held = state, np.zeros(len(state), dtype=bool)
        for _ in range(len(state)):
            state = np.linalg.solve(np.where(held[:, None], identity, system), np.where(held, 0.0, old))
            pressed = np.where(held, system @ state - old, -state) > 0
            if (pressed == held).all():
                break
            held = pressed
        else:
            message = f"{steps} steps for a time of {duration:g} are too few – expected a shorter step"
            raise ValueError(message)
    return state


def _given(operator: Any, start: Any) -> tuple[np.ndarray, np.ndarray]:
    matrix, state = finite("operator", operator), finite("start", start)
    if state.ndim != 1 or matrix.shape != 2 * state.shape:
        message = f"operator must be (n, n) and start (n,); got {matrix.shape} and {state.shape}"
        raise ValueError(message)
    return matrix, state
