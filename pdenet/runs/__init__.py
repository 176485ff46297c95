"""One run and many: the training loop, records and their files, intervals, claims.

What trains imports torch, and only when it is asked for: who reads records does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pdenet.runs.claims import Claim
from pdenet.runs.experiment import Experiment
from pdenet.runs.interval import Interval

if TYPE_CHECKING:
    from pdenet.runs.training import TrainingConfig, fit

__all__ = ["Claim", "Experiment", "Interval", "TrainingConfig", "fit"]


def __getattr__(name: str) -> Any:
    if name in ("TrainingConfig", "fit"):
        return getattr(import_module("pdenet.runs.training"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
