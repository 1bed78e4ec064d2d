"""What a run came to, as a table for the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from mnist_lab.cli.command_line import command_line
from mnist_lab.language import say
from mnist_lab.runs.disturbance import disturbance
from mnist_lab.runs.record import RunRecord


def result_table(record: RunRecord, folder: Path | None, log_dir: str | None) -> Table:
    """Return the table.

    Args:
        record: Of the run.
        folder: The run's; None where it has none.
        log_dir: What TensorBoard is to be pointed at; None where nothing was logged for it.
    """
    table = Table(title="Result", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    times = [epoch.epoch_s for epoch in record.epochs if epoch.epoch_s is not None]
    rows = {
        "model": record.model,
        "parameters": f"{record.parameters:,}",
        "data": record.data["name"],
        "epochs": str(len(record.epochs)),
        "training time [s]": _number(record.train_s, ".2f"),
        "time per epoch [s]": _number(sum(times) / len(times) if times else None, ".3f"),
        "test accuracy [%]": _number(record.test_accuracy and record.test_accuracy * 100, ".2f"),
    }
    if record.data["fell_back"]:
        rows["data"] += f" (stands in for {record.data['requested_name']}, which is missing)"
    if disturbed := disturbance(record):
        rows["disturbed"] = disturbed
    if unfinished := _unfinished_cycle(record):
        rows["lr_scheduler"] = unfinished
    if folder is not None:
        rows["logs"] = str(folder)
    if log_dir is not None:
        rows["look at them with"] = command_line("tensorboard", "--logdir", log_dir)
    for heading, value in rows.items():
        table.add_row(Text(heading), Text(value))
    return table


def _unfinished_cycle(record: RunRecord) -> str | None:
    """Return how far OneCycleLR came; None where it came to its end, or is not known to be used."""
    schedule, interval = record.settings.get("lr_scheduler"), record.settings.get("lr_interval")
    if not schedule or not interval or not schedule["class_path"].endswith("OneCycleLR") or not record.epochs:
        return None
    settings, last = schedule["init_args"], record.epochs[-1]
    total = settings["total_steps"] or settings["epochs"] * settings["steps_per_epoch"]
    moves = last.steps if interval == "step" else last.epoch + 1
    if moves >= total:
        return None
    return say(
        "OneCycleLR not finished: {moves} of {total} steps",
        "OneCycleLR は途中まで：{total} ステップ中 {moves} ステップ",
        moves=moves,
        total=total,
    )


def _number(value: float | None, spec: str) -> str:
    return "not known" if value is None else format(value, spec)
