"""What settings and their values are called in a report; in English as in the YAML file, in Japanese in its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mnist_lab.language import Phrase, say, spaced
from mnist_lab.reports.words import unit
from mnist_lab.sweeps.axis import Axis
from mnist_lab.sweeps.points import short_key, short_value
from mnist_lab.sweeps.result import PointResult

_NAMES: Mapping[str, Phrase] = {
    "activation": Phrase("activation", "活性化関数"),
    "batch_size": Phrase("batch_size", "バッチサイズ"),
    "channels": Phrase("channels", "チャンネル数"),
    "conv_dropout": Phrase("conv_dropout", "畳み込み層のドロップアウト率"),
    "dropout": Phrase("dropout", "ドロップアウト率"),
    "gamma": Phrase("gamma", "学習率の減衰率"),
    "hidden": Phrase("hidden", "隠れ層のノード数"),
    "kernel_size": Phrase("kernel_size", "フィルタの一辺"),
    "label_smoothing": Phrase("label_smoothing", "ラベル平滑化"),
    "limit_test_batches": Phrase("limit_test_batches", "テストのバッチ数の上限"),
    "limit_train_batches": Phrase("limit_train_batches", "1 エポックの学習バッチ数の上限"),
    "limit_val_batches": Phrase("limit_val_batches", "検証のバッチ数の上限"),
    "loss": Phrase("loss", "損失関数"),
    "lr": Phrase("lr", "学習率"),
    "lr_scheduler": Phrase("lr_scheduler", "学習率スケジュール"),
    "max_epochs": Phrase("max_epochs", "エポック数"),
    "model": Phrase("model", "モデル"),
    "momentum": Phrase("momentum", "モメンタム"),
    "optimizer": Phrase("optimizer", "最適化手法"),
    "padding": Phrase("padding", "パディング"),
    "pooling": Phrase("pooling", "プーリングの一辺"),
    "source": Phrase("source", "データ"),
    "weight_decay": Phrase("weight_decay", "重み減衰"),
}
_LAYER_COUNTS: Mapping[str, Phrase] = {
    "channels": Phrase("number of convolutional layers", "畳み込み層の数"),
    "hidden": Phrase("number of hidden layers", "隠れ層の数"),
}


def setting_name(key: str) -> str:
    """Return a setting's name in the text: ``hidden`` for ``model.hidden``, in Japanese 「隠れ層のノード数」."""
    return str(_NAMES.get(short_key(key), short_key(key)))


def setting_with_key(key: str) -> str:
    """Return a setting's name in a table, with the key under which it stands in the YAML file."""
    name = setting_name(key)
    return key if name == short_key(key) else say("{name} ({key})", "{name}（{key}）", key=key, name=name)


def value_name(value: Any) -> str:
    """Return a setting's value as it is shown; ``[]`` and ``null`` are 「なし」 in Japanese."""
    return say("none", "なし") if value in (None, []) else short_value(value)


def point_name(entry: PointResult) -> str:
    """Return a point's values in short, or the name of its base where nothing is varied."""
    named = [f"{setting_name(key)} {value_name(value)}" for key, value in entry.point.values.items()]
    return spaced(say(", ", "、").join(named)) or entry.point.base


def point_names(entries: Sequence[PointResult]) -> list[str]:
    """Return the points' values in short, and what is varied but once: ``activation ReLU``, then ``GELU``."""
    keys = {key for entry in entries for key in entry.point.values}
    if len(keys) != 1:
        return [point_name(entry) for entry in entries]
    (key,) = keys
    first, *rest = entries
    return [point_name(first), *(value_name(entry.point.values[key]) for entry in rest)]


def point_label(entry: PointResult) -> str:
    """Return a point's model with its values in short: ``CNN, channels 2-2``."""
    return say("{model}, {name}", "{model}（{name}）", model=entry.model, name=point_name(entry))


def axis_name(axis: Axis) -> str:
    """Return what an axis shows, without its unit."""
    if axis.counts_layers:
        return str(_LAYER_COUNTS.get(short_key(axis.key), setting_name(axis.key)))
    return setting_name(axis.key)


def axis_label(axis: Axis) -> str:
    """Return an axis's label with its unit in brackets."""
    name = axis_name(axis)
    if axis.counts_layers or axis.counted is None:
        return name
    counted = unit(axis.counted)
    return name if counted == name else f"{name} [{counted}]"


def axis_texts(axis: Axis) -> list[str]:
    """Return an axis's values as they are shown."""
    return [value_name(value) if text == "none" else text for text, value in zip(axis.texts, axis.values, strict=True)]
