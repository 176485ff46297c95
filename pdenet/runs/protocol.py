"""What a record says of how a run was made."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ADDED = {"added": True}
"""Metadata of a field that came after records were written: at its default it is left out of a record, so
that the run keeps its key."""


def described(protocol: DataclassInstance) -> dict[str, Any]:
    """The settings of a protocol in the types that JSON has; those `ADDED` later only where they differ."""
    silent = {
        field.name
        for field in dataclasses.fields(protocol)
        if field.metadata.get("added") and getattr(protocol, field.name) == field.default
    }
    settings = {name: value for name, value in dataclasses.asdict(protocol).items() if name not in silent}
    plain: dict[str, Any] = json.loads(json.dumps(settings))
    return plain
