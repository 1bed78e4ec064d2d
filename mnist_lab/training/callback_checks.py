"""Callbacks of Lightning's that would fail only once the training has begun."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from lightning.pytorch import Callback, LightningModule
from lightning.pytorch.callbacks import (
    BackboneFinetuning,
    BatchSizeFinder,
    DeviceStatsMonitor,
    LearningRateFinder,
    LearningRateMonitor,
    ModelCheckpoint,
)

from mnist_lab.errors import UsageError
from mnist_lab.language import say

_LONGEST_NAME = 255  # bytes, on every file system in use


def check_callbacks(callbacks: Iterable[Callback], model: LightningModule, *, logs: bool) -> None:
    """Refuse callbacks that cannot do their work here.

    Args:
        callbacks: All of the trainer's.
        model: To be trained.
        logs: Whether there will be a logger.

    Raises:
        UsageError: A callback lacks what it needs, or has no place to write to.
    """
    for callback in callbacks:
        _check_needs(callback, model, logs=logs)
        if isinstance(callback, ModelCheckpoint):
            _check_name(callback)
            _check_folder(callback)


def _check_needs(callback: Callback, model: LightningModule, *, logs: bool) -> None:
    name = type(callback).__name__
    if isinstance(callback, (LearningRateMonitor, DeviceStatsMonitor)) and not logs:
        raise UsageError(
            say(
                "trainer.callbacks: {name} has nowhere to write to, as trainer.logger is false; take one of them out.",
                "trainer.callbacks：trainer.logger が false のため、{name} には書き込む先がありません。"
                "どちらかを外してください。",
                name=name,
            )
        )
    if isinstance(callback, DeviceStatsMonitor) and find_spec("psutil") is None:
        raise UsageError(
            say(
                "trainer.callbacks: {name} needs the package psutil, which is not installed: pip install psutil.",
                "trainer.callbacks：{name} に必要なパッケージ psutil がインストールされていません。"
                "pip install psutil を実行してください。",
                name=name,
            )
        )
    if isinstance(callback, BatchSizeFinder):
        raise UsageError(
            say(
                "trainer.callbacks: {name} looks for the batch that just fits into memory, with which a training of so "
                "few steps learns nothing; take it out, and give data.batch_size.",
                "trainer.callbacks：{name} はメモリに収まる最大のバッチを探しますが、ステップ数が極端に減り、学習が"
                "進みません。外して、data.batch_size を指定してください。",
                name=name,
            )
        )
    if lacking := _lacking(callback, model):
        raise UsageError(
            say(
                "trainer.callbacks: {name} is for models with an attribute '{lacking}', which {model} has not; "
                "take it out.",
                "trainer.callbacks：{name} は属性 '{lacking}' を持つモデル用ですが、{model} にはありません。"
                "このコールバックを外してください。",
                name=name,
                lacking=lacking,
                model=type(model).__name__,
            )
        )


def _lacking(callback: Callback, model: LightningModule) -> str | None:
    if isinstance(callback, BackboneFinetuning) and not hasattr(model, "backbone"):
        return "backbone"
    # Where Lightning looks for the learning rate.
    places = (model, model.hparams)
    found = any(hasattr(place, name) for place in places for name in ("lr", "learning_rate"))
    return "lr" if isinstance(callback, LearningRateFinder) and not found else None


def _check_name(callback: ModelCheckpoint) -> None:
    try:
        parts = Path(callback.format_checkpoint_name({})).parts
    except (ValueError, IndexError, KeyError) as error:
        raise UsageError(
            say(
                "trainer.callbacks: ModelCheckpoint cannot make a name of filename '{filename}': {reason}; write it "
                "like '{example}'.",
                "trainer.callbacks：ModelCheckpoint の filename '{filename}' から名前を作れません（{reason}）。"
                "'{example}' のように書いてください。",
                filename=callback.filename,
                reason=str(error),
                example="{epoch}-{step}",
            )
        ) from error
    if any(len(os.fsencode(part)) > _LONGEST_NAME for part in parts):
        raise UsageError(
            say(
                "trainer.callbacks: the filename of ModelCheckpoint is longer than the {most} bytes that a name may "
                "have; give a shorter one.",
                "trainer.callbacks：ModelCheckpoint の filename が、ファイル名の上限 {most} バイトを超えています。"
                "短くしてください。",
                most=_LONGEST_NAME,
            )
        )


def _check_folder(callback: ModelCheckpoint) -> None:
    if callback.dirpath is None or "://" in str(callback.dirpath):  # a store that only fsspec knows
        return
    folder = Path(callback.dirpath)
    there = next((place for place in (folder, *folder.parents) if place.exists()), folder)
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise UsageError(
            say(
                "trainer.callbacks: the dirpath of ModelCheckpoint, {folder}, cannot be made: {there} is no folder "
                "that can be written to; name another.",
                "trainer.callbacks：ModelCheckpoint の dirpath {folder} は作成できません。"
                "{there} は書き込めるフォルダではありません。別の場所を指定してください。",
                folder=folder,
                there=there,
            )
        )
