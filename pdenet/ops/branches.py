"""A branch of a block that somebody else wrote: what it must keep to so that its state can be made again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRAWS = (
    *(nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout),
    nn.RReLU,
)
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
TRACKS = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)


class Branch(NamedTuple):
    """What is added to one state as a function of the other, and the parameters that get gradients."""

    rate: Callable[[Tensor], Tensor]
    own: tuple[nn.Parameter, ...]


def check_states(first: Any, second: Any) -> None:
    """Raise if two states are not floating point tensors of one shape, dtype and device.

    Raises
    ------
    TypeError
        If one is no tensor, or holds no numbers of floating point.
    ValueError
        If they differ.
    """
    for name, state in (("first", first), ("second", second)):
        if not isinstance(state, Tensor) or not state.dtype.is_floating_point:
            message = f"{name} must be a floating point tensor; got {state!r}"
            raise TypeError(message)
    kinds = [(tuple(state.shape), state.dtype, str(state.device)) for state in (first, second)]
    if kinds[0] != kinds[1]:
        message = f"the two states must have one shape, dtype and device; got {kinds[0]} and {kinds[1]}"
        raise ValueError(message)


def check_steady(branch: Any) -> None:
    """Raise if a branch would not answer twice the same, as far as its layers tell.

    Raises
    ------
    TypeError
        If it is no module, so that its parameters are not known.
    ValueError
        If one of its layers draws, or keeps statistics of what it sees, and is in training.
    """
    if not isinstance(branch, nn.Module):
        message = (
            "a branch must be a torch.nn.Module, so that its parameters are known; "
            f"got {type(branch).__name__}"
        )
        raise TypeError(message)
    for name, layer in branch.named_modules():
        if not layer.training:
            continue
        called = f"{type(layer).__name__} ({name})" if name else type(layer).__name__
        if isinstance(layer, DRAWS):
            message = (
                f"a branch runs again on the way back and must answer the same; {called} draws anew: "
                "take it out, or call its eval()"
            )
            raise ValueError(message)
        if isinstance(layer, BATCH_NORMS) or (isinstance(layer, TRACKS) and layer.track_running_stats):
            message = (
                f"a branch runs again on the way back, and {called} would count its batch twice: "
                "use GroupNorm, or call its eval()"
            )
            raise ValueError(message)


def answer(branch: nn.Module, u: Tensor) -> Tensor:
    """What a branch answers to a state.

    Raises
    ------
    TypeError
        If it is no tensor.
    ValueError
        If it is not like the state, or the branch changed the state in place.
    """
    before = None if u.is_inference() else u._version  # noqa: SLF001 - torch has no public name for it
    found = like_state(
        branch(u),
        u,
        "a branch must answer with a tensor",
        "a branch must answer with a tensor like its input",
    )
    if before is not None and u._version != before:  # noqa: SLF001
        message = (
            f"{type(branch).__name__} changed its input in place, and with it the state that the block "
            "still needs; use the layer without inplace=True, or copy the input first"
        )
        raise ValueError(message)
    return found


def like_state(found: Any, u: Tensor, some: str, alike: str) -> Tensor:
    """What was computed of a state, in the state's dtype where autocast chose another.

    Parameters
    ----------
    found
        What a module returned.
    u
        The state.
    some, alike
        What it must do, for the messages: return a tensor, and one like the state.

    Raises
    ------
    TypeError
        If it is no tensor.
    ValueError
        If it has another shape, dtype or device than the state.
    """
    if not isinstance(found, Tensor):
        message = f"{some}; got {type(found).__name__}"
        raise TypeError(message)
    cast = torch.is_autocast_enabled(u.device.type) and found.is_floating_point()
    value: Tensor = found.to(u.dtype) if cast else found  # autocast, not the module, chose another
    if (value.shape, value.dtype, value.device) != (u.shape, u.dtype, u.device):
        message = f"{alike}, {describe(u)}; got {describe(value)}"
        raise ValueError(message)
    return value


def run_again(branch: Branch, u: Tensor, cotangent: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
    """What a branch answers at `u`, and the products of the cotangent with its derivatives.

    Returns
    -------
    The answer, the product for `u`, and those for the branch's own parameters.

    Raises
    ------
    ValueError
        If the branch uses a tensor with gradient that is not its own, which would get none.
    """
    u = u.detach().requires_grad_()
    with torch.enable_grad():
        found = branch.rate(u)
    if not found.requires_grad:
        return found, torch.zeros_like(u), [torch.zeros_like(p) for p in branch.own]
    known = {id(x) for x in (u, *branch.own)}
    if borrowed := [tuple(leaf.shape) for leaf in leaves(found) if id(leaf) not in known]:
        message = (
            "a branch gets gradients for its own parameters only, and this one uses others, of shape "
            f"{', '.join(map(str, borrowed))}; make them its parameters"
        )
        raise ValueError(message)
    of_u, *of_own = torch.autograd.grad(
        found, [u, *branch.own], cotangent, allow_unused=True, materialize_grads=True
    )
    return found.detach(), of_u, of_own


@contextlib.contextmanager
def refuse_draws(called: str, device: torch.device) -> Iterator[None]:
    """Raise a ValueError if random numbers are drawn meanwhile: known on the CPU only."""
    if device.type != "cpu":
        yield
        return
    before = torch.get_rng_state()
    yield
    if not torch.equal(before, torch.get_rng_state()):
        message = (
            f"{called} runs its branches again on the way back, and one of them drew random numbers, which "
            "would be others then; take the drawing out, or draw once and make it a buffer"
        )
        raise ValueError(message)


def leaves(result: Tensor) -> Iterator[Tensor]:
    """The tensors at which the graph behind a result ends, those that would be given a gradient."""
    seen = set()
    open_nodes = [result.grad_fn]
    while open_nodes:
        node = open_nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        open_nodes += [following for following, _ in node.next_functions]


def describe(tensor: Tensor) -> str:
    """Shape, dtype and device in words."""
    return f"{tuple(tensor.shape)} of {tensor.dtype} on {tensor.device}"
