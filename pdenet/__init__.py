"""Residual networks as partial differential equations and path integrals.

`pdenet.symbolic` turns an equation into a stencil (SymPy), `pdenet.ops` runs a stack of residual stencils,
`pdenet.models` joins the two into networks, `pdenet.runs` trains them and keeps what a run leaves behind, and
`pdenet.subjects` has a file or a folder for each system of the book.
"""

import os

from pdenet.threads import wait_briefly

__version__ = "0.1.0"

# OpenMP reads it once, when torch is imported: a program that imports torch before pdenet keeps long waits.
wait_briefly(os.environ)
