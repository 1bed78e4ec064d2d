"""What a run or a checkpoint came to, as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from mnist_lab.cli.command_line import command_line
from mnist_lab.cli.line_breaks import Wrapped
from mnist_lab.language import say
from mnist_lab.runs.data_names import data_name
from mnist_lab.runs.disturbance import disturbance
from mnist_lab.runs.record import RunRecord


@dataclass(frozen=True)
class Score:
    """What a checkpoint came to on one split."""

    model: str
    data: Mapping[str, Any]
    """As a record describes it."""
    split: str
    """``val`` or ``test``."""
    samples: int
    loss: float | None
    accuracy: float | None
    """0 to 1."""
    checkpoint: Path


def result_table(record: RunRecord, folder: Path | None, log_dir: str | None) -> Table:
    """Return the table of a run.

    Args:
        record: Of the run.
        folder: The run's; None where it has none.
        log_dir: What TensorBoard is to be pointed at; None where nothing was logged for it.
    """
    times = [epoch.epoch_s for epoch in record.epochs if epoch.epoch_s is not None]
    rows = {
        say("model", "モデル"): record.model,
        say("parameters", "パラメータ数"): f"{record.parameters:,}",
        say("data", "データ"): _data(record.data),
        say("epochs", "エポック数"): str(len(record.epochs)),
        say("training time [s]", "学習時間 [s]"): _number(record.train_s, ".2f"),
        say("time per epoch [s]", "1 エポックの学習時間 [s]"): _number(
            sum(times) / len(times) if times else None, ".3f"
        ),
        say("test accuracy [%]", "テスト精度 [%]"): _percent(record.test_accuracy),
    }
    if disturbed := disturbance(record):
        rows[say("disturbed", "ほかのプログラムの影響")] = disturbed
    if unfinished := _unfinished_cycle(record):
        rows["lr_scheduler"] = unfinished
    if folder is not None:
        rows[say("logs", "記録")] = str(folder)
    if log_dir is not None:
        rows[say("look at them with", "表示方法")] = command_line("tensorboard", "--logdir", log_dir)
    return _table(rows)


def score_table(score: Score) -> Table:
    """Return the table of what ``validate`` or ``test`` has found."""
    return _table(
        {
            say("model", "モデル"): score.model,
            say("data", "データ"): _data(score.data),
            say("split", "分割"): say("validation", "検証用") if score.split == "val" else say("test", "テスト用"),
            say("samples", "サンプル数"): f"{score.samples:,}",
            say("loss", "損失"): _number(score.loss, ".4f"),
            say("accuracy [%]", "精度 [%]"): _percent(score.accuracy),
            say("checkpoint", "チェックポイント"): str(score.checkpoint),
        }
    )


def _table(rows: Mapping[str, str]) -> Table:
    table = Table(title=say("Result", "結果"), title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for heading, value in rows.items():
        table.add_row(Text(heading), Wrapped(value))
    return table


def _data(data: Mapping[str, Any]) -> str:
    if not data["fell_back"]:
        return data_name(data)
    return say(
        "{name} (stands in for {asked}, which is missing)",
        "{name}（見つからない {asked} の代用）",
        name=data_name(data),
        asked=data["requested_name"],
    )


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


def _percent(share: float | None) -> str:
    return _number(None if share is None else 100 * share, ".2f")


def _number(value: float | None, spec: str) -> str:
    return say("not known", "不明") if value is None else format(value, spec)
