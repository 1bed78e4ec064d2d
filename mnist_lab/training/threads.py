"""How many threads PyTorch computes with: as asked for, as in the run that goes on, or the fastest number now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import psutil
import torch
from lightning.pytorch import Trainer

from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError
from mnist_lab.language import listed, say
from mnist_lab.models import Classifier
from mnist_lab.runs.disturbance import disturbed_shares
from mnist_lab.runs.record import RunRecord
from mnist_lab.training.run_facts import device_facts
from mnist_lab.training.thread_probe import fastest, step_times
from mnist_lab.training.training_cli import TrainingCLI

Threads = int | Literal["auto"]
# How many times as fast another number must be to be worth a word; below, the probe's own spread would speak.
_MUCH_FASTER = 1.5


def check_threads(asked: Threads | None) -> None:
    """Refuse more threads than there are processors.

    Raises:
        UsageError: There are fewer.
    """
    most = psutil.cpu_count() or 1
    if isinstance(asked, int) and not 1 <= asked <= most:
        raise UsageError(
            say(
                "--threads: {asked} threads do not suit this machine's {most} processors; give 1 to {most}, or auto.",
                "--threads：このコンピューターのプロセッサは {most} 個のため、{asked} スレッドは使えません。"
                "1 から {most} の数か auto を指定してください。",
                asked=asked,
                most=most,
            )
        )


def choose_threads(
    asked: Threads | None,
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    before: RunRecord | None,
    *,
    quiet: bool,
) -> int | None:
    """Return the number of threads of a run; None: PyTorch's own.

    Args:
        asked: By the user.
        trainer: As configured.
        model: To be trained.
        datamodule: After ``setup``.
        before: Record of the run that goes on; on the same processor its number holds, so that its times are of one.
        quiet: Say nothing.

    Raises:
        UsageError: The run that goes on has another number than is asked for.
    """
    kept = None if before is None else _threads_of(before, trainer)
    if kept is not None:
        if asked not in (None, "auto", kept):
            raise UsageError(
                say(
                    "--threads: {asked} asked for, but this run was trained with {kept} so far, and its times would be "
                    "of both; leave --threads out, or train anew without --ckpt_path.",
                    "--threads：{asked} が指定されましたが、この学習はここまで {kept} スレッドで行われており、時間を"
                    "比べられなくなります。--threads を外すか、--ckpt_path なしで最初から学習してください。",
                    asked=asked,
                    kept=kept,
                )
            )
        return kept
    if asked != "auto":
        return asked
    times = step_times(trainer, model, datamodule)
    if not times:
        return None  # PyTorch's own, as nothing else is known to be faster
    if not quiet:
        print(_said(times))
    return fastest(times)


@contextmanager
def computing_with(threads: int | None) -> Iterator[None]:
    """Compute with so many threads inside the ``with`` block; None: with as many as before."""
    before = torch.get_num_threads()
    if threads is not None:
        torch.set_num_threads(threads)
    try:
        yield
    finally:
        if threads is not None:
            torch.set_num_threads(before)


def faster_number(
    record: RunRecord, trainer: Trainer, model: Classifier, datamodule: ClassificationDataModule
) -> str | None:
    """Return, of a run that was disturbed, which other number of threads would be much faster; None where none is.

    Args:
        record: Of the run.
        trainer: Of the run.
        model: As trained.
        datamodule: After ``setup``.
    """
    used = record.device["threads"]
    on_cpu = record.device["type"] == "cpu"
    times = step_times(trainer, model, datamodule) if on_cpu and disturbed_shares(record) else {}
    if used not in times or times[used] < _MUCH_FASTER * times[fastest(times)]:
        return None
    return say(
        "With the machine as it is now, --threads {number} trains {factor:.1f} times as fast as {used} (--threads auto "
        "looks for the fastest before it trains).",
        "現在の状態のコンピューターでは、--threads {number} にすると {used} スレッドの {factor:.1f} 倍の速さで"
        "学習できます（--threads auto は学習の前に最も速い数を調べます）。",
        number=fastest(times),
        factor=times[used] / times[fastest(times)],
        used=used,
    )


def fastest_for_all(runs: Sequence[Sequence[str]]) -> int | None:
    """Return the number of threads with which several configurations together train fastest; None: PyTorch's own.

    Args:
        runs: What stands behind ``fit``, for each.

    Raises:
        MnistLabError: The data cannot be had.
    """
    total: dict[int, float] = {}
    for args in runs:
        cli = TrainingCLI("fit", args, quiet=True)
        cli.datamodule.prepare_data()
        cli.datamodule.setup("fit")
        times = step_times(cli.trainer, cli.model, cli.datamodule)
        if not times:  # of one whose steps are too long to be tried, which would take the greatest part of the time
            return None
        for number, time_s in times.items():
            total[number] = total.get(number, 0.0) + time_s
    return fastest(total) if total else None


def _threads_of(before: RunRecord, trainer: Trainer) -> int | None:
    """Return the number of threads of a run on this machine's processor; None for one of another, or of a GPU."""
    here = device_facts(trainer.strategy.root_device, str(trainer.precision))
    same = here["type"] == "cpu" and all(before.device.get(name) == here[name] for name in ("type", "name"))
    threads: int | None = before.device.get("threads") if same else None
    return threads if threads is not None and threads <= (psutil.cpu_count() or 1) else None


def _said(times: dict[int, float]) -> str:
    return say(
        "Threads: {number} ({times} ms a step)",
        "スレッド数：{number}（1 ステップあたり {times} ms）",
        number=fastest(times),
        times=listed([f"{number}: {1000 * time_s:.2f}" for number, time_s in times.items()], en=", "),
    )
