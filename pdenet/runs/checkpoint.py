"""The state of a run on disk: a file of torch's that carries a digest, checked before anything is loaded.

The file is the zip archive that ``torch.save`` writes, and ``torch.load`` reads it. The archive's comment is
the SHA-256 of all bytes before it: one flipped bit anywhere, and nothing is loaded.
"""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pdenet.checks.places import opened
from pdenet.checks.plain import plain, scalar
from pdenet.runs.disk import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MARK = b"pdenet sha256 "
_SEAL = len(_MARK) + hashlib.sha256().digest_size * 2  # bytes of the comment


class CheckpointError(ValueError):
    """A checkpoint that cannot be read, or that belongs to another run."""


def identity_of(identity: Mapping[str, Any], seeds: Sequence[int]) -> dict[str, Any]:
    """What must agree for a checkpoint to belong to a run, in JSON's kinds, whatever kinds it came in.

    Raises
    ------
    TypeError, ValueError
        If something in it has no place in JSON.
    """
    found: dict[str, Any] = plain("the identity of a run", {**identity, "seeds": list(seeds)}, paths=True)
    return found


def save(path: Path, identity: dict[str, Any], state: Mapping[str, Any]) -> None:
    """Replace a checkpoint.

    Parameters
    ----------
    path
        The file.
    identity
        What `identity_of` gave.
    state
        Plain data and tensors, by name.

    Raises
    ------
    OSError
        If it cannot be written.
    TypeError
        If the state holds something else than plain data and tensors, which could not be read back.
    """
    buffer = io.BytesIO()
    torch.save({"identity": identity, **storable(state)}, buffer)
    # The last two bytes of an archive without a comment say that it has none.
    archive = buffer.getvalue()[:-2] + _SEAL.to_bytes(2, "little")
    write_atomic(path, lambda file: file.write(archive + _seal(archive)))


def load(path: Path, identity: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The state that `save` was given.

    Parameters
    ----------
    path
        The file.
    identity
        What `identity_of` gives for the run that is to go on.
    device
        Where the tensors are put.

    Raises
    ------
    CheckpointError
        If the file is damaged, cannot be read, or belongs to another run.
    """
    state = _read(path, device)
    found = state.pop("identity")
    if found != identity:
        differs = [key for key in {**identity, **found} if found.get(key) != identity.get(key)]
        message = (
            f"{path} belongs to another run: {', '.join(differs)} differ; "
            "resume with the settings it was made with, or delete it to start afresh"
        )
        raise CheckpointError(message)
    return state


def storable(value: Any) -> Any:
    """The value with plain numbers and texts for NumPy's, which no checkpoint could be read back with.

    Raises
    ------
    TypeError
        If something in it is neither a tensor nor plain data.
    """
    if isinstance(value, Tensor):
        return value
    if isinstance(value, dict):
        return value if _is_all_tensors(value) else {storable(k): storable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, tuple):
        return tuple(storable(part) for part in value)
    return scalar("what a checkpoint keeps", value)


def seeds_in(checkpoint: Path) -> tuple[int, ...] | None:
    """The seeds that a checkpoint is of; None if it cannot be read, which `load` will say of it."""
    try:
        return tuple(_read(checkpoint, torch.device("cpu"))["identity"]["seeds"])
    except CheckpointError:
        return None


def _seal(archive: bytes) -> bytes:
    return _MARK + hashlib.sha256(archive).hexdigest().encode()


def _read(path: Path, device: torch.device) -> dict[str, Any]:
    """What is in a file whose digest is right."""
    archive = _checked(path)
    try:
        state: dict[str, Any] = torch.load(io.BytesIO(archive), map_location=device, weights_only=True)
    except Exception as error:  # torch raises a different type for each thing that it cannot read
        reason = f"whole, but written by other versions of pdenet or torch: {type(error).__name__}: {error}"
        raise _unreadable(path, reason) from error
    return state


def _checked(path: Path) -> bytes:
    """The bytes of a file that ends in their digest."""
    try:
        with opened("checkpoint", path) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - _SEAL, 0))
            if not file.read().startswith(_MARK):  # before a file that is no checkpoint is read whole
                reason = "it has no digest: cut short, or written by an older pdenet, which gave it none"
                raise _unreadable(path, reason)
            file.seek(0)
            content = file.read()
    except OSError as error:
        raise _unreadable(path, str(error)) from error
    if content[-_SEAL:] != _seal(content[:-_SEAL]):
        raise _unreadable(path, "damaged after it was written, as its digest shows")
    return content


def _unreadable(path: Path, reason: str) -> CheckpointError:
    return CheckpointError(f"{path} is not a readable checkpoint ({reason}); delete it to start afresh")


def _is_all_tensors(value: dict[Any, Any]) -> bool:
    """Whether it is like a module's state, whose own kind of dict torch wants to see again."""
    return all(isinstance(name, str) and isinstance(part, Tensor) for name, part in value.items())
