"""Loops in forked children and in several threads, under each layer of threads that Numba has here."""

import importlib.util
import os
import subprocess
import sys

import pytest

LAYERS = ["omp", "workqueue", *(["tbb"] if importlib.util.find_spec("tbb") else [])]

PROBLEM = """
import os, torch
import numpy as np
from pdenet.ops import residual_stack
from pdenet.ops.pick import pick
from pdenet.ops.variants import periodic_stack
draw = torch.Generator().manual_seed(0)
u, weight = (torch.rand(2, 70, 28, 28, generator=draw) for _ in range(2))
kernels = torch.rand(2, 5, 3, 3, generator=draw) / 9
cross = kernels.clone()
cross[..., ::2, ::2] = 0
images, index = torch.ones(9, 28, 28, dtype=torch.uint8), torch.zeros(2, 70, dtype=torch.int64)

def results():
    found = [pick(images, index, 0.5, 2.0)]
    for stack, given in ((residual_stack, kernels), (periodic_stack, cross)):
        given = given.clone().requires_grad_()
        out = stack(u, given)
        found += [out.detach(), *torch.autograd.grad(out, given, weight)]
    return found
"""

FORK = """
first = results()
child = os.fork()
if child == 0:
    second = results()
    # compared by NumPy: PyTorch's own threads are not there either
    os._exit(not all(np.allclose(a.numpy(), b.numpy(), rtol=1e-5, atol=1e-5) for a, b in zip(first, second)))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

THREADS = """
from concurrent.futures import ThreadPoolExecutor
first = results()
with ThreadPoolExecutor(3) as pool:
    for future in [pool.submit(results) for _ in range(12)]:
        assert all(torch.equal(a, b) for a, b in zip(first, future.result()))
print(0)
"""


def run(program: str, layer: str) -> str:
    environment = os.environ | {"NUMBA_THREADING_LAYER": layer, "NUMBA_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", PROBLEM + program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    if "No threading layer could be loaded" in done.stderr:
        pytest.skip(f"numba has no {layer} here")
    return done.stdout + done.stderr


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_computes_what_its_parent_does(layer: str) -> None:
    assert run(FORK, layer) == "0\n"


@pytest.mark.parametrize("layer", LAYERS)
def test_several_threads_run_loops_at_once(layer: str) -> None:
    assert run(THREADS, layer) == "0\n"
