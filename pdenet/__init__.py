"""Residual networks as partial differential equations and path integrals.

`pdenet.symbolic` turns an equation into a stencil (SymPy only), `pdenet.ops` runs a stack of residual
stencils, `pdenet.models` joins the two into networks, `pdenet.training` trains them, and
`pdenet.records` keeps what a run leaves behind.
"""

import os

from pdenet.threads import wait_briefly

__version__ = "0.1.0"

# OpenMP reads it once, when torch is imported: a program that imports torch before pdenet keeps long waits.
wait_briefly(os.environ)
