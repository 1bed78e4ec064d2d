"""Plays the parts of a rehearsed training to the model of the allocator, in the order in which training has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mnist_lab.gpu.allocation_replay import AllocationReplay, Peak
from mnist_lab.gpu.allocator_model import AllocatorModel, Block, PastLimitError, Place
from mnist_lab.training.course import Course
from mnist_lab.training.rehearsal import NOTHING, Part, Rehearsal

MAIN = Place("main")
# Where a block's steps run before they are recorded (loops/block_capture.py).
ASIDE = Place("aside")


class TrainingParts(NamedTuple):
    """What an epoch's steps consist of: blocks, or steps taken one by one."""

    indices: Part
    first_batch: Part
    """What the memory guard has a look at."""
    first_block: Part = NOTHING
    block: Part = NOTHING
    last_block: Part = NOTHING
    """The epoch's last block, where it has fewer samples than the others."""
    steps: Sequence[Part] = ()


class Parts(NamedTuple):
    """A training's parts, each rehearsed once."""

    model: Part
    train_data: Part
    val_data: Part
    test_data: Part
    training: TrainingParts
    evaluation: Part
    test: Part
    comparison: Part
    parameters_bytes: Sequence[int]
    changing_bytes: Sequence[int]
    """The other tensors that training changes."""


class _CaptureFailedError(Exception):
    """A graph could not be recorded within the limit; training goes on without one."""


class MemoryCourse:
    """One training, played."""

    def __init__(self, rehearsal: Rehearsal, parts: Parts, course: Course, cublas_bytes: int) -> None:
        self._kinds = rehearsal.log.kinds
        self._parts = parts
        self._course = course
        self._cublas_bytes = cublas_bytes
        self.assumes = rehearsal.log.assumes
        """Whether workspaces of cuDNN's are in it, which are not known before."""

    def peak(self, limit_bytes: int | None = None) -> Peak:
        """Return the peak of the whole training.

        Where the memory does not suffice to record a graph, training goes on step by step.

        Args:
            limit_bytes: What the allocator may reserve; None: as much as it wants.

        Raises:
            PastLimitError: It does not get through within the limit.
        """
        try:
            return self._played(limit_bytes, captures=self._course.captures)
        except _CaptureFailedError:
            return self._played(limit_bytes, captures=False)

    def _played(self, limit_bytes: int | None, *, captures: bool) -> Peak:
        self._captures = captures
        self._replay = replay = AllocationReplay(AllocatorModel(limit_bytes), self._kinds, self._cublas_bytes)
        self._graphs: set[tuple[int, bool]] = set()
        self._seen: set[tuple[int, bool]] = set()
        self._is_checked = False
        self._stepped = 0
        self._held: list[Block] = []
        parts, course = self._parts, self._course
        replay.play(parts.model.events, MAIN)
        if course.val_batches:
            replay.play(parts.val_data.events, MAIN)
        for _ in range(course.sanity_batches):
            replay.play(parts.evaluation.events, MAIN)
        replay.play(parts.train_data.events, MAIN)
        for _ in range(min(course.epochs, 2)):
            self._epoch()
        if course.test_batches:
            self._test()
        return replay.peak

    def _epoch(self) -> None:
        replay, parts = self._replay, self._parts.training
        replay.play(parts.indices.events, MAIN)
        replay.play(parts.first_batch.events, MAIN)
        if self._course.steps_at_once > 1:
            sizes = self._course.block_sizes
            for number, size in enumerate(sizes):
                is_last = number > 0 and number == len(sizes) - 1 and bool(parts.last_block.events)
                self._block(size, is_last=is_last)
        else:
            self._steps()
        if self._course.val_batches:
            replay.drop(self._of_kinds("gradients"))  # Lightning gives them up before validation
        self._evaluate(self._parts.evaluation, self._course.val_batches)
        for part in (parts.first_block, parts.block, parts.last_block, *parts.steps):
            replay.drop(part.outputs)
        replay.give_back("activations", self._held)
        self._held = []
        replay.drop({number for number, size_bytes in parts.indices.events if size_bytes})

    def _steps(self) -> None:
        """Play the steps that were rehearsed, each once; of those that follow, what stays until the epoch's end.

        In each epoch at least one is played, since its gradients may have been given up.
        """
        steps, batches = self._parts.training.steps, self._course.batches
        coming = steps[self._stepped : self._stepped + batches] or steps[-1:]
        self._stepped += len(coming)
        for part in coming:
            self._replay.play(part.events, MAIN)
        stays = [event for event in steps[-1].events if event[0] in steps[-1].outputs and event[1]]
        for _ in range(batches - len(coming)):
            self._replay.play(stays, MAIN)

    def _block(self, size: int, *, is_last: bool) -> None:
        key = (size, is_last)
        parts = self._parts.training
        first = not self._seen
        part = parts.last_block if is_last else parts.first_block if first else parts.block
        if not self._captures:
            self._seen.add(key)
            self._steps_of_block(part, ASIDE if self._course.captures else MAIN)
        elif key not in self._seen:
            self._seen.add(key)
            self._steps_of_block(part, ASIDE)
        elif key in self._graphs:
            self._replay_graph(part)
        else:
            self._graphs.add(key)
            self._capture(part, size)
            if self._is_checked:
                self._replay_graph(part)
            else:
                self._is_checked = True
                self._check(part)

    def _steps_of_block(self, part: Part, place: Place) -> None:
        """Train on a block step by step."""
        self._replay.play(part.events, place)
        self._held += self._replay.take("activations", part.later_bytes, place)

    def _capture(self, part: Part, size: int) -> None:
        """Record a block's steps: in pools of the graph's own, where what they leave stays."""
        replay = self._replay
        place = Place("capture", f"{len(self._graphs)}")
        try:
            replay.take("data", [8 * self._course.batch_size * size, 4 * size], MAIN)
            replay.empty_cache()
            replay.play(part.events, place)
            replay.take("activations", part.later_bytes, place)
        except PastLimitError as error:
            raise _CaptureFailedError from error
        standing = self._of_kinds("optimizer state", "parameters")
        replay.keep_for_ever({number for number, size_bytes in part.events if size_bytes} - standing)

    def _check(self, part: Part) -> None:
        """Compare a graph with single steps, which start from a copy of all that training changes."""
        replay, parts = self._replay, self._parts
        before = replay.take("copies", [*parts.parameters_bytes, *parts.changing_bytes], MAIN)
        outputs = replay.take("activations", part.outputs_bytes, MAIN)
        replay.give_back("activations", outputs)
        weights = replay.take("copies", parts.parameters_bytes, MAIN)
        replay.give_back("copies", before)
        self._steps_of_block(part, MAIN)
        replay.play(parts.comparison.events, MAIN)
        replay.give_back("copies", weights)

    def _replay_graph(self, part: Part) -> None:
        """Keep a copy of what each step leaves."""
        self._held += self._replay.take("activations", part.outputs_bytes, MAIN)

    def _of_kinds(self, *kinds: str) -> set[int]:
        return {number for number, kind in self._kinds.items() if kind in kinds}

    def _test(self) -> None:
        replay, parts = self._replay, self._parts
        # What Lightning does between training and test: the model to the CPU and back, and the cache emptied.
        replay.drop(self._of_kinds("optimizer state", "parameters", "gradients"))
        replay.clear_workspaces()
        replay.empty_cache()
        replay.play(parts.model.events, MAIN)
        replay.play(parts.test_data.events, MAIN)
        self._evaluate(parts.test, self._course.test_batches)

    def _evaluate(self, part: Part, batches: int) -> None:
        """Play batches that are not trained on: a second one finds what the first has left in the cache."""
        for _ in range(min(batches, 2)):
            self._replay.play(part.events, MAIN)
