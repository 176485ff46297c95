"""``pdenet equations`` and ``pdenet info``: the ledger on the terminal; what is installed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from pdenet.cli.options import JsonOption, app, errors, words_of
from pdenet.cli.output import print_json

if TYPE_CHECKING:
    from pdenet.audit.ledger import Result
    from pdenet.audit.ledger.planted import Trial


@app.command()
def equations(
    only: Annotated[str, typer.Option(help="Entries to check, comma between: 24,35,U3. Default: all.")] = "",
    faults: Annotated[
        bool, typer.Option("--faults", help="Run each check on the wrong forms planted in its row.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check every equation of the thesis: as printed, and as it holds.

    Exit status 1 if a correction fails, or a print fares otherwise than the ledger says; with --faults, if a
    wrong form passes its check, or a row has fewer than two.

    Example: pdenet equations --only 24,35
    """
    from pdenet.audit import ledger
    from pdenet.audit.ledger.page import as_data, trial_as_data
    from pdenet.audit.ledger.planted import LEAST, try_faults

    entries = ledger.find(words_of("--only", only)) if only else ledger.ENTRIES
    results: list[ledger.Result] = []
    trials: list[Trial] = []
    with errors.status("") as status:
        for number, entry in enumerate(entries, start=1):
            status.update(f"{number} of {len(entries)}: {entry.name} {entry.title}")
            results.append(ledger.run(entry))
            trials += try_faults(results[-1]) if faults else ()
    wrong = any(not result.as_listed for result in results)
    if faults:
        wrong = wrong or any(trial.survives for trial in trials)
        wrong = wrong or any(len(entry.planted) < LEAST for entry in entries)
    if as_json:
        print_json([trial_as_data(trial) for trial in trials] if faults else [as_data(r) for r in results])
    elif faults:
        _show_trials(trials)
    else:
        _show_results(results)
    if wrong:
        raise typer.Exit(1)


def _show_results(results: Sequence["Result"]) -> None:
    """A line a row, their number, and the rows that do not fare as listed."""
    from pdenet.audit.ledger.page import correction_verdict, print_verdict

    console = Console()
    printed = RichTable("equation", "print", "correction", "what was shown")
    for result in results:
        verdicts = print_verdict(result), correction_verdict(result)
        printed.add_row(result.entry.name, *verdicts, escape(result.shown))
    console.print(printed)
    failing = sum(not result.print_holds for result in results)
    seconds = sum(result.seconds for result in results)
    console.print(f"entries: {len(results)}, prints that fail their check: {failing}, time: {seconds:.0f} s")
    for result in results:
        if result.as_listed:
            continue
        expected = (
            f"listed as {result.entry.verdict}, correction {correction_verdict(result) or 'not needed'}"
        )
        console.print(f"{result.entry.name}: print {print_verdict(result)}, {expected}", style="bold red")


def _show_trials(trials: Sequence["Trial"]) -> None:
    """A line a wrong form, their number, and those that pass."""
    console = Console()
    printed = RichTable("equation", "wrong form", "refused by")
    for trial in trials:
        seen = "; ".join(trial.refused_by) or "nothing"
        printed.add_row(trial.entry.name, escape(trial.what), escape(seen))
    console.print(printed)
    survivors = [trial for trial in trials if trial.survives]
    rows = len({trial.entry.id for trial in trials})
    console.print(f"rows: {rows}, wrong forms: {len(trials)}, that pass the check: {len(survivors)}")
    for trial in survivors:
        console.print(
            f"{trial.entry.name}: {escape(trial.what)}, and its check does not see it", style="bold red"
        )


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
