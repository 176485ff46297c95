"""What is read back from saved results, of this format and of the first."""

import json
from pathlib import Path

from helpers.bench import OLD, made

from pdenet.subjects.performance import report as bench_report
from pdenet.subjects.performance.contenders import CONTENDERS


def test_an_old_result_is_shown_with_dashes() -> None:
    (table,) = bench_report.tables_of(OLD)
    assert table.rows == [["residual_stack", "2.00", "1.90", "1.0", bench_report.DASH]]
    assert any("matrix product" in line for line in bench_report.notes_of(OLD))


def test_no_way_is_called_the_thesis_s_which_names_no_library() -> None:
    row = {**OLD["rows"][0], "what": "conv2d, eager (the thesis's way)"}
    assert bench_report.label(row) == "conv2d, eager"
    (table,) = bench_report.tables_of({**OLD, "rows": [row]})
    assert table.rows[0][0] == "conv2d, eager"
    assert not any("thesis" in what for what, _ in CONTENDERS.values())


def test_a_new_result_is_shown_whole() -> None:
    result = made(0.51, 1.85, 0.7)
    titles = " ".join(table.title for table in bench_report.tables_of(result))
    for part in ("five-point", "nine-point", "an epoch: 60000 images", "cost against depth"):
        assert part in titles
    notes = "\n".join(bench_report.notes_of(result))
    for part in (
        "68.0% of the FMA peak",
        "512-bit registers (LLVM by itself: 256)",
        "main memory 10 GB/s",
        "ratio 1.85",
        "operator takes 70.0%; at the classifier's own rate it could have 45.5%",
        "left out, nine-point: jax (ImportError: none)",
    ):
        assert part in notes
    side = bench_report.side_by_side({"a": result, "b": OLD}, "nine-point", ["fused", "jax"])
    assert "2.00 ms (1.0) | –" in side


def test_saved_runs_come_newest_first_under_names_that_differ(tmp_path: Path) -> None:
    for name, result in (
        ("bench-cpu.json", OLD),
        ("bench-cpu-new.json", made(0.5, 1.8, 0.7)),
        ("bench-cuda.json", OLD),
    ):
        (tmp_path / name).write_text(json.dumps(result))
    runs = bench_report.saved_runs("cpu", tmp_path)
    assert list(runs) == ["Old, 2 threads, 2026-02-01 00:00", "Old, 2 threads, 2026-01-01 00:00"]
    assert len(bench_report.saved_runs("cuda", tmp_path)) == 1
    assert bench_report.saved_runs("tpu", tmp_path) == {}


def test_the_shipped_results_can_be_read() -> None:
    for result in bench_report.saved_runs().values():
        assert bench_report.tables_of(result)
        assert bench_report.notes_of(result)
