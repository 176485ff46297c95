"""What the saved runs say of the operator, for a page: ratios over all runs, limits, growth, epochs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pdenet.page.tables import markdown_table
from pdenet.page.words import escaped
from pdenet.subjects.performance.report import (
    DASH,
    Result,
    epoch_bound,
    fma_peak,
    label,
    look_up,
    memory_bandwidth,
    number,
    peaks_line,
    rows_of,
    side_by_side,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CEILING = 0.75
"""Largest share of the peak: of four multiply-adds a tap three are useful, and one computes again."""

STENCILS = ("five-point", "nine-point")
DEPTHS = ("5", "50", "500")


@dataclass(frozen=True)
class Range:
    """How many times the fused loops' time a contender takes: the least and the most over the saved runs."""

    what: str
    least: float
    most: float


def ratios(runs: Mapping[str, Result], stencil: str = "five-point") -> list[Range]:
    """The contenders with the fused loops' time as unit, nearest first; of each run medians and best times.

    Parameters
    ----------
    runs
        Saved runs by name, newest first.
    stencil
        Whose rows.
    """
    found: dict[str, list[float]] = {}
    names: dict[str, str] = {}
    for result in runs.values():
        rows = rows_of(result, stencil)
        for contender, row in rows.items():
            if contender != "fused" and "fused" in rows:
                best = row["best_milliseconds"] / rows["fused"]["best_milliseconds"]
                found.setdefault(contender, []).extend((row["ratio_to_fused"], best))
                names.setdefault(contender, escaped(label(row)))
    all_of_them = [Range(names[contender], min(values), max(values)) for contender, values in found.items()]
    return sorted(all_of_them, key=lambda one: one.least)


def in_short(runs: Mapping[str, Result]) -> str:
    """The page in a paragraph, from the newest complete run and the ranges over all."""
    name, run = newest_complete(runs)
    problem, row = run["problem"], rows_of(run)["fused"]
    listed = "; ".join(f"{one.what}: {one.least:.0f} to {one.most:.0f}" for one in ratios(runs))
    return (
        f"**In short.** {problem['depth']} layers on {problem['batch']} images, forward and backward, take "
        f"{row['milliseconds']:.2f} ms in the loops of this package ({name}).\n"
        f"Other ways take so many times as long, over {len(runs)} saved runs, by median and by best time: "
        f"{listed}.\n"
        f"The loops reach {row['share_of_fma_peak']:.0%} of the multiply-adds that the machine can do; "
        f"{CEILING:.0%} would be the most."
    )


def newest_complete(runs: Mapping[str, Result]) -> tuple[str, Result]:
    """Name and result of the newest run that knows its peaks.

    Raises
    ------
    ValueError
        If there is none.
    """
    for name, result in runs.items():
        if "peaks" in result:
            return name, result
    message = "no saved run knows the peaks of its machine; `pdenet bench --out FILE` makes one"
    raise ValueError(message)


def roofs(result: Result) -> str:
    """What the roof of main memory allows each contender, what it reaches, and what follows."""
    peak, slow = fma_peak(result), memory_bandwidth(result)
    if peak is None or slow is None:
        return "This run does not know its roofs."
    rows, shares = [], {}
    for contender, row in rows_of(result).items():
        if moved := look_up(row, "traffic", "bytes"):
            operations = row["gflops"] * row["milliseconds"] * 1e6
            roof = min(peak, slow * operations / moved)
            shares[contender] = row["gflops"] / roof
            cells = (f"{moved / 1e6:,.0f}", f"{roof:.1f}", f"{row['gflops']:.1f}")
            rows.append([contender, row["traffic"]["calls"], *cells, f"{100 * shares[contender]:.0f}"])
    above = [contender for contender, share in shares.items() if share > 1]
    below = [contender for contender, share in shares.items() if share < 0.5 and contender != "fused"]
    remarks = [f"The ridge of this machine is at {peak / slow:.0f} operations a byte."]
    if above:
        remarks.append(f"Above the roof of main memory: {', '.join(above)}; part of it lies in caches.")
    if below:
        remarks.append(
            f"Below half of the roof: {', '.join(below)}. Bytes alone do not explain that; what is left is "
            "time inside the kernels, and the calls themselves, some microseconds each."
        )
    table = markdown_table(["", "calls", "MB", "roof", "reached", "%"], rows)
    units = "*Megabytes moved; roof and reached in GFLOP/s; reached in % of the roof.*"
    return f"{table}\n\n{units}\n\n{' '.join(remarks)}"


def limits(result: Result) -> list[tuple[str, str, str]]:
    """What was measured on a CPU, each number beside what limits it: (what, measured, limit)."""
    rows = []
    for stencil in STENCILS:
        share = look_up(rows_of(result, stencil), "fused", "share_of_fma_peak")
        rows.append((f"share of the FMA peak, {stencil}", number(share, ".1%"), f"{CEILING:.0%}"))
    for stencil in STENCILS:
        what = f"one thread's time over all threads', {stencil}"
        ratio, bare = _threads(result, stencil)
        rows.append((what, number(ratio, ".2f"), number(bare, ".2f")))
    memory = look_up(result, "memory_mib", "fused") or {}
    grown = memory["500"] - memory["5"] if {"5", "500"} <= memory.keys() else None
    problem = result["problem"]
    outputs = 495 * 4 * problem["batch"] * problem["size"] ** 2 / 2**20  # MiB that as many layers put out
    rows.append(("memory that layers 6 to 500 add (MiB)", number(grown), f"{outputs:.0f} if all were stored"))
    epoch = look_up(result, "epoch")
    share = look_up(epoch, "share", "operator")
    bound = None if epoch is None else epoch_bound(epoch, _rates(epoch)[2])
    rows.append(("the operator's share of an epoch", number(share, ".1%"), number(bound, ".1%")))
    return rows


def limits_table(result: Result) -> str:
    """`limits` as a Markdown table."""
    return markdown_table(["", "measured", "limit"], limits(result))


def _threads(result: Result, stencil: str) -> tuple[float | None, float | None]:
    """How many times as fast all threads are as one: the loops, and bare multiply-adds."""
    found, peak = look_up(result, "scaling", stencil), look_up(result, "peaks", "fma_gflops")
    if found is None or len(found["milliseconds"]) < 2 or peak is None:
        return None, None
    most = max(found["milliseconds"], key=int)
    return found["ratio"], peak[most] / peak["1"] if {most, "1"} <= peak.keys() else None


def reasons(result: Result) -> str:
    """Why the operator stays below its limits, as a list."""
    lines = []
    for stencil, taps in zip(STENCILS, (5, 9), strict=True):
        row = rows_of(result, stencil).get("fused")
        if row is not None and "share_of_fma_peak" in row:
            lines.append(
                f"- **{stencil}**: {3 * taps} useful multiply-adds a pixel and layer make "
                f"{row['share_of_fma_peak']:.0%} of the peak; the {4 * taps} executed ones "
                f"{row['executed_share_of_fma_peak']:.0%}."
            )
    lines.append(
        "- **The ceiling is three quarters**, since activations are computed twice. Loads, the comparison of "
        "every ReLU, the closing of gates and the sums over pixels at the end of each layer take their part; "
        "with fewer taps they weigh more."
    )
    bits, plain = (look_up(result, "peaks", f"{which}_vector_bits") for which in ("fma", "default"))
    if bits and plain:
        narrow = "half of it or less" if plain < bits else "the same"
        lines.append(f"- **Vectors**: {bits} bits at the peak; LLVM gives a plain loop {plain}, {narrow}.")
    load = look_up(result, "load_at_start")
    if load is not None:
        busy = "busy, which costs the threads most" if load > 0.5 else "idle"
        lines.append(f"- **Load** when the run began: {load:.1f} processes; the machine was {busy}.")
    return "\n".join(lines)


def side_by_side_tables(runs: Mapping[str, Result], kind: str, stencils: tuple[str, ...] = STENCILS) -> str:
    """The contenders' times in all runs, a table a stencil, with the kind of machine named."""
    ways = list(dict.fromkeys(way for result in runs.values() for way in rows_of(result)))
    return "\n\n".join(f"**{s}**, {kind}\n\n{side_by_side(runs, s, ways)}" for s in stencils)


def card_tables(runs: Mapping[str, Result]) -> str:
    """The runs on graphics cards, or that there is none."""
    if not runs:
        command = "pdenet bench --device cuda --sweep --out results/bench-cuda.json"
        return f"**Graphics card:** not measured yet. `{command}` does it."
    floors = [
        f"- {machine}: a step takes {row['milliseconds'] / row['floor_milliseconds']:.1f} times the "
        f"arithmetic floor of {row['floor_milliseconds']:.3f} ms; {peaks_line(result)}"
        for machine, result in runs.items()
        if (row := rows_of(result).get("fused"))
    ]
    return "\n\n".join([side_by_side_tables(runs, "graphics card"), *floors])


def memory_table(runs: Mapping[str, Result]) -> str:
    """MiB of a step by depth, for all runs and contenders that measured it."""
    rows = [
        [machine, way, *(number(by_depth.get(depth), ",.1f") for depth in DEPTHS)]
        for machine, result in runs.items()
        for way, by_depth in result["memory_mib"].items()
        if by_depth
    ]
    return markdown_table(["", "", "5 layers (MiB)", "50", "500"], rows)


def growth_table(result: Result) -> str:
    """How often work and cost grow over the last stretch of each sweep."""
    rows = []
    for axis, sweep in (look_up(result, "sweeps") or {}).items():
        for way in sweep["points"][0]["milliseconds"]:
            known = [(p[axis], p["milliseconds"][way]) for p in sweep["points"] if p["milliseconds"][way]]
            if len(known) > 1:
                (x0, y0), (x1, y1) = known[-2:]
                work = (x1 / x0) ** (2 if axis == "size" else 1)
                rows.append([axis, way, f"{x0} to {x1}", f"{work:.1f}", f"{y1 / y0:.1f}"])
    return markdown_table(["", "", "last stretch", "times the work", "times the cost"], rows)


def epoch_table(runs: Mapping[str, Result]) -> str:
    """Rates of operator and classifier in an epoch, what (B3) makes of them, and what was measured."""
    header = [
        "",
        "parts (s)",
        "`fit` (s)",
        "operator (GFLOP/s)",
        "classifier",
        "bound (B3)",
        "operator's share",
    ]
    return markdown_table(header, _epochs(runs))


def _epochs(runs: Mapping[str, Result]) -> Iterator[list[str]]:
    for machine, result in runs.items():
        if (epoch := look_up(result, "epoch")) is not None:
            operator, classifier, ratio = _rates(epoch)
            yield [
                machine,
                f"{sum(epoch['seconds'].values()):.2f}",
                f"{epoch['whole_seconds']:.2f}",
                f"{operator:.0f}",
                f"{classifier:.0f}",
                f"{epoch_bound(epoch, ratio):.0%}",
                f"{epoch['share']['operator']:.0%}",
            ]


def _rates(epoch: Result) -> tuple[float, float, float]:
    """GFLOP/s of operator and classifier in an epoch, and their ratio."""
    passes = epoch.get("seeds", 1) * (
        epoch["images"] + epoch.get("test_images", 0) / 3
    )  # tests go forward only
    operator, classifier = (
        2e-9 * epoch["multiply_adds"][part] * passes / epoch["seconds"][part]
        for part in ("operator", "classifier")
    )
    return operator, classifier, operator / classifier


def summary(runs: Mapping[str, Result]) -> str:
    """The page's questions with their answers, from the newest complete run."""
    _, run = newest_complete(runs)
    measured = {what: (value, limit) for what, value, limit in limits(run)}
    share, memory = (
        measured["share of the FMA peak, five-point"],
        measured["memory that layers 6 to 500 add (MiB)"],
    )
    epoch = measured["the operator's share of an epoch"]
    nearest = ratios(runs)[0]
    rows = [
        ("why eager code is slow", "it moves the batch through memory several times a layer"),
        (
            "what the loops change",
            f"the order: an image through all layers; 495 more layers add {memory[0]} MiB ({memory[1]})",
        ),
        ("what that costs", "activations are computed twice, a third more multiply-adds"),
        ("the nearest rival", f"{nearest.what}: {nearest.least:.0f} to {nearest.most:.0f} times the time"),
        ("what limits the loops", f"arithmetic: {share[0]} of the peak, of {share[1]} at most"),
        ("what limits an epoch", f"the classifier: the operator takes {epoch[0]}, of {epoch[1]} by (B3)"),
        (
            "whether results change",
            "values under the threshold become zero; any number of threads, the same bits",
        ),
    ]
    return markdown_table(
        ["question", "answer"], [[what, answer.replace(DASH, "not measured")] for what, answer in rows]
    )
