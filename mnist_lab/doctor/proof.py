"""The guard tried out on a real GPU: what is refused, what that does to the driver, what a look costs.

Nothing is made to spill, and little is taken: the limit that is tried is far below what is free.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mnist_lab.doctor.finding import Check, contained
from mnist_lab.gpu.allocator_limit import AllocatorLimit, UnboundedAllocatorError
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from mnist_lab.gpu.nvml import own_bytes
from mnist_lab.gpu.residency import TOLERANCE_BYTES, Held, missing_bytes
from mnist_lab.gpu.watch import ROUNDING_BYTES, MemoryWatch
from mnist_lab.language import say

if TYPE_CHECKING:
    import torch

MOST_BYTES = 256 * MIB
"""Of each GPU, that PyTorch may take meanwhile; the context and one piece more come on top."""
PIECE_BYTES = 32 * MIB
TICKS = 10_000
LOOKS = 20
LOOKING_S = 5.0  # NVML answers slowly on some machines


class _Seen(NamedTuple):
    """One reading of a device."""

    reserved_bytes: int
    free_bytes: int
    asked: int
    """Requests that the allocator has made to the driver so far; 0 where it does not count them."""
    given_back: int


def prove(cuda: CudaRuntime, device: int, most_bytes: int = MOST_BYTES) -> list[Check]:
    """Try the guard out on one GPU; it takes seconds.

    Args:
        cuda: The GPU, on which this process has nothing yet.
        device: CUDA index.
        most_bytes: Limit that is tried, less where less is free.

    Returns:
        A finding for each thing that was tried; after one that shows that nothing can be tried, no more.
    """
    checks = [contained(f"GPU {device} context", lambda: context_check(cuda, device))]
    limit = AllocatorLimit(cuda, device, Limits(limit_mib=most_bytes // MIB))
    try:
        room = contained(f"GPU {device} room", lambda: _room_check(limit))
        if room.status != "green":
            return [*checks, room]
        trial = Trial(cuda, limit)
        for name, check in trial.checks():
            checks.append(contained(name, check))
            if checks[-1].status == "red":
                break
        trial.pieces.clear()
        return checks
    finally:
        limit.lift()
        contained("", lambda: _give_back(checks[0]))


def context_check(cuda: CudaRuntime, device: int) -> Check:
    """Say what CUDA's context takes of the GPU before PyTorch has asked for anything."""
    before = cuda.nvml(device)
    cuda.memory_info(device)
    after = cuda.nvml(device)
    grown_bytes = None
    if before and after and before.free_bytes is not None and after.free_bytes is not None:
        grown_bytes = before.free_bytes - after.free_bytes
    own = own_bytes(after)
    context_bytes = grown_bytes if own is None else own
    data = {"context_bytes": context_bytes, "nvml_growth_bytes": grown_bytes, "own_bytes": own}
    name = f"GPU {device} context"
    if context_bytes is None:
        return Check(
            name, "green", say("not known: NVML does not tell.", "不明です（NVML から取得できません）。"), data
        )
    sentence = say(
        "CUDA's context takes {size} MiB before PyTorch asks for anything.",
        "CUDA コンテキストは、PyTorch が何も要求しない段階で {size} MiB を使用します。",
        size=context_bytes // MIB,
    )
    return Check(name, "green", sentence, data)


class Trial:
    """One limit, and the tensors with which it is tried."""

    def __init__(self, cuda: CudaRuntime, limit: AllocatorLimit) -> None:
        """Take a limit that stands.

        Args:
            cuda: The GPU.
            limit: After its ``apply``.
        """
        assert limit.budget is not None, "a limit that does not stand"
        self.pieces: list[torch.Tensor] = []
        self._cuda, self._limit, self._device = cuda, limit, limit.device
        self._limit_bytes, self._headroom_bytes = limit.budget.limit_bytes, limit.budget.headroom_bytes
        self._start, self._shared_at_start = self._seen(), cuda.shared_bytes()

    def checks(self) -> Sequence[tuple[str, Callable[[], Check]]]:
        """Return what is tried, by name; each builds on those before it."""
        gpu = f"GPU {self._device}"
        return [
            (f"{gpu} limit", self.limit_check),
            (f"{gpu} refusal", self.refusal_check),
            (f"{gpu} residency", self.residency_check),
            (f"{gpu} cache", self.cache_check),
            (f"{gpu} cost", self.cost_check),
            (f"{gpu} lifted", self.lifted_check),
        ]

    def limit_check(self) -> Check:
        """Ask for one piece after another until one is refused."""
        most = self._limit_bytes // PIECE_BYTES + 1
        while len(self.pieces) < most and (piece := self._ask(PIECE_BYTES)) is not None:
            self.pieces.append(piece)
        reserved_bytes = self._seen().reserved_bytes
        holds = len(self.pieces) < most and reserved_bytes <= self._limit_bytes + ROUNDING_BYTES
        sentence = say(
            "of {limit} MiB for the trial: {held} MiB were handed out, then a request for {piece} MiB was refused.",
            "試験用の上限 {limit} MiB：{held} MiB を確保した後、{piece} MiB の要求を拒否しました。",
            limit=self._limit_bytes // MIB,
            held=reserved_bytes // MIB,
            piece=PIECE_BYTES // MIB,
        )
        if not holds:
            sentence = say(
                "DOES NOT HOLD: of {limit} MiB for the trial, {held} MiB were handed out.",
                "上限が効いていません：試験用の上限 {limit} MiB に対し、{held} MiB が確保されました。",
                limit=self._limit_bytes // MIB,
                held=reserved_bytes // MIB,
            )
        data = {
            "limit_bytes": self._limit_bytes,
            "reserved_bytes": reserved_bytes,
            "refused_bytes": PIECE_BYTES if holds else None,
        }
        return Check(f"GPU {self._device} limit", "green" if holds else "red", sentence, data)

    def refusal_check(self) -> Check:
        """See what a refused request does to the driver: of three, the one that other programs disturbed least."""
        moves = []
        for _ in range(3):
            before, refused, after = self._seen(), self._ask(PIECE_BYTES) is None, self._seen()
            moves.append((abs(before.free_bytes - after.free_bytes), after.asked - before.asked, refused))
        moved_bytes, asked, _ = min(moves)
        counts = self._seen().asked > 0
        untouched = moved_bytes == 0 and asked == 0 and all(refused for *_, refused in moves)
        sentence = say(
            "a refused request moved the driver's figure by {moved} MiB",
            "拒否した要求によるドライバーの値の変化：{moved} MiB",
            moved=moved_bytes // MIB,
        )
        if counts:
            sentence += say("; requests to the driver: {count}", "、ドライバーへの要求：{count} 回", count=asked)
        data = {"driver_moved_bytes": moved_bytes, "driver_requests": asked if counts else None}
        return Check(f"GPU {self._device} refusal", "green" if untouched else "yellow", f"{sentence}{_end()}", data)

    def residency_check(self) -> Check:
        """Hold what the allocator has taken against what the driver's figure has moved by, read twice."""
        readings = [self._seen() for _ in range(2)]
        start = Held(self._start.reserved_bytes, self._start.free_bytes)
        nows = [Held(now.reserved_bytes, now.free_bytes) for now in readings]
        missing = min(missing_bytes(start, now) for now in nows)
        taken = nows[-1].reserved_bytes - start.reserved_bytes
        moved = start.free_bytes - nows[-1].free_bytes
        shared, shared_at_start = self._cuda.shared_bytes(), self._shared_at_start
        shared_growth = None if shared is None or shared_at_start is None else shared - shared_at_start
        sentence = say(
            "PyTorch took {taken} MiB, and the driver's figure moved by {moved} MiB (tolerance {tolerance} MiB).",
            "PyTorch の確保量 {taken} MiB に対し、ドライバーの値は {moved} MiB 変化しました"
            "（許容差 {tolerance} MiB）。",
            taken=taken // MIB,
            moved=moved // MIB,
            tolerance=TOLERANCE_BYTES // MIB,
        )
        data = {"taken_bytes": taken, "driver_moved_bytes": moved, "shared_growth_bytes": shared_growth}
        return Check(f"GPU {self._device} residency", "yellow" if missing else "green", sentence, data)

    def cache_check(self) -> Check:
        """Give the pieces up, and ask for one that fits only once the cached ones have gone back to the driver."""
        self.pieces.clear()
        before = self._seen()
        whole = self._ask(self._limit_bytes - PIECE_BYTES)
        after = self._seen()
        if whole is not None:
            self.pieces.append(whole)
        granted = whole is not None and after.reserved_bytes <= self._limit_bytes + ROUNDING_BYTES
        data = {
            "cached_bytes": before.reserved_bytes,
            "granted": granted,
            "blocks_given_back": after.given_back - before.given_back,
            "reserved_bytes": after.reserved_bytes,
        }
        cached, size = before.reserved_bytes // MIB, (self._limit_bytes - PIECE_BYTES) // MIB
        if granted:
            sentence = say(
                "beside {cached} MiB of cached blocks a request for {size} MiB was met: they were given back first.",
                "キャッシュ {cached} MiB がある状態で {size} MiB の要求に応じました。先にキャッシュを返しています。",
                cached=cached,
                size=size,
            )
        else:
            sentence = say(
                "beside {cached} MiB of cached blocks a request for {size} MiB was refused: they were not given back.",
                "キャッシュ {cached} MiB がある状態で {size} MiB の要求を拒否しました。キャッシュが返されていません。",
                cached=cached,
                size=size,
            )
        return Check(f"GPU {self._device} cache", "green" if granted else "yellow", sentence, data)

    def cost_check(self) -> Check:
        """Time what the guard does after each step, and what it does once an interval."""
        idle = MemoryWatch(self._cuda, self._limit, MOST_BYTES // MIB, check_interval_s=3600)
        start_s = time.perf_counter()
        for _ in range(TICKS):
            idle.tick()
        tick_s = (time.perf_counter() - start_s) / TICKS
        looks_s: list[float] = []
        start_s = time.perf_counter()
        while len(looks_s) < LOOKS and time.perf_counter() - start_s < LOOKING_S:
            look_s = time.perf_counter()
            idle.check()
            looks_s.append(time.perf_counter() - look_s)
        look_s = statistics.median(looks_s)
        sentence = say(
            "{tick:.2f} µs a step; a look, at most once a second, {look:.1f} ms.",
            "1 ステップあたり {tick:.2f} µs、確認（1 秒に 1 回まで）は {look:.1f} ms です。",
            tick=tick_s * 1e6,
            look=look_s * 1e3,
        )
        data = {"step_us": tick_s * 1e6, "look_ms": look_s * 1e3, "looks": len(looks_s)}
        return Check(f"GPU {self._device} cost", "green", sentence, data)

    def lifted_check(self) -> Check:
        """Ask once more after the limit is lifted, where that leaves the headroom free."""
        name = f"GPU {self._device} lifted"
        self._limit.lift()
        if self._seen().free_bytes < self._headroom_bytes + 2 * PIECE_BYTES:
            sentence = say("not tried: too little is free.", "空きが少ないため試していません。")
            return Check(name, "green", sentence, {"granted": None})
        self.pieces += [piece for _ in range(2) if (piece := self._ask(PIECE_BYTES)) is not None]
        granted = self._seen().reserved_bytes > self._limit_bytes
        if granted:
            sentence = say(
                "with the limit lifted, the same requests are met: it was the limit that refused them.",
                "上限を外すと同じ要求に応じました。拒否していたのは上限です。",
            )
        else:
            sentence = say(
                "with the limit lifted, the same requests are refused all the same.",
                "上限を外しても同じ要求が拒否されました。",
            )
        return Check(name, "green" if granted else "yellow", sentence, {"granted": granted})

    def _seen(self) -> _Seen:
        stats = self._cuda.stats(self._device)
        return _Seen(
            int(stats.get("reserved_bytes.all.current", 0)),
            self._cuda.memory_info(self._device).free_bytes,
            int(stats.get("num_device_alloc", 0)),
            int(stats.get("num_device_free", 0)),
        )

    def _ask(self, size_bytes: int) -> torch.Tensor | None:
        """Return so much memory, None where it is refused."""
        import torch

        try:
            return torch.empty(size_bytes, dtype=torch.uint8, device=f"cuda:{self._device}")
        except torch.OutOfMemoryError:
            return None


def _room_check(limit: AllocatorLimit) -> Check:
    """Set the limit, and say whether it leaves enough to try anything."""
    name = f"GPU {limit.device} room"
    try:
        budget = limit.apply()
    except UnboundedAllocatorError as error:
        return Check(name, "red", say("{why}.", "{why}。", why=error), {"limit_bytes": None})
    data = {"limit_bytes": budget.limit_bytes, "headroom_bytes": budget.headroom_bytes}
    least_bytes = 4 * PIECE_BYTES
    if budget.limit_bytes >= least_bytes:
        return Check(name, "green", "", data)
    sentence = say(
        "nothing was tried: free memory less headroom is {room} MiB, and {least} MiB are needed; close other programs.",
        "試験できませんでした：空きメモリからヘッドルームを引いた {room} MiB が、必要な {least} MiB に足りません。"
        "ほかのプログラムを終了してください。",
        room=budget.limit_bytes // MIB,
        least=least_bytes // MIB,
    )
    return Check(name, "yellow", sentence, data)


def _give_back(check: Check) -> Check:
    import torch

    torch.cuda.empty_cache()
    return check


def _end() -> str:
    return say(".", "。")
