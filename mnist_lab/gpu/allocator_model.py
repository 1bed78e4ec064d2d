"""PyTorch's caching allocator as a model: which segments it would ask the driver for, and what it would hold.

The rules are those of ``c10/cuda/CUDACachingAllocator.cpp`` (torch 2.11 to 2.15, the native backend with its default
settings), told by the names that it has there:

- ``round_size``: every request is rounded up to a multiple of 512 bytes.
- ``get_pool``: up to 1 MiB it comes from the pool of small blocks, else from that of large ones. Streams share no
  block, and a CUDA graph that is being captured has pools of its own.
- ``get_free_block``: the smallest free block that is large enough, of several the one at the lowest address.
- ``get_allocation_size``: where there is none, a segment is asked for: 2 MiB for small blocks; 20 MiB for a large one
  below 10 MiB; above, the request itself in steps of 2 MiB.
- ``should_split``: what is left of a small block is kept as a block of its own from 512 bytes on, of a large one if it
  is more than 1 MiB.
- ``free_block``: a block that is freed is joined with its free neighbours in the segment.
- ``alloc_block`` and ``release_cached_blocks``: a segment that would go past the limit has the allocator give back all
  segments that are wholly free, then ask once more. Not while a graph is captured, and not those of a graph's pools.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import NamedTuple

from mnist_lab.gpu.cuda_runtime import MIB

MIN_BLOCK_BYTES = 512
SMALL_BYTES = MIB
SMALL_SEGMENT_BYTES = 2 * MIB
LARGE_SEGMENT_BYTES = 20 * MIB
MIN_LARGE_BYTES = 10 * MIB
ROUND_LARGE_BYTES = 2 * MIB


class PastLimitError(Exception):
    """A request does not fit within the limit, not even after all cached segments were given back."""


class Place(NamedTuple):
    """Where a request is made."""

    stream: str
    graph: str | None = None
    """The graph that is captured meanwhile."""


class Block:
    """A piece of a segment, in use or free."""

    __slots__ = ("address", "after", "asked_bytes", "before", "is_free", "place", "size_bytes", "small")

    def __init__(self, size_bytes: int, place: Place, *, small: bool, address: int) -> None:
        self.size_bytes = size_bytes
        self.asked_bytes = 0
        self.place = place
        self.small = small
        self.address = address
        self.before: Block | None = None
        self.after: Block | None = None
        self.is_free = False


def rounded(size_bytes: int) -> int:
    """Return what a request comes to: a multiple of 512 bytes, at least one."""
    return max(-(-size_bytes // MIN_BLOCK_BYTES), 1) * MIN_BLOCK_BYTES


def segment_bytes(block_bytes: int) -> int:
    """Return the size of the segment that is asked for where no free block fits."""
    if block_bytes <= SMALL_BYTES:
        return SMALL_SEGMENT_BYTES
    if block_bytes < MIN_LARGE_BYTES:
        return LARGE_SEGMENT_BYTES
    return -(-block_bytes // ROUND_LARGE_BYTES) * ROUND_LARGE_BYTES


class AllocatorModel:
    """One device's allocator: takes requests, and counts what it would reserve.

    Attributes:
        reserved_bytes: All segments together.
        allocated_bytes: All blocks in use.
        of_graphs_bytes: Segments in the pools of graphs.
    """

    def __init__(self, limit_bytes: int | None = None) -> None:
        """Begin with nothing reserved.

        Args:
            limit_bytes: What may be reserved at most; None: no limit.
        """
        self.limit_bytes = limit_bytes
        self.reserved_bytes = self.allocated_bytes = self.of_graphs_bytes = 0
        # Free blocks by place and kind, sorted as (bytes, address, block).
        self._free: dict[tuple[Place, bool], list[tuple[int, int, Block]]] = {}
        self._next_address = 0

    def allocate(self, size_bytes: int, place: Place) -> Block:
        """Return a block for a request.

        Raises:
            PastLimitError: It does not fit within the limit.
        """
        wanted_bytes = rounded(size_bytes)
        small = wanted_bytes <= SMALL_BYTES
        free = self._free.setdefault((place, small), [])
        found = bisect_left(free, (wanted_bytes,))
        block = free.pop(found)[2] if found < len(free) else self._new_segment(wanted_bytes, place, small=small)
        block.is_free = False
        left_bytes = block.size_bytes - wanted_bytes
        if left_bytes >= MIN_BLOCK_BYTES if small else left_bytes > SMALL_BYTES:
            self._split(block, wanted_bytes)
        block.asked_bytes = size_bytes
        self.allocated_bytes += block.size_bytes
        return block

    def free(self, block: Block) -> None:
        """Take a block back, and join it with its free neighbours."""
        self.allocated_bytes -= block.size_bytes
        block.is_free = True
        before, after = block.before, block.after
        if before is not None and before.is_free:
            self._forget(before)
            self._join(before, block)
            block = before
        if after is not None and after.is_free:
            self._forget(after)
            self._join(block, after)
        self._remember(block)

    def empty_cache(self) -> None:
        """Give every segment back that is wholly free, except those of graphs."""
        for key, free in self._free.items():
            if key[0].graph is None:
                split = [entry for entry in free if entry[2].before is not None or entry[2].after is not None]
                self.reserved_bytes -= sum(entry[0] for entry in free) - sum(entry[0] for entry in split)
                self._free[key] = split

    def _new_segment(self, wanted_bytes: int, place: Place, *, small: bool) -> Block:
        asked_bytes = segment_bytes(wanted_bytes)
        if self._is_past_limit(asked_bytes) and place.graph is None:
            self.empty_cache()
        if self._is_past_limit(asked_bytes):
            raise PastLimitError(f"{asked_bytes} bytes beside {self.reserved_bytes}")
        self.reserved_bytes += asked_bytes
        if place.graph is not None:
            self.of_graphs_bytes += asked_bytes
        block = Block(asked_bytes, place, small=small, address=self._next_address)
        self._next_address += asked_bytes
        return block

    def _is_past_limit(self, more_bytes: int) -> bool:
        return self.limit_bytes is not None and self.reserved_bytes + more_bytes > self.limit_bytes

    def _split(self, block: Block, wanted_bytes: int) -> None:
        rest = Block(
            block.size_bytes - wanted_bytes, block.place, small=block.small, address=block.address + wanted_bytes
        )
        rest.before, rest.after, rest.is_free = block, block.after, True
        if rest.after is not None:
            rest.after.before = rest
        block.size_bytes, block.after = wanted_bytes, rest
        self._remember(rest)

    @staticmethod
    def _join(first: Block, second: Block) -> None:
        first.size_bytes += second.size_bytes
        first.after = second.after
        if first.after is not None:
            first.after.before = first

    def _remember(self, block: Block) -> None:
        insort(self._free.setdefault((block.place, block.small), []), (block.size_bytes, block.address, block))

    def _forget(self, block: Block) -> None:
        free = self._free[block.place, block.small]
        del free[bisect_left(free, (block.size_bytes, block.address))]
