"""The limit on one device: told to PyTorch's caching allocator, read back, renewed, lifted.

What holds the limit is ``torch.cuda.set_per_process_memory_fraction``. In the allocator (``alloc_block`` of
c10/cuda/CUDACachingAllocator.cpp) its check is the first thing done, before the driver is asked: a request past the
fraction first makes the allocator give cached blocks back, and only if it still does not fit, raises
``torch.OutOfMemoryError``.

PyTorch 2.12 added preemptive rejection (``throw_on_cudamalloc_oom``). The guard does not switch it on: it raises
without giving cached blocks back, knows one fraction for all devices, and switching it on through
``_accelerator_setAllocatorSettings`` resets every option that is not repeated. Where the *user* has switched it on it
stays on; its check comes after the fraction's, so with the guard's limit at or below the user's fraction, cached blocks
are given back first here too.
"""

from __future__ import annotations

import contextlib
import re

from mnist_lab.errors import MnistLabError
from mnist_lab.gpu.budget import Budget, Limits, Readings, compute_budget
from mnist_lab.gpu.cuda_runtime import CudaRuntime
from mnist_lab.language import say

BOUNDED_BACKENDS = ("native", "cudaMallocAsync")
_CONF_FRACTION = re.compile(r"(?:^|,)\s*per_process_memory_fraction\s*:\s*([0-9.eE+-]+)")


class UnboundedAllocatorError(MnistLabError):
    """The allocator in use takes memory past every limit that PyTorch can set."""


class CudaRequiredError(MnistLabError):
    """CUDA was required and cannot be used."""


def require_cuda_device(cuda: CudaRuntime) -> None:
    """Make sure that there is a CUDA device.

    Raises:
        CudaRequiredError: there is none; the message says why.
    """
    if not cuda.is_available():
        raise CudaRequiredError(
            say(
                "require_cuda is true, but no CUDA device can be used: {reason}. `lightning doctor` says what is "
                "missing; require_cuda: false trains on the CPU",
                "require_cuda は true ですが、使用できる CUDA デバイスがありません：{reason}。不足しているものは "
                "`lightning doctor` で確認できます。require_cuda: false にすると CPU で学習します",
                reason=cuda.unavailable_reason(),
            )
        )


def refuse_unbounded(cuda: CudaRuntime) -> None:
    """Make sure that a limit on the allocator bounds what is taken.

    Raises:
        UnboundedAllocatorError: a pluggable allocator, no caching at all, or managed memory.
    """
    backend = cuda.allocator_backend()
    if backend not in BOUNDED_BACKENDS:
        raise UnboundedAllocatorError(
            say(
                "the CUDA allocator is {backend!r}, which PyTorch cannot limit; allowed: {allowed}. Leave out "
                "torch.cuda.memory.change_current_allocator, or train without the memory guard",
                "CUDA アロケーター {backend!r} には PyTorch で上限を設定できません（使用できるもの：{allowed}）。"
                "torch.cuda.memory.change_current_allocator を外すか、メモリガードなしで学習してください",
                backend=backend,
                allowed=", ".join(BOUNDED_BACKENDS),
            )
        )
    if not cuda.is_caching():
        raise UnboundedAllocatorError(
            say(
                "the CUDA caching allocator is switched off, so that every request goes to the driver unlimited; "
                "remove PYTORCH_NO_CUDA_MEMORY_CACHING from the environment",
                "CUDA のキャッシュアロケーターが無効のため、要求がそのままドライバーに渡り、上限を設定できません。"
                "環境変数 PYTORCH_NO_CUDA_MEMORY_CACHING を外してください",
            )
        )
    if cuda.managed_memory_in_use():
        raise UnboundedAllocatorError(
            say(
                "managed memory is in use (torch.cuda.memory._use_uvm), which pages to system memory by design; leave "
                "it out, or train without the memory guard",
                "マネージドメモリ（torch.cuda.memory._use_uvm）が使われており、システムのメモリに退避されます。これを"
                "外すか、メモリガードなしで学習してください",
            )
        )


def conf_fraction(settings: str) -> float | None:
    """Return ``per_process_memory_fraction`` out of ``PYTORCH_ALLOC_CONF``, None where it is not (readably) there."""
    found = _CONF_FRACTION.search(settings)
    if found is None:
        return None
    try:
        return float(found[1])
    except ValueError:
        return None


class AllocatorLimit:
    """The limit on one device."""

    def __init__(self, cuda: CudaRuntime, device: int, limits: Limits) -> None:
        """Name the device and the user's bounds; nothing is set yet.

        Args:
            cuda: the GPU.
            device: CUDA index.
            limits: the user's bounds.
        """
        self.device = device
        self.budget: Budget | None = None
        """The limit that stands now; None before :meth:`apply` and after :meth:`lift`."""
        self.first_budget: Budget | None = None
        """The limit that stood at the start; later ones are never above it."""
        self.free_at_start_bytes: int | None = None
        self._cuda = cuda
        self._limits = limits
        self._own_fractions: dict[str, float] = {}
        self._fraction_before = 1.0
        self._can_spill: bool | None = None
        self._refused_before = 0

    @property
    def has_dedicated_memory(self) -> bool:
        """Whether there is dedicated memory to watch; an integrated device has none."""
        return self._can_spill is not None

    @property
    def can_spill(self) -> bool:
        """Whether the driver meets a request past the dedicated memory with shared memory."""
        return bool(self._can_spill)

    @property
    def refused_requests(self) -> int:
        """Requests that the allocator has refused since the limit was set; 0 where it does not count them."""
        return max(self._refused() - self._refused_before, 0)

    def apply(self) -> Budget:
        """Compute the budget and tell it to the allocator; what the user had set stays in force if it is stricter.

        Raises:
            UnboundedAllocatorError: as :func:`refuse_unbounded`.
        """
        self.lift()
        refuse_unbounded(self._cuda)
        self._can_spill = self._cuda.driver(self.device).can_spill
        readings = self._readings(with_nvml=True)  # creates the context, so that it is counted as taken
        self.free_at_start_bytes = readings.free_bytes
        self._refused_before = self._refused()
        fraction = self._cuda.fraction(self.device)
        self._fraction_before = 1.0 if fraction is None else fraction
        self._own_fractions = {"torch.cuda.set_per_process_memory_fraction": self._fraction_before}
        configured = conf_fraction(self._cuda.allocator_settings())
        if configured is not None:
            self._own_fractions["PYTORCH_ALLOC_CONF"] = configured
        self.first_budget = compute_budget(readings, self._limits, self._own_fractions)
        return self._set(self.first_budget)

    def renew(self) -> tuple[Budget, int]:
        """Compute the budget anew from what is free now, so that what others have taken is not asked for again.

        The limit goes down with the free memory and up again, never above the one at the start. On an integrated
        device it stays: the system's file cache counts as used there, and would be taken for another program.

        Returns:
            The limit, and the free bytes it was computed from.
        """
        assert self.budget is not None, "renew() before apply()"
        assert self.first_budget is not None
        # Where the driver can spill (WDDM), CUDA counts memory as free that it would first have to page out.
        readings = self._readings(with_nvml=bool(self._can_spill))
        if not self.has_dedicated_memory:
            return self.budget, readings.free_bytes
        budget = compute_budget(readings, self._limits, self._own_fractions)
        if budget.limit_bytes > self.first_budget.limit_bytes:
            budget = self.first_budget
        # Told again even where it has not changed: a fraction that someone has set meanwhile would stand.
        return self._set(budget), readings.free_bytes

    def lift(self) -> None:
        """Give the allocator the fraction that it had before; without :meth:`apply`, do nothing."""
        if self.budget is None:
            return
        self.budget = None
        self.first_budget = None
        # After a failure of the device itself nothing can be set any more, and the process is about to end.
        with contextlib.suppress(RuntimeError):
            self._cuda.set_fraction(self._fraction_before, self.device)

    def _set(self, budget: Budget) -> Budget:
        self._cuda.set_fraction(budget.fraction, self.device)
        self.budget = budget
        return budget

    def _refused(self) -> int:
        # After a failure of the device itself it answers no question, and memory is not what has failed.
        with contextlib.suppress(RuntimeError):
            return int(self._cuda.stats(self.device).get("num_ooms", 0))
        return 0

    def _readings(self, *, with_nvml: bool = False) -> Readings:
        """Read the device.

        The free memory is CUDA's figure or, with NVML, the smaller of the two. The total is the
        larger of the driver's and the allocator's, so that a fraction made with it can only err to the strict side.
        """
        memory = self._cuda.memory_info(self.device)
        total_bytes = max(memory.total_bytes, self._cuda.allocator_total_bytes(self.device))
        free_bytes = memory.free_bytes
        nvml = self._cuda.nvml(self.device) if with_nvml and self._can_spill is not None else None
        # NVML answers for the whole card where CUDA sees a slice of it (MIG): then its figure is of something else.
        if nvml and nvml.free_bytes is not None and nvml.total_bytes is not None:
            same_memory = abs(nvml.total_bytes - memory.total_bytes) < memory.total_bytes // 20
            free_bytes = min(free_bytes, nvml.free_bytes) if same_memory else free_bytes
        reserved_bytes = int(self._cuda.stats(self.device).get("reserved_bytes.all.current", 0))
        return Readings(free_bytes, total_bytes, reserved_bytes, self._can_spill)
