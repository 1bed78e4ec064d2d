"""The watch while a run goes on: have others taken the memory, has shared memory grown?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import NoReturn

from mnist_lab.gpu.allocator_limit import AllocatorLimit
from mnist_lab.gpu.budget import Budget
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from mnist_lab.gpu.nvml import GpuProcess, other_processes, own_bytes
from mnist_lab.gpu.residency import Held, cannot_be_others, missing_bytes
from mnist_lab.language import say

OPENING = "CUDA out of memory."
ROUNDING_BYTES = 20 * MIB
"""By which a segment of ``expandable_segments`` may go past the limit: it is mapped in steps of so much."""


class MemoryWatch:
    """Looks at the free dedicated memory, and on Windows at this process's shared memory, at most once an interval."""

    def __init__(
        self,
        cuda: CudaRuntime,
        limit: AllocatorLimit,
        max_shared_mib: int,
        check_interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the first interval.

        Args:
            cuda: the GPU.
            limit: the limit that stands on the watched device.
            max_shared_mib: growth of shared memory over the baseline that is let pass; pinned memory counts as shared.
            check_interval_s: least time between two checks.
            clock: seconds that never run backwards.
        """
        self.shared_bytes: int | None = None
        """This process's shared memory at the last look, None where the platform has no such figure."""
        self.baseline_bytes: int | None = None
        self._cuda = cuda
        self._limit = limit
        self._max_shared_bytes = max_shared_mib * MIB
        self._check_interval_s = check_interval_s
        self._clock = clock
        self._next_check_s = clock() + check_interval_s
        self._outside_at_start_bytes = self._outside_bytes()
        self._start = Held(self._reserved_bytes(), limit.free_at_start_bytes or 0)
        self._warned = False

    def take_baseline(self) -> None:
        """Take the shared memory of now as normal: the pinned buffers exist, the run has not grown yet."""
        self.shared_bytes = self.baseline_bytes = self._cuda.shared_bytes()

    def tick(self) -> None:
        """Check if the interval is over; called after every step, and as a rule only reads the clock.

        Raises:
            torch.OutOfMemoryError: as :meth:`check`.
        """
        if self._clock() >= self._next_check_s:
            self.check()
            self._next_check_s = self._clock() + self._check_interval_s

    def check(self) -> None:
        """Look now, and renew the limit from what is free.

        Half of the headroom is for what this process takes outside the allocator as it runs (kernels loaded late,
        handles); less than the other half free means that the memory has gone elsewhere. Where the platform tells how
        much this process has taken itself, other programs are not blamed for it; and where the driver cannot spill, it
        is let pass, since a request that does not fit fails by itself.

        Raises:
            torch.OutOfMemoryError: the free dedicated memory is under half the headroom, or the shared memory has
                grown by more than ``max_shared_mib``, or memory that the allocator took is not in the GPU; the message
                says which, with the figures.
        """
        budget, free_bytes = self._limit.renew()
        if self._limit.has_dedicated_memory and free_bytes < budget.headroom_bytes // 2:
            self._judge(budget, free_bytes)
        if self._limit.can_spill:
            self._look_for_what_is_missing(budget)
        self.shared_bytes = self._cuda.shared_bytes()
        if self.shared_bytes is None or self.baseline_bytes is None:
            return
        growth_bytes = self.shared_bytes - self.baseline_bytes
        if growth_bytes > self._max_shared_bytes:
            self._halt(
                say(
                    "this process's shared GPU memory grew to {now} MiB, {growth} MiB over the {before} MiB after the "
                    "first steps (max_shared_mib: {most})",
                    "このプロセスの共有 GPU メモリが {now} MiB になり、最初の数ステップ後の {before} MiB から "
                    "{growth} MiB "
                    "増えました（max_shared_mib：{most}）",
                    now=self.shared_bytes // MIB,
                    growth=growth_bytes // MIB,
                    before=self.baseline_bytes // MIB,
                    most=self._max_shared_bytes // MIB,
                )
            )

    def _judge(self, budget: Budget, free_bytes: int) -> None:
        """Find out who has taken what is missing, and halt the run where it may spill or where it was others."""
        first, held_bytes = self._limit.first_budget, self._reserved_bytes()
        outside_bytes = self._outside_bytes()
        own_growth_bytes = None
        if outside_bytes is not None and self._outside_at_start_bytes is not None:
            own_growth_bytes = max(outside_bytes - self._outside_at_start_bytes, 0)
        if first is not None and held_bytes > first.limit_bytes + ROUNDING_BYTES:
            who = say(
                "PyTorch's allocator holds {held} MiB of GPU {device}, past the guard's limit of {limit} MiB, which "
                "something has lifted (torch.cuda.set_per_process_memory_fraction)",
                "PyTorch のアロケーターが GPU {device} のメモリを {held} MiB 確保し、ガードの上限 {limit} MiB を"
                "超えました。上限がほかの処理で外されています（torch.cuda.set_per_process_memory_fraction）",
                held=held_bytes // MIB,
                device=self._limit.device,
                limit=first.limit_bytes // MIB,
            )
        elif own_growth_bytes is None or free_bytes + own_growth_bytes < budget.headroom_bytes // 2:
            self._halt(self._others_have_taken(own_growth_bytes) + self._figures(budget, free_bytes))
        else:
            who = say(
                "this process has taken {growth} MiB of GPU {device} outside of PyTorch's allocator since the start "
                "(kernels loaded late, CUDA graphs, NCCL; a larger headroom_mib leaves room for them)",
                "このプロセスは、開始後に GPU {device} のメモリを PyTorch のアロケーターの外で {growth} MiB 使用"
                "しました（後から読み込まれたカーネル、CUDA グラフ、NCCL。headroom_mib を大きくすると余裕ができます）",
                growth=own_growth_bytes // MIB,
                device=self._limit.device,
            )
        if self._limit.can_spill:  # else a request that does not fit fails by itself
            self._halt(who + self._figures(budget, free_bytes))

    def _others_have_taken(self, own_growth_bytes: int | None) -> str:
        who = say(
            "other programs have taken the dedicated memory of GPU {device}",
            "ほかのプログラムが GPU {device} の専用メモリを使用しました",
            device=self._limit.device,
        )
        if own_growth_bytes is None:
            who += say(
                " (or this process itself, outside of PyTorch's allocator: that cannot be told apart here)",
                "（または、このプロセスが PyTorch のアロケーターの外で使用しました。ここでは区別できません）",
            )
        return who

    def _look_for_what_is_missing(self, budget: Budget) -> None:
        """Halt the run if memory that the allocator holds is not in the GPU; only warn where it may be otherwise."""
        readings = [Held(self._reserved_bytes(), self._limit.renew()[1]) for _ in range(2)]
        missing = min(missing_bytes(self._start, now) for now in readings)
        if not missing:
            return
        device, now = self._limit.device, readings[-1]
        what = say(
            "PyTorch's allocator has taken {taken} MiB of GPU {device} since the start, and the driver's figure has "
            "moved by {missing} MiB less",
            "PyTorch のアロケーターは開始後に GPU {device} のメモリを {taken} MiB 確保しましたが、ドライバーの値の"
            "変化はそれより {missing} MiB 少なくなっています",
            taken=(now.reserved_bytes - self._start.reserved_bytes) // MIB,
            device=device,
            missing=missing // MIB,
        )
        if cannot_be_others(self._start, now, budget.headroom_bytes):
            self._halt(
                say(
                    "{what}: memory has gone elsewhere, into memory shared with the CPU",
                    "{what}。CPU と共有するメモリが使われました",
                    what=what,
                )
            )
        if not self._warned:
            self._warned = True
            line = say(
                "CudaMemoryGuard: {what}: other programs have given memory back, or it has gone into memory shared "
                "with the CPU, which would make training slower.",
                "CudaMemoryGuard：{what}。ほかのプログラムがメモリを解放したか、CPU "
                "と共有するメモリが使われて学習が遅く"
                "なる可能性があります。",
                what=what,
            )
            sys.stderr.write(f"{line}\n")

    def _figures(self, budget: Budget, free_bytes: int) -> str:
        at_start_mib = (self._limit.free_at_start_bytes or 0) // MIB
        return say(
            ": {free} MiB are free, {at_start} MiB were at the start, and {least} MiB (half the headroom) have to "
            "stay; "
            "this process holds {own} MiB",
            "。空きは {free} MiB（開始時 {at_start} MiB）で、{least} MiB（ヘッドルームの半分）を残す必要があります。"
            "このプロセスの"
            "使用量は {own} MiB です",
            free=free_bytes // MIB,
            at_start=at_start_mib,
            least=budget.headroom_bytes // 2 // MIB,
            own=self._reserved_bytes() // MIB,
        ) + named(other_processes(self._cuda.nvml(self._limit.device)))

    def _reserved_bytes(self) -> int:
        return int(self._cuda.stats(self._limit.device).get("reserved_bytes.all.current", 0))

    def _outside_bytes(self) -> int | None:
        """Return what this process holds outside the allocator, its context too; None where no one tells."""
        held_bytes = own_bytes(self._cuda.nvml(self._limit.device))
        return None if held_bytes is None else held_bytes - self._reserved_bytes()

    def _halt(self, what: str) -> NoReturn:
        import torch

        why = say("The memory guard halted the run: {what}", "メモリガードが実行を停止しました：{what}", what=what)
        raise torch.OutOfMemoryError(f"{OPENING} {why}")


def named(processes: tuple[GpuProcess, ...] | None, most: int = 5) -> str:
    """Return ``; others hold: name (pid 1) 20 MiB, …`` for the largest processes, or nothing where none is known."""
    if not processes:
        return ""
    return say("; others hold: {names}", "。ほかのプログラム：{names}", names=process_list(processes, most))


def process_list(processes: tuple[GpuProcess, ...], most: int = 5) -> str:
    """Return ``name (pid 1) 20 MiB, …``; without MiB where the platform does not tell."""
    parts = []
    for process in processes[:most]:
        size = "" if process.used_bytes is None else f" {process.used_bytes // MIB} MiB"
        program = (process.name or say("a program", "プログラム")).replace("\\", "/").rsplit("/", 1)[-1]
        parts.append(f"{program} (pid {process.pid}){size}")
    return ", ".join(parts)
