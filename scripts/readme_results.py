"""Fill README's section *What reproduces* from the records: no number there is typed.

python scripts/readme_results.py          # rewrite README.md
python scripts/readme_results.py --check  # exit 1 if it is not what the records say
"""

from __future__ import annotations

import sys
from pathlib import Path

from pdenet.experiments import TABLE_4_1, CellResult
from pdenet.records import provenance, read, shipped
from pdenet.training import TrainingConfig

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- results: filled from results/ -->", "<!-- end of results -->"


def section() -> str:
    """The section's table and provenance line, as Markdown."""
    records = read(shipped("table-4.1.jsonl"))
    results = TABLE_4_1.results(records, "mnist", TrainingConfig())
    lines = [
        "Accuracy on the MNIST test images after 50 epochs, in per cent: mean over seeds [95 % interval], and what the",
        "thesis prints from one run. The row of 0 layers and the last column are controls that the thesis does not have.",
        "",
        "| layers | " + " | ".join(f"{column} | thesis" for column in TABLE_4_1.columns[:2]) + " | "
        + TABLE_4_1.columns[2] + " |",
        "| ---: " * 6 + "|",
    ]  # fmt: skip
    for depth in TABLE_4_1.depths:
        cells = [results.get((depth, column)) for column in TABLE_4_1.columns]
        row = [str(depth)]
        for column, cell in enumerate(cells):
            row.append(ours(cell))
            if column < 2:
                row.append("" if cell is None or cell.cell.thesis is None else f"{100 * cell.cell.thesis:.1f}")
        lines.append("| " + " | ".join(row) + " |")
    used = [record for result in results.values() for record in result.records]
    lines += ["", f"Runs: {provenance(used)}."]
    return "\n".join(lines)


def ours(result: CellResult | None) -> str:
    """Our mean and interval; seed by seed where a seed ended at chance, since a mean would hide it."""
    if result is None:
        return ""
    if result.interval is None:
        return result.text
    if min(result.accuracies) < 0.5:
        return ", ".join(f"{100 * accuracy:.1f}" for accuracy in result.accuracies)
    interval = result.interval
    return f"{100 * interval.estimate:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def main(arguments: list[str]) -> int:
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    filled = f"{before}{BEGIN}\n\n{section()}\n\n{END}{after}"
    if "--check" in arguments:
        return int(filled != text)
    README.write_text(filled, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
