"""What settings and their values are called; in English as in the YAML file, in Japanese in its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mnist_lab.language import Phrase, say, spaced
from mnist_lab.sweeps.points import short_key, short_value

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
_ABSENT: Mapping[str, Phrase] = {
    "channels": Phrase("convolution", "畳み込み層"),
    "hidden": Phrase("hidden layer", "隠れ層"),
}


def setting_name(key: str) -> str:
    """Return a setting's name in the text: ``hidden`` for ``model.hidden``, in Japanese 「隠れ層のノード数」."""
    return str(_NAMES.get(short_key(key), short_key(key)))


def value_name(value: Any) -> str:
    """Return a setting's value as it is shown; ``[]`` and ``null`` are 「なし」 in Japanese."""
    return say("none", "なし") if value in (None, []) else short_value(value)


def named_values(values: Mapping[str, Any]) -> str:
    """Return settings with their values: ``channels 2-2, hidden 16``; empty where there are none.

    Args:
        values: Option to value.
    """
    return spaced(say(", ", "、").join(named_value(key, value) for key, value in values.items()))


def named_value(key: str, value: Any) -> str:
    """Return a setting's name with its value: ``hidden 16``, ``no hidden layer``."""
    if value in (None, []):
        absent = str(_ABSENT.get(short_key(key), setting_name(key)))
        return say("no {absent}", "{absent}なし", absent=absent)
    return f"{setting_name(key)} {value_name(value)}"
