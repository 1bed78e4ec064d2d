"""What settings and their values are called; with a value, in English as in the YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mnist_lab.language import Phrase, say, spaced
from mnist_lab.sweeps.points import short_key, short_value

_NAMES: Mapping[str, Phrase] = {
    "activation": Phrase("activation", "活性化関数"),
    "batch_size": Phrase("batch size", "バッチサイズ"),
    "channels": Phrase("number of channels", "チャンネル数"),
    "conv_dropout": Phrase("dropout rate of the convolutions", "畳み込み層のドロップアウト率"),
    "dropout": Phrase("dropout rate", "ドロップアウト率"),
    "gamma": Phrase("decay of the learning rate", "学習率の減衰率"),
    "hidden": Phrase("number of hidden nodes", "隠れ層のノード数"),
    "kernel_size": Phrase("kernel size", "フィルタの一辺"),
    "label_smoothing": Phrase("label smoothing", "ラベル平滑化"),
    "limit_test_batches": Phrase("limit_test_batches", "テストのバッチ数の上限"),
    "limit_train_batches": Phrase("limit_train_batches", "1 エポックの学習バッチ数の上限"),
    "limit_val_batches": Phrase("limit_val_batches", "検証のバッチ数の上限"),
    "loss": Phrase("loss", "損失関数"),
    "lr": Phrase("learning rate", "学習率"),
    "lr_scheduler": Phrase("learning rate schedule", "学習率スケジュール"),
    "max_epochs": Phrase("number of epochs", "エポック数"),
    "model": Phrase("model", "モデル"),
    "momentum": Phrase("momentum", "モメンタム"),
    "optimizer": Phrase("optimizer", "最適化手法"),
    "padding": Phrase("padding", "パディング"),
    "pooling": Phrase("pooling size", "プーリングの一辺"),
    "source": Phrase("source", "データ"),
    "weight_decay": Phrase("weight decay", "重み減衰"),
}
_ABSENT: Mapping[str, Phrase] = {
    "channels": Phrase("convolution", "畳み込み層"),
    "hidden": Phrase("hidden layer", "隠れ層"),
}


def setting_name(key: str) -> str:
    """Return a setting's name in the text: ``number of hidden nodes``, 「隠れ層のノード数」 for ``model.hidden``."""
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
        absent = str(_ABSENT.get(short_key(key), _before_a_value(key)))
        return say("no {absent}", "{absent}なし", absent=absent)
    return f"{_before_a_value(key)} {value_name(value)}"


def _before_a_value(key: str) -> str:
    name = _NAMES.get(short_key(key))
    return str(name.with_english(short_key(key))) if name else short_key(key)
