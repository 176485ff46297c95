"""Run notebooks from top to bottom and store what they printed, with small pictures and normalised metadata.

`make book` runs a copy of the book with it, `make outputs` the book itself:

    python scripts/execute_book.py book
    python scripts/execute_book.py book/experiment.ipynb
"""

from __future__ import annotations

import argparse
import base64
import sys
import time
from pathlib import Path

import nbformat
from compact_png import compact
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

CELL_TIMEOUT = 1800  # seconds
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python", "pygments_lexer": "ipython3"},
}
CELL_METADATA = {"code": ("mystnb", "tags"), "markdown": ("tags",), "raw": ("tags",)}


def normalise(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its content, tags and figure captions, without what editors and runs add to it."""
    clean = nbformat.from_dict(notebook)
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


def execute(path: Path) -> None:
    """Run the notebook in its own folder and write it back; where a cell fails the file stays as it was."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name=METADATA["kernelspec"]["name"],
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # no line about the local connection per chapter
        record_timing=False,
    )
    client.execute()
    compact_pictures(notebook)
    nbformat.write(normalise(notebook), path)


def find_notebooks(paths: list[Path]) -> list[Path]:
    """The notebooks among `paths` and in its folders, in alphabetical order, editors' backups left out."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist; name a notebook or a folder of notebooks")
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        found += [p for p in inside if ".ipynb_checkpoints" not in p.parts]
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="NOTEBOOK_OR_FOLDER")
    notebooks = find_notebooks(parser.parse_args(arguments).paths)

    failed = []
    for number, path in enumerate(notebooks, start=1):
        print(f"[{number}/{len(notebooks)}] {path.stem} ...", end="", flush=True)
        start = time.perf_counter()
        try:
            execute(path)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failed.append(path)
            print(f" failed after {time.perf_counter() - start:.1f} s", flush=True)
            print(f"{path}: {error}", file=sys.stderr, flush=True)
        else:
            print(f" {time.perf_counter() - start:.1f} s", flush=True)
    if failed:
        print("failed: " + ", ".join(str(path) for path in failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
