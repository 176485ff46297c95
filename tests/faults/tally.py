"""What was tried of a kind of fault, and what came out."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOWN = 5  # wrong outcomes that are told of a kind


@dataclass
class Tally:
    """Attempts at one kind of fault, and those that did not come out right.

    Parameters
    ----------
    kind
        What is attempted, for people.
    attempted
        How often.
    wrong
        What came out instead, by attempt.
    """

    kind: str
    attempted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> int:
        """Attempts that came out right."""
        return self.attempted - len(self.wrong)

    def check(self, attempt: str, outcome: Callable[..., object], *arguments: object) -> None:
        """Count an attempt, which is right if `outcome` finds nothing to say: it returns a falsy value.

        What it raises is wrong as well.
        """
        self.attempted += 1
        try:
            found = outcome(*arguments)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        if found:
            self.wrong.append(f"{attempt}: {found}")

    def lines(self) -> list[str]:
        """The counts, and the first of what was wrong."""
        counts = f"{self.kind:<58}{self.attempted:>10}{self.right:>8}{len(self.wrong):>8}"
        return [counts, *(f"    {wrong}" for wrong in self.wrong[:SHOWN])]


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings that damaged files bring."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
