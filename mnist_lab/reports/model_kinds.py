"""What the models are that come along: said once, before a report uses the names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnist_lab.language import Phrase, say
from mnist_lab.runs.groups import Group
from mnist_lab.runs.model_names import model_names

_KINDS: Mapping[str, Phrase] = {
    "CNN": Phrase("with convolutional layers (CNN)", "畳み込み層を持つモデル（CNN）"),
    "FC": Phrase("of fully connected layers only (FC)", "全結合層だけのモデル（FC）"),
    "Perceptron": Phrase(
        "of fully connected layers only, without dropout (Perceptron)",
        "ドロップアウトを持たない全結合層だけのモデル（Perceptron）",
    ),
}


def model_kinds(groups: Sequence[Group]) -> list[str]:
    """Return one sentence on all models that occur; nothing where none comes along with the package.

    Of a network of one's own no more is said than that it is one, whatever its name.
    """
    ours = dict.fromkeys(group.record.model for group in groups if not group.record.code)
    kinds = [str(_KINDS[model]) for model in ours if model in _KINDS]
    if not kinds:
        return []
    names = model_names([group.record for group in groups])
    own = dict.fromkeys(name for name, group in zip(names, groups, strict=True) if group.record.code)
    kinds += [say("of one's own ({name})", "自作のモデル（{name}）", name=name) for name in own]
    return [
        say(
            "This report deals with a model {kinds}.",
            "本レポートでは、{kinds}を扱う。",
            kinds=say(" and one ", "と").join(kinds),
        )
    ]
