"""``pdenet bench``: it measures what is asked for and prints ratios."""

import json

from helpers.command import call


def test_bench_prints_ratios() -> None:
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
    result = call("bench", *small, "--json")
    assert result.exit_code == 0, result.output
    assert [row["contender"] for row in json.loads(result.stdout)["rows"]] == ["fused", "slices"]
    printed = call("bench", *small)
    assert "residual_stack, fused loops" in printed.output
    assert "GFLOP/s" in printed.output
