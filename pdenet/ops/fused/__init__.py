"""The residual stack in loops that keep an image in cache: CPU (LLVM by numba), its lanes, CUDA."""
