"""What is read back from saved results, of this format and of the first."""

import json
from pathlib import Path
from typing import Any

from pdenet.subjects.performance import measure as bench
from pdenet.subjects.performance import report as bench_report

PEAKS: dict[str, Any] = {
    "fma_gflops": {"1": 100.0, "2": 200.0},
    "matrix_product_gflops": {"1": 80.0, "2": 160.0},
    "fma_vector_bits": 512,
    "default_vector_bits": 256,
    "bandwidth": [{"kib": 48, "gb_s": 200.0}, {"kib": 196608, "gb_s": 10.0}],
}
OLD: dict[str, Any] = {
    "problem": {"depth": 50, "batch": 128, "size": 28, "rounds": 20},
    "rows": [
        {
            "contender": "fused",
            "what": "residual_stack",
            "milliseconds": 2.0,
            "best_milliseconds": 1.9,
            "share_of_peak": 0.2,
            "ratio_to_fused": 1.0,
        }
    ],
    "left_out": {},
    "peak_gflops": 400.0,
    "memory_mib": {"fused": {"5": 0.2, "50": 0.4, "500": 0.6}},
    "machine": {"device": "cpu", "name": "Old", "cores": 2, "threads": 2, "system": "Linux"},
    "versions": {"torch": "2.0"},
    "date": "2026-01-01T00:00:00+00:00",
}


def made(share: float, ratio: float, operator: float, date: str = "2026-02-01T00:00:00+00:00") -> Any:
    """A result of today's format with chosen outcomes."""
    row = {**OLD["rows"][0], "share_of_fma_peak": share, "executed_share_of_fma_peak": 4 / 3 * share}
    rest = (1 - operator) / 4
    parts = {"operator": operator, **dict.fromkeys(("classifier", "optimiser", "stencil", "data"), rest)}
    scaling = {"milliseconds": {"1": 2.0 * ratio, "2": 2.0}, "ratio": ratio}
    epoch = {
        "depth": 50,
        "batch": 128,
        "data": "mnist",
        "images": 60_000,
        "seconds": parts,
        "share": parts,
        "whole_seconds": 1.1,
        "multiply_adds": {"operator": 588_000, "classifier": 704_256},
    }
    return {
        **OLD,
        "format": bench.FORMAT,
        "date": date,
        "rows": [row],
        "nine_point": {"rows": [row], "left_out": {"jax": "ImportError: none"}},
        "peaks": PEAKS,
        "scaling": {"five-point": scaling, "nine-point": scaling},
        "epoch": epoch,
        "sweeps": {
            "depth": {
                "points": [{"depth": 5, "milliseconds": {"fused": 1.0, "slices": None}}],
                "fixed": {"batch": 128},
            }
        },
    }


def test_aims_are_judged_by_the_numbers() -> None:
    good = bench_report.aims(made(0.51, 1.85, 0.7))
    bad = bench_report.aims(made(0.49, 1.75, 0.6))
    assert [aim.word for aim in good] == ["met"] * 6
    assert [aim.word for aim in bad] == ["missed", "missed", "missed", "missed", "met", "missed"]
    heavy = made(0.51, 1.85, 0.7) | {"memory_mib": {"fused": {"5": 1.0, "500": 11.0}}}
    assert bench_report.aims(heavy)[4].word == "missed"


def test_an_old_result_is_shown_with_dashes() -> None:
    aims = bench_report.aims(OLD)
    assert [aim.word for aim in aims] == [*["not measured"] * 4, "met", "not measured"]
    assert aims[0].measured == bench_report.DASH
    (table,) = bench_report.tables_of(OLD)
    assert table.rows == [["residual_stack", "2.00", "1.90", "1.0", bench_report.DASH]]
    assert any("matrix product" in line for line in bench_report.notes_of(OLD))


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
        assert len(bench_report.aims(result)) == 6
