"""A field that somebody else wrote: how it is asked, and what its answer must be."""

from typing import Any

import torch
from torch import Tensor, nn

from pdenet.ops.branches import leaves, like_state


def check_field(rate: Any) -> None:
    """Raise a TypeError if the field is no module."""
    if not isinstance(rate, nn.Module):
        message = (
            f"the field must be a torch.nn.Module with forward(t, u), so that its parameters are known; "
            f"got {type(rate).__name__}"
        )
        raise TypeError(message)


def evaluate(rate: nn.Module, t: Tensor, u: Tensor) -> Tensor:
    """The field's du/dt at the state `u`, of which it is given a copy, as a tensor that is not its own.

    A field may then work in place (``nn.ReLU(inplace=True)``), or answer in memory that it fills anew each
    time, without changing a state or an earlier rate. Both copies together cost a hundredth of a field.

    Raises
    ------
    TypeError
        If the field returns no tensor.
    ValueError
        If what it returns is not like `u`.
    """
    found = rate(t.clone(), u.clone())
    must = "the field must return"
    return like_state(found, u, f"{must} a tensor, du/dt", f"{must} du/dt like the state").clone()


def refuse_borrowed(rate: nn.Module, u: Tensor, t: Tensor, method: str) -> None:
    """Raise what `evaluate` raises, or a ValueError if the field sees a tensor with gradient not its own.

    Costs one evaluation of the field. `method` is named in the message.
    """
    own = {id(p) for p in rate.parameters()}
    with torch.enable_grad():
        state = u.detach().requires_grad_()
        found = evaluate(rate, t.detach().to(u.dtype), state)
    borrowed = [leaf for leaf in leaves(found) if leaf is not state and id(leaf) not in own]
    if borrowed:
        shapes = ", ".join(str(tuple(leaf.shape)) for leaf in borrowed)
        message = (
            f"{method} gives gradients to parameters of the field only, and this field uses others, "
            f"of shape {shapes}; make them its parameters, or take gradient='backprop'"
        )
        raise ValueError(message)
