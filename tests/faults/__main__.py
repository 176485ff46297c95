"""Run the attack and print what came of it; status 1 if anything came out wrong."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import torch

from faults import damage, inputs, kills, writers
from faults.runs import run_into

KINDS = (kills.kill_points, kills.random_kills, *writers.KINDS, *damage.KINDS, *inputs.KINDS)


def main() -> int:
    """Every kind in a folder of its own."""
    torch.set_num_threads(1)  # a forked child cannot use the threads of its parent
    with tempfile.TemporaryDirectory() as folder:
        run_into(Path(folder))  # what torch loads at first use is then loaded once, and not by each child
    started, attempted, wrong = time.monotonic(), 0, 0
    print(f"{'':<58}{'attempted':>10}{'right':>8}{'wrong':>8}")
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            tally = kind(Path(folder))
        print("\n".join(tally.lines()), flush=True)
        attempted += tally.attempted
        wrong += len(tally.wrong)
    print(f"{'all':<58}{attempted:>10}{attempted - wrong:>8}{wrong:>8}")
    print(f"in {time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
