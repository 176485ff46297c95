"""``pdenet bench``: it measures what is asked for, saves it, and prints ratios."""

import json
from pathlib import Path

import pytest
from helpers.command import call


def test_bench_prints_ratios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "bench.json"
    small = (
        "--depth",
        2,
        "--batch-size",
        2,
        "--size",
        6,
        "--rounds",
        2,
        "--only",
        "fused,slices",
        "--no-memory",
        "--no-epoch",
    )
    result = call("bench", *small, "--json", "--out", out)
    assert result.exit_code == 0, result.output
    measured = json.loads(result.stdout)
    assert [row["contender"] for row in measured["rows"]] == ["fused", "slices"]
    assert json.loads(out.read_text()) == measured
    # What was measured once is printed, not measured again.
    monkeypatch.setattr(
        "pdenet.subjects.performance.measure.run", lambda *_, **__: iter([("result", measured)])
    )
    printed = call("bench", *small)
    assert "residual_stack, fused loops" in printed.output
    assert "GFLOP/s" in printed.output
