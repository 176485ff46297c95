"""Residual networks as partial differential equations and path integrals.

`pdenet.symbolic` turns an equation into a stencil (SymPy), `pdenet.ops` runs a stack of residual stencils,
`pdenet.models` joins the two into networks, `pdenet.runs` trains them and keeps what a run leaves behind, and
`pdenet.subjects` has a file or a folder for each system of the book.
"""

import os
from collections.abc import MutableMapping

__version__ = "0.1.0"

# After a loop over several cores OpenMP's threads keep their cores and ask again and again whether there
# is more to do: GCC's runtime (torch and numba on Linux) 300000 times, which takes milliseconds, LLVM's and
# Intel's (macOS, Windows, conda) 200 ms. Where other programs want these cores too, a loop waits for a thread
# that got no turn while another spends its own turn on asking. 2000 times, some 50 microseconds, still bridge
# the gap between two loops of a training step on a quiet machine; then a thread sleeps until it is woken.
BRIEFLY = {"GOMP_SPINCOUNT": "2000", "KMP_BLOCKTIME": "1"}  # the second in milliseconds


def wait_briefly(environment: MutableMapping[str, str]) -> None:
    """Ask OpenMP for short waits, unless the environment says already how its threads wait."""
    if not {"OMP_WAIT_POLICY", *BRIEFLY} & environment.keys():
        environment.update(BRIEFLY)


# OpenMP reads it once, when torch is imported: a program that imports torch before pdenet keeps long waits.
wait_briefly(os.environ)
