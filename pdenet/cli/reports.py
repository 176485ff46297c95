"""What the commands print of experiments: a list, an estimate, what the runs measured, a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table as RichTable

from pdenet.cli.output import print_json

if TYPE_CHECKING:
    from pdenet.runs.interval import Interval
    from pdenet.runs.plan import Job
    from pdenet.runs.results import Results
    from pdenet.runs.table import CellResult, Place, Table


def print_list(*, as_json: bool) -> None:
    """Each experiment of the catalogue: runs that are recorded and missing, and about how long they take."""
    from pdenet.runs.estimate import standing
    from pdenet.subjects.catalogue import experiments

    found = [(experiment, standing(experiment)) for experiment in experiments()]
    if as_json:
        rows = [
            {"name": e.name, "title": e.title, "recorded": p.recorded, "missing": p.missing} for e, p in found
        ]
        print_json(rows)
        return
    printed = RichTable("experiment", "what it is", title="pdenet run NAME")
    for heading in ("recorded", "missing", "about"):
        printed.add_column(heading, justify="right")
    for experiment, progress in found:
        if progress.recorded + progress.missing:
            counts = str(progress.recorded), str(progress.missing)
            printed.add_row(experiment.name, experiment.title, *counts, progress.minutes)
        else:
            printed.add_row(experiment.name, experiment.title, "-", "-", "reads others' records")
    Console().print(printed)


def print_estimate(jobs: Sequence[Job], *, as_json: bool) -> None:
    """What is missing of the jobs, arm by arm, and how long it would take."""
    from pdenet.runs.estimate import progress

    parts = []
    for job in jobs:
        missing = {arm.name: len(job.missing(arm)) for arm in job.arms}
        recorded = {arm.name: len(job.wanted(arm)) - missing[arm.name] for arm in job.arms}
        parts += progress(job.experiment, job.arms, missing, recorded)
    if as_json:
        print_json([vars(part) for part in parts])
        return
    printed = RichTable("arm")
    for heading in ("recorded", "missing", "about"):
        printed.add_column(heading, justify="right")
    for part in parts:
        counts = str(part.recorded), str(part.missing)
        printed.add_row(part.name, *counts, part.minutes if part.missing else "")
    console = Console()
    console.print(printed)
    left = [part for part in parts if part.missing]
    known = [part.seconds for part in left if not math.isnan(part.seconds)]
    said = f"missing runs: {sum(part.missing for part in left)}"
    if known:
        said += f"; about {sum(known) / 60:.0f} min one after the other, by the runs that come with the book"
    if len(known) < len(left):
        said += f"; of {'some' if known else 'all'} the time is unknown"
    console.print(said)


def print_results(jobs: Sequence[Job], *, as_json: bool) -> None:
    """What the runs in the jobs' files measured; a table of the thesis beside the thesis's numbers."""
    from pdenet.runs.table import Table

    if as_json:
        print_json({job.experiment.name: _as_data(job) for job in jobs})
        return
    for job in jobs:
        if isinstance(job.experiment, Table):
            print_table(job.experiment, job, f"{job.experiment.title}, per cent")
            continue
        printed = RichTable("arm", "seeds", "measured, mean [95 % interval]", title=job.experiment.title)
        for name, found in _as_data(job).items():
            shown = ", ".join(f"{what} {text}" for what, text in found["measured"].items())
            printed.add_row(name, str(len(found["seeds"])), shown)
        Console().print(printed)


def print_table(table: Table, job: Job, title: str) -> None:
    """A table of the thesis, ours beside the thesis's."""
    from pdenet.runs.table import accuracy_table

    header, rows = accuracy_table(table, _cells(job))
    printed = RichTable(title=title)
    for heading in header:
        printed.add_column(heading, justify="left" if heading == "layers" else "right")
    for row in rows:
        printed.add_row(*row)
    Console().print(printed)


def table_as_data(job: Job) -> dict[str, Any]:
    """The cells of a table of the thesis as plain data, with its training."""
    cells = _cells(job)
    return {
        "training": job.arms[0].training,
        "cells": [
            {
                "depth": depth,
                "column": column,
                "thesis": result.cell.thesis,
                "accuracies": result.accuracies,
                "diverged": result.diverged,
            }
            for (depth, column), result in cells.items()
        ],
    }


def _as_data(job: Job) -> dict[str, Any]:
    """What the runs in the job's file measure, by arm: plain numbers, with their intervals as text."""
    from pdenet.runs.results import ACCURACY

    results = _results(job)
    found = {}
    for arm in job.arms:
        records = results.records(arm.name)
        first = next((record.measured for record in records if record.measured), {})
        numbers = [what for what, value in first.items() if isinstance(value, float)]
        if any(not math.isnan(record.accuracy) for record in records):
            numbers.insert(0, ACCURACY)
        measured = {what: _in_words(results.interval(arm.name, what)) for what in numbers}
        found[arm.name] = {"seeds": results.seeds(arm.name), "measured": measured}
    return found


def _results(job: Job) -> Results:
    """The job's runs that are in its file; of other arms, modes and seeds none."""
    from pdenet.runs.results import Results

    records = job.experiment.read(job.out)
    if job.seeds is not None:
        records = [record for record in records if record.seed in job.seeds]
    return Results(job.arms, records, "mnist" if job.images is None else job.images)


def _cells(job: Job) -> dict[Place, CellResult]:
    """The job's runs by place."""
    table: Any = job.experiment
    found: dict[Place, CellResult] = table.found(_results(job))
    return found


def _in_words(found: Interval | None) -> str:
    if found is None:
        return "not of every seed, for some diverged"
    return f"{found:.4g}" if found.n > 1 else f"{found.estimate:.4g}"
