"""Processes that are killed: forked, so that none has to load torch again."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120  # seconds until a child counts as one that waits for ever


def child(work: Callable[..., object], *arguments: object) -> int:
    """Start a process that does the work and ends with status 0, or 1 if that raises; its number."""
    sys.stdout.flush()
    sys.stderr.flush()
    number = os.fork()
    if number:
        return number
    status = 1
    try:
        signal.alarm(PATIENCE)
        work(*arguments)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)  # not the parent's way out, which would run its clean-up


def ended(number: int) -> int:
    """Wait for a process; its status, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def done(work: Callable[..., object], *arguments: object) -> int:
    """Do the work in a process of its own and wait for it; its status."""
    return ended(child(work, *arguments))
