"""A quantum particle on a line: propagators in closed form, on a grid, and cut into time slices."""

from pdenet.subjects.particle.closed import (
    free_kernel,
    free_packet,
    mehler_kernel,
    oscillator_state,
    sliced_frequency,
    sliced_oscillator_kernel,
)
from pdenet.subjects.particle.grid import crank_nicolson, norm, slice_matrix, sliced_evolution, split_step
from pdenet.subjects.particle.trace import euclidean_trace, ground_energy

__all__ = [
    "crank_nicolson",
    "euclidean_trace",
    "free_kernel",
    "free_packet",
    "ground_energy",
    "mehler_kernel",
    "norm",
    "oscillator_state",
    "slice_matrix",
    "sliced_evolution",
    "sliced_frequency",
    "sliced_oscillator_kernel",
    "split_step",
]
