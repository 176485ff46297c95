"""Rows (41) to (44) and U6: the neural ODE, its adjoint equations, and the claim on memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, above, below, close, order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_COUNTS = (10, 20, 40)

# The toy: psi' = tanh(theta psi) with three states, over a time of 2, and a quadratic loss.
_RNG = np.random.default_rng(0)
_THETA, _START, _TARGET = _RNG.normal(size=(3, 3)), _RNG.normal(size=3), _RNG.normal(size=3)
_DURATION = 2.0


def _rate(psi: np.ndarray, theta: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.tanh(theta @ psi)
    return result


def _runge_kutta(
    rate: Callable[[np.ndarray], np.ndarray], state: np.ndarray, duration: float, steps: int
) -> np.ndarray:
    """Classical Runge-Kutta; a negative duration goes backward."""
    h = duration / steps
    for _ in range(steps):
        k1 = rate(state)
        k2 = rate(state + h / 2 * k1)
        k3 = rate(state + h / 2 * k2)
        k4 = rate(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state


def _end(steps: int) -> np.ndarray:
    return _runge_kutta(lambda psi: _rate(psi, _THETA), _START, _DURATION, steps)


def _layers_as_steps(factor: float = 1.0) -> Sequence[Finding]:
    """Residual layers as steps of `factor` times f, against the flow of f."""
    exact = _end(1000)

    def layers(step: float, thetas: np.ndarray) -> np.ndarray:
        state = _START
        for theta in thetas:
            state = state + factor * step * _rate(state, theta)
        return state

    same = {n: np.broadcast_to(_THETA, (n, 3, 3)) for n in (40, 80, 160)}
    errors = [np.abs(layers(_DURATION / n, thetas) - exact).max() for n, thetas in same.items()]
    deep = [layers(1.0, same[n]) for n in (80, 160)]
    fresh = [layers(_DURATION / n, np.random.default_rng(n).normal(size=(n, 3, 3))) for n in (80, 160)]
    return [
        order("residual layers of step T / L", list(same), errors, -1),
        above("80 and 160 layers of step 1 differ by", np.abs(deep[1] - deep[0]).max(), 10),
        above("with fresh weights in every layer, step T / L", np.abs(fresh[1] - fresh[0]).max(), 0.01),
    ]


def _solver(equals_the_integral: bool, power: float = -4) -> Sequence[Finding]:
    """The logistic equation, whose solution is known; the solver as an equality or as an approximation."""
    rate = 1.5
    exact = 1 / (1 + (1 / 0.2 - 1) * np.exp(-rate * _DURATION))
    ends = [
        _runge_kutta(lambda psi: rate * psi * (1 - psi), np.array([0.2]), _DURATION, n)[0] for n in _COUNTS
    ]
    errors = [abs(end - exact) for end in ends]
    rounding, fourth_order = 1e-12, (_DURATION / 10) ** 4
    findings = [
        below(
            "solver with 10 steps and exact solution",
            errors[0],
            rounding if equals_the_integral else fourth_order,
        )
    ]
    if equals_the_integral:
        return findings
    loss = 0.5 * float(((_end(400) - _TARGET) ** 2).sum())
    return [
        *findings,
        order("solver and exact solution, Runge-Kutta", _COUNTS, errors, power),
        above("loss with an all but exact solver", loss, 0.1),
    ]


def _adjoint_rates(packed: np.ndarray, sign: float = -1.0, slope: np.ndarray = _THETA) -> np.ndarray:
    """Rates of the state, of (43) by this sign and slope, and of minus the integral in (44), in one array."""
    psi, a = packed[:3], packed[3:6]
    value = _rate(psi, _THETA)
    pulled = (1 - value**2) * a  # a^T df/dpsi = pulled @ theta, a^T df/dtheta = outer(pulled, psi)
    return np.concatenate([value, sign * pulled @ slope, -np.outer(pulled, psi).ravel()])


def _adjoint(steps: int, sign: float = -1.0, slope: np.ndarray = _THETA) -> tuple[np.ndarray, np.ndarray]:
    """Solve (43) backward with the state and the integrand of (44): dL/dpsi(t0) and dL/dtheta."""
    end = _end(steps)
    packed = np.concatenate([end, end - _TARGET, np.zeros(9)])
    packed = _runge_kutta(lambda values: _adjoint_rates(values, sign, slope), packed, -_DURATION, steps)
    return packed[3:6], packed[6:].reshape(3, 3)


def _adjoint_forward(steps: int) -> np.ndarray:
    """The integral of (44) with its limits swapped: forward, from the adjoint state at t0."""
    packed = np.concatenate([_START, _adjoint(steps)[0], np.zeros(9)])
    return _runge_kutta(_adjoint_rates, packed, _DURATION, steps)[6:].reshape(3, 3)


def _automatic(steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The same two gradients by backpropagation through the solver."""
    import torch

    start, theta, target = (torch.tensor(array) for array in (_START, _THETA, _TARGET))
    start.requires_grad_()
    theta.requires_grad_()
    state, h = start, _DURATION / steps
    for _ in range(steps):
        k1 = torch.tanh(theta @ state)
        k2 = torch.tanh(theta @ (state + h / 2 * k1))
        k3 = torch.tanh(theta @ (state + h / 2 * k2))
        k4 = torch.tanh(theta @ (state + h * k3))
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    loss = 0.5 * ((state - target) ** 2).sum()
    of_start, of_theta = torch.autograd.grad(loss, [start, theta])
    return of_start.numpy(), of_theta.numpy()


def _adjoint_state(sign: float = -1.0, slope: np.ndarray = _THETA) -> Sequence[Finding]:
    exact, _ = _automatic(400)
    errors = [np.abs(_adjoint(n, sign, slope)[0] - exact).max() for n in _COUNTS]
    return [
        order("a(t0) and backpropagation", _COUNTS, errors, -4),
        below("a(t0) with 40 steps", errors[-1], 1e-7),
    ]


def _gradient(with_dt: bool, sign: float = 1.0) -> Sequence[Finding]:
    """The integral of (44) by the solver, each step weighted by its length or not at all, with a sign."""
    _, exact = _automatic(400)
    gradients = [sign * _adjoint(n)[1] * (1.0 if with_dt else n / _DURATION) for n in _COUNTS]
    errors = [np.abs(gradient - exact).max() for gradient in gradients]
    findings = [order("gradient and backpropagation", _COUNTS, errors, -4)]
    if with_dt:
        through = np.abs(gradients[0] - _automatic(10)[1]).max()
        swapped = _adjoint_forward(_COUNTS[-1])
        findings += [
            below("gradient with 40 steps", errors[-1], 1e-7),
            above("at 10 steps, off the gradient of the solver itself by", through, 1e-8),
            below("limits swapped, against the negative gradient", np.abs(swapped + exact).max(), 1e-7),
        ]
    return findings


def _saved_by_backpropagation(layers: int) -> int:
    """Numbers that automatic differentiation keeps of a forward pass, the parameters counted once."""
    import torch

    theta = torch.tensor(_THETA, requires_grad=True)
    state, kept = torch.tensor(_START), {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        for _ in range(layers):
            state = state + _DURATION / layers * torch.tanh(theta @ state)
    return sum(tensor.numel() for tensor in kept.values())


class _Watched:
    """Parameters that count how often they are read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self) -> np.ndarray:
        self.reads += 1
        return _THETA


def _memory(parameters_spared: bool = False, kept_a_layer: int = 6) -> Sequence[Finding]:
    """An adjoint sweep that keeps no state between the sweeps, and the reads of its parameters.

    Parameters
    ----------
    parameters_spared : bool
        Whether the backward sweep is said to do without the parameters.
    kept_a_layer : int
        Numbers that backpropagation is said to keep of a layer.
    """
    saved = [_saved_by_backpropagation(n) for n in _COUNTS]
    theta = _Watched()

    def rates(packed: np.ndarray) -> np.ndarray:
        values = theta.read()
        value = _rate(packed[:3], values)
        return np.concatenate([value, -((1 - value**2) * packed[3:]) @ values])

    end = _end(40)
    back = _runge_kutta(rates, np.concatenate([end, end - _TARGET]), -_DURATION, 40)
    said = "none" if parameters_spared else "some"
    return [
        Finding(
            f"reads of the parameters in the backward sweep: {theta.reads}, predicted {said}",
            (theta.reads == 0) == parameters_spared,
        ),
        Finding(
            f"numbers kept by backpropagation through 10, 20, 40 layers: {', '.join(map(str, saved))}, "
            f"predicted 9 + {kept_a_layer} L",
            saved == [9 + kept_a_layer * n for n in _COUNTS],
        ),
        below(
            "start state made again backward from the end state alone", np.abs(back[:3] - _START).max(), 1e-4
        ),
        *_backward_diffusion(),
    ]


def _backward_diffusion() -> Sequence[Finding]:
    """A checkerboard of 1e-10 in the end state of diffusion, carried back to the start."""
    damping = 1 - np.cos(2 * np.pi * np.arange(32) / 32)  # decay rate of each wave over alpha^2
    state, board = np.random.default_rng(1).random(32), 1e-10 * (-1.0) ** np.arange(32)

    def diffused(values: np.ndarray, duration: float, strength: float) -> np.ndarray:
        return np.fft.ifft(np.exp(-strength * damping * duration) * np.fft.fft(values)).real

    def miss(duration: float, strength: float = 1) -> float:
        end = diffused(state, duration, strength)
        return float(np.abs(diffused(end + board, -duration, strength) - state).max())

    return [
        *(
            close(
                f"backward diffusion, alpha^2 = {strength:g}: growth rate of an error",
                np.log(miss(15, strength) / miss(5, strength)) / 10,
                2 * strength,
                1e-3,
            )
            for strength in (0.5, 1)
        ),
        above("in 15 units of time at alpha^2 = 1 an error of 1e-10 becomes", miss(15), 1000),
    ]


ENTRIES: tuple[Entry, ...] = (
    Entry(
        id="41",
        title="Neural ODE",
        verdict=Verdict.OK,
        printed=r"$\dot\psi=f(\psi,\theta_t,t)$",
        reason=(
            r"Depth is refinement only if a layer has the step $T/L$ and $\theta_t$ varies smoothly; "
            r"the thesis's own layers have step one."
        ),
        assumptions=r"$f$ Lipschitz in $\psi$, continuous in $t$",
        check=_layers_as_steps,
        faults=(
            Fault("f with the other sign", lambda: _layers_as_steps(-1.0)),
            Fault("a step of 2T/L", lambda: _layers_as_steps(2.0)),
        ),
        page="neural-ode",
    ),
    Entry(
        id="42",
        title="The solver",
        verdict=Verdict.APPROXIMATE,
        printed=(
            r"$\psi(t_1)=\mathrm{ODESolve}(\psi(t_0),f,t_0,t_1,\theta)=\psi(t_0)+\int_{t_0}^{t_1}f\,dt$"
        ),
        holds=(
            r"$\mathrm{ODESolve}(\psi(t_0),f,t_0,t_1,\theta)\approx\psi(t_1)=\psi(t_0)+\int_{t_0}^{t_1}f\,dt$"
        ),
        reason=(
            "A solver has an error that depends on its steps, and the loss does not tell that error, "
            r"though the text says so; $\theta$ and $\theta_t$ of (41) are one."
        ),
        assumptions="Runge-Kutta of order four for the order stated",
        check=lambda: _solver(equals_the_integral=False),
        check_printed=lambda: _solver(equals_the_integral=True),
        kind=Kind.SLIP,
        reading=(
            "= is taken to mean equal to rounding; read as an approximation of order four, the print "
            "is right."
        ),
        faults=(Fault("an error of order five", lambda: _solver(equals_the_integral=False, power=-5)),),
        page="neural-ode",
    ),
    Entry(
        id="43",
        title="Adjoint state",
        verdict=Verdict.OK,
        printed=r"$\frac{da(t)}{dt}=-a(t)^{\mathsf T}\frac{\partial f}{\partial\psi}$",
        reason=(
            r"Meant as a row, $\frac{da^{\mathsf T}}{dt}=-a^{\mathsf T}\frac{\partial "
            r"f}{\partial\psi}$; backward from $a(t_1)=\partial\mathcal L/\partial\psi(t_1)$, where "
            r"the text has an undefined $z(t_1)$."
        ),
        assumptions=r"$f$ differentiable in $\psi$",
        check=_adjoint_state,
        faults=(
            Fault("the other sign", lambda: _adjoint_state(sign=1.0)),
            Fault("the derivative transposed", lambda: _adjoint_state(slope=_THETA.T)),
        ),
        page="adjoint",
    ),
    Entry(
        id="44",
        title="Gradient of the parameters",
        verdict=Verdict.INCOMPLETE,
        printed=(
            r"$\frac{d\mathcal L}{d\theta}=-\int_{t_1}^{t_0}a(t)^{\mathsf T}\frac{\partial "
            r"f}{\partial\theta}$"
        ),
        holds=(
            r"$\frac{d\mathcal L}{d\theta}=-\int_{t_1}^{t_0}a(t)^{\mathsf T}\frac{\partial "
            r"f}{\partial\theta}\,dt$"
        ),
        reason=(
            r"The $dt$ is missing: without it a sum over steps grows with their number; sign and "
            r"limits are right."
        ),
        assumptions=(
            r"one $\theta$ for all times; for $\theta_t$ the integrand is the functional "
            r"derivative"
        ),
        check=lambda: _gradient(with_dt=True),
        check_printed=lambda: _gradient(with_dt=False),
        kind=Kind.SLIP,
        faults=(Fault("the other sign", lambda: _gradient(with_dt=True, sign=-1.0)),),
        page="adjoint",
    ),
    Entry(
        id="U6",
        title="What the adjoint method does not store",
        verdict=Verdict.WRONG,
        printed="With the adjoint method no parameters need to be stored.",
        holds=(
            r"It does not store the intermediate *states*; it makes them again backward, which for "
            r"diffusion multiplies an error by up to $e^{2\alpha^2T}$."
        ),
        reason=(
            "The parameters are used in both sweeps; the states between the layers are what is not kept."
        ),
        assumptions="the flow can be run backward to rounding; for the growth of errors: diffusion on a ring",
        check=_memory,
        check_printed=lambda: _memory(parameters_spared=True),
        kind=Kind.SLIP,
        faults=(Fault("half as many numbers kept by backpropagation", lambda: _memory(kept_a_layer=3)),),
        page="adjoint",
    ),
)
