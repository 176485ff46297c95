"""What `pdenet bench` measured, read back and put into words: tables and lines.

Results saved by earlier versions lack some fields; what they do not say is shown as a dash.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdenet.page.tables import markdown_table
from pdenet.page.words import escaped
from pdenet.runs.files import results_folders
from pdenet.subjects.performance.epoch import share_bound

DASH = "–"
PARTS = ("operator", "classifier", "optimiser", "stencil", "data")
Result = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """A table as strings: its title, the headings, the rows."""

    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]

    def markdown(self) -> str:
        """The same for a page, without its title."""
        return markdown_table(self.columns, [[escaped(cell) for cell in row] for row in self.rows])


def saved_runs(device: str = "cpu", folder: Path | None = None) -> dict[str, Result]:
    """Results in ``bench-<device>.json`` and ``bench-<device>-*.json``, newest first, by a name for each.

    The name is processor and number of threads, with the date where two would be the same. They come from
    `folder`, or from those that the book ships with.
    """
    folders = results_folders() if folder is None else (folder,)
    files = {
        path.name: path
        for place in reversed(folders)
        for pattern in (f"bench-{device}.json", f"bench-{device}-*.json")
        for path in place.glob(pattern)
    }
    found = [json.loads(path.read_text(encoding="utf-8")) for path in files.values()]
    found.sort(key=lambda result: result["date"], reverse=True)
    names = [machine_name(result) for result in found]
    return {
        name if names.count(name) == 1 else f"{name}, {result['date'][:16].replace('T', ' ')}": result
        for name, result in zip(names, found, strict=True)
    }


def machine_name(result: Result) -> str:
    """Processor and number of threads, or the graphics card."""
    machine = result["machine"]
    if machine["device"] != "cpu":
        return escaped(str(machine["name"]))
    threads = machine["threads"]
    return f"{escaped(str(machine['name']))}, {threads} thread{'s' if threads != 1 else ''}"


def look_up(result: Any, *path: str) -> Any:
    """The value at the end of a path of keys, or None where the path ends early."""
    for key in path:
        if not isinstance(result, Mapping) or key not in result:
            return None
        result = result[key]
    return result


def number(value: float | None, form: str = ".1f", unit: str = "") -> str:
    """A number as text, or a dash for None."""
    return DASH if value is None else f"{value:{form}}{unit}"


def rows_of(result: Result, stencil: str = "five-point") -> dict[str, Result]:
    """The contenders' rows of one stencil, by name; none where it was not measured."""
    rows = result["rows"] if stencil == "five-point" else look_up(result, "nine_point", "rows")
    return {row["contender"]: row for row in rows or []}


def label(row: Result) -> str:
    """What a contender is; earlier runs said of one that it is the thesis's, which names no library."""
    return str(row["what"]).removesuffix(" (the thesis's way)")


def contender_table(result: Result, stencil: str) -> Table:
    """Time, ratio and share of the peak of every contender."""
    problem = result["problem"]
    rows = [
        [
            label(row),
            number(row["milliseconds"], ".2f"),
            number(row["best_milliseconds"], ".2f"),
            number(look_up(row, "ratio_to_fused")),
            number(look_up(row, "share_of_fma_peak"), ".1%"),
        ]
        for row in rows_of(result, stencil).values()
    ]
    size = problem["size"]
    title = (
        f"{stencil}, forward and backward, depth {problem['depth']}, batch {problem['batch']}, "
        f"{size}x{size}, float32"
    )
    return Table(title, ("what", "ms", "best ms", "times fused", "of FMA peak"), rows)


def tables_of(result: Result) -> list[Table]:
    """All that a result holds as tables: contenders by stencil, the parts of an epoch, the sweeps."""
    tables = [contender_table(result, s) for s in ("five-point", "nine-point") if rows_of(result, s)]
    if epoch := look_up(result, "epoch"):
        rows = [[name, f"{epoch['seconds'][name]:.2f}", f"{epoch['share'][name]:.1%}"] for name in PARTS]
        title = f"an epoch: {epoch['images']} images of {epoch['data']}, depth {epoch['depth']}"
        tables.append(Table(title, ("part", "seconds", "share"), rows))
    for axis, sweep in (look_up(result, "sweeps") or {}).items():
        names = list(sweep["points"][0]["milliseconds"])
        rows = [
            [str(point[axis]), *(number(point["milliseconds"][name], ".2f") for name in names)]
            for point in sweep["points"]
        ]
        fixed = ", ".join(f"{key} {value}" for key, value in sweep["fixed"].items())
        tables.append(Table(f"cost against {axis} ({fixed})", (axis, *(f"{n}, ms" for n in names)), rows))
    return tables


def notes_of(result: Result) -> list[str]:
    """What is not in the tables, in lines: peaks, scaling, memory, the epoch's bound, the machine."""
    lines = [f"left out: {name} ({reason})" for name, reason in result["left_out"].items()]
    lines += [
        f"left out, nine-point: {name} ({reason})"
        for name, reason in (look_up(result, "nine_point", "left_out") or {}).items()
    ]
    for stencil in ("five-point", "nine-point"):
        executed = look_up(rows_of(result, stencil), "fused", "executed_share_of_fma_peak")
        if executed is not None:
            lines.append(f"fused, {stencil}, recomputed activations counted: {executed:.1%} of the FMA peak")
    lines.append(peaks_line(result))
    for stencil, found in (look_up(result, "scaling") or {}).items():
        times = ", ".join(f"{ms:.2f} ms on {n}" for n, ms in found["milliseconds"].items())
        lines.append(f"threads, fused, {stencil}: {times}; ratio {found['ratio']:.2f}")
    for name, by_depth in result["memory_mib"].items():
        numbers = ", ".join(f"{mib:.1f} MiB at depth {d}" for d, mib in by_depth.items())
        if numbers:
            lines.append(f"peak memory of a step, {name}: {numbers}")
    if epoch := look_up(result, "epoch"):
        lines.append(
            f"epoch: the operator takes {epoch['share']['operator']:.1%}; at the classifier's own rate it "
            f"could have {epoch_bound(epoch):.1%}; {epoch['whole_seconds']:.2f} s in fit"
        )
    lines.append(machine_line(result))
    return lines


def peaks_line(result: Result) -> str:
    """The measured peaks of the machine in a line."""
    fma = look_up(result, "peaks", "fma_gflops")
    product = look_up(result, "peaks", "matrix_product_gflops")
    if fma is None or product is None:
        return f"peak: {result['peak_gflops']:.0f} GFLOP/s, measured by a float32 matrix product"
    text = f"peak: multiply-adds {_by_threads(fma)} GFLOP/s"
    if bits := look_up(result, "peaks", "fma_vector_bits"):
        text += f" in {bits}-bit registers (LLVM by itself: {result['peaks']['default_vector_bits']})"
    text += f"; matrix product {_by_threads(product)} GFLOP/s"
    slowest = memory_bandwidth(result)
    return f"{text}; main memory {slowest:.0f} GB/s" if slowest is not None else text


def memory_bandwidth(result: Result) -> float | None:
    """GB/s of the largest working set measured, which no cache holds."""
    series = look_up(result, "peaks", "bandwidth")
    return max(series, key=lambda point: point["kib"])["gb_s"] if series else None


def fma_peak(result: Result) -> float | None:
    """GFLOP/s of multiply-adds with all threads."""
    found = look_up(result, "peaks", "fma_gflops")
    return max(found.values()) if found else None


def _by_threads(rates: Mapping[str, float]) -> str:
    if set(rates) == {"all"}:
        return f"{rates['all']:.0f}"
    return ", ".join(f"{rate:.0f} (threads: {n})" for n, rate in rates.items())


def machine_line(result: Result) -> str:
    """Machine, versions, date and how busy the machine was."""
    line = f"{machine_name(result)}, torch {result['versions']['torch']}, {result['date'][:10]}"
    load = look_up(result, "load_at_start")
    return line if load is None else f"{line}, load {load:.1f} when it began"


def epoch_bound(epoch: Result, rate: float = 1.0) -> float:
    """The operator's largest possible share of an epoch where it computes `rate` times as fast."""
    counts = epoch["multiply_adds"]
    return share_bound(counts["operator"], counts["classifier"], rate)


def side_by_side(runs: Mapping[str, Result], stencil: str, names: Sequence[str]) -> str:
    """A Markdown table, contenders in rows, saved runs in columns: milliseconds and times the fused loops."""
    table = []
    for name in names:
        cells = []
        for result in runs.values():
            row = rows_of(result, stencil).get(name)
            ratio = number(look_up(row, "ratio_to_fused"))
            cells.append(DASH if row is None else f"{row['milliseconds']:.2f} ms ({ratio})")
        table.append([name, *cells])
    return markdown_table(["", *runs], table)
