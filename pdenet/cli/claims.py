"""``pdenet claims``: what the runs decide, with intervals and verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from pdenet.cli.options import JsonOption, app, path_of
from pdenet.cli.output import print_json

if TYPE_CHECKING:
    from pdenet.runs.record import Record


@app.command()
def claims(
    name: Annotated[
        str | None, typer.Argument(help="Which experiment, or all of a subject. Default: all.")
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option(
            parser=path_of,
            metavar="FILE",
            help="File of records to judge by. Default: those that come with the book.",
        ),
    ] = None,
    data: Annotated[str, typer.Option(help="Image set that the runs were made on.")] = "mnist",
    as_json: JsonOption = False,
) -> None:
    """Judge the claims of an experiment by its runs: holds, does not hold, not decided.

    Example: pdenet claims tables

    Example: pdenet claims irregular --records mine.jsonl
    """
    from pdenet.checks.words import one_of
    from pdenet.runs.files import read
    from pdenet.subjects.catalogue import experiments

    chosen = experiments(name)
    others = [] if records is None else read(records)  # an error if there is no such file
    one_of("data", data, list(dict.fromkeys(["mnist", "digits", *(_set_of(one) for one in others)])))
    found = []
    for experiment in chosen:
        given = None if records is None else experiment.read(records)
        judged = experiment.judged(experiment.results(given, data))
        found += [(experiment, one) for one in judged.values()]
    if as_json:
        rows = [
            {
                "experiment": experiment.name,
                "id": one.claim.id,
                "claim": one.claim.text,
                "estimate": one.found.estimate,
                "low": one.found.low,
                "high": one.found.high,
                "n": one.found.n,
                "direction": one.claim.direction,
                "threshold": one.claim.threshold,
                "verdict": one.verdict,
            }
            for experiment, one in found
        ]
        print_json(rows)
        return
    printed = RichTable("", "claim", "measured [95 % interval]", "n", "needed", "verdict")
    for experiment, one in found:
        spec = f".{experiment.digits + 1}f"
        needed = f"{one.claim.direction} {one.claim.threshold:g}"
        measured = escape(f"{one.found:{spec}}")
        printed.add_row(one.claim.id, escape(one.claim.text), measured, str(one.found.n), needed, one.verdict)
    console = Console()
    console.print(printed)
    words = [one.verdict for _, one in found]
    console.print(", ".join(f"{word}: {words.count(word)}" for word in dict.fromkeys(sorted(words))))


def _set_of(record: Record) -> str:
    """The name of the image set, or of the whole of which the run had a part."""
    return str(record.data["name"]).partition("[")[0]
