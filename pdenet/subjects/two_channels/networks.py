"""The networks that are compared: two channels in turn and at once, (39), (40), the classifier alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pdenet.checks.words import one_of
from pdenet.models import PDENet
from pdenet.models.two_channel_net import TwoChannelNet
from pdenet.symbolic import PDE1, PDE2

if TYPE_CHECKING:
    from pdenet.models import ResidualNet
    from pdenet.models.residual_net import Spec

DEPTHS = (5, 15, 50)

IN_TURN = "in turn"
FREE = "in turn, unbounded"
AT_ONCE = "at once"
FIRST = "(39)"
SECOND = "(40)"
ALONE = "classifier alone"

NETWORKS: dict[str, tuple[type[ResidualNet], tuple[Any, ...], dict[str, Any]]] = {
    IN_TURN: (TwoChannelNet, (), {}),
    FREE: (TwoChannelNet, (), {"bounded": False}),
    AT_ONCE: (TwoChannelNet, (), {"update": "at once"}),
    FIRST: (PDENet, (PDE1,), {}),
    SECOND: (PDENet, (PDE2,), {}),
}
"""The networks by name: class, what stands before the depth, options.

All draw the parameters of their trunk uniformly from [0, 1), gamma 0; of the bounded ones these are the free
numbers."""


def spec(name: str, depth: int, **options: Any) -> Spec:
    """One of `NETWORKS` before it is drawn; options override its own.

    Raises
    ------
    ValueError
        If there is no such network.
    """
    kind, first, own = NETWORKS[one_of("network", name, tuple(NETWORKS))]
    return kind.spec(*first, depth, **{**own, **options})
