"""Questions to the reader's interpretation that follow from the settings that were varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.language import Phrase
from mnist_lab.sweeps.points import short_key

_SIZE = Phrase(
    "From where on does a larger model bring no more accuracy, and why?",
    "どこから先は、モデルを大きくしても精度が上がらないか。その理由は何か。",
)
_STEPS = Phrase(
    "How do the size of the steps and their number show in the accuracy? Look at the curves while training.",
    "1 回の更新の大きさと更新の回数は、精度にどう現れているか。学習中の変化も見て説明すること。",
)
_LOSS = Phrase(
    "What does the loss reward and punish, and how does this show in the accuracy?",
    "損失関数は何に対して大きくなるか。そのことが精度にどう現れているか。",
)
_BY_SETTING: Mapping[str, Phrase] = {
    "hidden": _SIZE,
    "channels": _SIZE,
    "kernel_size": _SIZE,
    "pooling": _SIZE,
    "activation": Phrase(
        "Why does the activation change time and accuracy? Look at its slope far from 0, and at the operations that it "
        "takes.",
        "活性化関数によって学習時間と精度が変わるのはなぜか。0 から離れたところでの傾きと、計算の量から説明すること。",
    ),
    "dropout": Phrase(
        "How does dropout change the distance between training and validation accuracy?",
        "ドロップアウトによって、学習用データと検証用データでの精度の差はどう変わるか。",
    ),
    "max_epochs": Phrase(
        "From which epoch on does further training bring nothing, and what happens to the validation loss then?",
        "何エポックから先は、学習を続けても精度が上がらないか。そのとき検証用データの損失はどうなるか。",
    ),
    "batch_size": Phrase(
        "Why does the batch size change the time of an epoch, and the accuracy after as many epochs?",
        "バッチサイズによって、1 エポックの学習時間と、同じエポック数での精度が変わるのはなぜか。",
    ),
    "loss": _LOSS,
    "label_smoothing": _LOSS,
    "optimizer": _STEPS,
    "lr": _STEPS,
    "lr_scheduler": _STEPS,
}
_KINDS = {"conv_dropout": "dropout", "padding": "kernel_size", "gamma": "lr", "momentum": "lr"}


def questions_on(keys: Sequence[str]) -> list[str]:
    """Return one question for each kind of setting that was varied.

    Args:
        keys: The settings' names, such as ``model.hidden``.
    """
    kinds = [_KINDS.get(short_key(key), short_key(key)) for key in keys]
    return list(dict.fromkeys(str(_BY_SETTING[kind]) for kind in kinds if kind in _BY_SETTING))
