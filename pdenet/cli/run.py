"""``pdenet run``: what is missing of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pdenet.cli.options import MOST_SEEDS, DatasetOption, DeviceOption, JsonOption, app
from pdenet.cli.reports import print_estimate, print_list, print_results
from pdenet.cli.work import OutOption, WorkersOption, check_ahead, work

if TYPE_CHECKING:
    from pdenet.runs.arm import Arm
    from pdenet.runs.experiment import Experiment, Mode


@app.command()
def run(
    name: Annotated[
        str | None, typer.Argument(help="Which experiment, or all of a subject; none lists them.")
    ] = None,
    arms: Annotated[
        list[str] | None,
        typer.Option("--arm", help="Only this arm, or those that fit, such as 'latent ODE*'."),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_SEEDS, help="Runs of each arm: seeds 0, 1, ... Default: as planned."),
    ] = None,
    mode: Annotated[
        Literal["book", "full"],
        typer.Option(help="full: what the records hold, hours. book: the same in small, minutes."),
    ] = "full",
    dataset: DatasetOption = "auto",
    device: DeviceOption = "auto",
    workers: WorkersOption = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say what is missing, and its time.")
    ] = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run what is missing of an experiment: each run once, none lost; without a name, list the experiments.

    Command or worker, what is killed at any moment goes on where it stopped. In a checkout of the book the
    full runs are there already; to run everything anew, name a new file.

    Example: pdenet run irregular --arm "latent ODE*" --seeds 3 --out mine.jsonl

    Example: pdenet run table-4.1 --mode book --workers 2
    """
    from pdenet.runs.plan import Job, select
    from pdenet.subjects.catalogue import experiments

    if name is None:
        print_list(as_json=as_json)
        return
    chosen = experiments(name)
    check_ahead("auto" if estimate else device, workers, out)
    jobs = []
    for experiment in chosen:
        of_mode = experiment.arms(mode)
        if not of_mode:
            said = f"{experiment.name} runs nothing; it reads the records of {experiment.subject}"
            typer.echo(said, err=as_json)  # beside JSON, which stands alone
            continue
        path = _default_out(experiment, mode) if out is None else out
        images = _images(of_mode, dataset)
        wanted = None if seeds is None else tuple(range(seeds))
        # With several experiments, a pattern need fit the arms of one.
        fitting = of_mode if len(chosen) > 1 else select(of_mode, arms or ())
        jobs.append(Job(experiment, tuple(fitting), images, path, wanted, device))
    if len(chosen) > 1 and arms:
        chosen_arms = select([arm for job in jobs for arm in job.arms], arms)
        jobs = [replace(job, arms=tuple(arm for arm in job.arms if arm in chosen_arms)) for job in jobs]
    if estimate:
        print_estimate(jobs, as_json=as_json)
        return
    for job in jobs:
        work(job, workers)
    print_results(jobs, as_json=as_json)


def _default_out(experiment: Experiment, mode: Mode) -> Path:
    return Path("results", experiment.file) if mode == "full" else Path(f"{experiment.name}-book.jsonl")


def _images(arms: Sequence[Arm], dataset: str) -> Any:
    from pdenet.data import load_images

    return load_images(dataset) if any(arm.shown.of_images for arm in arms) else None
