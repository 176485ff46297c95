"""Whether the checks of the ledger can fail: every row is run on the wrong forms that are planted in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdenet.audit.ledger.entry import Entry, Result

LEAST = 2
"""Wrong forms that the check of a row must refuse."""


@dataclass(frozen=True)
class Trial:
    """What the check of a row says of one wrong form.

    Parameters
    ----------
    entry : Entry
        The row.
    what : str
        What is wrong in the form.
    refused_by : tuple of str
        What was looked at and failed, in words of the row's own check.
    elsewhere : tuple of str
        What failed besides, at which the row's own check does not look.
    """

    entry: Entry
    what: str
    refused_by: tuple[str, ...]
    elsewhere: tuple[str, ...]

    @property
    def survives(self) -> bool:
        """Whether the check takes the wrong form for right; a failure elsewhere is not the same check's."""
        return not self.refused_by


def try_faults(result: Result) -> tuple[Trial, ...]:
    """Run the check of a row on all its wrong forms.

    Parameters
    ----------
    result : Result
        What the checks have shown of the form that holds, and of the print.
    """
    own = {_looked_at(finding.what) for finding in result.findings}
    trials = []
    for fault in result.entry.planted:
        printed = fault.check is result.entry.check_printed
        findings = result.printed_findings if printed else fault.check()
        failed = [finding.what for finding in findings if not finding.holds]
        trials.append(
            Trial(
                result.entry,
                fault.what,
                tuple(what for what in failed if _looked_at(what) in own),
                tuple(what for what in failed if _looked_at(what) not in own),
            )
        )
    return tuple(trials)


def _looked_at(what: str) -> str:
    """What was looked at, whatever its size: a ring of six pixels is looked at as one of eight is."""
    return re.sub(r"\d+(\.\d+)?", "#", what)
