"""Run notebooks from top to bottom and store what they printed, with small pictures and normalised metadata.

`make book` runs a copy of the book with it, `make outputs` the book itself:

    python scripts/execute_book.py book
    python scripts/execute_book.py book/experiment.ipynb

Notebooks run side by side, `--jobs` at a time: as many as there are cores unless told otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from compact_png import compact
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from surroundings import ThisPython, plain_surroundings

from pdenet.runs.files import write_atomic

CELL_TIMEOUT = 1800  # seconds
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
}
CELL_METADATA = {"code": ("mystnb", "tags"), "markdown": ("tags",), "raw": ("tags",)}


def normalise(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its content, tags and figure captions, without what editors and runs add to it."""
    clean: NotebookNode = nbformat.from_dict(notebook)
    clean.metadata = nbformat.from_dict(METADATA)
    for cell in clean.cells:
        kept = CELL_METADATA[cell.cell_type]
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in kept if key in cell.metadata})
    return clean


def compact_pictures(notebook: NotebookNode) -> None:
    """Replace every PNG among the outputs by a smaller file of the same picture."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                small = compact(base64.b64decode(output.data["image/png"]))
                output.data["image/png"] = base64.b64encode(small).decode()


class MissingPictureError(Exception):
    """A cell that should have drawn something did not."""


def without_picture(notebook: NotebookNode) -> list[str]:
    """The beginnings of the cells that carry the caption of a figure and have no picture below them."""
    return [
        repr(cell.source[:60])
        for cell in notebook.cells
        if "figure" in cell.metadata.get("mystnb", {})
        and not any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    ]


def execute(path: Path, threads: int) -> float:
    """Run the notebook in its own folder and write it back; where a cell fails the file stays as it was.

    A cell fails too where it draws nothing though it has the caption of a figure. The kernel computes with so
    many threads, unless OMP_NUM_THREADS says otherwise; returned are the seconds.
    """
    start = time.perf_counter()
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=METADATA["kernelspec"]["name"],
        kernel_manager_class=ThisPython,
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # no line about the local connection per chapter
        record_timing=False,
    )
    # `client.execute` would leave an event loop open in each thread.
    asyncio.run(client.async_execute(env={"OMP_NUM_THREADS": str(threads), **os.environ}))
    if missing := without_picture(notebook):
        message = f"no picture below {', '.join(missing)}, where a caption promises one"
        raise MissingPictureError(message)
    compact_pictures(notebook)
    text = nbformat.writes(normalise(notebook)) + "\n"
    write_atomic(path, lambda file: file.write(text.encode("utf-8")))
    return time.perf_counter() - start


def find_notebooks(paths: list[Path]) -> list[Path]:
    """The notebooks among `paths` and in its folders, in alphabetical order, editors' backups left out."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            message = f"{path} does not exist; name a notebook or a folder of notebooks"
            raise FileNotFoundError(message)
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [p for p in inside if ".ipynb_checkpoints" not in p.parts]
    return found


def code_cells(path: Path) -> int:
    return sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells)


def parse_jobs(text: str) -> int:
    """How many notebooks run at a time; `auto` is one a core, as for pytest's `-n`."""
    jobs = (os.cpu_count() or 1) if text == "auto" else int(text)
    if jobs < 1:
        message = f"must be auto or at least 1; got {text}"
        raise argparse.ArgumentTypeError(message)
    return jobs


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="NOTEBOOK_OR_FOLDER")
    parser.add_argument("--jobs", type=parse_jobs, default="auto", metavar="N", help="a number, or auto")
    given = parser.parse_args(arguments)
    notebooks = find_notebooks(given.paths)
    # Last comes what is over soon, so that no long notebook runs alone in the end.
    notebooks.sort(key=code_cells, reverse=True)
    jobs = max(1, min(given.jobs, len(notebooks)))
    # More threads than cores would only wait for each other.
    threads = max(1, (os.cpu_count() or 1) // jobs)

    failed = []
    with plain_surroundings():
        pool = ThreadPoolExecutor(jobs)  # each thread waits for a kernel, which is a process of its own
        try:
            running = {pool.submit(execute, path, threads): path for path in notebooks}
            for number, future in enumerate(as_completed(running), start=1):
                path = running[future]
                title = f"[{number}/{len(notebooks)}] {path.stem}"
                try:
                    print(f"{title} ... {future.result():.1f} s", flush=True)
                except (CellExecutionError, CellTimeoutError, DeadKernelError, MissingPictureError) as error:
                    failed.append(path)
                    print(f"{title} ... failed", flush=True)
                    print(f"{path}: {error}", file=sys.stderr, flush=True)
        finally:
            pool.shutdown(cancel_futures=True)  # after Ctrl-C nothing new starts
    if failed:
        print("failed: " + ", ".join(str(path) for path in sorted(failed)), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
