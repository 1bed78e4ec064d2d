"""What was written down of a training, played to the model of the allocator: the peak, and what it consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from mnist_lab.gpu.allocation_log import MATRIX_PRODUCT, Event
from mnist_lab.gpu.allocator_model import AllocatorModel, Block, Place


class Peak(NamedTuple):
    """The most that the allocator has reserved, in bytes, and what the most that was in use at one time consists of."""

    reserved_bytes: int
    by_kind: dict[str, int]
    """What was asked for and in use at the moment when the most was, by what it is for."""
    free_in_graphs_bytes: int
    """Reserved by graphs for themselves, and not among these."""

    @property
    def cached_bytes(self) -> int:
        """What is left: rounding, and blocks that are kept for the next request."""
        return self.reserved_bytes - sum(self.by_kind.values()) - self.free_in_graphs_bytes


class AllocationReplay:
    """Plays events to a model of the allocator, as often and wherever a training would."""

    def __init__(self, model: AllocatorModel, kinds: Mapping[int, str], cublas_bytes: int) -> None:
        """Begin with an allocator that has nothing.

        Args:
            model: The allocator.
            kinds: As ``AllocationLog`` has them.
            cublas_bytes: Size of a workspace of cuBLAS.
        """
        self._reserved_bytes = self._allocated_bytes = self._in_use_of_graphs_bytes = 0
        self._by_kind: dict[str, int] = {}
        self._model = model
        self._kinds = kinds
        self._cublas_bytes = cublas_bytes
        self._live: dict[int, Block] = {}
        # Made by an earlier turn of the same events, and still in use.
        self._left: list[tuple[int, Block]] = []
        self._in_use: Counter[str] = Counter()
        self._in_graphs_bytes = 0
        self._workspaces: dict[tuple[str, int], Block] = {}

    @property
    def peak(self) -> Peak:
        """The peak of all that was played so far."""
        of_graphs_bytes = self._model.of_graphs_bytes - self._in_use_of_graphs_bytes
        unused_bytes = min(of_graphs_bytes, self._reserved_bytes - self._allocated_bytes)
        return Peak(self._reserved_bytes, self._by_kind, unused_bytes)

    def play(self, events: Iterable[Event], place: Place) -> None:
        """Play events.

        Raises:
            PastLimitError: One of them does not fit within the model's limit.
        """
        live = self._live
        for number, value in events:
            if number == MATRIX_PRODUCT:
                self._work_with_cublas(place, value)
            elif value:
                if number in live:
                    self._left.append((number, live[number]))
                live[number] = self._taken(number, value, place)
            elif number in live:
                self._given_back(number, live.pop(number))

    def take(self, kind: str, sizes_bytes: Iterable[int], place: Place) -> list[Block]:
        """Take blocks that no operation was seen to ask for."""
        return [self._allocated(kind, size_bytes, place) for size_bytes in sizes_bytes]

    def give_back(self, kind: str, blocks: Iterable[Block]) -> None:
        """Give back what ``take`` has returned."""
        for block in blocks:
            self._freed(kind, block)

    def keep_for_ever(self, numbers: Collection[int]) -> None:
        """Forget these, in use as they are: nothing that is played from now on gives them back."""
        for number in numbers:
            self._live.pop(number, None)

    def drop(self, numbers: Collection[int]) -> None:
        """Give back all that is in use of these numbers, from every turn."""
        for number in numbers:
            if (block := self._live.pop(number, None)) is not None:
                self._given_back(number, block)
        going = [entry for entry in self._left if entry[0] in numbers]
        self._left = [entry for entry in self._left if entry[0] not in numbers]
        for number, block in going:
            self._given_back(number, block)

    def empty_cache(self) -> None:
        """Give unused segments back, as before a graph is captured."""
        self._model.empty_cache()

    def clear_workspaces(self) -> None:
        """Give cuBLAS' workspaces up; they are made anew when it is next at work."""
        self.give_back("workspaces", self._workspaces.values())
        self._workspaces.clear()

    def _work_with_cublas(self, place: Place, which: int) -> None:
        """Take the workspace of this stream and pass, the first time: the passes run in two threads."""
        if (place.stream, which) not in self._workspaces:
            self._workspaces[place.stream, which] = self._allocated("workspaces", self._cublas_bytes, place)

    def _taken(self, number: int, size_bytes: int, place: Place) -> Block:
        return self._allocated(self._kinds.get(number, "activations"), size_bytes, place)

    def _given_back(self, number: int, block: Block) -> None:
        self._freed(self._kinds.get(number, "activations"), block)

    def _allocated(self, kind: str, size_bytes: int, place: Place) -> Block:
        block = self._model.allocate(size_bytes, place)
        self._in_use[kind] += block.asked_bytes
        if place.graph is not None:
            self._in_graphs_bytes += block.size_bytes
        self._reserved_bytes = max(self._model.reserved_bytes, self._reserved_bytes)
        if self._model.allocated_bytes > self._allocated_bytes:
            self._allocated_bytes, self._by_kind = self._model.allocated_bytes, dict(self._in_use)
            self._in_use_of_graphs_bytes = self._in_graphs_bytes
        return block

    def _freed(self, kind: str, block: Block) -> None:
        self._in_use[kind] -= block.asked_bytes
        if block.place.graph is not None:
            self._in_graphs_bytes -= block.size_bytes
        self._model.free(block)
