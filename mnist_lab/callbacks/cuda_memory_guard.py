"""Keeps a run in dedicated CUDA memory: a request past it ends the run with ``CUDA out of memory.``."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from mnist_lab.gpu.allocator_limit import AllocatorLimit, CudaRequiredError, require_cuda_device
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime, TorchCuda
from mnist_lab.gpu.holders import Holders, batch_size_and_bytes, measure_holders
from mnist_lab.gpu.layers_reached import forward_share
from mnist_lab.gpu.out_of_memory import is_out_of_memory, may_be_out_of_memory
from mnist_lab.gpu.out_of_memory_report import Step, build_report
from mnist_lab.gpu.step_forecast import StepForecast, without_values
from mnist_lab.gpu.watch import MemoryWatch
from mnist_lab.language import say

SNAPSHOT_NAME = "cuda_memory_snapshot.pickle"
# What a process may hold beside a training's steps: a segment of the allocator's small blocks, of 2 MiB, and one of its
# larger ones, of 20 MiB. The advice has to hold there too.
_KEPT_BYTES = 22 * MIB
_SAID: set[str] = set()  # lines that this process has printed: many runs, one line
BASELINE_STEPS = 3  # by then the loaders' pinned buffers and the optimizer's state exist


class CudaMemoryGuard(Callback):
    """Limits PyTorch's CUDA allocator to the dedicated memory that is free, and watches that it stays so.

    Works in any Trainer: ``Trainer(callbacks=[CudaMemoryGuard()])``. The limit stands from ``setup``, before the model
    goes to the device, on each rank's own device, until ``teardown`` or an exception. Without CUDA it says so once, on
    standard error, and does nothing. Nothing has to survive a restart: each run measures its own surroundings.
    """

    def __init__(
        self,
        headroom_mib: int | None = None,
        limit_mib: int | None = None,
        fraction: float | None = None,
        check_interval_s: float = 1.0,
        require_cuda: bool = False,
        max_shared_mib: int = 256,
        snapshot: bool | Path | None = False,
    ) -> None:
        """Check the arguments; the GPU is not asked yet.

        Args:
            headroom_mib: MiB of dedicated memory to leave free; null: a default, larger where the driver can spill.
            limit_mib: most MiB that PyTorch may hold; it can only make the limit stricter.
            fraction: largest share of the dedicated memory, above 0 and up to 1; it can only make the limit stricter.
            check_interval_s: least seconds between two looks at the free and the shared memory.
            require_cuda: make a run without CUDA an error.
            max_shared_mib: MiB that shared memory may grow by after the first steps (Windows); pinned memory counts.
            snapshot: on out of memory, leave a file for https://docs.pytorch.org/memory_viz: true puts it into the
                run's folder, a path names it. The recording costs some time in every allocation.

        Raises:
            ValueError: an argument is outside what is allowed.
        """
        self._limits = Limits(headroom_mib, limit_mib, fraction).check()
        _check_watch(check_interval_s, max_shared_mib)
        self.headroom_mib = headroom_mib
        self.limit_mib = limit_mib
        self.fraction = fraction
        self.check_interval_s = check_interval_s
        self.require_cuda = require_cuda
        self.max_shared_mib = max_shared_mib
        self.snapshot = snapshot
        self.cuda: CudaRuntime = TorchCuda()
        """The GPU; the tests put a model of one here."""
        self.forecast: Callable[[int], int] | None = None
        """Returns the largest batch size that is forecast to fit within so many bytes, for the advice; whoever trains
        puts it here, where it knows."""
        self.clock: Callable[[], float] = time.monotonic
        self.report: str | None = None
        """The last run's out-of-memory report, None if there was none."""
        self.snapshot_path: Path | None = None
        """The file for the memory visualiser, None if none was left."""
        self._limit: AllocatorLimit | None = None
        self._watch: MemoryWatch | None = None
        self._log_dir = Path()
        self._steps = 0
        # Both by whether the step trains: samples and bytes of a batch, and whether a step got through with it.
        self._batches: dict[bool, tuple[int, int] | None] = {}
        self._completed: set[bool] = set()
        self._trains = False
        self._shapes: Any = None

    @property
    def limit_bytes(self) -> int | None:
        """The limit that stands now, None while there is none."""
        return self._limit.budget.limit_bytes if self._limit and self._limit.budget else None

    def check_requirements(self) -> None:
        """Make sure that CUDA is there if it is required; for a command to call before anything is loaded.

        Raises:
            CudaRequiredError: ``require_cuda`` is true and there is no CUDA device.
        """
        if self.require_cuda:
            require_cuda_device(self.cuda)

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Set the limit on this rank's device; the model and the batches are still on the CPU.

        Raises:
            CudaRequiredError: CUDA is required and the Trainer does not use it.
            UnboundedAllocatorError: the allocator in use cannot be limited.
        """
        self._lift()
        self.report = self.snapshot_path = None
        self._steps, self._batches, self._completed, self._shapes = 0, {}, set(), None
        self.check_requirements()
        device = self.cuda.index_of(trainer.strategy.root_device)
        if device is None:
            if self.require_cuda:
                raise CudaRequiredError(
                    say(
                        "require_cuda is true, but the Trainer runs on {device}; allowed: trainer.accelerator cuda, "
                        "gpu or auto",
                        "require_cuda は true ですが、Trainer は {device} で動作します。trainer.accelerator には cuda、"
                        "gpu、auto のいずれかを指定してください",
                        device=trainer.strategy.root_device,
                    )
                )
            self._say(trainer, self._idle_line())
            return
        self._limit = AllocatorLimit(self.cuda, device, self._limits)
        self._limit.apply()
        self.cuda.reset_peak_stats(device)
        if self.cuda.driver(device).can_spill is None:
            self._say(
                trainer,
                say(
                    "CudaMemoryGuard: dedicated memory is not applicable to GPU {device}, which shares the system's; "
                    "limit {limit} MiB of it.",
                    "CudaMemoryGuard：GPU {device} はシステムのメモリを共有しており、専用メモリがありません。上限は "
                    "{limit} MiB です。",
                    device=device,
                    limit=(self.limit_bytes or 0) // MIB,
                ),
            )
        # Asks all processes; later, when memory has run out in one of them, the others would not answer.
        self._log_dir = Path(trainer.log_dir or trainer.default_root_dir)
        self._watch = MemoryWatch(self.cuda, self._limit, self.max_shared_mib, self.check_interval_s, clock=self.clock)
        if self._snapshot_wanted:
            self.cuda.record_history(enabled=True)

    def teardown(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Lift the limit, so that the next run in this process starts clean."""
        self._lift()

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Note the batch's size, for the advice."""
        self._note_batch(batch, batch_idx, trains=True)

    def on_validation_batch_start(
        self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        """Note the batch's size, for the advice."""
        self._note_batch(batch, batch_idx, trains=False)

    on_test_batch_start = on_predict_batch_start = on_validation_batch_start

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Look at the memory if the interval is over.

        Raises:
            torch.OutOfMemoryError: others took the memory, or shared memory has grown.
        """
        self._step_ended()

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Look at the memory if the interval is over; batches of the sanity check do not count as first steps.

        Raises:
            torch.OutOfMemoryError: others took the memory, or shared memory has grown.
        """
        self._step_ended(counts=not trainer.sanity_checking)

    on_test_batch_end = on_predict_batch_end = on_validation_batch_end

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Log ``memory/*`` in MiB: allocated, reserved, the run's peak, the limit, and shared where it is known."""
        figures = self.figures_mib()
        if figures:
            for logger in trainer.loggers:
                logger.log_metrics({f"memory/{name}": value for name, value in figures.items()}, trainer.global_step)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Explain an out of memory in a note on the exception, then lift the limit; Lightning raises it again."""
        try:
            limit = self._limit
            if limit is not None and (
                is_out_of_memory(exception) or (may_be_out_of_memory(exception) and limit.refused_requests)
            ):
                self._explain(trainer, pl_module, exception, limit)
        finally:
            self._lift()

    def figures_mib(self) -> dict[str, float]:
        """Return this process's memory in MiB by tag name; without CUDA, nothing, and no figure that is not known."""
        if self._limit is None or self.limit_bytes is None:
            return {}
        stats = self.cuda.stats(self._limit.device)
        figures = {
            "allocated_mib": stats.get("allocated_bytes.all.current", 0) / MIB,
            "reserved_mib": stats.get("reserved_bytes.all.current", 0) / MIB,
            "peak_mib": stats.get("allocated_bytes.all.peak", 0) / MIB,
            "limit_mib": self.limit_bytes / MIB,
        }
        shared_bytes = self.cuda.shared_bytes()
        return figures if shared_bytes is None else {**figures, "shared_mib": shared_bytes / MIB}

    @property
    def _snapshot_wanted(self) -> bool:
        return self.snapshot is not None and self.snapshot is not False

    def _note_batch(self, batch: Any, batch_idx: int, *, trains: bool) -> None:
        """Measure the first batch of each pass; the others are of its size, and each look costs microseconds."""
        if self._limit is None:
            return
        self._trains = trains
        if batch_idx == 0 or trains not in self._batches:
            measured = batch_size_and_bytes(batch)
            if measured != self._batches.get(trains):
                self._batches[trains] = measured
                self._completed.discard(trains)
                if trains:
                    self._shapes = without_values(batch)

    def _step_ended(self, *, counts: bool = True) -> None:
        """Go on to the watch; as a rule this only reads the clock."""
        if self._watch is None:
            return
        self._completed.add(self._trains)
        self._steps += counts
        if counts and self._steps == BASELINE_STEPS:
            self._watch.take_baseline()
        self._watch.tick()

    def _explain(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException, limit: AllocatorLimit
    ) -> None:
        step = None
        batch = self._batches.get(self._trains)
        if batch is not None and batch[0] > 0:
            share = forward_share(exception, pl_module)
            step = Step(*batch, completed=self._trains in self._completed, forward_share=share)
        holders = self._holders(trainer, pl_module, limit.device)
        report = build_report(
            exception,
            self.cuda,
            limit.device,
            limit.budget,
            holders=holders,
            step=step,
            forecast_batch_size=self._forecast_batch_size(trainer, pl_module, limit, holders, step),
        )
        self.report = str(report)
        if self._snapshot_wanted:
            self.report += "\n" + self._dump_snapshot(trainer)
        exception.add_note(self.report)

    def _forecast_batch_size(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        limit: AllocatorLimit,
        holders: Holders | None,
        step: Step | None,
    ) -> int | None:
        """Return the largest batch size that is forecast to fit; whatever fails in it, the report goes without."""
        if not self._trains or limit.budget is None:
            return None
        with contextlib.suppress(Exception):
            forecast = self.forecast or self._forecast_of_steps(trainer, pl_module, limit.device, holders, step)
            return None if forecast is None else forecast(limit.budget.limit_bytes - _KEPT_BYTES)
        return None

    def _forecast_of_steps(
        self, trainer: Trainer, pl_module: LightningModule, device: int, holders: Holders | None, step: Step | None
    ) -> Callable[[int], int] | None:
        """Return a forecast of plain training steps; None where they are no such."""
        plain = pl_module.automatic_optimization and trainer.accumulate_grad_batches == 1 and trainer.world_size == 1
        if not plain or trainer.precision != "32-true" or len(trainer.optimizers) != 1:
            return None
        if self._shapes is None or holders is None or step is None:
            return None
        return StepForecast(
            pl_module,
            trainer.optimizers[0],
            self._shapes,
            step.batch_size,
            resident_bytes=max((holders.data_bytes or 0) - step.batch_bytes, 0),
            kernels=self.cuda.kernels(device),
        ).largest_batch_size

    def _holders(self, trainer: Trainer, pl_module: LightningModule, device: int) -> Holders | None:
        try:
            peak_bytes = self.cuda.stats(device).get("allocated_bytes.all.peak")
            return measure_holders(pl_module, trainer.optimizers, trainer.strategy.root_device, peak_bytes)
        except (RuntimeError, AttributeError):  # before the strategy has optimizers, or on a device that failed
            return None

    def _dump_snapshot(self, trainer: Trainer) -> str:
        """Leave the file, and return the line that names it."""
        path = Path(self.snapshot) if isinstance(self.snapshot, (str, Path)) else self._log_dir / SNAPSHOT_NAME
        if trainer.world_size > 1:
            path = path.with_stem(f"{path.stem}-rank{trainer.global_rank}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.cuda.dump_snapshot(path)
        except (OSError, RuntimeError) as error:  # the report matters more than the file
            return say(
                "  snapshot   could not be written to {path}: {error}",
                "  スナップショットを {path} に書き込めませんでした：{error}",
                path=path,
                error=error,
            )
        self.snapshot_path = path
        return say(
            "  snapshot   {path} (open it at https://docs.pytorch.org/memory_viz)",
            "  スナップショット：{path}（https://docs.pytorch.org/memory_viz で開けます）",
            path=path,
        )

    def _idle_line(self) -> str:
        if self.cuda.is_available():
            return say(
                "CudaMemoryGuard: the Trainer does not use CUDA; nothing to guard.",
                "CudaMemoryGuard：Trainer は CUDA を使わないため、監視するものはありません。",
            )
        return say(
            "CudaMemoryGuard: no CUDA ({reason}); nothing to guard.",
            "CudaMemoryGuard：CUDA がないため、監視するものはありません（{reason}）。",
            reason=self.cuda.unavailable_reason(),
        )

    def _say(self, trainer: Trainer, line: str) -> None:
        """Say a line once, on rank zero.

        On standard error: a log level set by someone else must not hide it, and standard output may be a result.
        """
        if trainer.is_global_zero and line not in _SAID:
            _SAID.add(line)
            sys.stderr.write(f"{line}\n")

    def _lift(self) -> None:
        """Lift the limit and reset the peaks."""
        limit, self._limit, self._watch = self._limit, None, None
        if limit is None:
            return
        limit.lift()
        with contextlib.suppress(RuntimeError):  # a device that failed answers nothing more
            self.cuda.reset_peak_stats(limit.device)
            if self._snapshot_wanted:
                self.cuda.record_history(enabled=False)


def _check_watch(check_interval_s: float, max_shared_mib: int) -> None:
    if not (math.isfinite(check_interval_s) and check_interval_s > 0):
        raise ValueError(
            say(
                "check_interval_s is {value}; allowed: more than 0 seconds",
                "check_interval_s の {value} は使えません。0 より大きい秒数を指定してください",
                value=check_interval_s,
            )
        )
    if max_shared_mib < 0:
        raise ValueError(
            say(
                "max_shared_mib is {value}; allowed: 0 or more MiB",
                "max_shared_mib の {value} は使えません。0 以上の MiB を指定してください",
                value=max_shared_mib,
            )
        )
