"""Results of `pdenet bench` that were never measured, for tests of what is said of results."""

from typing import Any

from pdenet.subjects.performance import measure as bench

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
