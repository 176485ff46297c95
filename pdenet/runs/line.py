"""A line of JSON that carries a digest of what it says, so that a damaged one is told from a whole one."""

from __future__ import annotations

import hashlib
import json
from typing import Any

DIGEST = "digest"
"""Name of the field that `sealed` adds."""


def sealed(fields: dict[str, Any]) -> str:
    """The fields, in the kinds that JSON has, as a line of compact JSON; its last field is their SHA-256."""
    line = {**fields, DIGEST: _digest(fields)}
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def parsed(line: str | bytes) -> dict[str, Any]:
    """The fields of a line, among them a schema number, without the digest.

    Lines of older versions have no digest and are taken as they are.

    Raises
    ------
    ValueError
        If the line is no JSON object with a schema number, holds a key twice or a number that is not finite,
        or says something else than when its digest was made.
    RecursionError
        If lists and objects lie in each other too often.
    """
    fields = json.loads(line, object_pairs_hook=_once)
    if not isinstance(fields, dict) or type(fields.get("schema")) is not int or fields["schema"] < 1:
        message = "not a JSON object with a schema number"
        raise ValueError(message)
    is_sealed = DIGEST in fields
    kept, found = fields.pop(DIGEST, None), _digest(fields)
    if is_sealed and kept != found:
        message = "damaged: it says something else than when it was written, as its digest shows"
        raise ValueError(message)
    return fields


def _digest(fields: dict[str, Any]) -> str:
    """SHA-256 (hex) of what the fields say, whatever their order and the spaces between them.

    It refuses, with a ValueError, what is no JSON: numbers that are not finite, and text that is no Unicode.
    """
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are there once."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        message = "a key stands twice in it"
        raise ValueError(message)
    return fields
