"""The words of verdicts on a page: a list of what was judged, and the half sentence that fits a verdict."""

import html
from collections.abc import Iterable
from typing import Protocol


class Judged(Protocol):
    """A claim with what was measured for it; who judges it is no matter of this room."""

    def sentence(self, spec: str = ...) -> str:
        """The claim, what was measured, in this format of a float, and the verdict."""

    def say(self, holds: str, fails: str, undecided: str = ...) -> str:
        """The words of the three that fit the verdict."""


def escaped(text: str) -> str:
    """Text that a file or a machine gave, as a page shows it: what looks like HTML in it is read, not run.

    Examples
    --------
    >>> escaped("a <b>processor</b>")
    'a &lt;b&gt;processor&lt;/b&gt;'
    """
    return html.escape(text, quote=False)


def say(judged: Judged | None, holds: str, fails: str, undecided: str = "") -> str:
    """The words that fit the verdict on a claim; none where there are no runs to judge it by."""
    return "" if judged is None else judged.say(holds, fails, undecided)


def sentences(judged: Iterable[Judged], spec: str = ".4g", *, otherwise: str = "") -> str:
    """A Markdown list, one line a claim: what was measured for it, and the verdict.

    Parameters
    ----------
    judged
        Claims in the order of the list.
    spec
        Format of the numbers, as for a float.
    otherwise
        What to say if there are none.
    """
    return "\n".join(f"- {one.sentence(spec)}" for one in judged) or otherwise
