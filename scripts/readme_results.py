"""Fill README's sections with numbers from the ledger and the records: no number there is typed.

python scripts/readme_results.py          # rewrite README.md
python scripts/readme_results.py --check  # exit 1 if it is not what the records say
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pdenet.audit.ledger import ENTRIES, Verdict
from pdenet.audit.ledger.page import counts
from pdenet.page.claims import error_probability
from pdenet.page.tables import markdown_table
from pdenet.runs.files import write_atomic
from pdenet.runs.record import provenance
from pdenet.runs.table import accuracy_table
from pdenet.subjects.performance.findings import limits_table, newest_complete, ratios
from pdenet.subjects.performance.report import (
    Result,
    contender_table,
    machine_line,
    peaks_line,
    saved_runs,
)
from pdenet.subjects.tables.claims import PRINTED
from pdenet.subjects.tables.experiment import TABLE_4_1, TABLE_4_2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pdenet.runs.claims import Judged
    from pdenet.runs.record import Record

README = Path(__file__).parents[1] / "README.md"
INTRODUCTION = """\
Accuracy on the MNIST test images after 50 epochs, in per cent: the mean over seeds [95 % interval], beside
what the thesis prints from one run. Where a seed ended at chance its cell lists the seeds one by one. The row
of 0 layers (the classifier alone, on raw pixels) and the last column are controls that the thesis lacks."""


LIMITS = """\
What limits the operator, on the CPU measured last (the page *Performance* of the book says why):"""

VERDICTS = """\
What follows, judged by these runs: points of a per cent, means of the last ten epochs, paired by seed (the
last two in epochs). The claims of a table are one family, p is corrected by Holm. *Holds* and *does not hold*
are said only where the whole interval lies on one side and p is at most 0.05. With the thesis's numbers these
runs are not compared: for its PDE networks the
loss [seems to be another](book/part1/depth.ipynb), with a softmax applied twice."""


def verdicts(judged: Iterable[Judged]) -> str:
    """The claims with what was measured, as a table."""
    rows = [
        [
            one.claim.text,
            f"{one.found:.2f}",
            f"{one.claim.direction} {one.claim.threshold:g}",
            error_probability(one.adjusted),
            one.verdict,
        ]
        for one in judged
    ]
    return markdown_table(["claim", "measured", "needed", "p", "verdict"], rows)


def tables() -> str:
    """Introduction, Tables 4.1 and 4.2, provenance, verdicts."""
    parts = [INTRODUCTION]
    judged: list[Judged] = []
    used: dict[str, Record] = {}
    for name, table in (("Table 4.1", TABLE_4_1), ("Table 4.2", TABLE_4_2)):
        cells = table.found()
        used |= {record.key: record for cell in cells.values() for record in cell.records}
        judged += [one for one in table.judged().values() if one.claim not in PRINTED]  # of no run of ours
        parts.append(f"**{name}**\n\n{markdown_table(*accuracy_table(table, cells))}")
    return "\n\n".join([*parts, f"Runs: {provenance(list(used.values()))}.", VERDICTS, verdicts(judged)])


def speed() -> str:
    """What `pdenet bench` measured last on each machine: a line a contender, and what limits the operator."""
    parts = []
    for runs in (saved_runs("cpu"), saved_runs("cuda")):
        for result in runs.values():
            table = contender_table(result, "five-point")
            header = ["five-point stack, forward and backward", *table.columns[1:]]
            text = (
                f"{problem_line(result)}. {memory_line(result)} {capitalised(peaks_line(result))}. "
                f"Measured by `pdenet bench` on {machine_line(result)}."
            )
            parts += [markdown_table(header, table.rows), text]
    _, result = newest_complete(saved_runs("cpu"))
    return "\n\n".join([ranges(saved_runs("cpu")), *parts, LIMITS, limits_table(result)])


def ranges(runs: Mapping[str, Result]) -> str:
    """How many times as long the other ways take, over all saved runs, the nearest first."""
    listed = "; ".join(f"{one.what}: {one.least:.0f} to {one.most:.0f}" for one in ratios(runs))
    return (
        f"Over the {len(runs)} saved runs on CPUs, by median and by best time, other ways take so many times "
        f"as long as the fused loops: {listed}."
    )


def problem_line(result: Result) -> str:
    problem = result["problem"]
    return (
        f"{problem['depth']} layers, {problem['batch']} images of {problem['size']}x{problem['size']}; "
        f"median of {problem['rounds']} rounds in which all take turns"
    )


def memory_line(result: Result) -> str:
    """Memory of our step by depth, in a sentence, or nothing where it was not measured."""
    by_depth = result["memory_mib"].get("fused") or {}
    text = ", ".join(f"{mib:.1f} MiB at {depth} layers" for depth, mib in by_depth.items())
    return f"Memory that our step takes: {text}." if text else ""


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def equations() -> str:
    """What stands as printed; by kind of fault and verdict what does not; what is planted in the rows."""
    theirs = [entry for entry in ENTRIES if not entry.ours]
    fine = [entry.id for entry in theirs if entry.numbered and entry.verdict is Verdict.OK]
    numbered = sum(entry.numbered for entry in theirs)
    planted = sum(len(entry.planted) for entry in ENTRIES)
    return (
        f"{len(fine)} of {numbered} equations stand as printed: {', '.join(fine)}. The others:\n\n"
        f"{counts(ENTRIES)}\n\n"
        f"{len(ENTRIES) - len(theirs)} rows more state what the book derives itself. In all rows together "
        f"{planted} wrong forms are planted."
    )


def main(arguments: list[str]) -> int:
    text = README.read_text(encoding="utf-8")
    filled = text
    for name, content in (("equations", equations()), ("results", tables()), ("speed", speed())):
        begin, end = f"<!-- {name}: filled by scripts/readme_results.py -->", f"<!-- end of {name} -->"
        before, rest = filled.split(begin)
        filled = f"{before}{begin}\n\n{content}\n\n{end}{rest.split(end)[1]}"
    if "--check" in arguments:
        return int(filled != text)
    write_atomic(README, lambda file: file.write(filled.encode("utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
