"""Residual networks as partial differential equations and path integrals.

`pdenet.symbolic` turns an equation into a stencil (SymPy), `pdenet.ops` runs a stack of residual stencils,
`pdenet.models` joins the two into networks, `pdenet.runs` trains them and keeps what a run leaves behind, and
`pdenet.subjects` has a file or a folder for each system of the book.
"""

__version__ = "0.1.0"
