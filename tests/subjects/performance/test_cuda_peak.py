"""The multiply-add kernel of a graphics card, without one."""

import importlib.util
import os
import subprocess
import sys

import pytest


def test_the_multiply_add_kernel_of_the_card_computes_its_chains() -> None:
    """In Triton's interpreter, in a process of its own: it is chosen when Triton is imported."""
    if importlib.util.find_spec("triton") is None:
        pytest.skip("Triton is not installed")
    program = (
        "import torch; from pdenet.subjects.performance import cuda_peak as p; "
        "out = torch.empty(2, p.WIDTH); p.run_chains(out, 3); "
        "x = torch.arange(p.WIDTH) / 8 + 1.75; assert torch.equal(out, x.expand(2, -1))"
    )
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
