"""The report of an out-of-memory error: what was allowed, asked for and held, by whom, and what helps."""

from __future__ import annotations

from typing import NamedTuple

from mnist_lab.gpu.budget import Budget
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from mnist_lab.gpu.holders import Holders
from mnist_lab.gpu.nvml import GpuProcess, other_processes
from mnist_lab.gpu.out_of_memory import NO_ENGINE, asked_bytes
from mnist_lab.gpu.watch import OPENING, process_list
from mnist_lab.language import Phrase, listed, say

# Of the memory left for samples, what the advice plans with: the rest is for the allocator's rounding and gaps.
USABLE_SHARE = 0.9

_HOLDERS = {
    "parameters": Phrase("parameters", "パラメータ"),
    "gradients": Phrase("gradients", "勾配"),
    "optimizer state": Phrase("optimizer state", "オプティマイザの状態"),
    "data": Phrase("data", "データ"),
    "activations and workspaces": Phrase("activations and workspaces", "活性とワークスペース"),
}
_BOUNDS = {
    "free dedicated memory less headroom": Phrase(
        "free dedicated memory less headroom", "空いている専用メモリからヘッドルームを引いた量"
    ),
    "free system memory less headroom": Phrase(
        "free system memory less headroom", "空いているシステムメモリからヘッドルームを引いた量"
    ),
}
"""Bounds of a budget that are no names of settings."""


class Step(NamedTuple):
    """The step in which it happened."""

    batch_size: int
    batch_bytes: int
    completed: bool
    """Whether a step with this batch size had ended before; if not, the bytes per sample are a lower bound."""
    forward_share: float = 1.0
    """Share of the layers that a step which never completed had come to (:mod:`mnist_lab.gpu.layers_reached`)."""


class OutOfMemoryReport(NamedTuple):
    """Everything known of one out-of-memory error; what is not known is None. ``str()`` is the text to show."""

    device: int
    device_name: str | None
    message: str
    budget: Budget | None
    asked_bytes: int | None
    allocated_bytes: int
    reserved_bytes: int
    peak_bytes: int
    holders: Holders | None
    step: Step | None
    others: tuple[GpuProcess, ...] | None
    forecast_batch_size: int | None = None
    """The largest batch size that is forecast to fit within the limit."""

    @property
    def _forecast(self) -> int | None:
        """The forecast, where it is of use: not if this very batch size would have fitted by it."""
        if self.step is None or self.forecast_batch_size is None or self.forecast_batch_size >= self.step.batch_size:
            return None
        return self.forecast_batch_size

    @property
    def fitting_batch_size(self) -> int | None:
        """The batch size that would have fitted, 0 if not even one sample would; None where nothing was measured."""
        if self._forecast is not None:
            return self._forecast
        if self.budget is None or self.holders is None or self.step is None:
            return None
        needed_bytes = max(self.peak_bytes, self.allocated_bytes + (self.asked_bytes or 0))
        return fitting_batch_size(self.budget.limit_bytes, needed_bytes, self.holders, self.step)

    @property
    def _network_is_too_large(self) -> bool:
        """Whether parameters and buffers do not fit even with nothing beside them."""
        return (
            self.budget is not None
            and self.holders is not None
            and self.holders.network_bytes > self.budget.limit_bytes
        )

    def __str__(self) -> str:
        """Return the text in the current language: one sentence, the figures, what helps."""
        helps = say("What helps:", "対処方法：")
        return "\n".join([self._headline(), *self._figures(), helps, *(f"  - {one}" for one in self._advice())])

    def _headline(self) -> str:
        if NO_ENGINE in self.message:
            what = say(
                "Requests were refused, and cuDNN found no way to carry out a convolution with what there was.",
                "要求が拒否され、cuDNN は残りのメモリで畳み込みを実行できませんでした。",
            )
            return f"{OPENING} {what}"
        if self.budget is not None and self.asked_bytes is not None:
            if self.reserved_bytes + self.asked_bytes > self.budget.limit_bytes:
                what = say(
                    "A request past the limit was refused before the driver was asked.",
                    "上限を超える要求を、ドライバーに渡す前に拒否しました。",
                )
            else:
                what = say(
                    "The driver had no room for a request within the limit.",
                    "上限内の要求でしたが、ドライバーにその空きがありませんでした。",
                )
            return f"{OPENING} {what}"
        return f"{OPENING} {next(iter(self.message.removeprefix(OPENING).strip().splitlines()), '')}".rstrip()

    def _figures(self) -> list[str]:
        name = f"GPU {self.device}" + (f" ({self.device_name})" if self.device_name else "")
        lines = [say("  device     {name}", "  デバイス  {name}", name=name)]
        if self.budget is not None:
            lines.append(
                say(
                    "  limit      {limit} of {total}, set by: {bound}",
                    "  上限      {total} のうち {limit}（決めたもの：{bound}）",
                    limit=_mib(self.budget.limit_bytes),
                    total=_mib(self.budget.total_bytes),
                    bound=_BOUNDS.get(self.budget.decided_by, self.budget.decided_by),
                )
            )
        asked = say("not known", "不明") if self.asked_bytes is None else _mib(self.asked_bytes)
        lines.append(say("  asked for  {asked}", "  要求      {asked}", asked=asked))
        lines.append(
            say(
                "  held       {allocated} allocated, {reserved} reserved, peak {peak}",
                "  使用量    割り当て {allocated}、確保 {reserved}、ピーク {peak}",
                allocated=_mib(self.allocated_bytes),
                reserved=_mib(self.reserved_bytes),
                peak=_mib(self.peak_bytes),
            )
        )
        if self.holders is not None:
            parts = [f"{_HOLDERS[name]} {_mib(size)}" for name, size in self.holders.by_size()]
            largest = listed(parts, ", ") or say(
                "nothing of the network was on the device yet", "ネットワークはまだデバイス上にありません"
            )
            lines.append(say("  largest    {largest}", "  内訳      {largest}", largest=largest))
        return lines

    def _advice(self) -> list[str]:
        return [
            self._advice_on_batch_size(),
            say("a smaller network: fewer or narrower layers", "ネットワークを小さくする：層を減らす、幅を狭める"),
            *self._advice_on_others(),
        ]

    def _advice_on_batch_size(self) -> str:
        fitting = self.fitting_batch_size
        if self._network_is_too_large:
            assert self.holders is not None
            return say(
                "no batch size: the network alone takes {size}",
                "バッチサイズでは解決しません：ネットワークだけで {size} を使用します",
                size=_mib(self.holders.network_bytes),
            )
        if self.step is None or fitting is None:
            return say("a smaller batch size", "バッチサイズを小さくする")
        if fitting < 1:
            return say(
                "no batch size: what does not depend on it leaves no room (it was {size})",
                "バッチサイズでは解決しません：それによらない分だけで空きがなくなります（今回は {size}）",
                size=self.step.batch_size,
            )
        if self._forecast is not None:
            basis = say("the largest that is forecast to fit", "収まると予測される最大の値")
        elif self.step.completed:
            basis = say("it would have fitted, as measured", "測定値から、収まると計算される値")
        else:
            basis = say("estimated from the layers it came to", "実行できた層からの推定値")
        return say(
            "batch size {fitting} instead of {size}: {basis}",
            "バッチサイズを {size} から {fitting} にする：{basis}",
            fitting=fitting,
            size=self.step.batch_size,
            basis=basis,
        )

    def _advice_on_others(self) -> list[str]:
        if self.budget is not None and self.budget.decided_by not in _BOUNDS:
            return [
                say(
                    "a higher limit: {bound} set it, not what other programs hold",
                    "上限を上げる：上限を決めたのは {bound} で、ほかのプログラムの使用量ではありません",
                    bound=self.budget.decided_by,
                )
            ]
        if self.others:
            return [
                say(
                    "closing other programs on this GPU: {programs}",
                    "この GPU を使用しているほかのプログラムを終了する：{programs}",
                    programs=process_list(self.others),
                )
            ]
        if self.others is None:
            return [
                say(
                    "closing other programs that use the GPU (this platform does not name them)",
                    "GPU を使用しているほかのプログラムを終了する（この環境では名前を取得できません）",
                )
            ]
        return []


def build_report(
    error: BaseException,
    cuda: CudaRuntime,
    device: int,
    budget: Budget | None,
    *,
    holders: Holders | None = None,
    step: Step | None = None,
    forecast_batch_size: int | None = None,
) -> OutOfMemoryReport:
    """Gather the report; the exception's traceback still holds the tensors of the failed step.

    Args:
        error: the out-of-memory exception.
        cuda: the GPU.
        device: CUDA index of the device that ran out.
        budget: the limit that stood, None without a guard.
        holders: who held what, None where no network is known.
        step: the step it happened in, None outside of steps.
        forecast_batch_size: the largest batch size that is forecast to fit, None where nothing is forecast.
    """
    try:
        stats = cuda.stats(device)
        name, others = cuda.name(device), other_processes(cuda.nvml(device))
    except RuntimeError:  # after some CUDA errors the device answers nothing more
        stats, name, others = {}, None, None
    allocated_bytes = int(stats.get("allocated_bytes.all.current", 0))
    return OutOfMemoryReport(
        device=device,
        device_name=name,
        message=str(error),
        budget=budget,
        asked_bytes=asked_bytes(error),
        allocated_bytes=allocated_bytes,
        reserved_bytes=int(stats.get("reserved_bytes.all.current", 0)),
        peak_bytes=int(stats.get("allocated_bytes.all.peak", allocated_bytes)),
        holders=holders,
        step=step,
        others=others,
        forecast_batch_size=forecast_batch_size,
    )


def fitting_batch_size(limit_bytes: int, needed_bytes: int, holders: Holders, step: Step) -> int | None:
    """Compute the batch size that would have fitted.

    ``bytes per sample = (needed - what does not depend on the batch) / batch size``, and what is left of the limit
    beside parameters, gradients, optimizer state and resident data is shared out by it. Gradients and optimizer state
    that a first step had not made yet are added. A step that never completed has shown the bytes of its first layers
    only: they are scaled up to all layers, and half of what follows is advised, since the backward pass is still to
    come. The result is rounded down to a power of two.

    Args:
        limit_bytes: what the allocator might hold.
        needed_bytes: the peak, or what was held and asked for, whichever is more.
        holders: who held what.
        step: the step's batch.

    Returns:
        The batch size, smaller than the step's; 0 if not even one sample fits; None if the samples' share was nothing.
    """
    resident_bytes = max((holders.data_bytes or 0) - step.batch_bytes, 0)
    fixed_now_bytes = holders.parameters_bytes + holders.gradients_bytes + holders.optimizer_bytes + resident_bytes
    per_sample_bytes = (needed_bytes - fixed_now_bytes) / step.batch_size
    if per_sample_bytes <= 0:
        return None
    if not step.completed:
        per_sample_bytes /= step.forward_share
    state_bytes = holders.trainable_bytes * holders.expected_state_factor
    fixed_bytes = (
        holders.parameters_bytes
        + resident_bytes
        + max(holders.gradients_bytes, holders.trainable_bytes)
        + max(holders.optimizer_bytes, state_bytes)
    )
    samples = (limit_bytes - fixed_bytes) * USABLE_SHARE / per_sample_bytes * (1 if step.completed else 0.5)
    most = min(int(samples), step.batch_size - 1)
    return 1 << (most.bit_length() - 1) if most >= 1 else 0


def _mib(size_bytes: int) -> str:
    """Return MiB, with a decimal where the number is small."""
    return f"{size_bytes / MIB:.1f} MiB" if size_bytes < 10 * MIB else f"{size_bytes // MIB} MiB"
