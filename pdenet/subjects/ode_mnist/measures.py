"""What is measured on a network with a flow: accuracy, what a training step keeps, the solver test."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pdenet.models.measures.memory import saved_tensors
from pdenet.ops.ode.solve import solve
from pdenet.ops.ode.solvers import Adaptive, DivergedError, Fixed
from pdenet.subjects.ode_mnist.networks import BlockNet

TEST_BATCH = 250
NO_STEPS = "euler 0"
"""The solver test's control: a network that scores as before without its block passes any solver."""
ACCURATE = Adaptive("dopri5", rtol=1e-5, atol=1e-5, past_end=True)  # as the records were run


@torch.no_grad()
def accuracy(net: BlockNet, images: Tensor, labels: Tensor) -> float:
    """Share of images (N, H, W) that the network labels right; none if its flow breaks off.

    Raises
    ------
    ValueError
        If there is no image.
    """
    if len(images) == 0:
        message = "accuracy needs at least one image; got none"
        raise ValueError(message)
    try:
        chosen = torch.cat([_chosen(net(batch)) for batch in images.split(TEST_BATCH)])
    except DivergedError:
        return 0.0
    return float((chosen == labels).double().mean())


def _chosen(logits: Tensor) -> Tensor:
    """The label of each image, (N,); -1, which is none, where a logit is not finite."""
    return torch.where(logits.isfinite().all(-1), logits.argmax(-1), -1)


@torch.no_grad()
def solver_test(net: BlockNet, images: Tensor, labels: Tensor, grid: Iterable[int]) -> dict[str, Any]:
    """Solve the trained field anew with other solvers, and see whether the network still works.

    Parameters
    ----------
    net
        A trained network whose block is a flow.
    images, labels
        Test images (N, H, W), scaled, and their labels (N,).
    grid
        Steps of Euler's rule.

    Returns
    -------
    dict
        ``images``, their number; by solver (``trained``, the one of the training; ``euler 4`` and the like;
        ``accurate``; ``euler 0``, the block taken out) ``accuracy``, and ``same``, the share of images that
        get the label which the solver of the training gives them, and ``evaluations`` of the field, mean over
        the batches. A solution that breaks off has None.

    Raises
    ------
    ValueError
        If the block is not a flow.

    References
    ----------
    Ott et al. (2021); Queiruga et al. (2020).
    """
    flow = net.flow
    if flow is None:
        message = "the solver test needs a network whose block is a flow"
        raise ValueError(message)
    states = [net.stem(batch) for batch in images.split(TEST_BATCH)]
    solvers = {"trained": flow.solver, "accurate": ACCURATE} | {f"euler {m}": Fixed("euler", m) for m in grid}
    found: dict[str, Any] = {"images": len(labels), "accuracy": {}, "same": {}, "evaluations": {}}
    reference: Tensor | None = None

    def note(name: str, ends: Iterable[Tensor], evaluations: float) -> None:
        nonlocal reference
        chosen = torch.cat([_chosen(net.head(end)) for end in ends])
        reference = chosen if name == "trained" else reference
        found["accuracy"][name] = float((chosen == labels).double().mean())
        found["same"][name] = None if reference is None else float((chosen == reference).double().mean())
        found["evaluations"][name] = evaluations

    for name, solver in solvers.items():
        try:
            solutions = [solve(flow.rate, state, flow.duration, solver) for state in states]
        except DivergedError:
            for part in ("accuracy", "same", "evaluations"):
                found[part][name] = None
            continue
        evaluations = sum(s.evaluations.forward for s in solutions) / len(solutions)
        note(name, (solution.end for solution in solutions), evaluations)
    note(NO_STEPS, states, 0.0)
    return found


def kept_bytes(net: BlockNet, images: Tensor, labels: Tensor) -> int | None:
    """Bytes that a training step on `images` (B, H, W) keeps for its backward pass, parameters left out.

    Counted are the storages that autograd still holds when the loss is known, each once: for a given sequence
    of evaluations the same on every machine, other than the growth of the process. None if the flow breaks
    off.
    """
    own = {parameter.untyped_storage().data_ptr() for parameter in net.parameters()}
    try:
        saved = saved_tensors(lambda: functional.cross_entropy(net(images), labels))
    except DivergedError:
        return None
    storages = (tensor.untyped_storage() for tensor in saved)
    return sum(storage.nbytes() for storage in storages if storage.data_ptr() not in own)
