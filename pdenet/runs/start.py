"""Where a training starts: from what the seed draws, or elsewhere, which is then part of what names the run.

A record's key says what determines the run, and a network as it was built follows from its description and
the seed. One whose parameters were set by hand, or loaded, starts elsewhere, and its record says so; one that
was trained already is refused, since its first record has the key.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from pdenet.models import ResidualNet

Starts = tuple[str | None, ...]
"""Of each seed None if it starts as drawn, else a checksum of its parameters."""

_begun: WeakKeyDictionary[ResidualNet, Starts] = (
    WeakKeyDictionary()
)  # where the networks trained here started


def begin(network: ResidualNet, *, resumed: bool = False) -> Starts:
    """Where the training that begins now starts; `resumed` ones start where they did.

    Raises
    ------
    ValueError
        If the network was trained before and is not at its start again.
    """
    now = _starts(network)
    before = _begun.setdefault(network, now)
    if now != before and not resumed:
        message = (
            "this network was trained before, and a second record would have the key of the first; build it "
            "afresh, resume from its checkpoint, or load its state into one built afresh, whose record then "
            "says that it started there"
        )
        raise ValueError(message)
    return before


def starts(network: ResidualNet) -> Starts:
    """Where the network's training started; before one, where it would start."""
    return _begun.get(network) or _starts(network)


def _starts(network: ResidualNet) -> Starts:
    own, drawn = dict(network.named_parameters()), _drawn(network)
    settings = _settings(own)
    found = []
    for row in range(len(network.seeds)):
        rows = {name: values[row].detach().cpu() for name, values in own.items()}
        as_drawn = settings == _settings(drawn) and all(
            torch.equal(drawn[name][row].to(values), values) for name, values in rows.items()
        )
        found.append(None if as_drawn else _checksum(settings, rows))
    return tuple(found)


def _drawn(network: ResidualNet) -> dict[str, Tensor]:
    """The parameters as the seeds draw them; none where the class, a user's, cannot be called again."""
    with torch.random.fork_rng(devices=[]), torch.device("cpu"):
        try:
            return dict(network.afresh().named_parameters())
        except (TypeError, ValueError):
            return {}


def _settings(parameters: Mapping[str, Tensor]) -> str:
    """Names, shapes, and whether they are trained, which can be switched by hand as well."""
    return repr([(name, tuple(one.shape), one.requires_grad) for name, one in parameters.items()])


def _checksum(settings: str, rows: dict[str, Tensor]) -> str:
    found = hashlib.sha256(settings.encode())
    for values in rows.values():
        found.update(
            values.flatten().clone(memory_format=torch.contiguous_format).view(torch.uint8).numpy().tobytes()
        )
    return found.hexdigest()
