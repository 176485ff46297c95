"""``pdenet equations`` and ``pdenet info``: the ledger on the terminal; what is installed."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from pdenet.cli.options import JsonOption, app, errors, words_of
from pdenet.cli.output import print_json


@app.command()
def equations(
    only: Annotated[str, typer.Option(help="Entries to check, comma between: 24,35,U3. Default: all.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Check every equation of the thesis: as printed, and as it holds.

    Exit status 1 if a correction fails, or a print fares otherwise than the ledger says.

    Example: pdenet equations --only 24,35
    """
    from pdenet.audit import ledger
    from pdenet.audit.ledger.page import as_data, correction_verdict, print_verdict

    entries = ledger.find(words_of("--only", only)) if only else ledger.ENTRIES
    results = []
    with errors.status("") as status:
        for number, entry in enumerate(entries, start=1):
            status.update(f"{number} of {len(entries)}: {entry.name} {entry.title}")
            results.append(ledger.run(entry))
    wrong = [result for result in results if not result.as_listed]
    if as_json:
        print_json([as_data(result) for result in results])
    else:
        console = Console()
        printed = RichTable("equation", "print", "correction", "what was shown")
        for result in results:
            verdicts = print_verdict(result), correction_verdict(result)
            printed.add_row(result.entry.name, *verdicts, escape(result.shown))
        console.print(printed)
        failing = sum(not result.print_holds for result in results)
        seconds = sum(result.seconds for result in results)
        console.print(
            f"entries: {len(results)}, prints that fail their check: {failing}, time: {seconds:.0f} s"
        )
        for result in wrong:
            expected = (
                f"listed as {result.entry.verdict}, correction {correction_verdict(result) or 'not needed'}"
            )
            console.print(f"{result.entry.name}: print {print_verdict(result)}, {expected}", style="bold red")
    if wrong:
        raise typer.Exit(1)


@app.command()
def info(as_json: JsonOption = False) -> None:
    """Say what is here: versions, device, image sets, recorded runs.

    Example: pdenet info --json
    """
    from pdenet.data import DataError, load_images
    from pdenet.runs.machine import choose_device, describe_machine, describe_versions
    from pdenet.subjects.catalogue import experiments

    try:
        images = load_images("auto", download=False)
        data: dict[str, str | None] = {"name": images.name, "title": images.title, "source": images.source}
    except DataError as error:
        data = {"name": None, "title": "none", "source": str(error)}
    recorded = {one.name: len(one.recorded()) for one in experiments() if one.arms("full")}
    facts = {
        "versions": describe_versions(),
        "machine": describe_machine(choose_device()),
        "data": data,
        "recorded_runs": recorded,
    }
    if as_json:
        print_json(facts)
        return
    printed = RichTable("what", "here", show_header=False)
    for key, value in facts["versions"].items():
        printed.add_row(key, value)
    for key, value in facts["machine"].items():
        printed.add_row(key, str(value))
    printed.add_row("images", f"{data['title']}: {data['source']}")
    for name, count in recorded.items():
        printed.add_row(f"recorded runs of {name}", str(count))
    Console().print(printed)
