"""How a stack is laid out on a CUDA device: rows of an image by warps, layers by segments, shared memory."""

from dataclasses import dataclass
from functools import cache

WARP = 32
ROWS = 7  # pixels a thread: divides 28, and the sums over threads stay a small part of the work
TALLEST = 32  # pixels a thread where images would otherwise not fit
SEGMENT = 5  # layers recomputed at a time
MAX_THREADS = 512  # a block; 128 registers remain for each
SHARED_BYTES = 48 * 1024  # what every CUDA device gives a block without being asked


@dataclass(frozen=True)
class Layout:
    """How a block lies on an image: `rows` pixels a thread, `segment` layers recomputed at a time."""

    height: int
    width: int
    corners: bool
    rows: int = ROWS
    segment: int = SEGMENT

    @property
    def lanes(self) -> int:
        """Threads side by side: the width, rounded up to whole warps."""
        return -(-self.width // WARP) * WARP

    @property
    def strips(self) -> int:
        """Threads one below the other."""
        return -(-self.height // self.rows)

    @property
    def threads(self) -> int:
        """Threads of a block."""
        return self.lanes * self.strips

    @property
    def stride(self) -> int:
        """Cells of a tile's row: the pixels and a border cell at each end."""
        return self.width + 2

    @property
    def cells(self) -> int:
        """Cells of a tile, with a border row above and below."""
        return (self.strips * self.rows + 2) * self.stride

    @property
    def totals(self) -> int:
        """Sums of a layer, in order: taps 1, 3, 5, 7, 4, the bias, and with corners taps 0, 2, 6, 8."""
        return 10 if self.corners else 6

    @property
    def parts(self) -> int:
        """Threads that share a sum."""
        return 8 if 8 * self.totals <= self.threads else 2

    @property
    def pitch(self) -> int:
        """Numbers between the addends of one sum and of the next; the parts keep them in different banks."""
        return self.threads + self.parts

    @property
    def shared_bytes(self) -> int:
        """Shared memory of a block of the backward kernel, which takes more than the forward one."""
        tiles = max(self.segment + 1, 2)  # the forward kernel has two
        return 4 * (tiles * self.cells + self.totals * self.pitch)

    @property
    def fits(self) -> bool:
        """Whether a block can hold the image."""
        return self.threads <= MAX_THREADS and self.shared_bytes <= SHARED_BYTES


@cache
def choose_layout(height: int, width: int, corners: bool) -> Layout | None:
    """The layout for images of this shape: long segments first, then short strips; None if none fits."""
    tried = (
        Layout(height, width, corners, rows, segment)
        for segment in range(SEGMENT, 0, -1)
        for rows in range(min(ROWS, height), TALLEST + 1)
    )
    return next((layout for layout in tried if layout.fits), None)
