"""Rows (26), (27), U-ReLU and U-path: the block with ReLU, its gates, and the sum over its paths."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from pdenet.audit.ledger.entry import Entry, Fault, Finding, Kind, Verdict, below
from pdenet.audit.ledger.line import Array, matrix_of, network, wrong_by

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = "path-sum"
_LAYERS, _SITES = 4, 5


def _line(seed: int = 11) -> tuple[Array, Array]:
    """A line of five pixels and four kernels (L, 3), cross-correlations without the skip."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=_SITES), 0.8 * rng.normal(size=(_LAYERS, 3))


# (26): the block.


def _block(turned: int = -1, centre: float = 0.7 - 1) -> list[Finding]:
    """The printed block, w = 0.7, against the operator of the package.

    Parameters
    ----------
    turned : int
        Step through f that gives the operator's kernel: -1 turns it round.
    centre : float
        What is added to the tap in the middle.
    """
    import torch

    from pdenet.ops import residual_stack

    rng = np.random.default_rng(0)
    u, f, w = rng.normal(size=9), rng.normal(size=3), 0.7
    printed = np.maximum(0, w * u + np.convolve(u, f, "same"))
    kernel = np.zeros((1, 3, 3))
    kernel[0, 1] = f[::turned]
    kernel[0, 1, 1] += centre
    ours = residual_stack(torch.from_numpy(u[None, None]), torch.from_numpy(kernel))[0, 0].numpy()
    return [
        below(
            "relu(w psi + f * psi) minus the residual stack",
            wrong_by(ours, printed),
            1e-13,
        ),
        Finding(
            f"sites of this example that the ReLU holds at zero: {(printed == 0).sum()} of 9",
            0 < (printed == 0).sum() < 9,
        ),
    ]


# U-ReLU: the ReLU of a sum.


def _relu(a: Array) -> Array:
    return np.maximum(a, 0)


def _of_a_sum(split: Callable[[Array, Array], Array]) -> list[Finding]:
    a, b = np.random.default_rng(0).normal(size=(2, 2000))
    pair = np.array([1.0]), np.array([-1.0])
    return [
        below("relu(a + b) on 2000 pairs, against its split", wrong_by(split(a, b), _relu(a + b)), 1e-14),
        below("relu(1 - 1), against its split", wrong_by(split(*pair), np.zeros(1)), 1e-14),
    ]


def _with_a_gate(a: Array, b: Array) -> Array:
    gate = a + b > 0
    return gate * a + gate * b


def _with_a_gate_of_one(a: Array, b: Array) -> Array:
    """The gate of the first term on both."""
    return (a > 0) * (a + b)


def _separately(a: Array, b: Array) -> Array:
    return _relu(a) + _relu(b)


def _relu_of_a_sum() -> list[Finding]:
    a, b = np.random.default_rng(1).normal(size=(2, 2000))
    gap = _separately(a, b) - _relu(a + b)
    equal = np.abs(gap) < 1e-14
    return [
        *_of_a_sum(_with_a_gate),
        Finding("relu(a) + relu(b) is never below relu(a + b)", bool((gap > -1e-14).all())),
        Finding(
            "it equals relu(a + b) just where a and b have one sign", bool((equal == (a * b >= 0)).all())
        ),
    ]


# (27): a layer as a gated matrix, and the paths of several.


def _layers(stack: Callable[[Array, Array, str], Array]) -> list[Finding]:
    """The output that a form of (27) gives, layer after layer, against the network's."""
    u, kernels = _line()
    return [
        below(
            f"line of 5 pixels, 4 layers, {boundary} boundary, output of the form minus network",
            wrong_by(stack(u, kernels, boundary), network(u, kernels, boundary)),
            1e-12,
        )
        for boundary in ("zero", "periodic")
    ]


def _by_paths(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.paths.gates import gated_stack, relu_gates
    from pdenet.ops.paths.paths import enumerate_paths

    gates = relu_gates(u, kernels, boundary=boundary)  # type: ignore[arg-type]
    stack = gated_stack(kernels, gates, boundary=boundary)  # type: ignore[arg-type]
    return enumerate_paths(stack, u).arriving()


def _by_open_paths(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.paths.gates import gated_stack
    from pdenet.ops.paths.paths import enumerate_paths

    every = np.ones((len(kernels), u.size))
    return enumerate_paths(gated_stack(kernels, every, boundary=boundary), u).arriving()  # type: ignore[arg-type]


def _by_split_relus(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.paths.gates import gated_stack

    every = np.ones((len(kernels), u.size))
    for step in gated_stack(kernels, every, boundary=boundary).steps:  # type: ignore[arg-type]
        u = _relu(step.toarray() * u).sum(axis=1)
    return u


def _by_the_formula(u: Array, kernels: Array, w: float) -> Array:
    """(27) as it holds, written out on a ring: gate of the place times the sum of w (delta + Omega) psi."""
    for kernel in kernels:
        sums = w * (np.eye(u.size) + matrix_of(kernel / w, u.size)) @ u
        u = (sums > 0) * sums
    return u


def _with_gates(gates: Array) -> Callable[[Array, Array, str], Array]:
    def output(u: Array, kernels: Array, boundary: str) -> Array:
        from pdenet.ops.paths.gates import gated_stack, propagate

        return propagate(gated_stack(kernels, gates, boundary=boundary), u)  # type: ignore[arg-type]

    return output


def _one_gate_a_layer(u: Array, kernels: Array, boundary: str) -> Array:
    """The best output that gates can give which are the same at every place."""
    target = network(u, kernels, boundary)
    columns = [np.repeat(np.array(gates)[:, None], u.size, axis=1) for gates in product((0.0, 1.0), repeat=4)]
    outputs = [_with_gates(gates)(u, kernels, boundary) for gates in columns]
    return min(outputs, key=lambda output: wrong_by(output, target))


def _with_gates_of_another_input(u: Array, kernels: Array, boundary: str) -> Array:
    from pdenet.ops.paths.gates import relu_gates

    return _with_gates(relu_gates(-u, kernels, boundary=boundary))(u, kernels, boundary)  # type: ignore[arg-type]


def _gated_layers() -> list[Finding]:
    from pdenet.ops.paths.gates import gated_stack, jacobian, propagate, relu_gates
    from pdenet.ops.paths.paths import count_paths

    u, kernels = _line()
    gates = relu_gates(u, kernels)
    stack, every = gated_stack(kernels, gates), np.ones_like(gates)
    findings = _layers(_by_paths)
    for boundary, number in (("zero", 259), ("periodic", _SITES * 3**_LAYERS)):
        found = count_paths(gated_stack(kernels, every, boundary=boundary))  # type: ignore[arg-type]
        findings.append(Finding(f"paths before any gate cuts, {boundary} boundary: {found}", found == number))
    step = 1e-6
    slopes = [
        (network(u + step * e, kernels, "zero") - network(u - step * e, kernels, "zero")) / (2 * step)
        for e in np.eye(_SITES)
    ]
    product_of_layers = jacobian(stack)
    return [
        *findings,
        below(
            "the formula with w = 0.8 on a ring minus network",
            wrong_by(_by_the_formula(u, kernels, 0.8), network(u, kernels, "periodic", 0.8)),
            1e-12,
        ),
        Finding(f"open gates: {gates.sum()} of {gates.size}", 0 < gates.sum() < gates.size),
        below(
            "product of the gated matrices minus difference quotients of the network",
            wrong_by(product_of_layers, np.array(slopes).T),
            1e-8,
        ),
        below(
            "without bias: that product, times the input, minus the output",
            wrong_by(product_of_layers @ u, propagate(stack, u)),
            1e-12,
        ),
    ]


# U-path: the network's output is the sum over its paths.


def _path_sum(gated: bool = True, biased: bool = True) -> list[Finding]:
    """U-path; the sum with the network's gates or with none, with paths born at a bias or without them."""
    import torch
    from torch.nn import functional

    from pdenet.ops.paths.gates import gated_stack, relu_gates
    from pdenet.ops.paths.paths import count_paths, enumerate_paths

    rng = np.random.default_rng(1)
    u, kernels = rng.normal(size=(2, 3, 3)), 0.5 * rng.normal(size=(3, 2, 2, 3, 3))
    findings = []
    for bias in (np.zeros((3, 2)), 0.3 * rng.normal(size=(3, 2))):
        state = torch.from_numpy(u)[None]
        for kernel, number in zip(kernels, bias, strict=True):
            b = torch.from_numpy(number)
            state = torch.relu(state + functional.conv2d(state, torch.from_numpy(kernel), b, padding=1))
        gates = relu_gates(u, kernels, bias)
        if not gated:
            gates = np.ones_like(gates)
        paths = enumerate_paths(gated_stack(kernels, gates, bias if biased else np.zeros_like(bias)), u)
        name = "with bias, paths born at it included" if bias.any() else "without bias"
        error = wrong_by(paths.arriving(), state[0].numpy())
        findings.append(
            below(f"3 x 3 pixels, 2 channels, 3 layers, {name}, path sum minus network", error, 1e-12)
        )
    found = count_paths(gated_stack(kernels, np.ones((3, 2, 3, 3))))
    findings.append(
        Finding(f"paths between input and output there, before gates cut: {found}", found == 26896)
    )
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    for name, taps, shape in (
        ("a line", np.ones(3), (11,)),
        ("(39)", cross, (11, 11)),
        ("a full kernel", np.ones((3, 3)), (11, 11)),
    ):
        stack = gated_stack(np.stack([taps] * 5), np.ones((5, *shape)))
        found = count_paths(stack, tuple(size // 2 for size in shape))
        findings.append(Finding(f"paths into a pixel, 5 layers of {name}: {found}", found == taps.sum() ** 5))
    return findings


ENTRIES = (
    Entry(
        id="26",
        title="Residual block with ReLU",
        verdict=Verdict.OK,
        printed=r"$\psi(x_t) = \mathrm{relu}\left[w\,\psi(x_{t-1}) + f(x_{t-1}) * \psi(x_{t-1})\right]$",
        check=_block,
        reason=r"$x_t$ is a position and its index the layer, which $f$ and $w$ need as well.",
        assumptions=r"$f$ a true convolution; a constant $w$ is $1$ with $w - 1$ added to $\gamma$",
        faults=(
            Fault("f not turned round", lambda: _block(turned=1)),
            Fault("the skip w forgotten", lambda: _block(centre=0.0)),
        ),
        page="residual-block-as-pde",
    ),
    Entry(
        id="27",
        title="Block as a kernel with activation",
        verdict=Verdict.WRONG,
        printed=(
            r"$\psi(x_t) = \sum_{x_{t-1}} \kappa w\,(\delta(x_t - x_{t-1}) + \Omega(x_t - x_{t-1}))\,"
            r"\psi(x_{t-1})$, where $\kappa w$ is the activation applied to the weight"
        ),
        check=_gated_layers,
        holds=(
            r"$\psi_t(x_t) = \kappa_t(x_t; \psi_0) \sum_{x_{t-1}} w_t\,(\delta_{x_t, x_{t-1}} + "
            r"\Omega_t(x_t - x_{t-1}))\,\psi_{t-1}(x_{t-1})$, $\kappa_t \in \{0, 1\}$, $\Omega_t = f_t/w_t$"
        ),
        reason=(
            "The ReLU acts on the sum, not on its terms; its gate depends on the place and on the input and "
            "cannot become part of a weight."
        ),
        assumptions="gates of this input; with a bias, paths also start at inner layers",
        check_printed=lambda: _layers(_by_split_relus),
        kind=Kind.ARGUMENT,
        reading=(
            r"The activation on $w$ is read as one on every term; each other reading of $\kappa w$ is "
            r"planted below."
        ),
        faults=(
            Fault("no gates", lambda: _layers(_by_open_paths)),
            Fault("one gate a layer, the best choice", lambda: _layers(_one_gate_a_layer)),
            Fault("the gates of the input -psi", lambda: _layers(_with_gates_of_another_input)),
        ),
        page=_PAGE,
    ),
    Entry(
        id="U-ReLU",
        title="The ReLU can be applied to each term of the sum",
        verdict=Verdict.WRONG,
        printed=r"$\mathrm{relu}(a + b) = \mathrm{relu}(a) + \mathrm{relu}(b)$, used from (26) to (27)",
        check=_relu_of_a_sum,
        holds=(
            r"$\mathrm{relu}(a + b) \le \mathrm{relu}(a) + \mathrm{relu}(b)$, equal just where $ab \ge 0$; "
            r"$\mathrm{relu}(a + b) = \kappa a + \kappa b$ with the gate $\kappa$ of the sum"
        ),
        reason=r"The ReLU is not additive: $a = 1$, $b = -1$ give $0$ and $1$.",
        check_printed=lambda: _of_a_sum(_separately),
        kind=Kind.ARGUMENT,
        faults=(
            Fault("the gate of the first term", lambda: _of_a_sum(_with_a_gate_of_one)),
            Fault("the mean of the two", lambda: _of_a_sum(lambda a, b: _separately(a, b) / 2)),
        ),
        page=_PAGE,
    ),
    Entry(
        id="U-path",
        title="The output of the network is a sum over paths",
        verdict=Verdict.OK,
        printed=r"the output is the sum of $\psi(x_0)$ over all paths, each with its weight",
        check=_path_sum,
        reason="It holds by (27) with gates, not by (33), which allows no ReLU.",
        assumptions=(
            r"gates of this input; $3^L$ paths into a pixel of a line, $5^L$ for (39), $9^L$ for a full "
            "kernel, before borders and gates cut some"
        ),
        faults=(
            Fault("no gates", lambda: _path_sum(gated=False)),
            Fault("no paths born at a bias", lambda: _path_sum(biased=False)),
        ),
        page=_PAGE,
    ),
)
