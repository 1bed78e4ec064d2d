"""The report of an out-of-memory error: what was allowed, asked for and held, by whom, and what helps."""

from __future__ import annotations

from typing import NamedTuple

from mnist_lab.gpu.budget import Budget
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from mnist_lab.gpu.holders import Holders
from mnist_lab.gpu.nvml import GpuProcess, other_processes
from mnist_lab.gpu.out_of_memory import asked_bytes
from mnist_lab.gpu.watch import OPENING, process_list

# Of the memory left for samples, what the advice plans with: the rest is for the allocator's rounding and gaps.
USABLE_SHARE = 0.9


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
        """Return the text: one sentence, the figures, what helps."""
        return "\n".join([self._headline(), *self._figures(), "What helps:", *(f"  - {one}" for one in self._advice())])

    def _headline(self) -> str:
        if self.message.startswith(OPENING) and "memory guard" in self.message:
            return self.message
        if self.budget is not None and self.asked_bytes is not None:
            if self.reserved_bytes + self.asked_bytes > self.budget.limit_bytes:
                return f"{OPENING} A request past the limit was refused before the driver was asked."
            return f"{OPENING} The driver had no room for a request within the limit."
        return f"{OPENING} {next(iter(self.message.removeprefix(OPENING).strip().splitlines()), '')}".rstrip()

    def _figures(self) -> list[str]:
        name = f"GPU {self.device}" + (f" ({self.device_name})" if self.device_name else "")
        lines = [f"  device     {name}"]
        if self.budget is not None:
            lines.append(
                f"  limit      {_mib(self.budget.limit_bytes)} of {_mib(self.budget.total_bytes)}, "
                f"set by: {self.budget.decided_by}"
            )
        lines.append(f"  asked for  {'not known' if self.asked_bytes is None else _mib(self.asked_bytes)}")
        lines.append(
            f"  held       {_mib(self.allocated_bytes)} allocated, {_mib(self.reserved_bytes)} reserved, "
            f"peak {_mib(self.peak_bytes)}"
        )
        if self.holders is not None:
            largest = ", ".join(f"{name} {_mib(size)}" for name, size in self.holders.by_size())
            lines.append(f"  largest    {largest or 'nothing of the network was on the device yet'}")
        return lines

    def _advice(self) -> list[str]:
        advice = []
        fitting = self.fitting_batch_size
        if self._network_is_too_large:
            assert self.holders is not None
            advice.append(f"no batch size: the network alone takes {_mib(self.holders.network_bytes)}")
        elif self.step is None or fitting is None:
            advice.append("a smaller batch size")
        elif fitting >= 1:
            if self._forecast is not None:
                basis = "the largest that is forecast to fit"
            else:
                measured = self.step.completed
                basis = "it would have fitted, as measured" if measured else "estimated from the layers it came to"
            advice.append(f"batch size {fitting} instead of {self.step.batch_size}: {basis}")
        else:
            advice.append(f"no batch size: what does not depend on it leaves no room (it was {self.step.batch_size})")
        advice.append("a smaller network: fewer or narrower layers")
        if self.others:
            advice.append(f"closing other programs on this GPU: {process_list(self.others)}")
        elif self.others is None:
            advice.append("closing other programs that use the GPU (this platform does not name them)")
        return advice


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
